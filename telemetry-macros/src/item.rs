//! The function under the attribute, split and not parsed.
//!
//! Whatever the compiler accepts as a function is accepted here, also syntax that `syn` does not know yet and bodies
//! that are still being typed: only the parts that we need are looked at, everything else is carried along as the
//! tokens that came in.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

use crate::diagnostics::Faults;

/// A function with a body.
#[derive(Debug)]
pub(crate) struct Function {
    /// Everything before the body, untouched: attributes, visibility, signature, where clause.
    pub(crate) head: TokenStream,
    /// Its name, with the `r#` of a raw identifier.
    pub(crate) name: Ident,
    /// Whether it is an `async fn`.
    pub(crate) is_async: bool,
    /// What stands between `<` and `>` after the name.
    pub(crate) generics: TokenStream,
    /// What stands after `->`; nothing if there is no arrow.
    pub(crate) output: TokenStream,
    /// The braces and what is in them.
    pub(crate) body: Group,
}

impl Function {
    /// Splits an item. Reports a fault at the token that is in the way and returns `None` if there is no function, it
    /// has no body, or it is one that nothing can be put into: a `const fn`, a naked one.
    pub(crate) fn split(item: TokenStream, faults: &mut Faults) -> Option<Self> {
        let mut tokens = flat(item);
        let keyword = find_fn(&tokens, faults)?;
        if let Some(constant) = tokens[..keyword].iter().find(|token| is_ident(token, "const")) {
            faults.add(constant, "a `const fn` cannot be tracked: nothing is recorded where it runs in the compiler");
            return None;
        }
        if let Some(naked) = tokens[..keyword].iter().find_map(naked_attribute) {
            faults.add(naked, "a naked function cannot be tracked: its body is one `naked_asm!` and nothing else");
            return None;
        }
        let is_async = tokens[..keyword].iter().any(|token| is_ident(token, "async"));
        let Some(TokenTree::Ident(name)) = tokens.get(keyword + 1).cloned() else {
            faults.add(&tokens[keyword], "expected a function with a name");
            return None;
        };
        let Some(body) = tokens.last().and_then(as_body) else {
            let last = tokens.last().filter(|token| is_punct(token, ';')).cloned();
            let place = last.unwrap_or(TokenTree::Ident(name));
            faults.add(place, "there is no body to track: put `#[tracked]` on the function that has one");
            return None;
        };
        tokens.pop();
        let (generics, parameters) = split_generics(&tokens[keyword + 2..]);
        let output = output(parameters);
        Some(Self { name, is_async, generics, output, body, head: tokens.into_iter().collect() })
    }
}

/// The tokens of the item, without the invisible group that a `macro_rules` fragment (`$function:item`) puts round it.
fn flat(item: TokenStream) -> Vec<TokenTree> {
    let tokens: Vec<_> = item.into_iter().collect();
    match tokens.as_slice() {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::None => flat(group.stream()),
        _ => tokens,
    }
}

/// The position of `fn`, if what stands before it can stand before a function.
fn find_fn(tokens: &[TokenTree], faults: &mut Faults) -> Option<usize> {
    const QUALIFIERS: [&str; 8] = ["default", "const", "async", "gen", "unsafe", "safe", "extern", "pub"];
    let mut qualifier = None;
    for (position, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(ident) if ident == "fn" => return Some(position),
            TokenTree::Ident(ident) if QUALIFIERS.iter().any(|known| ident == known) => {
                // `pub` says nothing about the kind of item: not worth pointing at.
                qualifier = qualifier.or((ident != "pub").then_some(token));
            }
            // Attributes, `pub(crate)`, `extern "C"`, and the invisible group round a `$vis` fragment.
            TokenTree::Punct(punct) if punct.as_char() == '#' => {}
            TokenTree::Group(group) if group.delimiter() != Delimiter::Brace => {}
            TokenTree::Literal(_) => {}
            other => {
                faults.add(
                    qualifier.unwrap_or(other),
                    "`#[tracked]` goes on a function: put it on each one to be tracked",
                );
                return None;
            }
        }
    }
    faults.add(tokens.iter().cloned().collect::<TokenStream>(), "`#[tracked]` goes on a function");
    None
}

/// The word, if this is what stands in the brackets of `#[naked]` or `#[unsafe(naked)]`.
fn naked_attribute(token: &TokenTree) -> Option<TokenTree> {
    let only = |group: &Group, delimiter| match group.stream().into_iter().collect::<Vec<_>>().as_slice() {
        words if group.delimiter() == delimiter => words.to_vec(),
        _ => Vec::new(),
    };
    let TokenTree::Group(brackets) = token else { return None };
    match only(brackets, Delimiter::Bracket).as_slice() {
        [word] if is_ident(word, "naked") => Some(word.clone()),
        [word, TokenTree::Group(unsafely)] if is_ident(word, "unsafe") => {
            match only(unsafely, Delimiter::Parenthesis).as_slice() {
                [word] if is_ident(word, "naked") => Some(word.clone()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The body, also if it is a `$body:block` fragment with an invisible group round it.
fn as_body(token: &TokenTree) -> Option<Group> {
    let TokenTree::Group(group) = token else { return None };
    match group.delimiter() {
        Delimiter::Brace => Some(group.clone()),
        Delimiter::None => match flat(group.stream()).as_slice() {
            [inner] => as_body(inner),
            _ => None,
        },
        Delimiter::Parenthesis | Delimiter::Bracket => None,
    }
}

/// What stands between `<` and `>` at the start of a signature, and what follows.
fn split_generics(signature: &[TokenTree]) -> (TokenStream, &[TokenTree]) {
    let mut depth = 0_usize;
    for (position, token) in signature.iter().enumerate() {
        let is_arrow = position > 0 && is_punct(&signature[position - 1], '-');
        if is_punct(token, '<') {
            depth += 1;
        } else if is_punct(token, '>') && !is_arrow {
            depth = depth.saturating_sub(1);
        }
        if depth == 0 {
            return match position {
                0 => (TokenStream::new(), signature),
                _ => (signature[1..position].iter().cloned().collect(), &signature[position + 1..]),
            };
        }
    }
    (TokenStream::new(), signature)
}

/// What stands after the `->` that follows the parameters, up to the where clause.
fn output(parameters: &[TokenTree]) -> TokenStream {
    match parameters {
        [_, dash, arrow, output @ ..] if is_punct(dash, '-') && is_punct(arrow, '>') => {
            output.iter().take_while(|token| !is_ident(token, "where")).cloned().collect()
        }
        _ => TokenStream::new(),
    }
}

fn is_ident(token: &TokenTree, expected: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == expected)
}

fn is_punct(token: &TokenTree, expected: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == expected)
}
