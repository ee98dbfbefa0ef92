//! What `#[tracked]` and the macros expand to, and what the receiver shares with the runtime. Not for hands: it may change with any version.

#[cfg(feature = "record")]
pub use crate::call::{
    Awaited, Awaiting, Call, Paused, Polling, add, awaiting, enter, fallible_if, field, finish, finish_and_tell,
    finish_or_tell, is_open, is_recording, last_field, ok, open, pause, polling, record, resume, resumed, will_ok,
};
pub use crate::callsite::{Addition, Callsite, Details};
#[cfg(feature = "record")]
pub use crate::callsite::{TELEMETRY_ADDITIONS, TELEMETRY_CALLSITES};
#[cfg(feature = "record")]
pub use crate::metrics::TELEMETRY_METRICS;
pub use crate::metrics::{Cell, LabelFor, Labels, LabelsFor, Metric, Readings, SeriesLabel, is_label_name};
pub use crate::notes::is_expiry;
#[cfg(feature = "record")]
pub use crate::probe::{
    ErrorDefault, ErrorKnown, Probe, ProbeDefault, ProbeKnown, Told, TypeProbe, TypeProbeDefault, TypeProbeKnown,
};
/// The same for functions whose calls are only counted.
pub mod counted {
    pub use super::*;

    #[cfg(feature = "record")]
    pub use crate::aggregate::Tally;
    #[cfg(feature = "record")]
    pub use crate::counted::{
        Awaited, Awaiting, Counted, Paused, Polling, awaiting, enter, fallible_if, finish, ok, pause, polling, resume,
        resumed, will_ok,
    };
}

#[cfg(not(feature = "record"))]
pub use crate::recording::{Report, add, is_recording, may_report, record};
pub use crate::report::{ReportSite, are_distinct, is_event_name, is_report_field_name};
#[cfg(feature = "record")]
pub use crate::report::{TELEMETRY_REPORTS, report_limiter};
#[cfg(feature = "record")]
pub use crate::reporting::{Report, may_report};
#[cfg(feature = "record")]
pub use crate::sampling::tell_all as tell_metrics;
pub use crate::snapshot::SnapshotSite;
#[cfg(feature = "record")]
pub use crate::snapshot::TELEMETRY_SNAPSHOTS;
#[cfg(feature = "record")]
pub use crate::thinning::{Limiter, Per};
pub use crate::value::{
    ClosedEnum, Described, Field, KindDefault, KindProbe, ListItem, Literal, Members, Structure, Summand, Value,
    ValueKind, closed_value, described, is_field_name, kind_of, struct_value,
};
#[cfg(feature = "record")]
pub use linkme;

/// Has the compiler check what `fields(…)` names, in code that never runs.
#[inline]
pub fn check_field<V: Field + ?Sized>(_: &V) {}

/// Has the compiler check what `error = …` names against the return type, in code that never runs.
#[allow(clippy::unreachable, reason = "behind `if false`")]
#[must_use]
pub fn check_error<R>(_: impl FnOnce(&R) -> bool) -> R {
    unreachable!("it is only type-checked")
}

/// The page that `telemetry log --html` writes, for the receiver, which shows the same of what it stored.
#[cfg(feature = "page")]
pub mod page {
    pub use crate::page::*;
}

pub use core::convert::From;
pub use core::result::Result::Err;
pub use core::{column, file, line, module_path};
pub use std::marker::PhantomData;
