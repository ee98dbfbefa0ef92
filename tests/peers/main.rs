//! The same shapes and the same diagnostics with other attributes: the table in the README.
//!
//! Prints, for each attribute, how many of the shapes behave as without it, and how many of the diagnostics (rustc's, and clippy's
//! all, pedantic and nursery groups) are kept, hidden and added; one that moved is hidden in one place and added in another.
#![allow(clippy::print_stdout, reason = "a program that prints a table")]

use std::collections::BTreeSet;
use std::path::Path;

use telemetry_tests::attributes::{self, Attribute, Case, NONE, PEERS, TRACKED};

const LINTS: [&str; 6] =
    ["clippy::all", "clippy::pedantic", "clippy::nursery", "missing_docs", "unused_lifetimes", "unreachable_pub"];

fn main() {
    let folder = |name: &str| attributes::cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join(name));
    let shapes = folder("shapes/cases");
    let said: Vec<Case> = folder("lints/cases").into_iter().chain(folder("lints/errors")).collect();
    let run_without = attributes::run(NONE, &shapes);
    let said_without = attributes::lint(NONE, &said, &LINTS);

    println!(
        "| Attribute | shapes of {} | do not build | behave differently | diagnostics kept | hidden | added |",
        shapes.len()
    );
    println!("|---|---|---|---|---|---|---|");
    for attribute in std::iter::once(TRACKED).chain(PEERS) {
        let run_with = attributes::run(attribute, &shapes);
        let broken = run_with.values().filter(|run| run.is_err()).count();
        let same = run_without.iter().filter(|(case, run)| run_with.get(*case) == Some(run)).count();
        let [kept, hidden, added] = compare(attribute, &said, &said_without);
        let different = shapes.len() - same - broken;
        println!("| `{}` | {same} | {broken} | {different} | {kept} | {hidden} | {added} |", attribute.name);
    }
}

fn compare(
    attribute: Attribute,
    cases: &[Case],
    without: &std::collections::BTreeMap<String, BTreeSet<attributes::Diagnostic>>,
) -> [usize; 3] {
    let with = attributes::lint(attribute, cases, &LINTS);
    let nothing = BTreeSet::new();
    let mut counts = [0; 3];
    for case in cases {
        let place = |diagnostic: &attributes::Diagnostic| (diagnostic.places.clone(), diagnostic.code.clone());
        let places = |said: &BTreeSet<attributes::Diagnostic>| said.iter().map(place).collect::<BTreeSet<_>>();
        let without = places(without.get(&case.name).unwrap_or(&nothing));
        let with = places(with.get(&case.name).unwrap_or(&nothing));
        counts[0] += without.intersection(&with).count();
        counts[1] += without.difference(&with).count();
        counts[2] += with.difference(&without).count();
    }
    counts
}
