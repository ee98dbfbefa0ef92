//! What a valid use of the attribute says, part by part.

use std::iter;

use syn::{Expr, Type};

use crate::args::Identifiable;

/// The events of a call, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Events {
    /// One when it starts and one when it finishes.
    Both { start: String, finish: String },
    /// One when it starts.
    Start(String),
    /// One when it finishes.
    Finish(String),
    /// One when it finishes, if its outcome is ok.
    Success(String),
    /// None; but one for many calls, from time to time.
    Aggregate(String),
}

impl Events {
    /// The names, in the order in which they are sent.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let (first, second) = match self {
            Self::Both { start, finish } => (start, Some(finish)),
            Self::Start(name) | Self::Finish(name) | Self::Success(name) | Self::Aggregate(name) => (name, None),
        };
        iter::once(&**first).chain(second.map(String::as_str))
    }
}

/// Which calls have events at all.
pub(crate) struct Thinning {
    /// This part of them, by chance.
    pub(crate) sample: Option<f64>,
    /// So many in a time.
    pub(crate) limit: Option<Limit>,
}

/// As many calls in a time, at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) calls: u32,
    /// The runtime's word for the time.
    pub(crate) per: &'static str,
}

/// What is said of a call's events besides their names.
pub(crate) struct Notes {
    pub(crate) purpose: Option<String>,
    pub(crate) owner: Option<String>,
    /// The last month or day on which they are recorded, as it was written.
    pub(crate) expires: Option<String>,
    /// They are recorded only while an identity is set.
    pub(crate) identifiable: Option<Identifiable>,
    /// The text of the error goes with the finish.
    pub(crate) error_text: bool,
}

/// A field that may be sent.
pub(crate) struct NamedValue {
    /// The name on the wire.
    pub(crate) name: String,
    /// Its type, if the author says it.
    pub(crate) ty: Option<Type>,
    /// What to send. Evaluating it cannot leave the function.
    pub(crate) value: Expr,
}
