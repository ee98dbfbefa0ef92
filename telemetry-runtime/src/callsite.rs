//! The static facts of one tracked function, and of one field that `record!` or `add!` puts on whichever call it runs in.

use crate::aggregate::Tally;
use crate::notes::Notes;
use crate::thinning::{Limiter, Thinning};
use crate::value::ValueKind;

/// What is known of a tracked function before the program runs; `#[tracked]` writes one as a `static`. Every function has one, so what few
/// functions say is elsewhere.
#[derive(Debug)]
pub struct Callsite {
    function: &'static str,
    module: &'static str,
    start: Option<&'static str>,
    finish: Option<&'static str>,
    fallible: bool,
    details: Option<&'static Details>,
}

/// What else is known of a tracked function.
#[derive(Debug)]
pub struct Details {
    success: Option<&'static str>,
    fields: &'static [(&'static str, ValueKind)],
    notes: Notes,
    naming: Naming,
    error_text: bool,
    /// Instead of events: the name of what is told from time to time, and the numbers.
    aggregate: Option<(&'static str, &'static Tally)>,
    /// The part of its calls that is recorded.
    sample_rate: Option<f64>,
    /// How many of its calls are recorded at most.
    limiter: Option<&'static Limiter>,
}

/// Whether the events of a function say who is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Naming {
    Never,
    WhenKnown,
    /// … and there are none while nobody is.
    Always,
}

impl Callsite {
    /// A function that emits nothing yet.
    #[must_use]
    pub const fn new(function: &'static str, module: &'static str) -> Self {
        Self { function, module, start: None, finish: None, fallible: false, details: None }
    }

    /// Emits a start event of this name.
    #[must_use]
    pub const fn start(mut self, name: &'static str) -> Self {
        self.start = Some(name);
        self
    }

    /// Emits a finish event of this name, whatever the outcome.
    #[must_use]
    pub const fn finish(mut self, name: &'static str) -> Self {
        self.finish = Some(name);
        self
    }

    /// An exit that is neither marked nor a panic is an error.
    #[must_use]
    pub const fn fallible(mut self) -> Self {
        self.fallible = true;
        self
    }

    /// What else there is to say.
    #[must_use]
    pub const fn details(mut self, details: &'static Details) -> Self {
        self.details = Some(details);
        self
    }

    #[inline]
    const fn all_details(&self) -> &'static Details {
        match self.details {
            Some(details) => details,
            None => &Details::NONE,
        }
    }

    /// The function's name in the source.
    #[must_use]
    pub const fn function(&self) -> &'static str {
        self.function
    }

    /// The function's module path.
    #[must_use]
    pub const fn module(&self) -> &'static str {
        self.module
    }

    pub(crate) const fn start_name(&self) -> Option<&'static str> {
        self.start
    }

    pub(crate) const fn finish_name(&self, succeeded: bool) -> Option<&'static str> {
        match self.all_details().success {
            Some(name) if succeeded => Some(name),
            _ => self.finish,
        }
    }

    pub(crate) const fn is_fallible(&self) -> bool {
        self.fallible
    }

    pub(crate) const fn declared_fields(&self) -> &'static [(&'static str, ValueKind)] {
        self.all_details().fields
    }

    /// What its events and fields are called.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        let details = self.all_details();
        let events = [self.start, self.finish, details.success, details.aggregate.map(|(name, _)| name)];
        events.into_iter().flatten().chain(details.fields.iter().map(|(name, _)| *name))
    }

    pub(crate) const fn notes(&self) -> &Notes {
        &self.all_details().notes
    }

    /// Whether its events say who is signed in.
    pub(crate) const fn is_identifiable(&self) -> bool {
        !matches!(self.all_details().naming, Naming::Never)
    }

    /// Whether there are none while nobody is signed in.
    pub(crate) const fn needs_identity(&self) -> bool {
        matches!(self.all_details().naming, Naming::Always)
    }

    pub(crate) const fn has_error_text(&self) -> bool {
        self.all_details().error_text
    }

    /// The name of the aggregate, and its numbers, of a function that has one instead of events.
    pub(crate) const fn aggregated(&self) -> Option<(&'static str, &'static Tally)> {
        self.all_details().aggregate
    }

    /// The part of its calls that is recorded, if that is not every one.
    pub(crate) const fn sample_rate(&self) -> Option<f64> {
        self.all_details().sample_rate
    }

    /// What keeps its calls within a limit, if there is one.
    pub(crate) const fn limiter(&self) -> Option<&'static Limiter> {
        self.all_details().limiter
    }

    /// What its events say of the calls that are not recorded.
    pub(crate) const fn thinning(&self, suppressed: u64) -> Thinning {
        let Details { sample_rate, limiter, .. } = *self.all_details();
        let limit = match limiter {
            Some(limiter) => Some(limiter.limit()),
            None => None,
        };
        Thinning { sample_rate, limit, suppressed }
    }
}

impl Details {
    /// Nothing yet.
    pub const NONE: Self = Self {
        success: None,
        fields: &[],
        notes: Notes::NONE,
        naming: Naming::Never,
        error_text: false,
        aggregate: None,
        sample_rate: None,
        limiter: None,
    };

    /// Emits a finish event of this name when the outcome is ok, and nothing otherwise.
    #[must_use]
    pub const fn success(mut self, name: &'static str) -> Self {
        self.success = Some(name);
        self
    }

    /// What `fields(…)` names, with what is known of the types.
    #[must_use]
    pub const fn fields(mut self, fields: &'static [(&'static str, ValueKind)]) -> Self {
        self.fields = fields;
        self
    }

    /// What its events are for.
    #[must_use]
    pub const fn purpose(mut self, purpose: &'static str) -> Self {
        self.notes.purpose = Some(purpose);
        self
    }

    /// Who answers for its events.
    #[must_use]
    pub const fn owner(mut self, owner: &'static str) -> Self {
        self.notes.owner = Some(owner);
        self
    }

    /// The last month or day on which its events are recorded, as written.
    #[must_use]
    pub const fn expires(mut self, last: &'static str) -> Self {
        self.notes = self.notes.expiring(last);
        self
    }

    /// Its events say who is signed in, and are recorded only while somebody is.
    #[must_use]
    pub const fn identifiable(mut self) -> Self {
        self.naming = Naming::Always;
        self
    }

    /// Its events say who is signed in while somebody is, and are recorded in any case.
    #[must_use]
    pub const fn identifiable_when_known(mut self) -> Self {
        self.naming = Naming::WhenKnown;
        self
    }

    /// The text of the error that it returns goes on its finish event.
    #[must_use]
    pub const fn error_text(mut self) -> Self {
        self.error_text = true;
        self
    }

    /// Emits no event of a call, but an event of this name from time to time that says what all calls came to.
    #[must_use]
    pub const fn aggregate(mut self, name: &'static str, tally: &'static Tally) -> Self {
        self.aggregate = Some((name, tally));
        self
    }

    /// Of its calls only this part is recorded, chosen at random.
    #[must_use]
    pub const fn sample(mut self, rate: f64) -> Self {
        self.sample_rate = Some(rate);
        self
    }

    /// Of its calls only so many are recorded in a time.
    #[must_use]
    pub const fn limit(mut self, limiter: &'static Limiter) -> Self {
        self.limiter = Some(limiter);
        self
    }
}

/// A field that one `record!` or `add!` may put on the finish event of whichever call it runs in.
#[derive(Debug)]
pub struct Addition {
    pub(crate) name: &'static str,
    pub(crate) kind: ValueKind,
    pub(crate) module: &'static str,
    pub(crate) line: u32,
}

impl Addition {
    /// A field, and where in the source it is.
    #[must_use]
    pub const fn new(name: &'static str, kind: ValueKind, module: &'static str, line: u32) -> Self {
        Self { name, kind, module, line }
    }
}

// The linker puts them side by side, from all crates of the program, whether they ever run or not.

/// Every tracked function of the program.
#[cfg(feature = "record")]
#[linkme::distributed_slice]
pub static TELEMETRY_CALLSITES: [Callsite];

/// Every field that the program's calls may add.
#[cfg(feature = "record")]
#[linkme::distributed_slice]
pub static TELEMETRY_ADDITIONS: [Addition];

/// Every tracked function of the program, in no order; none where nothing is recorded.
pub(crate) fn callsites() -> &'static [Callsite] {
    #[cfg(feature = "record")]
    return &TELEMETRY_CALLSITES;
    #[cfg(not(feature = "record"))]
    return &[];
}

/// Every field that the program's calls may add, in no order; none where nothing is recorded.
pub(crate) fn additions() -> &'static [Addition] {
    #[cfg(feature = "record")]
    return &TELEMETRY_ADDITIONS;
    #[cfg(not(feature = "record"))]
    return &[];
}
