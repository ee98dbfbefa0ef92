//! Macros that a body waits in, or that hold expressions of the body.
//!
//! What a macro makes of its tokens is its own matter, so a mark may only go where it cannot be seen: into the macros of the
//! standard library and of the async runtimes whose grammar is known. Of any other macro it is known at most that somebody waits
//! in it, because it is given an `.await`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Macro, Pat, Token};

/// What is known of a macro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A list of expressions, which are evaluated where the macro stands. None of their text is shown to users.
    Expressions,
    /// A list of futures, which are polled side by side.
    Join,
    /// Futures of which the first to be ready has its handler run.
    Select,
    /// Anything else.
    Unknown,
}

pub(crate) fn kind(invocation: &Macro) -> Kind {
    const EXPRESSIONS: [&str; 10] =
        ["print", "println", "eprint", "eprintln", "format", "format_args", "write", "writeln", "vec", "anyhow"];
    let Some(last) = invocation.path.segments.last() else { return Kind::Unknown };
    match last.ident.to_string().as_str() {
        "join" | "try_join" => Kind::Join,
        "select" | "select_biased" => Kind::Select,
        name if EXPRESSIONS.contains(&name) => Kind::Expressions,
        _ => Kind::Unknown,
    }
}

/// Whether the type of what a macro evaluates to does not depend on where it stands.
pub(crate) fn has_one_type(invocation: &Macro) -> bool {
    const MACROS: [&str; 5] = ["print", "println", "eprint", "eprintln", "format"];
    invocation.path.segments.last().is_some_and(|last| MACROS.iter().any(|name| last.ident == name))
}

/// Whether a body waits in this macro, at a place that is not marked.
pub(crate) fn waits(invocation: &Macro) -> bool {
    match kind(invocation) {
        Kind::Expressions => false,
        Kind::Join | Kind::Select => true,
        // One that may be left by `?` or `return` as well says nothing about why it was left.
        Kind::Unknown => {
            has(&invocation.tokens, "await") && !has(&invocation.tokens, "return") && !has_question(&invocation.tokens)
        }
    }
}

/// What to do with the parts of a macro.
pub(crate) trait Parts {
    /// An expression of the body.
    fn expression(&mut self, value: &mut Expr);
    /// One that makes a future, which the macro polls.
    fn future(&mut self, value: &mut Expr);
    /// One that runs after the macro has waited, and may be followed by more waiting.
    fn handler(&mut self, value: &mut Expr);
}

/// Shows the parts of a macro that is known, and puts it together again. One that is not written as expected stays as it is.
pub(crate) fn visit<P: Parts>(invocation: &mut Macro, parts: &mut P) {
    let tokens = invocation.tokens.clone();
    let visited = match kind(invocation) {
        Kind::Expressions => list(parts, P::expression).parse2(tokens),
        Kind::Join => list(parts, P::future).parse2(tokens),
        Kind::Select => {
            // The macros of other crates want futures that know whether they are done, which ours cannot say for others.
            let future = if names_tokio(invocation) { P::future } else { P::expression };
            (|input: ParseStream<'_>| branches(input, parts, future)).parse2(tokens)
        }
        Kind::Unknown => return,
    };
    if let Ok(tokens) = visited {
        invocation.tokens = tokens;
    }
}

/// `a, b, c`, perhaps after `biased;`.
fn list<P: Parts>(
    parts: &mut P,
    visit: fn(&mut P, &mut Expr),
) -> impl FnOnce(ParseStream<'_>) -> syn::Result<TokenStream> {
    move |input| {
        let mut tokens = biased(input)?;
        while !input.is_empty() {
            let mut value: Expr = input.parse()?;
            visit(parts, &mut value);
            value.to_tokens(&mut tokens);
            comma(input, &mut tokens)?;
        }
        Ok(tokens)
    }
}

/// `pattern = future[, if condition] => handler`, `else => handler`, `complete => handler` and `default => handler`.
fn branches<P: Parts>(input: ParseStream<'_>, parts: &mut P, visit: fn(&mut P, &mut Expr)) -> syn::Result<TokenStream> {
    let mut tokens = biased(input)?;
    while !input.is_empty() {
        if input.peek(Ident::peek_any) && input.peek2(Token![=>]) {
            Ident::parse_any(input)?.to_tokens(&mut tokens);
        } else {
            Pat::parse_multi_with_leading_vert(input)?.to_tokens(&mut tokens);
            input.parse::<Token![=]>()?.to_tokens(&mut tokens);
            let mut future: Expr = input.parse()?;
            visit(parts, &mut future);
            future.to_tokens(&mut tokens);
            if input.peek(Token![,]) && input.peek2(Token![if]) {
                comma(input, &mut tokens)?;
                input.parse::<Token![if]>()?.to_tokens(&mut tokens);
                input.parse::<Expr>()?.to_tokens(&mut tokens);
            }
        }
        input.parse::<Token![=>]>()?.to_tokens(&mut tokens);
        let mut handler = Expr::parse_with_earlier_boundary_rule(input)?;
        parts.handler(&mut handler);
        handler.to_tokens(&mut tokens);
        if input.peek(Token![,]) {
            comma(input, &mut tokens)?;
        }
    }
    Ok(tokens)
}

fn names_tokio(invocation: &Macro) -> bool {
    invocation.path.segments.first().is_some_and(|first| first.ident == "tokio")
}

fn biased(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    if input.peek(syn::Ident) && input.peek2(Token![;]) {
        input.parse::<Ident>()?.to_tokens(&mut tokens);
        input.parse::<Token![;]>()?.to_tokens(&mut tokens);
    }
    Ok(tokens)
}

/// A comma, unless this is the end.
fn comma(input: ParseStream<'_>, tokens: &mut TokenStream) -> syn::Result<()> {
    if !input.is_empty() {
        input.parse::<Token![,]>()?.to_tokens(tokens);
    }
    Ok(())
}

/// Whether a word stands anywhere but in an `async` block, which is somebody else's body.
fn has(tokens: &TokenStream, word: &str) -> bool {
    let mut in_async = false;
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => {
            in_async = ident == "async" || in_async && ident == "move";
            ident == word
        }
        TokenTree::Group(group) => !std::mem::take(&mut in_async) && has(&group.stream(), word),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

fn has_question(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Punct(punct) => punct.as_char() == '?',
        TokenTree::Group(group) => has_question(&group.stream()),
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    })
}
