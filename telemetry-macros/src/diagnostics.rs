//! The user's faults, collected so that one compile shows all of them.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The faults found so far.
///
/// A collector must be asked for its result: dropping one unread would turn a mistake into silence, so that is a bug
/// and debug builds say so.
#[must_use = "a fault that nobody reads is a mistake that nobody sees"]
#[derive(Debug, Default)]
pub(crate) struct Faults {
    found: Option<syn::Error>,
    read: bool,
}

impl Faults {
    /// A collector without faults.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a fault that underlines `tokens`.
    ///
    /// Takes tokens and not a span, because on a stable compiler one span covers one token: `a::b::c` would be
    /// underlined at `a`. `syn` underlines from the first token to the last.
    pub(crate) fn add(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.add_error(syn::Error::new_spanned(tokens, message));
    }

    /// Adds a fault that a parser has found.
    pub(crate) fn add_error(&mut self, error: syn::Error) {
        match &mut self.found {
            Some(found) => found.combine(error),
            None => self.found = Some(error),
        }
    }

    /// Ends the collection.
    ///
    /// # Errors
    ///
    /// If there was any fault: one `compile_error!` each, in the order in which they were found.
    pub(crate) fn finish(mut self) -> Result<(), TokenStream> {
        self.read = true;
        match self.found.take() {
            Some(found) => Err(found.into_compile_error()),
            None => Ok(()),
        }
    }
}

impl Drop for Faults {
    fn drop(&mut self) {
        debug_assert!(self.read || std::thread::panicking(), "faults were collected and never read");
    }
}
