//! What is recorded: events, and the run that they belong to.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::aggregate::Aggregate;
use crate::identity::{Environment, Identity, InstallIdKind};
use crate::level::Kinds;
use crate::loss::Loss;
use crate::thinning::Thinning;
use crate::trace::{Frame, Trace};
use crate::value::{Id, Value};

/// A field's name and value.
pub type NamedValue = (Cow<'static, str>, Value);

/// One point in time that was recorded.
///
/// ```
/// use telemetry_runtime::{Outcome, record, testing, tracked};
///
/// #[tracked]
/// fn sync(tables: &[&str]) {
///     record!(tables = tables.len());
/// }
///
/// let ((), events) = testing::capture(|| sync(&["users", "orders"]));
/// # #[cfg(feature = "record")] {
/// let finish = &events[1];
/// assert_eq!((&*finish.name, finish.outcome()), ("Sync Finished", Some(Outcome::Ok)));
/// assert_eq!(finish.field("tables").map(ToString::to_string).as_deref(), Some("2"));
/// assert_eq!(finish.call, events[0].call);
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// Made once, when the call begins, and kept over retries (`UUIDv7`): what a receiver removes duplicates by. The start of
    /// a call has an even one, and its outcome, whoever reports it, the odd one that follows.
    pub id: Id,
    /// The run of the program that recorded it.
    pub invocation: Id,
    /// When, by the wall clock of the machine.
    pub time: SystemTime,
    /// The name on the wire, as `Sync Finished`.
    pub name: Cow<'static, str>,
    /// What happened.
    pub kind: EventKind,
    /// The run of the tracked function that it belongs to, if it belongs to one.
    pub call: Option<CallId>,
    /// The call round that one, where there was one.
    pub parent: Option<CallId>,
    /// What the program's author named, in the order of recording.
    pub fields: Vec<NamedValue>,
    /// What is known of the calls of the same function that are not recorded.
    pub thinning: Thinning,
    /// The number of who was signed in, as its run has it; 0 is nobody.
    pub(crate) signed_in: u32,
    /// … and who that is, once it is looked up.
    pub(crate) identity: Option<Arc<Identity>>,
}

impl Event {
    /// The value of a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Who was signed in when it was recorded, if anybody; known once it is delivered.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_deref()
    }

    /// How the call ended, if this is a finish event.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        match self.kind {
            EventKind::Finish { outcome, .. } => Some(outcome),
            EventKind::Start
            | EventKind::Loss { .. }
            | EventKind::Panic(_)
            | EventKind::UsageError { .. }
            | EventKind::Aggregate(_)
            | EventKind::Snapshot { .. }
            | EventKind::UsageReport
            | EventKind::ErrorReport(_) => None,
        }
    }
}

/// What happened at an event's time.
///
/// There are more kinds in later versions, so a `match` has a last arm for them:
///
/// ```
/// use telemetry_runtime::{Event, EventKind};
///
/// fn shown(event: &Event) -> String {
///     match &event.kind {
///         EventKind::Finish { outcome, duration, .. } => format!("{}: {outcome} after {duration:?}", event.name),
///         EventKind::Loss { reason, events, .. } => format!("{events} events are lost: {reason}"),
///         EventKind::Panic(panic) => format!("a panic, at {:?}", panic.place),
///         _ => event.name.to_string(),
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// A tracked call began.
    Start,
    /// A tracked call ended.
    #[non_exhaustive]
    Finish {
        /// How.
        outcome: Outcome,
        /// How long the call took, by the monotonic clock; not known of a call that was abandoned.
        duration: Option<Duration>,
        /// What the error that it returned says: of calls that declare `error_text`, and of all while the user asks for that.
        error: Option<ErrorText>,
        /// Whether the call's start was recorded as an event, too, so that a receiver may have heard of the call.
        started: bool,
    },
    /// A thread panicked.
    Panic(Box<Panic>),
    /// Events were lost: the books, as they travel with what was not.
    #[non_exhaustive]
    Loss {
        /// Why.
        reason: Loss,
        /// How many.
        events: u64,
    },
    /// The command line could not be understood: with the feature `clap`. Which command, as far as it was recognised, and which declared
    /// flags is said by the facts of the run; never a word of the command line.
    #[non_exhaustive]
    UsageError {
        /// What was wrong with it.
        reason: Misuse,
    },
    /// What the calls of a function came to that is tracked with `aggregate`.
    Aggregate(Box<Aggregate>),
    /// What the program gave of its state: a [`Snapshot`](crate::Snapshot), or its metrics.
    ///
    /// Of metrics, each field is a list of maps, one for each series: its labels, and its `value`. A counter's `value` is
    /// [`UInt`](crate::ValueRef::UInt), what was counted since `since`; a gauge's is [`Int`](crate::ValueRef::Int), what it was at the
    /// event's time.
    #[non_exhaustive]
    Snapshot {
        /// Since when its numbers are counted, if they are cumulative: what a receiver does not get, the next one has in it.
        since: Option<SystemTime>,
        /// Whether it is of metrics.
        is_metrics: bool,
    },
    /// Usage that the program has to report, as a [`UsageMeter`](crate::UsageMeter) gathered it. Its fields are `plugin_name`,
    /// `plugin_kind`, `resource_count` and, where tables were named, `tables`: a list of maps of `table_name` and `resource_count`.
    UsageReport,
    /// The program met an error and says so: [`report_error!`](crate::report_error).
    ErrorReport(Box<ErrorReport>),
}

impl EventKind {
    /// Which kind it is, as sinks choose.
    #[must_use]
    pub const fn kind(&self) -> Kinds {
        match self {
            Self::Start => Kinds::STARTS,
            Self::Finish { .. } => Kinds::FINISHES,
            Self::UsageError { .. } => Kinds::USAGE_ERRORS,
            Self::Aggregate(_) => Kinds::AGGREGATES,
            Self::Snapshot { .. } => Kinds::SNAPSHOTS,
            Self::Panic(_) | Self::ErrorReport(_) => Kinds::ERRORS,
            Self::Loss { .. } => Kinds::LOSSES,
            Self::UsageReport => Kinds::REQUIRED,
        }
    }

    /// Where the program was and what was said there, of a panic or an error report.
    pub(crate) fn fault(&self) -> Option<Fault<'_>> {
        match self {
            Self::Panic(panic) => {
                let Panic { place, frames, text, trace } = &**panic;
                Some(Fault { place: place.as_ref(), frames, text: text.as_ref(), trace, is_panic: true })
            }
            Self::ErrorReport(report) => {
                let ErrorReport { place, frames, text, trace } = &**report;
                Some(Fault { place: place.as_ref(), frames, text: text.as_ref(), trace, is_panic: false })
            }
            _ => None,
        }
    }

    /// … and its frames as they lie on disk, with where their names go.
    pub(crate) fn trace_mut(&mut self) -> Option<(&Trace, &mut Vec<Frame>)> {
        match self {
            Self::Panic(panic) => Some((&panic.trace, &mut panic.frames)),
            Self::ErrorReport(report) => Some((&report.trace, &mut report.frames)),
            _ => None,
        }
    }
}

/// What an error or a panic says, as it prints, 4 KiB at most. Only a tracked call makes one, of the error that it returned, the
/// report of a panic, and an error report that declares `error_text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorText(pub(crate) String);

impl ErrorText {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ErrorText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a thread panicked. Not with which words, unless the user asks for that: those are the program's, and may hold what a user typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Panic {
    /// The place in the source, if the panic had one.
    pub place: Option<Place>,
    /// The calls that led there, innermost first, 64 at most: with the feature `backtrace`, on Linux.
    pub frames: Vec<Frame>,
    /// What it says, where that is a text: only while the user asks for the texts of errors.
    pub text: Option<ErrorText>,
    /// The same frames as they lie on disk, without names.
    pub(crate) trace: Trace,
}

/// Where the program met an error. Not with which words, unless the report declares `error_text`.
///
/// ```
/// use telemetry_runtime::{EventKind, report_error, testing};
///
/// let ((), events) = testing::capture(|| {
///     report_error!(event = "Sync Failed", retries = 3);
/// });
/// # #[cfg(feature = "record")] {
/// let EventKind::ErrorReport(report) = &events[0].kind else { panic!("another kind") };
/// assert!(report.place.is_some() && report.text.is_none());
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorReport {
    /// Where in the source the report is.
    pub place: Option<Place>,
    /// The calls that led there, innermost first, 64 at most: of reports that declare `stack`, with the feature `backtrace`, on Linux.
    pub frames: Vec<Frame>,
    /// What the error says: of reports that declare `error_text`.
    pub text: Option<ErrorText>,
    /// The same frames as they lie on disk, without names.
    pub(crate) trace: Trace,
}

/// What a panic and an error report have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault<'a> {
    pub(crate) place: Option<&'a Place>,
    pub(crate) frames: &'a [Frame],
    pub(crate) text: Option<&'a ErrorText>,
    pub(crate) trace: &'a Trace,
    pub(crate) is_panic: bool,
}

/// A place in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file as seen from its package, so that no home and no user's name is in it.
    pub file: Cow<'static, str>,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1.
    pub column: u32,
}

/// The id of a call's finish event: one call has one outcome, and a receiver that removes duplicates keeps one, even where a
/// process that ends and the next one that reads what it left both tell of it.
pub(crate) const fn outcome_id(begin: Id) -> Id {
    Id(begin.0 | 1)
}

/// How a call ended.
///
/// ```
/// use telemetry_runtime::Outcome;
///
/// assert_eq!(Outcome::Error.as_str(), "error");
/// assert!(Outcome::Panicked.is_error() && !Outcome::Cancelled.is_error());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It returned, and what it returned is no error.
    Ok,
    /// It returned an error.
    Error,
    /// It panicked.
    Panicked,
    /// Its future was dropped before it was done.
    Cancelled,
    /// The process ended without saying; the next run says so.
    Abandoned,
}

impl Outcome {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Panicked => "panicked",
            Self::Cancelled => "cancelled",
            Self::Abandoned => "abandoned",
        }
    }

    /// Whether the call failed: an error or a panic. Of one that was cancelled or abandoned that is not known.
    #[must_use]
    pub const fn is_error(self) -> bool {
        matches!(self, Self::Error | Self::Panicked)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What was wrong with a command line: clap's kinds of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Misuse {
    /// A value is none of those that an argument can have.
    InvalidValue = 0,
    /// An argument that the program does not have.
    UnknownArgument = 1,
    /// A subcommand that the program does not have.
    InvalidSubcommand = 2,
    /// An option wants its value after an equals sign.
    NoEquals = 3,
    /// A value was refused by the program.
    ValueValidation = 4,
    /// An argument has more values than it can have.
    TooManyValues = 5,
    /// An argument has fewer values than it must have.
    TooFewValues = 6,
    /// An argument has not as many values as it must have.
    WrongNumberOfValues = 7,
    /// Two arguments exclude each other, or one was given twice.
    ArgumentConflict = 8,
    /// An argument is missing.
    MissingRequiredArgument = 9,
    /// A subcommand is missing.
    MissingSubcommand = 10,
    /// An argument is not UTF-8.
    InvalidUtf8 = 11,
    /// Something is missing, and the program shows its help for that.
    HelpOnMissingArgumentOrSubcommand = 12,
    /// Something else.
    Other = 13,
}

impl Misuse {
    pub(crate) const ALL: [Self; 14] = [
        Self::InvalidValue,
        Self::UnknownArgument,
        Self::InvalidSubcommand,
        Self::NoEquals,
        Self::ValueValidation,
        Self::TooManyValues,
        Self::TooFewValues,
        Self::WrongNumberOfValues,
        Self::ArgumentConflict,
        Self::MissingRequiredArgument,
        Self::MissingSubcommand,
        Self::InvalidUtf8,
        Self::HelpOnMissingArgumentOrSubcommand,
        Self::Other,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidValue => "invalid-value",
            Self::UnknownArgument => "unknown-argument",
            Self::InvalidSubcommand => "invalid-subcommand",
            Self::NoEquals => "no-equals",
            Self::ValueValidation => "value-validation",
            Self::TooManyValues => "too-many-values",
            Self::TooFewValues => "too-few-values",
            Self::WrongNumberOfValues => "wrong-number-of-values",
            Self::ArgumentConflict => "argument-conflict",
            Self::MissingRequiredArgument => "missing-required-argument",
            Self::MissingSubcommand => "missing-subcommand",
            Self::InvalidUtf8 => "invalid-utf8",
            Self::HelpOnMissingArgumentOrSubcommand => "help-on-missing-argument-or-subcommand",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The id of one call, unique within its invocation; 16 hexadecimal digits when shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallId(pub(crate) NonZeroU64);

impl fmt::Debug for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What all events of one run of the program have in common.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    /// The id of the run.
    pub(crate) invocation: Id,
    /// The program.
    pub(crate) app: Cow<'static, str>,
    /// The program's version; an opaque string.
    pub(crate) version: Cow<'static, str>,
    /// The operating system, as Rust spells it.
    pub(crate) os: Cow<'static, str>,
    /// The processor architecture, as Rust spells it.
    pub(crate) arch: Cow<'static, str>,
    /// What of the context is known, and what the program states of itself.
    pub(crate) facts: Vec<NamedValue>,
    /// The installation, and how lasting that is.
    pub(crate) install_id: Option<Id>,
    pub(crate) install_id_kind: InstallIdKind,
    /// What the program runs as, where it says so.
    pub(crate) environment: Option<Environment>,
    /// The run that started this one, or that this one was forked from.
    pub(crate) parent: Option<Id>,
    /// The first of the runs that started one another, if that is another one.
    pub(crate) trace: Option<Id>,
    /// It was of a build for development, or a test.
    pub(crate) is_development: bool,
}

impl Run {
    /// A run of which nothing is known.
    pub(crate) const UNKNOWN: Self = Self {
        invocation: Id(0),
        app: Cow::Borrowed(""),
        version: Cow::Borrowed(""),
        os: Cow::Borrowed(""),
        arch: Cow::Borrowed(""),
        facts: Vec::new(),
        install_id: None,
        install_id_kind: InstallIdKind::None,
        environment: None,
        parent: None,
        trace: None,
        is_development: false,
    };

    /// The first of the runs that started one another.
    pub(crate) fn trace(&self) -> Id {
        self.trace.unwrap_or(self.invocation)
    }
}

/// What an event says of a sign-in that is not known: neither an install id nor anybody goes with it.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// The same for an event that says nothing of who is signed in: while somebody is, no install id goes with it either.
pub(crate) const fn anonymous(signed_in: u32) -> u32 {
    if signed_in == 0 { 0 } else { UNKNOWN }
}
