//! The compiler says of a tracked function what it says of the function without the attribute, at the same places.

use std::collections::BTreeSet;
use std::path::Path;

use telemetry_tests::attributes::{self, NONE, TRACKED};

/// Every group, and what is allowed unless asked for.
const LINTS: [&str; 16] = [
    "clippy::all",
    "clippy::pedantic",
    "clippy::nursery",
    "clippy::print_stdout",
    "clippy::unwrap_used",
    "clippy::let_underscore_must_use",
    "let_underscore_drop",
    "missing_docs",
    "single_use_lifetimes",
    "trivial_casts",
    "trivial_numeric_casts",
    "unreachable_pub",
    "unused_lifetimes",
    "unused_qualifications",
    "unused_results",
    "unit_bindings",
];

#[test]
fn every_diagnostic_stays_where_it_was() {
    let cases = attributes::cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("lints/cases"));
    let without = attributes::lint(NONE, &cases, &LINTS);
    let with = attributes::lint(TRACKED, &cases, &LINTS);
    let mut differences = Vec::new();
    let nothing = BTreeSet::new();
    for case in &cases {
        let (without, with) = (without.get(&case.name).unwrap_or(&nothing), with.get(&case.name).unwrap_or(&nothing));
        assert!(!without.is_empty(), "{} is no case: nothing is said of it", case.name);
        let hidden = without.difference(with).map(|diagnostic| format!("{}: hidden {diagnostic}", case.name));
        let added = with.difference(without).map(|diagnostic| format!("{}: added {diagnostic}", case.name));
        differences.extend(hidden.chain(added));
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}
