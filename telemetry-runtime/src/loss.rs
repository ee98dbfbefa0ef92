//! The books: every event that was recorded is delivered, rejected, lost for one reason, or pending.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::level::Kinds;
use crate::shards::{SHARDS, Shard};

/// Why an event will never arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Loss {
    /// Nothing could be written to disk, and the queue in memory was full.
    QueueFull,
    /// The spool on disk was full.
    SpoolFull,
    /// The event was larger than any receiver takes.
    TooLarge,
    /// More calls were open at once than are kept track of.
    TooManyCalls,
    /// More panics were reported than one run may.
    TooManyPanics,
    /// What was on disk could not be read back. Booked for earlier runs' events too, of which nothing else is known.
    Damaged,
    /// It had waited for longer than events are kept, and could not be delivered.
    Expired,
    /// The spool was full, and it was among the oldest.
    Evicted,
    /// A receiver refused it for good.
    Rejected,
    /// It was recorded before somebody signed in whose use the program does not collect.
    Excluded,
    /// The user had everything deleted that was kept.
    Purged,
    /// A call was over the `limit` of its function, or an error report over what its place or a run may: one for each.
    Limited,
}

impl Loss {
    /// Every reason.
    ///
    /// ```
    /// use telemetry_runtime::{Loss, Telemetry, app};
    ///
    /// let telemetry = Telemetry::builder(app!()).start();
    /// let counts = telemetry.status().counts();
    /// let lost: u64 = Loss::ALL.iter().map(|loss| counts.lost(*loss)).sum();
    /// assert_eq!(lost, 0);
    /// ```
    pub const ALL: &'static [Self] = &Self::EACH;

    /// The same, with their number in the type: that is nobody else's, as it grows.
    pub(crate) const EACH: [Self; 12] = [
        Self::QueueFull,
        Self::SpoolFull,
        Self::TooLarge,
        Self::TooManyCalls,
        Self::TooManyPanics,
        Self::Damaged,
        Self::Expired,
        Self::Evicted,
        Self::Rejected,
        Self::Excluded,
        Self::Purged,
        Self::Limited,
    ];
}

/// What became of the events, as far as this process knows. All numbers but those that are told only grow.
#[derive(Debug, Default)]
pub(crate) struct Books {
    /// Events that sinks are to have, so many of each kind, by who counted them …
    kept: [Kept; SHARDS],
    /// … of which so many are lost since.
    lost_kept: [AtomicU64; Kinds::COUNT],
    /// Events that were lost at once.
    unkept: AtomicU64,
    lost: [AtomicU64; Loss::EACH.len()],
    /// … of which this much has been recorded as an event itself, to travel with the others.
    told: [AtomicU64; Loss::EACH.len()],
}

/// On a line of the cache of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Kept([AtomicU64; Kinds::COUNT]);

impl Books {
    /// An event could not be recorded.
    pub(crate) fn refuse(&self, loss: Loss) {
        self.unkept.fetch_add(1, Ordering::Relaxed);
        self.lose(loss, 1);
    }

    pub(crate) fn lose(&self, loss: Loss, events: u64) {
        self.lost[loss as usize].fetch_add(events, Ordering::Relaxed);
    }

    /// What was lost since this was last asked, by reason. Whoever asks tells it.
    pub(crate) fn untold(&self) -> impl Iterator<Item = (Loss, u64)> {
        Loss::EACH.into_iter().filter_map(|loss| {
            let lost = self.lost(loss);
            let told = self.told[loss as usize].fetch_max(lost, Ordering::Relaxed);
            lost.checked_sub(told).filter(|untold| *untold > 0).map(|untold| (loss, untold))
        })
    }

    pub(crate) fn recorded(&self) -> u64 {
        let kept: u64 = Kinds::EVERY.each().map(|kind| self.ever_kept(kind)).sum();
        kept + self.unkept.load(Ordering::Relaxed)
    }

    pub(crate) fn lost(&self, loss: Loss) -> u64 {
        self.lost[loss as usize].load(Ordering::Relaxed)
    }

    /// An event of this kind is on disk, or on its way there. The thread is `Busy`.
    #[inline]
    pub(crate) fn keep(&self, kind: Kinds) {
        let shard = Shard::of_thread();
        if let Some(number) = self.kept.get(shard.place()).and_then(|kept| kept.0.get(kind.place())) {
            shard.add(number, 1);
        }
    }

    /// An event that was on its way to the disk is lost.
    pub(crate) fn lose_kept(&self, kind: Kinds, loss: Loss) {
        self.lost_kept[kind.place()].fetch_add(1, Ordering::Relaxed);
        self.lose(loss, 1);
    }

    fn ever_kept(&self, kind: Kinds) -> u64 {
        self.kept.iter().map(|kept| kept.0[kind.place()].load(Ordering::Relaxed)).sum()
    }

    /// Events of these kinds that were recorded, and that sinks are to have.
    pub(crate) fn kept(&self, kinds: Kinds) -> u64 {
        let lost = |kind: Kinds| self.lost_kept[kind.place()].load(Ordering::Relaxed);
        // Those that are lost were kept before, but perhaps not where this looks, which they may be by now.
        kinds.each().map(|kind| (lost(kind), self.ever_kept(kind))).map(|(lost, kept)| kept.saturating_sub(lost)).sum()
    }
}

/// What became of the events at one sink. Each event is booked once a sink that takes it.
#[derive(Debug, Default)]
pub(crate) struct SinkBooks {
    delivered: AtomicU64,
    rejected: AtomicU64,
    dropped: AtomicU64,
    passed: AtomicU64,
    recovered: AtomicU64,
    /// What was last said to a batch.
    said: Mutex<Option<String>>,
}

impl SinkBooks {
    pub(crate) fn note(&self, said: String) {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner) = Some(said);
    }

    pub(crate) fn said(&self) -> Option<String> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Books events that the sink accepted: `own` ones of this run, `earlier` ones that other runs had left.
    pub(crate) fn accept(&self, own: u64, earlier: u64) {
        self.delivered.fetch_add(own, Ordering::Relaxed);
        self.recovered.fetch_add(earlier, Ordering::Relaxed);
    }

    /// Books events of this run that the sink will never take.
    pub(crate) fn reject(&self, own: u64) {
        self.rejected.fetch_add(own, Ordering::Relaxed);
    }

    /// Books events of this run that waited too long, or too many.
    pub(crate) fn give_up(&self, own: u64) {
        self.dropped.fetch_add(own, Ordering::Relaxed);
    }

    /// Books events of this run that the sink's format has nothing to say of.
    pub(crate) fn pass(&self, own: u64) {
        self.passed.fetch_add(own, Ordering::Relaxed);
    }

    pub(crate) fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }

    /// How many events of this run are settled with this sink, one way or another.
    pub(crate) fn settled(&self) -> u64 {
        self.delivered() + self.rejected() + self.passed() + self.dropped.load(Ordering::Relaxed)
    }

    pub(crate) fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Relaxed)
    }

    pub(crate) fn rejected(&self) -> u64 {
        self.rejected.load(Ordering::Relaxed)
    }

    pub(crate) fn recovered(&self) -> u64 {
        self.recovered.load(Ordering::Relaxed)
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::QueueFull => "queue full",
            Self::SpoolFull => "spool full",
            Self::TooLarge => "too large",
            Self::TooManyCalls => "too many calls",
            Self::TooManyPanics => "too many panics",
            Self::Damaged => "damaged",
            Self::Expired => "expired",
            Self::Evicted => "evicted",
            Self::Rejected => "rejected",
            Self::Excluded => "excluded",
            Self::Purged => "purged",
            Self::Limited => "limited",
        })
    }
}

/// What became of the events, in numbers. With several sinks, each delivery of an event counts.
///
/// The books balance: with one sink, `recorded` is `delivered`, `rejected`, `passed`, `pending` and the losses together, but for
/// [`Loss::Rejected`], which is `rejected` again, and for what was lost of earlier runs' events: [`Loss::Damaged`], and of
/// [`Loss::Expired`] and [`Loss::Evicted`] their part.
///
/// ```
/// use telemetry_runtime::{Loss, Telemetry, app};
///
/// let telemetry = Telemetry::builder(app!()).start();
/// let counts = telemetry.status().counts();
/// assert_eq!((counts.pending, counts.lost(Loss::QueueFull)), (0, 0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Events of this run.
    pub recorded: u64,
    /// Deliveries of them that a sink accepted.
    pub delivered: u64,
    /// Deliveries of them that a sink will never take.
    pub rejected: u64,
    /// Deliveries of them that there is nothing to say of in a sink's format, such as a nested call's to a sink that takes commands.
    pub passed: u64,
    /// Deliveries of them that are owed.
    pub pending: u64,
    /// Deliveries of what earlier runs had left; they are not among the other numbers.
    pub recovered: u64,
    pub(crate) lost: [u64; Loss::EACH.len()],
}

impl Counts {
    /// Events that will never arrive, for this reason.
    #[must_use]
    pub fn lost(&self, loss: Loss) -> u64 {
        self.lost[loss as usize]
    }
}

impl fmt::Display for Counts {
    /// As `10 recorded, 8 delivered, 0 rejected, 2 pending`, and the losses and what earlier runs had left where there were any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { recorded, delivered, rejected, passed, pending, recovered, .. } = self;
        write!(f, "{recorded} recorded, {delivered} delivered, {rejected} rejected, {pending} pending")?;
        if *passed > 0 {
            write!(f, "; {passed} passed over")?;
        }
        if *recovered > 0 {
            write!(f, "; {recovered} of earlier runs delivered")?;
        }
        let losses = Loss::EACH.into_iter().map(|loss| (loss, self.lost(loss))).filter(|(_, lost)| *lost > 0);
        losses.into_iter().try_for_each(|(loss, lost)| write!(f, "; {lost} lost: {loss}"))
    }
}
