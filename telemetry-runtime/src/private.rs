//! What `#[tracked]` and the macros expand to. Not for hands: it may change with any version.

pub use crate::call::{
    Awaited, Awaiting, Call, Summand, add, awaiting, begin, enter, fallible_if, field, finish, is_open, is_recording,
    ok, open, record, will_ok,
};
pub use crate::callsite::Callsite;
pub use crate::probe::{Probe, ProbeDefault, TypeProbe, TypeProbeDefault};
pub use crate::value::{ClosedEnum, Field, Literal, Value, closed_value, is_field_name};

pub use std::marker::PhantomData;
