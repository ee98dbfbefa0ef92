//! What a call of ours may cost, in what does not depend on the machine's day: instructions and allocations.

use std::path::Path;
use std::process::ExitCode;

use record::subject;

use crate::table::{Table, number};
use crate::{allocations, count};

/// A bound that is this much above what is measured can be lowered.
const SLACK: f64 = 1.1;

/// What is bounded of a subject.
struct Bound<'a> {
    subject: &'a str,
    figure: &'a str,
    most: f64,
}

/// Reads what this file needs of TOML: tables of numbers.
fn read(text: &str) -> Vec<Bound<'_>> {
    let (mut bounds, mut subject) = (Vec::new(), "");
    for line in
        text.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).filter(|line| !line.is_empty())
    {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            subject = name;
        } else {
            let bound =
                line.split_once('=').and_then(|(figure, most)| Some((figure.trim(), most.trim().parse().ok()?)));
            let (figure, most) = bound.unwrap_or_else(|| panic!("bounds.toml: {line:?} is no `figure = number`"));
            bounds.push(Bound { subject, figure, most });
        }
    }
    bounds
}

/// Prints what was measured beside what may be; fails where it is more.
pub fn check() -> ExitCode {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bounds.toml");
    let text = std::fs::read_to_string(path).expect("bounds.toml");
    let bare = count(subject::find("bare").expect("it is there"));
    let mut table = Table::new(["subject", "figure", "at most", "measured", ""]);
    let mut is_kept = true;
    for Bound { subject: name, figure, most } in read(&text) {
        let subject = subject::find(name).unwrap_or_else(|| panic!("bounds.toml: no subject is called {name}"));
        let measured = match figure {
            "instructions" => count(subject) - bare,
            _ => allocations(subject).into_iter().find(|(said, _)| said == figure).map_or(f64::NAN, |(_, value)| value),
        };
        // Also where it was not measured.
        let is_over = measured.is_nan() || measured > most;
        is_kept &= !is_over;
        let said = if is_over {
            "**more**"
        } else if most > measured * SLACK {
            "lower it"
        } else {
            ""
        };
        table.row([name, figure, &number(Some(most)), &number(Some(measured)), said].map(str::to_owned));
    }
    table.print();
    if is_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
