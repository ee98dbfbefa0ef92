//! Puts the attribute on every function of published crates and runs their own tests before and after.
//!
//! ```text
//! crates    which crates, and why these
//! source    crates.io ─▶ the crate's files
//! track     a file ─▶ the same file with the attribute, and with blanks of the same length in its place
//! package   both copies, each a package that builds
//! cargo     a copy ─▶ what the compiler says, what the tests say, how many functions are tracked
//! compare   before, after ─▶ the differences
//! ```
//!
//! Telemetry is on, at level `all`, with a sink that discards: every call of a tracked function is recorded.
#![allow(clippy::print_stdout, reason = "the table is what this program is for")]
#![allow(clippy::print_stderr, reason = "progress and problems")]

mod cargo;
mod compare;
mod crates;
mod package;
mod source;
mod track;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, ensure};

use crate::cargo::Cargo;
use crate::compare::Comparison;
use crate::crates::Entry;
use crate::package::Package;

const USAGE: &str = "\
usage: transparency [CRATE[@VERSION]…]

  Without a crate: the three that are quick to build. `--all`: every crate that is pinned.
  A crate that is pinned has its pinned version unless another is given; all others have their newest.
";

fn main() -> ExitCode {
    if cargo::is_compiler() {
        return cargo::compile();
    }
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help" || argument == "help") {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let entries = match crates::choose(&arguments) {
        Ok(entries) => entries,
        Err(problem) => {
            eprint!("transparency: {problem}\n\n{USAGE}");
            return ExitCode::FAILURE;
        }
    };
    let started = Instant::now();
    let mut done = Vec::new();
    let mut failed = Vec::new();
    for entry in entries {
        let name = entry.to_string();
        match run(&entry) {
            Ok(comparison) => {
                print!("{}", comparison.details());
                done.push(comparison);
            }
            Err(problem) => {
                println!("{name}: not compared: {problem:#}");
                failed.push(name);
            }
        }
    }
    print!("{}", compare::table(&done));
    println!("{} s", started.elapsed().as_secs());
    if !failed.is_empty() {
        println!("not compared: {}", failed.join(", "));
    }
    if failed.is_empty() && done.iter().all(Comparison::is_same) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Compares one crate with itself.
fn run(entry: &Entry) -> anyhow::Result<Comparison> {
    eprintln!("transparency: {entry}");
    let work = work();
    let source = source::fetch(entry, &work)?;
    let package = Package::prepare(&source, entry, &work)?;
    let cargo = Cargo::new(&work, entry);
    package.lock(&cargo)?;
    let before = cargo.examine(&package.before).context("before")?;
    let after = cargo.examine(&package.after).context("after")?;
    if before.builds && !after.builds {
        package.only_link(&source)?;
        let (builds, _) = cargo.build(&package.after)?;
        ensure!(builds, "its tests do not build beside telemetry's dependencies, also without the attribute");
    }
    let tracked = if after.builds { cargo.count_tracked(&package.after)? } else { 0 };
    Ok(Comparison {
        name: source.name,
        version: source.version,
        functions: package.functions,
        skipped: entry.skipped,
        tracked,
        before,
        after,
    })
}

/// Where everything is done.
fn work() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    root().join(target).join("transparency")
}

/// The repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new("."))
}
