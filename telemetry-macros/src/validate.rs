//! The rules about what may be sent and under which name.

use std::collections::HashSet;

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::token::Paren;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprParen, Lit, LitStr};

use crate::args::{Arg, Args, Emit, Field};
use crate::diagnostics::Faults;
use crate::parts::{Events, Limit, NamedValue};

/// The longest name of an event or a variant, in bytes.
const NAME_LIMIT: usize = 128;
/// The longest name of a field, in bytes.
const FIELD_NAME_LIMIT: usize = 64;
/// The longest purpose or owner, in bytes.
const NOTE_LIMIT: usize = 256;
/// The most fields of one function.
const FIELD_LIMIT: usize = 32;

/// Reports what does not go together with `aggregate`.
pub(crate) fn combination(args: &Args, faults: &mut Faults) {
    fn key<T>(arg: Option<&Arg<T>>) -> Option<&Ident> {
        arg.map(|arg| &arg.key)
    }
    const SINGLE: &str = "with `aggregate` there is one event, which `event` names";
    const NO_CALL: &str = "with `aggregate` there is no event of a single call that could say it";
    const ALL: &str = "with `aggregate` every call is counted, and none has events of its own";
    if args.aggregate.is_none() {
        return;
    }
    let refused = [
        (key(args.finish.as_ref()), SINGLE),
        (key(args.emit.as_ref()), SINGLE),
        (key(args.fields.as_ref()), NO_CALL),
        (key(args.identifiable.as_ref()), NO_CALL),
        (key(args.error_text.as_ref()), NO_CALL),
        (key(args.sample.as_ref()), ALL),
        (key(args.limit.as_ref()), ALL),
    ];
    for (key, problem) in refused {
        if let Some(key) = key {
            faults.add(key, problem);
        }
    }
}

/// The part of the calls that is recorded.
pub(crate) fn sample(written: Option<Arg<Lit>>, faults: &mut Faults) -> Option<f64> {
    let literal = written?.value;
    let rate = match &literal {
        Lit::Float(rate) => rate.base10_parse().ok(),
        Lit::Int(rate) => rate.base10_parse().ok(),
        _ => None,
    };
    let rate = rate.filter(|rate: &f64| *rate > 0.0 && *rate <= 1.0);
    if rate.is_none() {
        faults.add(&literal, "expected a part of the calls, as in `sample = 0.01`: more than 0, and 1 at most");
    }
    rate
}

/// How many calls are recorded in which time.
pub(crate) fn limit(written: Option<Arg<LitStr>>, faults: &mut Faults) -> Option<Limit> {
    let literal = written?.value;
    let text = literal.value();
    let limit = text.split_once('/').and_then(|(calls, per)| {
        let per = match per {
            "s" => "Second",
            "min" => "Minute",
            "h" => "Hour",
            "day" => "Day",
            _ => return None,
        };
        let is_number = calls.bytes().all(|digit| digit.is_ascii_digit());
        let calls = calls.parse().ok().filter(|calls| is_number && *calls > 0)?;
        Some(Limit { calls, per })
    });
    if limit.is_none() {
        faults.add(&literal, "expected a number of calls and `s`, `min`, `h` or `day`, as in `limit = \"100/min\"`");
    }
    limit
}

/// The names of the events: given, or derived from the function's name (absent if there is no function).
pub(crate) fn events(function: Option<&Ident>, args: &Args, faults: &mut Faults) -> Events {
    let title = function.map(|name| title_case(&name.unraw().to_string())).unwrap_or_default();
    let given = args.event.as_ref().map(|event| event.value.value());
    let finish = args.finish.as_ref().map(|finish| finish.value.value());
    let emit = args.emit.as_ref().map_or(Emit::Both, |emit| emit.value);

    let base = given.as_deref().map_or(&*title, |given| given.strip_suffix(" Started").unwrap_or(given));
    // Names that are one word go on in that style.
    let (base, between, started, finished) = match given.as_deref().and_then(|given| given.strip_suffix("_started")) {
        Some(base) if !base.is_empty() => (base, "_", "started", "finished"),
        _ => (base, " ", "Started", "Finished"),
    };
    let single = |ending: &str| given.clone().unwrap_or_else(|| format!("{title}{ending}"));
    if args.aggregate.is_some() {
        let name = single(" Finished");
        match (&args.event, function) {
            (Some(event), _) => check_names([&*name], &event.value, faults),
            (None, Some(function)) => check_names([&*name], function, faults),
            (None, None) => {}
        }
        return Events::Aggregate(name);
    }
    let events = match emit {
        Emit::Both => Events::Both {
            start: format!("{base}{between}{started}"),
            finish: finish.clone().unwrap_or_else(|| format!("{base}{between}{finished}")),
        },
        Emit::Start => Events::Start(single(" Started")),
        Emit::Finish => Events::Finish(single(" Finished")),
        Emit::Success => Events::Success(single("")),
    };

    if let Some(event) =
        args.event.as_ref().filter(|event| emit == Emit::Both && event.value.value().ends_with(" Finished"))
    {
        faults.add(
            &event.value,
            "`event` names the start, or both events by a bare name: write `Sync` or `Sync Started`",
        );
    }

    // What was written goes first, so that the complaint is about that and not about what follows from it.
    let written = given.iter().map(String::as_str);
    let names: Vec<_> = written.chain(events.names().filter(|name| finish.as_deref() != Some(name))).collect();
    match (&args.event, function) {
        (Some(event), _) => check_names(names, &event.value, faults),
        (None, Some(function)) => check_names(names, function, faults),
        (None, None) => {}
    }
    if let (Some(argument), Some(finish)) = (&args.finish, &finish) {
        match emit {
            Emit::Both => check_names([&**finish], &argument.value, faults),
            Emit::Start => {
                faults.add(&argument.key, "with `emit = start` there is no second event for `finish` to name");
            }
            Emit::Finish | Emit::Success => {
                faults.add(&argument.key, "`finish` names the second of two events: name a single one with `event`");
            }
        }
    }
    events
}

/// `plugin_install` → `Plugin Install`; a name without a word stays as it is: `__` → `__`
fn title_case(name: &str) -> String {
    let capitalize = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
    };
    let words: Vec<_> = name.split('_').filter_map(capitalize).collect();
    if words.is_empty() { name.to_owned() } else { words.join(" ") }
}

/// Reports the first thing that is wrong with any of the names at the tokens that they come from.
fn check_names<'name>(names: impl IntoIterator<Item = &'name str>, source: impl ToTokens, faults: &mut Faults) {
    if let Some(problem) = names.into_iter().find_map(name_problem) {
        faults.add(source, problem);
    }
}

/// What is wrong with the name of an event or of a variant.
pub(crate) fn name_problem(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("a name must not be empty")
    } else if name.chars().any(char::is_control) {
        Some("a name must not contain control characters")
    } else if name.trim() != name {
        Some("a name must not start or end with a space")
    } else if name.len() > NAME_LIMIT {
        Some("a name must not be longer than 128 bytes")
    } else {
        None
    }
}

/// The fields whose names may be sent.
pub(crate) fn fields(written: Option<Arg<Vec<Field>>>, error_text: bool, faults: &mut Faults) -> Vec<NamedValue> {
    let written = written.map(|fields| fields.value).unwrap_or_default();
    if let Some(surplus) = written.get(FIELD_LIMIT) {
        faults.add(&surplus.name, format_args!("a function has at most {FIELD_LIMIT} fields"));
    }
    let mut seen = HashSet::new();
    let mut check = |Field { name, ty, mut value }: Field| {
        let text = name.to_string();
        if !is_field_name(&text) {
            faults.add(&name, "a field name is `snake_case`: ASCII lower case letters, digits and `_`, at most 64");
        } else if error_text && text == "error" {
            faults.add(&name, "with `error_text`, `error` is what the error says: give the field another name");
        } else if !seen.insert(text.clone()) {
            faults.add(&name, format_args!("the field `{text}` is given twice"));
        }
        StayInside { faults: &mut *faults }.visit_expr_mut(&mut value);
        KeepPrecedence.visit_expr_mut(&mut value);
        NamedValue { name: text, ty, value }
    };
    written.into_iter().map(&mut check).collect()
}

pub(crate) fn is_field_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
        && name.len() <= FIELD_NAME_LIMIT
}

/// The function that reads the outcome from the value.
pub(crate) fn is_error(written: Option<Arg<Expr>>, faults: &mut Faults) -> Option<Expr> {
    let mut function = written?.value;
    while let Expr::Group(fragment) = function {
        function = *fragment.expr;
    }
    KeepPrecedence.visit_expr_mut(&mut function);
    if !matches!(function, Expr::Path(_) | Expr::Closure(_)) {
        faults.add(
            &function,
            "`error` takes a function or a closure from `&R` to `bool`, as in `error = |code| *code != 0`",
        );
    }
    Some(function)
}

/// A text for the catalogue.
pub(crate) fn note(written: Option<Arg<LitStr>>, faults: &mut Faults) -> Option<String> {
    let literal = written?.value;
    let text = literal.value();
    let problem = if text.is_empty() {
        "say something, or leave it out"
    } else if text.chars().any(char::is_control) || text.trim() != text {
        "one line, without spaces round it"
    } else if text.len() > NOTE_LIMIT {
        "at most 256 bytes"
    } else {
        return Some(text);
    };
    faults.add(&literal, problem);
    None
}

/// The last month or day of `expires`.
pub(crate) fn expiry(written: Option<Arg<LitStr>>, faults: &mut Faults) -> Option<String> {
    let literal = written?.value;
    let last = literal.value();
    if is_month_or_day(&last) {
        return Some(last);
    }
    faults.add(&literal, "expected the last month or day, as in `expires = \"2027-06\"` or `expires = \"2027-06-30\"`");
    None
}

/// Whether a text is a month (`2027-06`) or a day (`2027-06-30`), from 1970 on. Which second that ends with, the runtime knows.
fn is_month_or_day(text: &str) -> bool {
    let mut parts = text.split('-').map(|part| {
        let is_number = part.bytes().all(|digit| digit.is_ascii_digit());
        part.parse::<u64>().ok().filter(|_| is_number).map(|number| (part.len(), number))
    });
    let (Some(Some((4, year @ 1970..))), Some(Some((2, month)))) = (parts.next(), parts.next()) else { return false };
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return false,
    };
    let is_day =
        parts.next().is_none_or(|day| day.is_some_and(|(digits, day)| digits == 2 && (1..=length).contains(&day)));
    is_day && parts.next().is_none()
}

/// Reports what would make a field leave the function, or wait: telemetry must do neither.
struct StayInside<'faults> {
    faults: &'faults mut Faults,
}

impl VisitMut for StayInside<'_> {
    fn visit_expr_mut(&mut self, value: &mut Expr) {
        const LEAVES: &str = "a field must not leave the function: it is only evaluated when telemetry is on";
        match value {
            Expr::Async(_) | Expr::Closure(_) | Expr::Const(_) => return,
            Expr::Try(attempt) => self.faults.add(attempt.question_token, LEAVES),
            Expr::Return(exit) => self.faults.add(exit.return_token, LEAVES),
            Expr::Await(awaited) => self.faults.add(awaited.await_token, "a field must not wait"),
            _ => {}
        }
        visit_mut::visit_expr_mut(self, value);
    }
}

/// Turns the invisible groups round `macro_rules` fragments into parentheses: the compiler ignores those that a macro
/// makes, and `$e * 2` with `1 + 2` would give 5.
struct KeepPrecedence;

impl VisitMut for KeepPrecedence {
    fn visit_expr_mut(&mut self, value: &mut Expr) {
        visit_mut::visit_expr_mut(self, value);
        if let Expr::Group(fragment) = value {
            *value = Expr::Paren(ExprParen {
                attrs: Vec::new(),
                paren_token: Paren(Span::mixed_site().located_at(fragment.group_token.span)),
                expr: fragment.expr.clone(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_month_or_day;

    /// The same texts as in the runtime's `notes.rs`, which knows when each is over.
    #[test]
    fn a_month_has_the_days_that_it_has() {
        for last in ["1970-01-01", "2027-06", "2027-06-30", "2028-02-29", "2100-02", "2026-12", "2027-01-15"] {
            assert!(is_month_or_day(last), "{last}");
        }
        for wrong in [
            "",
            "2027",
            "2027-6",
            "2027-13",
            "2027-00",
            "2027-02-29",
            "2027-06-00",
            "2027-06-31",
            "2027-06-30-1",
            "27-06",
            "1969-12",
            "+027-06",
            "2027-+6",
            "2100-02-29",
            "2027-06-1",
        ] {
            assert!(!is_month_or_day(wrong), "{wrong}");
        }
    }
}
