//! The compiler says of a tracked function what it says of the function without the attribute, at the same places.
//!
//! `cases` are programs of which something is said: the lint that the file is named after, or those of a line `// says: …`. Of a
//! program that begins with `// silent` nothing is said, with the attribute nor without. `errors` are programs that do not
//! compile.
//!
//! Lint or error code, level, and the lines and columns of all primary spans have to be the same. The text, with its notes and
//! suggestions, is compared too and shown (`cargo test --test lints -- --nocapture`), but not asked for: a suggestion that quotes
//! the line is a different one.

mod known;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use telemetry_tests::attributes::{self, AGGREGATED, Case, Diagnostic, NONE, TRACKED};

use crate::known::{Change, KNOWN};

/// Every group, and what is allowed unless asked for.
const LINTS: [&str; 43] = [
    "clippy::all",
    "clippy::pedantic",
    "clippy::nursery",
    "clippy::restriction",
    // It is about the line above.
    "-A clippy::blanket_clippy_restriction_lints",
    "future_incompatible",
    "rust_2018_compatibility",
    "rust_2018_idioms",
    "rust_2021_compatibility",
    "rust_2024_compatibility",
    "ambiguous_negative_literals",
    "closure_returning_async_block",
    "deprecated_in_future",
    "deref_into_dyn_supertrait",
    "ffi_unwind_calls",
    "impl_trait_redundant_captures",
    "let_underscore_drop",
    "let_underscore_lock",
    "macro_use_extern_crate",
    "meta_variable_misuse",
    "missing_copy_implementations",
    "missing_debug_implementations",
    "missing_docs",
    "non_ascii_idents",
    "redundant_imports",
    "redundant_lifetimes",
    "single_use_lifetimes",
    "trivial_casts",
    "trivial_numeric_casts",
    "unit_bindings",
    "unnameable_types",
    "unreachable_pub",
    "unsafe_code",
    "unsafe_op_in_unsafe_fn",
    "unstable_features",
    "unused",
    "unused_extern_crates",
    "unused_import_braces",
    "unused_lifetimes",
    "unused_macro_rules",
    "unused_qualifications",
    "unused_results",
    "variant_size_differences",
];

/// What is said with and without the attribute, of lint cases and of errors.
static SAID: LazyLock<Said> = LazyLock::new(|| {
    let folder = |name: &str| attributes::cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("lints").join(name));
    let (lints, errors) = (folder("cases"), folder("errors"));
    let all: Vec<Case> = lints.iter().chain(&errors).cloned().collect();
    let (without, with) = (attributes::lint(NONE, &all, &LINTS), attributes::lint(TRACKED, &all, &LINTS));
    Said { lints, errors, without, with }
});

struct Said {
    lints: Vec<Case>,
    errors: Vec<Case>,
    without: BTreeMap<String, BTreeSet<Diagnostic>>,
    with: BTreeMap<String, BTreeSet<Diagnostic>>,
}

impl Said {
    fn without(&self, case: &Case) -> BTreeSet<Diagnostic> {
        self.without.get(&case.name).cloned().unwrap_or_default()
    }

    fn with(&self, case: &Case) -> BTreeSet<Diagnostic> {
        self.with.get(&case.name).cloned().unwrap_or_default()
    }
}

#[test]
fn every_lint_stays_where_it_was() {
    compare("lints", &SAID.lints, |case, said| {
        if said.iter().any(|said| said.level == "error") {
            return Some("does not compile".to_owned());
        }
        if case.header("silent").is_some() {
            return (!said.is_empty()).then(|| "is not silent".to_owned());
        }
        let own = format!("clippy::{}", case.name);
        let expected: Vec<&str> = match case.header("says") {
            Some(lints) => lints.split(' ').collect(),
            None if said.iter().any(|said| said.code == own) => vec![],
            None => vec![&case.name],
        };
        unsaid(&expected, said)
    });
}

#[test]
fn every_error_stays_where_it_was() {
    compare("errors", &SAID.errors, |case, said| {
        if !said.iter().any(|said| said.level == "error") {
            return Some("compiles".to_owned());
        }
        let expected: Vec<&str> = case.header("says").map(|codes| codes.split(' ').collect()).unwrap_or_default();
        unsaid(&expected, said)
    });
}

fn unsaid(expected: &[&str], said: &BTreeSet<Diagnostic>) -> Option<String> {
    let unsaid: Vec<_> = expected.iter().filter(|code| !said.iter().any(|said| said.code == **code)).collect();
    (!unsaid.is_empty()).then(|| format!("{unsaid:?} is not said"))
}

/// What the compiler says of a function whose calls are only counted, and of no other: the case and the code.
const OF_COUNTED: [(&str, &str); 2] = [
    // What is awaited borrows the guard, and where something that borrows a local is returned, clippy does not look for `return`.
    ("edition_2024", "clippy::needless_return"),
    // A value that is no `Result` where one has to be is wrong for what looks at it as well, at the same place.
    ("result_types_that_are_none", "E0277"),
];

/// What is said of a function whose calls are only counted is what is said of one whose calls are recorded, or of one without the attribute:
/// there are fewer marks in it, so more stays as it was.
#[test]
fn of_what_is_only_counted_nothing_else_is_said() {
    let all: Vec<Case> = SAID.lints.iter().chain(&SAID.errors).cloned().collect();
    let counted = attributes::lint(AGGREGATED, &all, &LINTS);
    let keys = |said: BTreeSet<Diagnostic>| by_key(said).into_keys().collect::<BTreeSet<_>>();
    let mut differences = Vec::new();
    for case in &all {
        let (recorded, without) = (keys(SAID.with(case)), keys(SAID.without(case)));
        let counted = keys(counted.get(&case.name).cloned().unwrap_or_default());
        let hidden = recorded.intersection(&without).filter(|key| !counted.contains(*key));
        let added = counted.iter().filter(|key| !recorded.contains(*key) && !without.contains(*key));
        differences.extend(hidden.chain(added).map(|key| (case.name.as_str(), key.clone())));
    }
    let is_known = |case: &str, code: &str| OF_COUNTED.contains(&(case, code));
    let unknown: Vec<_> = differences.iter().filter(|(case, (_, code, _))| !is_known(case, code)).collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
    let is_there =
        |known: &&(&str, &str)| differences.iter().any(|(case, (_, code, _))| (*case, code.as_str()) == **known);
    let gone: Vec<_> = OF_COUNTED.iter().filter(|known| !is_there(known)).collect();
    assert!(gone.is_empty(), "take out of the table what is no longer true: {gone:?}");
}

#[test]
fn no_known_difference_is_gone() {
    let cases = SAID.lints.iter().chain(&SAID.errors);
    let all: Vec<Difference> = cases.flat_map(differences).collect();
    let gone: Vec<_> = KNOWN.iter().filter(|known| !all.iter().any(|difference| difference.is(known))).collect();
    assert!(gone.is_empty(), "take out of the table what is no longer true: {gone:#?}");
}

/// What the attribute changes of one diagnostic.
struct Difference {
    case: String,
    change: Change,
    code: String,
    text: String,
    rendered: String,
}

impl Difference {
    fn is(&self, known: &known::Known) -> bool {
        self.change == known.change && self.code == known.code && known.case.is_none_or(|case| self.case == case)
    }
}

/// Level, code and places: what has to stay.
type Key = (String, String, Vec<[u64; 4]>);

fn by_key(said: BTreeSet<Diagnostic>) -> BTreeMap<Key, Vec<Diagnostic>> {
    let mut keys: BTreeMap<Key, Vec<Diagnostic>> = BTreeMap::new();
    for said in said {
        let key = (said.level.clone(), said.code.clone(), said.places.clone());
        keys.entry(key).or_default().push(said);
    }
    keys
}

fn differences(case: &Case) -> Vec<Difference> {
    let (without, with) = (by_key(SAID.without(case)), by_key(SAID.with(case)));
    let missing = |of: &BTreeMap<Key, Vec<Diagnostic>>, than: &BTreeMap<Key, Vec<Diagnostic>>| {
        let more = of.iter().map(|(key, said)| (said, than.get(key).map_or(0, Vec::len)));
        more.flat_map(|(said, others)| said.iter().skip(others)).cloned().collect::<Vec<Diagnostic>>()
    };
    let (hidden, mut added) = (missing(&without, &with), missing(&with, &without));
    let mut differences = Vec::new();
    let mut push = |change, Diagnostic { code, rendered, .. }: &Diagnostic, text| {
        let (code, rendered) = (code.clone(), rendered.clone());
        differences.push(Difference { case: case.name.clone(), change, code, text, rendered });
    };
    for hidden in hidden {
        // The nearest of the same kind is taken for the same.
        let line = |said: &Diagnostic| said.places.first().map_or(0, |place| place[0]);
        let same = added.iter().enumerate().filter(|(_, added)| added.code == hidden.code);
        match same.min_by_key(|(_, added)| line(added).abs_diff(line(&hidden))).map(|(position, _)| position) {
            Some(position) => {
                let added = added.remove(position);
                push(Change::Moved, &added, format!("{hidden} -> {}", places(&added)));
            }
            None => push(Change::Hidden, &hidden, hidden.to_string()),
        }
    }
    for added in added {
        push(Change::Added, &added, added.to_string());
    }
    differences
}

fn places(said: &Diagnostic) -> String {
    let places =
        said.places.iter().map(|[line, column, to_line, to_column]| format!("{line}:{column}-{to_line}:{to_column}"));
    places.collect::<Vec<_>>().join(" ")
}

/// What the user reads, but for where it depends on the package: the attribute itself, and files of long type names.
fn worded(said: &Diagnostic) -> String {
    let lines =
        said.rendered.split_inclusive('\n').filter(|line| !line.contains("the full name for the type has been"));
    lines.collect::<String>().replace(TRACKED.text(), NONE.text())
}

/// Compares, and asks of each case whether it is one: `unfit` is given what is said without the attribute.
fn compare(what: &str, cases: &[Case], unfit: impl Fn(&Case, &BTreeSet<Diagnostic>) -> Option<String>) {
    let without = cases.iter().map(|case| (case, SAID.without(case)));
    let complain = |(case, said): (&Case, BTreeSet<Diagnostic>)| {
        let reason = unfit(case, &said)?;
        let said: Vec<_> = said.iter().map(Diagnostic::to_string).collect();
        Some(format!("{} is no case: {reason}, only {}", case.name, said.join(", ")))
    };
    let unfit: Vec<_> = without.filter_map(complain).collect();
    let mut texts = Vec::new();
    let (mut kept, mut same_text) = (0, 0);
    let mut all = Vec::new();
    for case in cases {
        let (without, with) = (by_key(SAID.without(case)), by_key(SAID.with(case)));
        for (key, without) in &without {
            let with = with.get(key).map_or(&[][..], Vec::as_slice);
            kept += without.len().min(with.len());
            for (without, with) in without.iter().zip(with) {
                let (text, with) = (worded(without), worded(with));
                if text == with {
                    same_text += 1;
                } else {
                    texts.push(format!("=== {}\n{text}--- with\n{with}", case.name));
                }
            }
        }
        all.extend(differences(case));
    }
    let (known, unknown): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|difference| KNOWN.iter().any(|known| difference.is(known)));
    let count = |change| unknown.iter().filter(|difference| difference.change == change).count();
    for Difference { case, change, rendered, .. } in &unknown {
        texts.push(format!("=== {case} {change:?}\n{rendered}"));
    }
    #[expect(clippy::print_stdout, reason = "for who asks with `--nocapture`")]
    {
        println!("{}", texts.concat());
        println!(
            "{what}: {} cases, {kept} diagnostics kept ({same_text} word for word), {} hidden, {} moved, {} added, {} written down",
            cases.len(),
            count(Change::Hidden),
            count(Change::Moved),
            count(Change::Added),
            known.len(),
        );
    }
    let lines = unknown.iter().map(|Difference { case, change, text, .. }| format!("{case}: {change:?} {text}"));
    let faults: Vec<String> = unfit.into_iter().chain(lines).collect();
    assert!(faults.is_empty(), "{} differences:\n{}", faults.len(), faults.join("\n"));
}
