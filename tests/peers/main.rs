//! The same shapes and the same diagnostics with other attributes: the table in the README.
//!
//! Prints, for each attribute, how many of the shapes behave as without it, and how many of the diagnostics (rustc's, and clippy's
//! all, pedantic and nursery groups) are kept, hidden and added; one that moved is hidden in one place and added in another.
//! Below the table: which ones, most frequent first.
#![allow(clippy::print_stdout, reason = "a program that prints a table")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use telemetry_tests::attributes::{self, Attribute, Case, Diagnostic, NONE, PEERS, TRACKED};

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
    let mut codes = Vec::new();
    for attribute in std::iter::once(TRACKED).chain(PEERS) {
        let run_with = attributes::run(attribute, &shapes);
        let broken = run_with.values().filter(|run| run.is_err()).count();
        let same = run_without.iter().filter(|(case, run)| run_with.get(*case) == Some(run)).count();
        let Compared { kept, hidden, added } = compare(attribute, &said, &said_without);
        codes.push(format!(
            "`{}` hides {}\nand adds {}",
            attribute.name,
            most_frequent(&hidden),
            most_frequent(&added)
        ));
        let [hidden, added] = [hidden, added].map(|codes| codes.values().sum::<usize>());
        let different = shapes.len() - same - broken;
        println!("| `{}` | {same} | {broken} | {different} | {kept} | {hidden} | {added} |", attribute.name);
    }
    println!("\n{}", codes.join("\n\n"));
}

#[derive(Default)]
struct Compared {
    kept: usize,
    /// How often, by lint or error code.
    hidden: BTreeMap<String, usize>,
    added: BTreeMap<String, usize>,
}

fn compare(attribute: Attribute, cases: &[Case], without: &BTreeMap<String, BTreeSet<Diagnostic>>) -> Compared {
    let with = attributes::lint(attribute, cases, &LINTS);
    let nothing = BTreeSet::new();
    let mut compared = Compared::default();
    for case in cases {
        let place = |diagnostic: &Diagnostic| (diagnostic.code.clone(), diagnostic.places.clone());
        let places = |said: &BTreeSet<Diagnostic>| said.iter().map(place).collect::<BTreeSet<_>>();
        let without = places(without.get(&case.name).unwrap_or(&nothing));
        let with = places(with.get(&case.name).unwrap_or(&nothing));
        compared.kept += without.intersection(&with).count();
        without.difference(&with).for_each(|(code, _)| *compared.hidden.entry(code.clone()).or_default() += 1);
        with.difference(&without).for_each(|(code, _)| *compared.added.entry(code.clone()).or_default() += 1);
    }
    compared
}

fn most_frequent(codes: &BTreeMap<String, usize>) -> String {
    let mut codes: Vec<_> = codes.iter().collect();
    codes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    codes.iter().map(|(code, count)| format!("{code} {count}")).collect::<Vec<_>>().join(", ")
}
