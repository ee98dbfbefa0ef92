//! What a tracked function becomes.
//!
//! The body stays where it is: no closure, no second function, no future round it. A guard comes first, and in a
//! function that can carry an error the possible successes are marked:
//!
//! ```text
//! fn load(path: &str) -> Result<u8, String> {
//!     let call = { static CALLSITE: Callsite = …; enter(&CALLSITE) };
//!     if path.is_empty() {
//!         return Err("no path".into());                    // untouched, as are `?` and `bail!`
//!     }
//!     match parse(path)? {
//!         0 => Ok(ok(0, &call)),
//!         n => finish(check(n), &call, |value| …),
//!     }
//! }
//! ```
//!
//! # Spans
//!
//! They decide which lints and errors the user still sees. Ours are `mixed_site`, so that locals are invisible to the
//! user and lints know that nobody wrote this, and are located at the first token that they stand round, so that a
//! debugger stays in the function. Those of a call, `(finish)(x, …)`, start and end where its operand does and are the
//! user's own: what the compiler says about the value, or about a `return` or `.await` of it, it says at the same place.
//! And braces are the user's, for the edition.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt as _, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::{Expr, ExprLit, ExprMacro, ExprParen, ExprUnary, Lit, LitStr, UnOp};

use crate::args::Identifiable;
use crate::exits::{BodyCopy, Errors, Mark, Plan};
use crate::item::Function;
use crate::model::Model;
use crate::parts::{Events, Limit, NamedValue, Notes, Thinning};
use crate::returns::{Leaves, Reading, Unmarked};
use crate::weave::{Range, regroup, weave};

/// The function with its calls recorded.
pub(crate) fn recorded(model: &Model) -> TokenStream {
    let (copy, reading, plan) = plan(model);
    let writer = Writer { model, tells: plan.errors != Errors::Untouched };
    let guard = writer.guard(&reading.unmarked, plan.in_future);
    assemble(model, copy.map(|copy| copy.mark(plan)), &guard, |mark, range| writer.mark(mark, range))
}

/// The function as it was written, but for code that never runs and lets the compiler check the arguments.
pub(crate) fn checked(model: &Model) -> TokenStream {
    let mut checks = TokenStream::new();
    for field in model.fields() {
        let (value, at) = reference(model, field);
        let private = model.root().private(at);
        checks.extend(quote_spanned!(at=> #private::check_field(#value);));
    }
    let at = ours(model.function().body.span_open());
    if let Some(is_error) = model.is_error() {
        let private = model.root().private(at);
        checks.extend(quote_spanned!(at=> return #private::check_error(#is_error);));
    }
    if checks.is_empty() {
        let Function { head, body, .. } = model.function();
        return quote!(#head #body);
    }
    let (copy, _, plan) = plan(model);
    let plan = Plan { leaves: Leaves::Untouched, awaits: false, errors: Errors::Untouched, ..plan };
    assemble(model, copy.map(|copy| copy.mark(plan)), &quote_spanned!(at=> if false { #checks }), |_, range| {
        range.tokens
    })
}

/// Reads the body: the copy to mark, if the parser knows it, how its outcome is read, and what to mark.
fn plan(model: &Model) -> (Option<BodyCopy>, Reading, Plan) {
    let (function, returns) = (model.function(), model.returns());
    let mut copy = BodyCopy::read(function.body.stream());

    let ends_with_future = !function.is_async && copy.as_mut().is_some_and(BodyCopy::ends_with_future);
    let output = returns.output.as_ref().filter(|_| ends_with_future);
    let mut reading = output.unwrap_or(&returns.value).clone();
    if model.is_error().is_some() {
        reading = reading.by_author();
    }
    if output.is_some() && copy.as_ref().is_some_and(BodyCopy::declares_types) {
        reading = reading.without_type();
    }
    let in_future = output.is_some();
    let errors = if in_future || matches!(model.events(), Events::Aggregate(_)) {
        // What an error says is asked of its type, which in a future without a name is not known by then. What is only counted does
        // not say it.
        Errors::Untouched
    } else if model.notes().error_text && matches!(reading.unmarked, Unmarked::Error) {
        // With the type's name the compiler knows what `?` makes of an error.
        Errors::All
    } else {
        Errors::Values
    };
    let plan = Plan { in_future, leaves: reading.leaves, awaits: function.is_async || in_future, errors };
    (copy, reading, plan)
}

/// Puts the function together: what stands before its body, and the body with `start` and the marks woven in.
///
/// A body that cannot be read has no marks, only the start: then every exit but a panic means what an unmarked exit
/// means.
fn assemble(
    model: &Model,
    marked_copy: Option<TokenStream>,
    start: &TokenStream,
    mut write: impl FnMut(Mark, Range) -> TokenStream,
) -> TokenStream {
    let Function { head, body, .. } = model.function();
    let insert = |number, range| match Mark::from_number(number) {
        Some(Mark::Start) | None => start.clone(),
        Some(mark) => write(mark, range),
    };
    let woven = marked_copy.and_then(|copy| weave(body.stream(), copy, insert));
    let body = regroup(body, woven.unwrap_or_else(|| prepend(start, body.stream())));
    quote!(#head #body)
}

/// The statement before the body, but after inner attributes, which have to stay first.
fn prepend(start: &TokenStream, body: TokenStream) -> TokenStream {
    let mut rest = body.clone().into_iter().peekable();
    let mut attributes = TokenStream::new();
    while let Some(hash) = rest.next_if(|token| is_punct(token, '#')) {
        if !rest.peek().is_some_and(|token| is_punct(token, '!')) {
            break;
        }
        attributes.append(hash);
        attributes.extend(rest.by_ref().take(2));
    }
    if attributes.is_empty() {
        return quote!(#start #body);
    }
    let rest = body.into_iter().skip(attributes.clone().into_iter().count());
    quote!(#attributes #start #(#rest)*)
}

/// Writes what stands in the place of a mark.
struct Writer<'model> {
    model: &'model Model,
    /// Whether what an error says may be asked of a value.
    tells: bool,
}

impl Writer<'_> {
    /// The first statement: the callsite and the guard whose drop records how the call ended.
    fn guard(&self, unmarked: &Unmarked, in_future: bool) -> TokenStream {
        let Function { name, body, .. } = self.model.function();
        let at = ours(body.span_open());
        let private = self.model.root().private(at);
        let call = call(at);

        let name = name.unraw().to_string();
        let events = match self.model.events() {
            Events::Both { start, finish } => quote_spanned!(at=> .start(#start).finish(#finish)),
            Events::Start(start) => quote_spanned!(at=> .start(#start)),
            Events::Finish(finish) => quote_spanned!(at=> .finish(#finish)),
            Events::Success(_) | Events::Aggregate(_) => TokenStream::new(),
        };
        let fallible = matches!(unmarked, Unmarked::Error).then(|| quote_spanned!(at=> .fallible()));
        let details = self.details(at);
        let callsite = quote_spanned! {at=>
            #[#private::linkme::distributed_slice(#private::TELEMETRY_CALLSITES)]
            #[linkme(crate = #private::linkme)]
            static CALLSITE: #private::Callsite = #private::Callsite::new(#name, #private::module_path!()) #events #fallible #details;
        };

        let enter = if self.model.fields().is_empty() {
            // The guard of a call that is only counted has no room for where the callsite is: this closure's type knows.
            let closure = matches!(self.model.events(), Events::Aggregate(_)).then(|| quote_spanned!(at=> ||));
            quote_spanned!(at=> let #call = { #callsite #private::enter(#closure &CALLSITE) };)
        } else {
            let last = self.model.fields().len() - 1;
            let function = |place| if place == last { "last_field" } else { "field" };
            let fields =
                self.model.fields().iter().enumerate().map(|(place, field)| self.field(function(place), field));
            quote_spanned! {at=>
                let #call = { #callsite #private::open(&CALLSITE) };
                if #private::is_open(&#call) {
                    #(#fields)*
                }
            }
        };
        let probe = Ident::new("__telemetry_probe_7c1e5f93", at);
        let ask_type = match unmarked {
            Unmarked::Ok | Unmarked::Error => None,
            // What is returned says the type without its being written a second time. An arm that is never chosen is no way out
            // of the function to the compiler, as a branch behind `if false` is.
            Unmarked::ByType(_) if !in_future => Some(quote_spanned! {at=>
                #private::fallible_if(&#call, {
                    use #private::{TypeProbeDefault as _, TypeProbeKnown as _};
                    let #probe = #private::TypeProbe::new();
                    match () {
                        () => {}
                        _ => return #probe.__telemetry_value(),
                    }
                    (&#probe).__telemetry_is_fallible()
                });
            }),
            Unmarked::ByType(ty) => Some(quote_spanned! {at=>
                #private::fallible_if(&#call, {
                    use #private::{TypeProbeDefault as _, TypeProbeKnown as _};
                    (&#private::TypeProbe::<#ty>::new()).__telemetry_is_fallible()
                });
            }),
        };
        quote!(#enter #ask_type)
    }

    /// What else the callsite says, of functions of which more is said: in a static of its own, for which others have no room.
    fn details(&self, at: Span) -> Option<TokenStream> {
        let details = self.each_detail(at);
        let private = self.model.root().private(at);
        (!details.is_empty()).then(|| {
            quote_spanned! {at=>
                .details({
                    static DETAILS: #private::Details = #private::Details::NONE #details;
                    &DETAILS
                })
            }
        })
    }

    /// Fields and their types, what takes the place of a start and a finish, and what is for the catalogue.
    fn each_detail(&self, at: Span) -> TokenStream {
        let events = match self.model.events() {
            Events::Success(success) => Some(quote_spanned!(at=> .success(#success))),
            Events::Aggregate(name) => {
                let private = self.model.root().private(at);
                Some(quote_spanned! {at=>
                    .aggregate(#name, {
                        static TALLY: #private::Tally = #private::Tally::new();
                        &TALLY
                    })
                })
            }
            Events::Both { .. } | Events::Start(_) | Events::Finish(_) => None,
        };
        let Notes { purpose, owner, expires, identifiable, error_text } = self.model.notes();
        let fields = self.model.fields().iter().map(|field| {
            let (name, kind) = (&field.name, self.kind(field, at));
            quote_spanned!(at=> (#name, #kind))
        });
        let fields = (!self.model.fields().is_empty()).then(|| quote_spanned!(at=> .fields(const { &[#(#fields),*] })));
        let purpose = purpose.as_ref().map(|purpose| quote_spanned!(at=> .purpose(#purpose)));
        let owner = owner.as_ref().map(|owner| quote_spanned!(at=> .owner(#owner)));
        let expires = expires.as_ref().map(|last| quote_spanned!(at=> .expires(#last)));
        let identifiable = identifiable.map(|identifiable| match identifiable {
            Identifiable::Always => quote_spanned!(at=> .identifiable()),
            Identifiable::WhenKnown => quote_spanned!(at=> .identifiable_when_known()),
        });
        let error_text = error_text.then(|| quote_spanned!(at=> .error_text()));
        let Thinning { sample, limit } = self.model.thinning();
        let sample = sample.map(|rate| quote_spanned!(at=> .sample(#rate)));
        let limit = limit.as_ref().map(|Limit { calls, per }| {
            let (private, per) = (self.model.root().private(at), Ident::new(per, at));
            quote_spanned! {at=>
                .limit({
                    static LIMITER: #private::Limiter = #private::Limiter::new(#calls, #private::Per::#per);
                    &LIMITER
                })
            }
        });
        quote!(#events #fields #purpose #owner #expires #identifiable #error_text #sample #limit)
    }

    /// What is known of a field's values: by its type, if the author says it, or by the value, if it stands in the source.
    fn kind(&self, field: &NamedValue, at: Span) -> TokenStream {
        let private = self.model.root().private(at);
        if let Some(ty) = &field.ty {
            return quote_spanned!(at=> <#ty as #private::Described>::KIND);
        }
        match literal(&field.value) {
            Some(Literal::Number(value)) => quote_spanned!(at=> #private::kind_of(&#value)),
            Some(Literal::Label(text)) => quote_spanned!(at=> #private::ValueKind::words(&[#text])),
            None => quote_spanned!(at=> #private::ValueKind::ANY),
        }
    }

    /// Records a field, by reference so that nothing moves; the last one has the call begin. It stands where the value was written: there the
    /// compiler says so if its type is a wrong one.
    fn field(&self, function: &str, field: &NamedValue) -> TokenStream {
        let (value, at) = reference(self.model, field);
        let (private, call, name) = (self.model.root().private(at), call(at), &field.name);
        let function = Ident::new(function, at);
        quote_spanned!(at=> #private::#function(&#call, #name, #value);)
    }

    /// A range of the body with its mark.
    fn mark(&self, mark: Mark, range: Range) -> TokenStream {
        let Range { tokens: range, ends: (first, last) } = range;
        let at = ours(first);
        let private = self.model.root().private(at);
        let call = call(at);
        // The edition of a brace decides when temporaries are dropped: it has to be the user's.
        let braced = |inside| group(Delimiter::Brace, inside, first);
        // `(function)(arguments)`, so that the call starts and ends where its operand does.
        let invoke = |function: &str, arguments, last| {
            let function = Ident::new(function, at);
            let function = group(Delimiter::Parenthesis, quote_spanned!(at=> #private::#function), first);
            let arguments = group(Delimiter::Parenthesis, arguments, last);
            quote!(#function #arguments)
        };
        // A statement before the range that is as long as the range: if none of it is ever reached, this is what the compiler says
        // it of.
        let will = |range: &TokenStream| {
            let (will, semicolon) = (invoke("will_ok", quote_spanned!(at=> &#call), last), quote_spanned!(last=> ;));
            quote!(#will #semicolon #range)
        };
        let finish = |value: &dyn ToTokens, last| {
            let is_error = self.is_error(at);
            let (function, tell) = self.tell(at);
            // A value that is never there (`exit(1)`) is no news: the user did not write what comes after it.
            invoke(function, quote_spanned!(at=> #value, #[allow(unreachable_code)] &#call, #is_error #tell), last)
        };
        match mark {
            Mark::Start => range,
            Mark::Will => will(&range),
            Mark::WillBlock => braced(will(&range)).to_token_stream(),
            Mark::WillBlocks => braced(braced(will(&range)).to_token_stream()).to_token_stream(),
            // Nobody wrote this call, so that `Ok(unit())` is still the one that is given a `()`.
            Mark::Ok => quote_spanned!(at=> #private::ok(#range, &#call)),
            Mark::OkParentheses => match in_parentheses(&range) {
                Some(parentheses) => self.inside(mark, &parentheses),
                None => invoke("ok", quote_spanned!(at=> #range, &#call), last),
            },
            // What the compiler says of a macro call, it says only below something that the user wrote.
            Mark::OkMacro => {
                let pair = quote_spanned!(at=> #range, #private::will_ok(&#call));
                let pair = group(Delimiter::Parenthesis, pair, first);
                quote_spanned!(at=> #pair.0)
            }
            // The compiler and clippy take what is awaited for the place of an `.await`.
            Mark::Finish => finish(&range, before_await(&range).unwrap_or(last)),
            Mark::FinishReturned => finish(&range, last),
            Mark::FinishTried => {
                let is_error = self.is_error(at);
                invoke("finish", quote_spanned!(at=> #range, #[allow(unreachable_code)] &#call, #is_error), last)
            }
            Mark::Try => {
                let (error, value) =
                    (Ident::new("__telemetry_error_7c1e5f93", at), Ident::new("__telemetry_value_7c1e5f93", at));
                let (is_error, (function, tell)) = (self.is_error(at), self.tell(at));
                let function = Ident::new(function, at);
                // A struct's braces would be taken for those of the `match`.
                let operand = group(Delimiter::Parenthesis, range, at);
                let tried = quote_spanned! {at=>
                    match #operand {
                        #private::Err(#error) => {
                            return #private::#function(#private::Err(#private::From::from(#error)), &#call, #is_error #tell)
                        }
                        #value => #value,
                    }
                };
                group(Delimiter::Parenthesis, tried, at).to_token_stream()
            }
            // The empty statement keeps the braces from looking superfluous.
            Mark::FinishBlock => finish(&braced(quote_spanned!(at=> ; #range)), last),
            Mark::Await => match in_parentheses(&range) {
                Some(parentheses) => self.inside(mark, &parentheses),
                None => invoke("awaiting", quote_spanned!(at=> &#call, #range), last),
            },
            Mark::Poll => quote_spanned!(at=> #private::polling(&#call, #range)),
            Mark::Resume => quote_spanned!(at=> #private::resumed(#private::pause(&#call), #range)),
            Mark::ResumeBlock | Mark::ResumeStatement => {
                let block = braced(quote_spanned!(at=> ; #range));
                let semicolon = (mark == Mark::ResumeStatement).then(|| quote_spanned!(at=> ;));
                quote_spanned!(at=> #private::resumed(#private::pause(&#call), #block) #semicolon)
            }
            Mark::Woken => quote_spanned!(at=> #private::resume(&#call);),
            Mark::WokenBlock => braced(quote_spanned!(at=> #private::resume(&#call); #range)).to_token_stream(),
        }
    }

    /// A mark inside the parentheses that stand in its place: as an argument, they would look superfluous.
    fn inside(&self, mark: Mark, parentheses: &Group) -> TokenStream {
        let tokens = parentheses.stream();
        let marked = self.mark(mark, Range { ends: ends(&tokens), tokens });
        regroup(parentheses, marked).to_token_stream()
    }

    /// The function that takes a value, and how what its error says is asked of it, as one more argument.
    fn tell(&self, at: Span) -> (&'static str, Option<TokenStream>) {
        if !self.tells {
            return ("finish", None);
        }
        let private = self.model.root().private(at);
        let (value, text) = (Ident::new("__telemetry_value_7c1e5f93", at), Ident::new("__telemetry_text_7c1e5f93", at));
        let tell = quote_spanned! {at=>
            , |#value, #text| {
                use #private::{ErrorDefault as _, ErrorKnown as _};
                (&#private::Probe { 0: #value }).__telemetry_tell_error(#text);
            }
        };
        let function = if self.model.notes().error_text { "finish_and_tell" } else { "finish_or_tell" };
        (function, Some(tell))
    }

    /// The function that tells whether a value is an error: the author's, or a look at its type.
    fn is_error(&self, at: Span) -> TokenStream {
        if let Some(is_error) = self.model.is_error() {
            return is_error.to_token_stream();
        }
        let private = self.model.root().private(at);
        let value = Ident::new("__telemetry_value_7c1e5f93", at);
        quote_spanned! {at=>
            |#value| {
                use #private::{ProbeDefault as _, ProbeKnown as _};
                (&#private::Probe { 0: #value }).__telemetry_is_error()
            }
        }
    }
}

/// A reference to a field's value, of the type that the author says, and where it stands.
fn reference(model: &Model, NamedValue { ty, value, .. }: &NamedValue) -> (TokenStream, Span) {
    let value = value.to_token_stream();
    let at = ours(ends(&value).0);
    let private = model.root().private(at);
    let mut reference = quote_spanned!(at=> &(#value));
    if let Some(ty) = ty {
        reference = quote_spanned!(at=> #private::described::<#ty>(#reference));
    }
    (reference, at)
}

/// A value that is known before the program runs.
enum Literal<'value> {
    /// A number or a boolean.
    Number(&'value Expr),
    /// What `label!` is given.
    Label(LitStr),
}

fn literal(value: &Expr) -> Option<Literal<'_>> {
    match value {
        Expr::Group(fragment) => literal(&fragment.expr),
        Expr::Paren(paren) => literal(&paren.expr),
        Expr::Lit(ExprLit { lit: Lit::Int(_) | Lit::Float(_) | Lit::Bool(_), .. }) => Some(Literal::Number(value)),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => {
            matches!(literal(expr), Some(Literal::Number(_))).then_some(Literal::Number(value))
        }
        Expr::Macro(ExprMacro { mac, .. }) if mac.path.segments.last().is_some_and(|last| last.ident == "label") => {
            mac.parse_body().ok().map(Literal::Label)
        }
        _ => None,
    }
}

/// The span of our own tokens that stand at a token of the user.
fn ours(at: Span) -> Span {
    Span::mixed_site().located_at(at)
}

/// The local that holds the guard. The user's code cannot see it; the name is odd because a constant of the same name
/// would turn the `let` into a pattern.
fn call(at: Span) -> Ident {
    Ident::new("__telemetry_call_7c1e5f93", at)
}

fn group(delimiter: Delimiter, inside: TokenStream, span: Span) -> Group {
    let mut group = Group::new(delimiter, inside);
    group.set_span(span);
    group
}

/// The parentheses, if there is nothing else and they hold one expression.
fn in_parentheses(range: &TokenStream) -> Option<Group> {
    syn::parse2::<ExprParen>(range.clone()).ok()?;
    match range.clone().into_iter().next() {
        Some(TokenTree::Group(parentheses)) => Some(parentheses),
        _ => None,
    }
}

/// Where the operand of an `.await` at the end ends.
fn before_await(range: &TokenStream) -> Option<Span> {
    let tokens: Vec<_> = range.clone().into_iter().collect();
    match tokens.as_slice() {
        [.., operand, dot, TokenTree::Ident(word)] if is_punct(dot, '.') && word == "await" => Some(operand.span()),
        _ => None,
    }
}

/// The spans of the first and the last token.
fn ends(range: &TokenStream) -> (Span, Span) {
    let mut spans = range.clone().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::mixed_site);
    (first, spans.last().unwrap_or(first))
}

fn is_punct(token: &TokenTree, expected: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == expected)
}
