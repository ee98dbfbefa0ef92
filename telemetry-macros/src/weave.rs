//! Puts tokens into a function body without printing it again.
//!
//! A body that is parsed and printed is not the body that was written: the invisible groups round `macro_rules`
//! fragments are gone (`$e * 2` with `1 + 2` gives 5), and so is whatever the parser does not keep. So the parser only
//! ever sees a *copy*. What it finds is marked in the copy, the copy is printed, and then the original and the printed
//! copy are walked side by side. The copy says where something goes in, the original supplies every token:
//!
//! ```text
//! original   let n = parse ( path ) ? ;        match n { … }
//! copy       let n = parse ( path ) ? ;  MARK 4 { match n { … } }
//! woven      let n = parse ( path ) ? ;  finish(match n { … }, &call, …)
//! ```
//!
//! A group without marks inside is passed on as it is, unopened; one with marks is rebuilt with its delimiter and its
//! span, which for braces also carries the edition and with it the drop order of temporaries.
//!
//! Only where a level is rebuilt, an invisible group at that level would lose its meaning, since the compiler ignores
//! those that a macro makes: it becomes a pair of parentheses.

use std::iter::Peekable;

use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt as _, quote};
use syn::parse::Parser as _;

/// The identifier that starts a mark in a copy: `MARKER number { range }`.
const MARKER: &str = "__telemetry_weave_mark";

/// `range` with a mark round it. Which mark is for the caller to know: the number comes back to it in [`weave`].
pub(crate) fn mark(number: u8, range: impl ToTokens) -> TokenStream {
    let marker = Ident::new(MARKER, Span::call_site());
    let number = Literal::u8_unsuffixed(number);
    quote!(#marker #number { #range })
}

/// The number of the mark that tokens begin with.
pub(crate) fn number_of_mark(tokens: &TokenStream) -> Option<u8> {
    take_mark(&mut tokens.clone().into_iter()).map(|(number, _)| number)
}

/// A part of a body that a mark stands round.
pub(crate) struct Range {
    /// Its tokens, with what is woven into them.
    pub(crate) tokens: TokenStream,
    /// Where it begins and ends, as it was written.
    pub(crate) ends: (Span, Span),
}

/// Returns the original tokens with what `insert` makes of each marked range: it is given the number of the mark and
/// the range, and returns what to put in its place.
///
/// `None` if original and copy are not the same but for the marks. Then nothing can be said about any position.
pub(crate) fn weave(
    original: TokenStream,
    copy: TokenStream,
    insert: impl FnMut(u8, Range) -> TokenStream,
) -> Option<TokenStream> {
    Weaver { insert }.level(original, copy)
}

struct Weaver<F> {
    insert: F,
}

/// Tokens that can be looked at before they are taken, and the last one that was.
struct Tokens {
    rest: Peekable<IntoIter>,
    last: Option<TokenTree>,
}

impl Tokens {
    fn new(tokens: TokenStream) -> Self {
        Self { rest: tokens.into_iter().peekable(), last: None }
    }

    fn peek(&mut self) -> Option<&TokenTree> {
        self.rest.peek()
    }
}

impl Iterator for Tokens {
    type Item = TokenTree;

    fn next(&mut self) -> Option<TokenTree> {
        let next = self.rest.next();
        self.last.clone_from(&next);
        next
    }
}

/// Which side says where a walk ends.
#[derive(Clone, Copy)]
enum End {
    Original,
    Copy,
}

impl<F: FnMut(u8, Range) -> TokenStream> Weaver<F> {
    /// Weaves everything between two delimiters.
    fn level(&mut self, original: TokenStream, copy: TokenStream) -> Option<TokenStream> {
        if !has_mark(&copy) {
            return Some(original);
        }
        // An insertion before everything else does not need to open what follows.
        let mut rest = copy.clone().into_iter();
        if let Some((number, range)) = take_mark(&mut rest).filter(|(_, range)| range.is_empty()) {
            let nowhere = Span::mixed_site();
            let mut woven = (self.insert)(number, Range { tokens: range, ends: (nowhere, nowhere) });
            // As one stream: token by token, the compiler would forget what the invisible groups in it were.
            self.level(original, rest.collect())?.to_tokens(&mut woven);
            return Some(woven);
        }
        let mut original = Tokens::new(original);
        let woven = self.walk(&mut original, &mut Tokens::new(copy), End::Copy)?;
        original.peek().is_none().then_some(woven)
    }

    /// Walks both sides in step and returns the original with the insertions.
    fn walk(&mut self, original: &mut Tokens, copy: &mut Tokens, end: End) -> Option<TokenStream> {
        let mut woven = TokenStream::new();
        loop {
            let at_end = match end {
                End::Original => original.peek().is_none(),
                End::Copy => copy.peek().is_none(),
            };
            if at_end {
                return Some(woven);
            }
            if copy.peek().is_some_and(is_marker) {
                let (number, range) = take_mark(copy)?;
                let first = original.peek().map_or_else(Span::mixed_site, |first| outermost(first, Iterator::next));
                let tokens = self.walk(original, &mut Tokens::new(range), End::Copy)?;
                let last = original.last.as_ref().map_or(first, |last| outermost(last, |tokens| tokens.last()));
                (self.insert)(number, Range { tokens, ends: (first, last) }).to_tokens(&mut woven);
            } else {
                self.step(original, copy, &mut woven)?;
            }
        }
    }

    /// Moves one token of the original over, past whatever stands for it in the copy.
    fn step(&mut self, original: &mut Tokens, copy: &mut Tokens, woven: &mut TokenStream) -> Option<()> {
        match (original.peek()?, copy.peek()?) {
            (TokenTree::Group(theirs), TokenTree::Group(ours)) if theirs.delimiter() == ours.delimiter() => {
                let rebuilt = regroup(theirs, self.level(theirs.stream(), ours.stream())?);
                if rebuilt.delimiter() == Delimiter::None {
                    visible(&rebuilt).to_tokens(woven);
                } else {
                    woven.append(rebuilt);
                }
                copy.next();
            }
            // The parser looked through the group: a pattern, a path that goes on after it, a statement, a block.
            (TokenTree::Group(theirs), _) if theirs.delimiter() == Delimiter::None => {
                let inside = self.walk(&mut Tokens::new(theirs.stream()), copy, End::Original)?;
                match syn::Pat::parse_multi.parse2(theirs.stream()) {
                    Ok(syn::Pat::Or(_)) => woven.append(parenthesized(theirs, inside)),
                    _ => inside.to_tokens(woven),
                }
            }
            // An arm that needed no comma before it was marked and does now.
            (theirs, TokenTree::Punct(ours)) if ours.as_char() == ',' && !is_comma(theirs) => {
                woven.append(Punct::new(',', Spacing::Alone));
                copy.next();
                return Some(());
            }
            (TokenTree::Literal(theirs), TokenTree::Literal(_)) => {
                take_literal(&theirs.to_string(), copy)?;
                woven.append(theirs.clone());
            }
            (theirs, ours) => {
                // Spacing is not compared: `&&` of a pattern may be printed as two tokens.
                let same = match (theirs, ours) {
                    (TokenTree::Ident(theirs), TokenTree::Ident(ours)) => theirs == ours,
                    (TokenTree::Punct(theirs), TokenTree::Punct(ours)) => theirs.as_char() == ours.as_char(),
                    _ => false,
                };
                if !same {
                    return None;
                }
                woven.append(theirs.clone());
                copy.next();
            }
        }
        original.next();
        Some(())
    }
}

/// The span of a token; of an invisible group, that of its first or last one.
fn outermost(token: &TokenTree, choose: fn(&mut IntoIter) -> Option<TokenTree>) -> Span {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            choose(&mut group.stream().into_iter()).map_or_else(|| group.span(), |token| outermost(&token, choose))
        }
        token => token.span(),
    }
}

/// Takes the tokens that stand for one literal: itself, or the pieces of `0.1` in `pair.0.1`, which is one token in
/// the source and three to the parser.
fn take_literal(literal: &str, copy: &mut Tokens) -> Option<()> {
    let mut taken = String::new();
    while taken.len() < literal.len() {
        taken.push_str(&copy.next()?.to_string());
    }
    (taken == literal).then_some(())
}

/// An invisible group that the parser kept, an expression or a type, as something that keeps its precedence.
fn visible(group: &Group) -> TokenStream {
    let mut tokens = group.stream().into_iter();
    match (tokens.next(), tokens.next()) {
        // One token has no precedence to lose. A `let` is a statement, to which the parser is lenient.
        (Some(TokenTree::Group(only)), None) if only.delimiter() == Delimiter::None => visible(&only),
        (_, None) => group.stream(),
        (Some(TokenTree::Ident(first)), _) if first == "let" => group.stream(),
        _ => TokenTree::Group(parenthesized(group, group.stream())).into(),
    }
}

/// Parentheses in the place of an invisible group, which no lint will call superfluous.
fn parenthesized(group: &Group, inside: TokenStream) -> Group {
    let mut parentheses = Group::new(Delimiter::Parenthesis, inside);
    parentheses.set_span(Span::mixed_site().located_at(group.span()));
    parentheses
}

/// The group with other contents.
pub(crate) fn regroup(group: &Group, inside: TokenStream) -> Group {
    let mut rebuilt = Group::new(group.delimiter(), inside);
    rebuilt.set_span(group.span());
    rebuilt
}

/// Whether there is a mark anywhere inside.
fn has_mark(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => has_mark(&group.stream()),
        token => is_marker(&token),
    })
}

fn is_marker(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == MARKER)
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')
}

/// Takes a mark, if there is one: its number and its range.
fn take_mark(tokens: &mut impl Iterator<Item = TokenTree>) -> Option<(u8, TokenStream)> {
    tokens.next().filter(is_marker)?;
    let number = tokens.next()?.to_string().parse().ok()?;
    match tokens.next()? {
        TokenTree::Group(range) => Some((number, range.stream())),
        _ => None,
    }
}
