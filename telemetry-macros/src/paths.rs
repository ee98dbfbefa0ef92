//! Where the expansion finds the runtime.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};

/// The path of the runtime crate: `::telemetry_runtime`, or what `crate = …` says.
///
/// Every path that we emit starts here or at `::core`, so that nothing in the user's scope, not even the prelude, is
/// ever looked at.
pub(crate) struct Root {
    given: Option<syn::Path>,
    /// The calls are only counted, which other functions of the same names do.
    is_counted: bool,
}

impl Root {
    /// The given path, or the default.
    pub(crate) fn new(given: Option<syn::Path>, is_counted: bool) -> Self {
        Self { given, is_counted }
    }

    /// `ROOT`, with the default spelled at `span`. A given path keeps the spans of the user, which `$crate` needs.
    pub(crate) fn path(&self, span: Span) -> TokenStream {
        self.given.as_ref().map_or_else(|| quote_spanned!(span=> ::telemetry_runtime), ToTokens::to_token_stream)
    }

    /// `ROOT::private`: the functions that only expansions call.
    pub(crate) fn private(&self, span: Span) -> TokenStream {
        let root = self.path(span);
        if self.is_counted {
            quote_spanned!(span=> #root::private::counted)
        } else {
            quote_spanned!(span=> #root::private)
        }
    }
}
