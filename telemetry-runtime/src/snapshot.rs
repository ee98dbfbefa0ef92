//! What the program gives of its state from time to time: which events that makes, and when it is asked.

use std::time::Duration;

use crate::notes::Notes;
use crate::value::{Described, Structure, ValueKind};

/// A struct that is an event of its own, which the program gives from time to time. [Derive it](derive@crate::Snapshot): it cannot be
/// implemented by hand.
///
/// [`Guard::snapshot`](crate::Guard::snapshot) has it asked for, and [`Guard::snapshot_now`](crate::Guard::snapshot_now) records one at once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no snapshot",
    label = "not a struct that says which event it is",
    note = "`#[derive(Snapshot)]` on a struct whose members can be telemetry fields"
)]
pub trait Snapshot: Structure + Described {
    /// What is known of it before the program runs.
    #[doc(hidden)]
    const SITE: SnapshotSite;
}

/// What is known of a snapshot before the program runs.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct SnapshotSite {
    pub(crate) event: &'static str,
    /// The struct's name and module path.
    pub(crate) source: (&'static str, &'static str),
    pub(crate) fields: &'static [(&'static str, ValueKind)],
    pub(crate) notes: Notes,
    pub(crate) is_cumulative: bool,
}

impl SnapshotSite {
    /// A snapshot of these fields, of a struct in a module.
    #[must_use]
    pub const fn new(
        event: &'static str,
        source: &'static str,
        module: &'static str,
        fields: &'static [(&'static str, ValueKind)],
    ) -> Self {
        let source = (source, module);
        Self { event, source, fields, notes: Notes::NONE, is_cumulative: false }
    }

    /// What it is for.
    #[must_use]
    pub const fn purpose(mut self, purpose: &'static str) -> Self {
        self.notes.purpose = Some(purpose);
        self
    }

    /// Who answers for it.
    #[must_use]
    pub const fn owner(mut self, owner: &'static str) -> Self {
        self.notes.owner = Some(owner);
        self
    }

    /// The last month or day on which it is recorded, as written.
    #[must_use]
    pub const fn expires(mut self, last: &'static str) -> Self {
        self.notes = self.notes.expiring(last);
        self
    }

    /// Its numbers are counted from the program's start.
    #[must_use]
    pub const fn cumulative(mut self) -> Self {
        self.is_cumulative = true;
        self
    }
}

/// When a program is asked for its [`Snapshot`]s.
///
/// ```
/// use std::time::Duration;
/// use telemetry_runtime::Schedule;
///
/// let daily = Schedule::every(Duration::from_secs(24 * 60 * 60));
/// let hourly = Schedule::every(Duration::from_secs(60 * 60)).after(Duration::ZERO);
/// ```
///
/// Both times are longer by up to a tenth, at random, so that a fleet that started as one does not ask as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "nothing is asked until it is given to `Guard::snapshot`"]
pub struct Schedule {
    pub(crate) interval: Duration,
    pub(crate) first: Duration,
}

impl Schedule {
    /// The first time after five minutes where nothing else is said, so that a run that is over soon is not asked at all.
    const FIRST: Duration = Duration::from_secs(5 * 60);

    /// Once an interval, and first after five minutes, or after an interval if that is shorter. 10 ms are the shortest interval.
    pub const fn every(interval: Duration) -> Self {
        let first = if interval.as_nanos() < Self::FIRST.as_nanos() { interval } else { Self::FIRST };
        Self { interval, first }
    }

    /// The first time after this.
    pub const fn after(mut self, first: Duration) -> Self {
        self.first = first;
        self
    }
}

// The linker puts them side by side, from all crates of the program, whether they are ever given or not.

/// Every snapshot that the program can give.
#[cfg(feature = "record")]
#[linkme::distributed_slice]
pub static TELEMETRY_SNAPSHOTS: [SnapshotSite];

/// Every snapshot that the program can give, in no order; none where nothing is recorded.
pub(crate) fn snapshots() -> &'static [SnapshotSite] {
    #[cfg(feature = "record")]
    return &TELEMETRY_SNAPSHOTS;
    #[cfg(not(feature = "record"))]
    return &[];
}
