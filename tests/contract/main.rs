//! Holds `docs/parity.md` against the tests: every row of the contract is there, and every test that a row names exists, carries
//! the row's id in its documentation, and passes.
//!
//! ```text
//! parity    docs/parity.md ─▶ rows, each with the tests that show it
//! source    the tests' files ─▶ what is said above each test
//! proof     the named tests, run ─▶ which of them passed
//! taken_out a behaviour, taken out of a copy of the workspace ─▶ whether its row's test notices
//! ```
#![allow(clippy::print_stdout, reason = "the summary is what this program is for")]
#![allow(clippy::print_stderr, reason = "progress and problems")]

mod parity;
mod proof;
mod source;
mod taken_out;

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, ensure};

use crate::parity::Row;
use crate::proof::Test;

const USAGE: &str = "\
usage: contract [--taken-out]

  Without an argument: every row of docs/parity.md, and the tests that show them.
  --taken-out   for a sample of rows: the behaviour is taken out of a copy of the workspace, and the row's test has to fail
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => contract(),
        ["--taken-out"] => taken_out::all(&root()),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::FAILURE;
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("contract: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn contract() -> anyhow::Result<()> {
    let root = root();
    let page = root.join("docs").join("parity.md");
    let text = std::fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
    let rows = parity::parse(&text).context("docs/parity.md")?;
    let mut problems = parity::missing(&rows);
    let shown: BTreeMap<&Test, BTreeSet<&str>> = rows.iter().fold(BTreeMap::new(), |mut shown, row| {
        for test in &row.tests {
            shown.entry(test).or_insert_with(BTreeSet::new).insert(row.id.as_str());
        }
        shown
    });
    for (test, ids) in &shown {
        match source::documentation(&root, test)? {
            None => problems.push(format!("`{test}` is not there")),
            Some(said) => {
                let unsaid = ids.iter().filter(|id| !source::names(&said, id));
                problems.extend(unsaid.map(|id| format!("what is said above `{test}` does not name {id}")));
            }
        }
    }
    let ran = proof::run(&root, shown.keys().copied())?;
    problems
        .extend(shown.keys().filter(|test| !ran.passed.contains(*test)).map(|test| format!("`{test}` did not pass")));
    let open: Vec<&Row> = rows.iter().filter(|row| row.tests.is_empty()).collect();
    println!("{} rows, {} shown by {} tests, {} open", rows.len(), rows.len() - open.len(), shown.len(), open.len());
    for row in open {
        println!("  open: {} {}", row.id, row.says);
    }
    ensure!(problems.is_empty(), "{} problems\n  {}", problems.len(), problems.join("\n  "));
    Ok(())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new(".")).to_owned()
}
