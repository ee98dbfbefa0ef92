//! What a call of ours may cost, in what does not depend on the machine's day: instructions and allocations.

use std::process::ExitCode;

use record::bounds::{self, Bound};
use record::programs::has_valgrind;
use record::subject;
use record::table::{Table, number};

use crate::{allocations, count};

/// A bound that is this much above what is measured can be lowered.
const SLACK: f64 = 1.1;

/// Prints what was measured beside what may be; fails where it is more. Without valgrind, allocations alone are measured.
pub fn check() -> ExitCode {
    let text = bounds::text();
    let has_valgrind = has_valgrind();
    let bare = if has_valgrind { count(subject::find("bare").expect("it is there")) } else { f64::NAN };
    let mut unmeasured = 0;
    let mut table = Table::new(["subject", "figure", "at most", "measured", ""]);
    let mut is_kept = true;
    for Bound { of: name, figure, most } in bounds::read(&text) {
        // How cost may grow is for `curves`.
        if name.starts_with("curve.") {
            continue;
        }
        let subject = subject::find(name).unwrap_or_else(|| panic!("bounds.toml: no subject is called {name}"));
        let measured = if figure == "instructions" {
            if !has_valgrind {
                unmeasured += 1;
                table.row([name, figure, &number(Some(most)), "–", "**not measured**"].map(str::to_owned));
                continue;
            }
            count(subject) - bare
        } else {
            allocations(subject).into_iter().find(|(said, _)| said == figure).map_or(f64::NAN, |(_, value)| value)
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
    if unmeasured > 0 {
        eprintln!("valgrind is not installed: {unmeasured} bounds of instructions were NOT checked, only allocations");
    }
    if is_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
