//! What is different, and the table.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::cargo::Examined;
use crate::track::Functions;

/// How many differences of a kind are printed.
const SHOWN: usize = 20;

/// A crate before and after.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) name: String,
    pub(crate) version: String,
    /// What the attribute was put on.
    pub(crate) functions: Functions,
    /// Tests that did not run, with the reason.
    pub(crate) skipped: &'static [(&'static str, &'static str)],
    /// What the compiler expanded it on.
    pub(crate) tracked: usize,
    pub(crate) before: Examined,
    pub(crate) after: Examined,
}

impl Comparison {
    /// Whether it builds, says and does after what it builds, says and does before, and calls were recorded.
    pub(crate) fn is_same(&self) -> bool {
        self.problem().is_none()
    }

    fn verdict(&self) -> &'static str {
        self.problem().unwrap_or("same")
    }

    fn problem(&self) -> Option<&'static str> {
        let Self { before, after, .. } = self;
        if !before.builds {
            Some("does not build before")
        } else if !after.builds {
            Some("DOES NOT BUILD")
        } else if before.diagnostics != after.diagnostics {
            Some("OTHER WARNINGS")
        } else if before.tests != after.tests {
            Some("OTHER RESULTS")
        } else if passed(before) == 0 {
            Some("no tests")
        } else if after.recorded == 0 {
            Some("NOTHING RECORDED")
        } else {
            None
        }
    }

    /// What is worth knowing beyond the table.
    pub(crate) fn details(&self) -> String {
        let Self { name, version, before, after, .. } = self;
        let mut details = format!(
            "{name} {version}: {}; tests took {:.1} s before and {:.1} s after, {} kB recorded\n",
            self.verdict(),
            before.duration.as_secs_f64(),
            after.duration.as_secs_f64(),
            after.recorded / 1024,
        );
        for (test, reason) in self.skipped {
            let _written = writeln!(details, "  test not run: {test}: {reason}");
        }
        let (not_before, not_after) =
            (&after.diagnostics - &before.diagnostics, &before.diagnostics - &after.diagnostics);
        list(&mut details, "said only after", not_before.iter());
        list(&mut details, "said only before", not_after.iter());
        if before.builds && after.builds {
            let tests = |examined: &Examined| -> BTreeSet<String> {
                let lines = examined.tests.iter().map(|(test, times)| {
                    let times = if *times == 1 { String::new() } else { format!(" ({times} times)") };
                    format!("{} in {}: {}{times}", test.name, test.target, test.result)
                });
                lines.collect()
            };
            let (before, after) = (tests(before), tests(after));
            list(&mut details, "test only before", (&before - &after).iter());
            list(&mut details, "test only after", (&after - &before).iter());
        }
        details
    }

    fn excluded(&self) -> BTreeMap<&'static str, usize> {
        let mut excluded = self.functions.excluded.clone();
        let elsewhere = self.functions.tracked.saturating_sub(self.tracked);
        if elsewhere > 0 {
            excluded.insert(ELSEWHERE, elsewhere);
        }
        excluded
    }
}

/// Where the attribute was put on a function that is not compiled.
const ELSEWHERE: &str = "not in this build (platform, feature, binary, unused file)";

/// One line a crate, the total, and what could not be tracked.
pub(crate) fn table(comparisons: &[Comparison]) -> String {
    let mut rows = vec![
        ["crate", "tracked", "excluded", "passed before", "after", "failed", "warnings", "verdict"].map(str::to_owned),
    ];
    let mut totals = [0; 6];
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for comparison in comparisons {
        let Comparison { name, version, tracked, before, after, .. } = comparison;
        let excluded = comparison.excluded();
        let numbers = [
            *tracked,
            excluded.values().sum(),
            passed(before),
            passed(after),
            count(after, "FAILED"),
            after.diagnostics.len(),
        ];
        for (total, number) in totals.iter_mut().zip(numbers) {
            *total += number;
        }
        for (reason, functions) in excluded {
            *reasons.entry(reason).or_default() += functions;
        }
        rows.push(row(format!("{name} {version}"), numbers, comparison.verdict()));
    }
    let same = comparisons.iter().filter(|comparison| comparison.is_same()).count();
    rows.push(row("total".to_owned(), totals, &format!("{same} of {} same", comparisons.len())));

    let widths: [usize; 8] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default());
    let mut table = String::from("\n");
    for row in rows {
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            let aligned =
                if column == 0 || column == 7 { format!("{cell:<width$}") } else { format!("{cell:>width$}") };
            table.push_str(&aligned);
            table.push_str("  ");
        }
        table.truncate(table.trim_end().len());
        table.push('\n');
    }
    table.push_str("\nexcluded functions:");
    for (reason, functions) in reasons {
        // Writing to a string does not fail.
        let _written = write!(table, "\n{functions:>6}  {reason}");
    }
    table.push_str("\n\n");
    table
}

fn row(name: String, numbers: [usize; 6], verdict: &str) -> [String; 8] {
    let mut cells = numbers.map(|number| number.to_string()).into_iter();
    let mut next = || cells.next().unwrap_or_default();
    [name, next(), next(), next(), next(), next(), next(), verdict.to_owned()]
}

fn passed(examined: &Examined) -> usize {
    count(examined, "ok")
}

fn count(examined: &Examined, result: &str) -> usize {
    examined.tests.iter().filter(|(test, _)| test.result == result).map(|(_, times)| times).sum()
}

fn list<'line>(details: &mut String, heading: &str, lines: impl ExactSizeIterator<Item = &'line String>) {
    let hidden = lines.len().saturating_sub(SHOWN);
    for line in lines.take(SHOWN) {
        let _written = writeln!(details, "  {heading}: {line}");
    }
    if hidden > 0 {
        let _written = writeln!(details, "  {heading}: … and {hidden} more");
    }
}
