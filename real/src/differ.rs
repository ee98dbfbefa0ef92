//! What we put on the wire beside what the official client does, field by field.

use std::collections::BTreeMap;

use anyhow::ensure;
use serde_json::Value;

/// A difference that is meant: where (a path, or the beginning of one that ends with a dot), and why.
pub type Meant = (&'static str, &'static str);

/// Every leaf by its path; a list's items are one.
fn leaves(value: &Value, path: &str, to: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                leaves(value, &if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, to);
            }
        }
        Value::Array(values) if !values.is_empty() => {
            for value in values {
                leaves(value, &format!("{path}[]"), to);
            }
        }
        leaf => drop(to.insert(path.to_owned(), leaf.clone())),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an empty list",
        Value::Object(_) => "an empty object",
    }
}

/// Whether a text is an id or a time, which differ each time.
fn is_of_the_moment(value: &Value) -> bool {
    let Some(text) = value.as_str() else { return value.is_number() };
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    digits >= 12 && text.len() >= 16 && digits * 10 >= text.len() * 6
}

/// A difference that is meant, with what it is.
pub struct Difference {
    /// Between what.
    pub what: String,
    /// Where.
    pub path: String,
    /// Which.
    pub how: String,
    /// Why.
    pub why: &'static str,
}

/// Compares; fails where there is a difference without a reason, or a reason without a difference.
pub fn compare(what: &str, theirs: &Value, ours: &Value, meant: &[Meant]) -> anyhow::Result<(String, Vec<Difference>)> {
    let (mut of_theirs, mut of_ours) = (BTreeMap::new(), BTreeMap::new());
    leaves(theirs, "", &mut of_theirs);
    leaves(ours, "", &mut of_ours);
    let shown = |value: &Value| {
        let text = value.to_string();
        let short: String = text.chars().take(48).collect();
        if short.len() < text.len() { format!("{short}…") } else { short }
    };
    let mut found = Vec::new();
    for (path, value) in &of_theirs {
        match of_ours.get(path) {
            None => found.push((path, format!("only theirs: {}", shown(value)))),
            Some(other) if kind(other) != kind(value) => {
                found.push((path, format!("{} in theirs, {} in ours", kind(value), kind(other))));
            }
            // Of a list's items, which is which is not said.
            Some(_) if path.contains("[]") => {}
            Some(other) if other != value && !(is_of_the_moment(value) && is_of_the_moment(other)) => {
                found.push((path, format!("{} in theirs, {} in ours", shown(value), shown(other))));
            }
            Some(_) => {}
        }
    }
    found.extend(
        of_ours
            .iter()
            .filter(|(path, _)| !of_theirs.contains_key(*path))
            .map(|(path, value)| (path, format!("only ours: {}", shown(value)))),
    );
    found.sort();
    let is_about = |path: &str, meant: &str| path == meant || meant.ends_with(['.', ']']) && path.starts_with(meant);
    let alike = of_theirs.len() - found.iter().filter(|(path, _)| of_theirs.contains_key(*path)).count();
    let mut problems: Vec<_> = meant
        .iter()
        .filter(|(meant, _)| !found.iter().any(|(path, _)| is_about(path, meant)))
        .map(|(meant, _)| format!("{meant}: no difference any more"))
        .collect();
    let mut explained: Vec<Difference> = Vec::new();
    for (path, difference) in found {
        let Some((meant, why)) = meant.iter().find(|(meant, _)| is_about(path, meant)) else {
            problems.push(format!("{path}: {difference}"));
            continue;
        };
        match explained.last_mut() {
            // One line for all that is about the same.
            Some(last) if last.path == *meant || is_about(&last.path, meant) => {
                (last.path, last.how) = ((*meant).to_owned(), "several".to_owned());
            }
            _ => explained.push(Difference { what: what.to_owned(), path: path.clone(), how: difference, why }),
        }
    }
    ensure!(problems.is_empty(), "{}", problems.join("; "));
    Ok((format!("{alike} fields alike, {} meant differences", explained.len()), explained))
}
