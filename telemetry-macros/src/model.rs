//! A tracked function about which every question is answered.
//!
//! The fields are private and [`Model::validate`] is the only maker. What holds here needs no second check, so
//! expanding a model cannot fail.

use std::iter;

use proc_macro2::TokenStream;
use syn::{Expr, Type};

use crate::args::{Args, Identifiable};
use crate::diagnostics::Faults;
use crate::item::Function;
use crate::paths::Root;
use crate::returns::{self, Returns};
use crate::validate;

/// A valid use of the attribute.
pub(crate) struct Model {
    function: Function,
    events: Events,
    fields: Vec<NamedValue>,
    is_error: Option<Expr>,
    notes: Notes,
    thinning: Thinning,
    returns: Returns,
    root: Root,
}

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
    pub(crate) expires: Option<Expiry>,
    /// They are recorded only while an identity is set.
    pub(crate) identifiable: Option<Identifiable>,
    /// The text of the error goes with the finish.
    pub(crate) error_text: bool,
}

/// The last month or day on which events are recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expiry {
    /// As it was written.
    pub(crate) last: String,
    /// The second since 1970, in UTC, with which it is over.
    pub(crate) end: u64,
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

impl Model {
    /// Checks what was written; `function` is absent if that is a fault already.
    ///
    /// # Errors
    ///
    /// All the faults, those from before included.
    pub(crate) fn validate(args: Args, function: Option<Function>, mut faults: Faults) -> Result<Self, TokenStream> {
        let name = function.as_ref().map(|function| &function.name);
        validate::combination(&args, &mut faults);
        let events = validate::events(name, &args, &mut faults);
        let fields = validate::fields(args.fields, args.error_text.is_some(), &mut faults);
        let is_error = validate::is_error(args.error, &mut faults);
        let notes = Notes {
            purpose: validate::note(args.purpose, &mut faults),
            owner: validate::note(args.owner, &mut faults),
            expires: validate::expiry(args.expires, &mut faults),
            identifiable: args.identifiable.as_ref().map(|identifiable| identifiable.value),
            error_text: args.error_text.is_some(),
        };
        let thinning = Thinning {
            sample: validate::sample(args.sample, &mut faults),
            limit: validate::limit(args.limit, &mut faults),
        };
        let root = Root::new(args.root.map(|root| root.value), matches!(events, Events::Aggregate(_)));
        faults.finish()?;
        // Without a function there was a fault.
        let function = function.ok_or_else(TokenStream::new)?;
        let returns = returns::classify(&function.output, &function.generics);
        Ok(Self { function, events, fields, is_error, notes, thinning, returns, root })
    }

    /// The function as it was written.
    pub(crate) fn function(&self) -> &Function {
        &self.function
    }

    /// The names of its events.
    pub(crate) fn events(&self) -> &Events {
        &self.events
    }

    /// What is sent with them, each name once.
    pub(crate) fn fields(&self) -> &[NamedValue] {
        &self.fields
    }

    /// The author's way to tell an error: a path or a closure.
    pub(crate) fn is_error(&self) -> Option<&Expr> {
        self.is_error.as_ref()
    }

    /// What is said of its events besides their names.
    pub(crate) fn notes(&self) -> &Notes {
        &self.notes
    }

    /// Which calls have events.
    pub(crate) fn thinning(&self) -> &Thinning {
        &self.thinning
    }

    /// What the return type says about the outcome.
    pub(crate) fn returns(&self) -> &Returns {
        &self.returns
    }

    /// Where the runtime is.
    pub(crate) fn root(&self) -> &Root {
        &self.root
    }
}
