//! A tracked function about which every question is answered.
//!
//! The fields are private and [`Model::validate`] is the only maker. What holds here needs no second check, so
//! expanding a model cannot fail.

use proc_macro2::TokenStream;
use syn::Expr;

use crate::args::Args;
use crate::diagnostics::Faults;
use crate::item::Function;
use crate::parts::{Events, NamedValue, Notes, Thinning};
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
