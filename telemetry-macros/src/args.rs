//! The arguments of `#[tracked(…)]`, as written.
//!
//! Each keeps the key that named it, so that a later complaint can point at it. A mistake in one argument does not
//! hide the mistakes in the others: parsing goes on at the next comma.

use std::fmt::Write as _;

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{Expr, Ident, Lit, LitFloat, LitInt, LitStr, Path, Token, Type, parenthesized};

use crate::diagnostics::Faults;

/// Every argument that has an effect, in the order of the documentation.
const KNOWN: [&str; 14] = [
    "event",
    "finish",
    "emit",
    "fields",
    "error",
    "purpose",
    "owner",
    "expires",
    "identifiable",
    "error_text",
    "aggregate",
    "sample",
    "limit",
    "crate",
];

/// What was written between the parentheses.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) event: Option<Arg<LitStr>>,
    pub(crate) finish: Option<Arg<LitStr>>,
    pub(crate) emit: Option<Arg<Emit>>,
    pub(crate) fields: Option<Arg<Vec<Field>>>,
    pub(crate) error: Option<Arg<Expr>>,
    pub(crate) purpose: Option<Arg<LitStr>>,
    pub(crate) owner: Option<Arg<LitStr>>,
    pub(crate) expires: Option<Arg<LitStr>>,
    pub(crate) identifiable: Option<Arg<Identifiable>>,
    pub(crate) error_text: Option<Arg<()>>,
    pub(crate) aggregate: Option<Arg<()>>,
    pub(crate) sample: Option<Arg<Lit>>,
    pub(crate) limit: Option<Arg<LitStr>>,
    pub(crate) root: Option<Arg<Path>>,
}

/// A value and the key that named it.
pub(crate) struct Arg<T> {
    pub(crate) key: Ident,
    pub(crate) value: T,
}

/// When an event that may say who is signed in is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identifiable {
    /// While somebody is.
    Always,
    /// In any case.
    WhenKnown,
}

/// Which events a call has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Emit {
    /// One when it starts and one when it finishes.
    Both,
    /// One when it starts.
    Start,
    /// One when it finishes.
    Finish,
    /// One when it finishes, if its outcome is ok.
    Success,
}

/// One `name = expression` or `name: Type = expression` of `fields(…)`.
pub(crate) struct Field {
    pub(crate) name: Ident,
    pub(crate) ty: Option<Type>,
    pub(crate) value: Expr,
}

impl Args {
    /// Parses the arguments: what is right is returned, what is wrong is reported.
    pub(crate) fn parse(tokens: TokenStream, faults: &mut Faults) -> Self {
        let mut args = Self::default();
        let list = |input: ParseStream<'_>| {
            each(input, faults, |input, faults| args.parse_one(input, faults));
            Ok(())
        };
        if let Err(error) = list.parse2(tokens) {
            faults.add_error(error);
        }
        args
    }

    fn parse_one(&mut self, input: ParseStream<'_>, faults: &mut Faults) -> syn::Result<()> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error("expected the name of an argument, as in `event = \"Sync Started\"`"));
        }
        let key = Ident::parse_any(input)?;
        match key.to_string().as_str() {
            "event" => set_once(&mut self.event, text(&key, "event = \"Sync Started\"", input)?, key, faults),
            "finish" => set_once(&mut self.finish, text(&key, "finish = \"Sync Completed\"", input)?, key, faults),
            "emit" => set_once(&mut self.emit, value(&key, "emit = both", input)?, key, faults),
            "fields" => set_once(&mut self.fields, fields(&key, input, faults)?, key, faults),
            "error" => set_once(&mut self.error, value(&key, "error = path::to::is_error", input)?, key, faults),
            "crate" => {
                const EXAMPLE: &str = "crate = path::to::telemetry_runtime";
                equals(&key, EXAMPLE, input)?;
                let wrong = input.error(format_args!("expected a path, as in `{EXAMPLE}`"));
                set_once(&mut self.root, input.call(Path::parse_mod_style).map_err(|_| wrong)?, key, faults);
            }
            "purpose" => {
                set_once(&mut self.purpose, text(&key, "purpose = \"which formats are used\"", input)?, key, faults);
            }
            "owner" => set_once(&mut self.owner, text(&key, "owner = \"sync team\"", input)?, key, faults),
            "expires" => set_once(&mut self.expires, text(&key, "expires = \"2027-06\"", input)?, key, faults),
            "identifiable" => set_once(&mut self.identifiable, identifiable(&key, input)?, key, faults),
            "error_text" => set_once(&mut self.error_text, (), key, faults),
            "aggregate" => set_once(&mut self.aggregate, (), key, faults),
            "sample" => set_once(&mut self.sample, rate(&key, input)?, key, faults),
            "limit" => set_once(&mut self.limit, text(&key, "limit = \"100/min\"", input)?, key, faults),
            unknown => return Err(syn::Error::new_spanned(&key, describe_unknown(unknown))),
        }
        Ok(())
    }
}

/// The one place that notices an argument given twice.
pub(crate) fn set_once<T>(slot: &mut Option<Arg<T>>, value: T, key: Ident, faults: &mut Faults) {
    if slot.is_some() {
        faults.add(&key, format_args!("`{key}` is given twice"));
    } else {
        *slot = Some(Arg { key, value });
    }
}

/// Parses a list with commas. After a mistake it goes on at the next comma.
fn each(
    input: ParseStream<'_>,
    faults: &mut Faults,
    mut element: impl FnMut(ParseStream<'_>, &mut Faults) -> syn::Result<()>,
) {
    while !input.is_empty() {
        let parsed = element(input, faults).and_then(|()| {
            if input.is_empty() || input.peek(Token![,]) { Ok(()) } else { Err(input.error("expected `,`")) }
        });
        if let Err(error) = parsed {
            faults.add_error(error);
            while !input.is_empty() && !input.peek(Token![,]) {
                drop(input.parse::<TokenTree>());
            }
        }
        drop(input.parse::<Option<Token![,]>>());
    }
}

/// `= value`
fn value<T: Parse>(key: &Ident, example: &str, input: ParseStream<'_>) -> syn::Result<T> {
    equals(key, example, input)?;
    input.parse()
}

/// `identifiable`, or `identifiable = when_known`.
fn identifiable(key: &Ident, input: ParseStream<'_>) -> syn::Result<Identifiable> {
    if !input.peek(Token![=]) {
        return Ok(Identifiable::Always);
    }
    equals(key, "identifiable = when_known", input)?;
    let wrong = input.error("expected `when_known`, without quotes, or no value");
    match input.parse::<Ident>() {
        Ok(word) if word == "when_known" => Ok(Identifiable::WhenKnown),
        _ => Err(wrong),
    }
}

/// `= "text"`
fn text(key: &Ident, example: &str, input: ParseStream<'_>) -> syn::Result<LitStr> {
    equals(key, example, input)?;
    if !input.peek(LitStr) {
        return Err(input.error(format_args!("expected a string literal, as in `{example}`")));
    }
    input.parse()
}

/// `= 0.01`
fn rate(key: &Ident, input: ParseStream<'_>) -> syn::Result<Lit> {
    const EXAMPLE: &str = "sample = 0.01";
    equals(key, EXAMPLE, input)?;
    if !(input.peek(LitFloat) || input.peek(LitInt)) {
        return Err(input.error(format_args!("expected a number, as in `{EXAMPLE}`")));
    }
    input.parse()
}

/// `=`, and that something follows. A value that is absent is a fault of the key: there is nothing else to point at.
fn equals(key: &Ident, example: &str, input: ParseStream<'_>) -> syn::Result<()> {
    if input.parse::<Option<Token![=]>>()?.is_none() || input.is_empty() || input.peek(Token![,]) {
        return Err(syn::Error::new_spanned(key, format_args!("`{key}` needs a value, as in `{example}`")));
    }
    Ok(())
}

/// `(name = expression, name: Type = expression, …)`
fn fields(key: &Ident, input: ParseStream<'_>, faults: &mut Faults) -> syn::Result<Vec<Field>> {
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new_spanned(key, "`fields` needs a list, as in `fields(items = args.len())`"));
    }
    let content;
    parenthesized!(content in input);
    let mut fields = Vec::new();
    each(&content, faults, |input, _| {
        if !input.peek(Ident::peek_any) {
            return Err(input.error("expected the name of a field, as in `items = args.len()`"));
        }
        let name = Ident::parse_any(input)?;
        let ty = match input.parse::<Option<Token![:]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        let value = value(&name, &format!("{name} = args.{name}"), input)?;
        fields.push(Field { name, ty, value });
        Ok(())
    });
    Ok(fields)
}

impl Parse for Emit {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let wrong = input.error("expected `both`, `start`, `finish` or `success`, without quotes");
        match input.parse::<Ident>().map(|word| word.to_string()).as_deref() {
            Ok("both") => Ok(Self::Both),
            Ok("start") => Ok(Self::Start),
            Ok("finish") => Ok(Self::Finish),
            Ok("success") => Ok(Self::Success),
            _ => Err(wrong),
        }
    }
}

/// What to say about an argument that does not exist.
fn describe_unknown(name: &str) -> String {
    let mut message = format!("unknown argument `{name}`");
    if let Some(near) = KNOWN.into_iter().find(|known| distance(name, known) <= 2) {
        let _ = write!(message, ", did you mean `{near}`?");
    }
    let _ = write!(message, "\nknown are `{}`", KNOWN.join("`, `"));
    message
}

/// How many characters have to be inserted, removed or replaced to get from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (removed, source) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = removed + 1;
        for (column, target) in to.chars().enumerate() {
            let replaced = diagonal + usize::from(source != target);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
