//! Whether tests notice: a behaviour is taken out of a copy of the workspace, and the test that shows its row has to fail there.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};

use crate::proof::{self, Test};

/// A behaviour, and how it is taken out.
struct TakenOut {
    row: &'static str,
    test: &'static str,
    /// Where, seen from the workspace.
    file: &'static str,
    /// What stands there once.
    there: &'static str,
    instead: &'static str,
}

const SAMPLE: [TakenOut; 6] = [
    TakenOut {
        row: "CW-12: a development build sends nothing",
        test: "runtime::resolve::tests::brakes_only_lower",
        file: "telemetry-runtime/src/resolve.rs",
        there: "question.brakes.iter().for_each(|brake| decision.brake(brake));",
        instead: "",
    },
    TakenOut {
        row: "CW-11: the legacy variable warns",
        test: "runtime::resolve::tests::a_deprecated_variable_warns_where_it_speaks",
        file: "telemetry-runtime/src/resolve.rs",
        there: "decision.warnings.push(format!(\"{asked} is deprecated; {instead}\"));",
        instead: "let _ = (asked, instead);",
    },
    TakenOut {
        row: "CW-13: nothing is begun at `none`",
        test: "programs::silence::at_none_the_system_sees_nothing",
        file: "telemetry-runtime/src/builder/start.rs",
        there: "if level != Level::None {",
        instead: "if level != Level::None || level == Level::None {",
    },
    TakenOut {
        row: "CQ-14: whether a command ended in an error",
        test: "programs::events::a_sync_that_fails_in_a_table",
        file: "telemetry-runtime/src/event.rs",
        there: "matches!(self, Self::Error | Self::Panicked)",
        instead: "matches!(self, Self::Panicked)",
    },
    TakenOut {
        row: "CQ-12: a panic is reported",
        test: "delivery::panics::the_place_of_a_panic_arrives_and_its_words_do_not",
        file: "telemetry-runtime/src/recording.rs",
        there: "panics::watch();",
        instead: "",
    },
    TakenOut {
        row: "CL-02: how long it took",
        test: "delivery::a_batch_says_what_it_is",
        file: "telemetry-runtime/src/format/json.rs",
        there: "line.member(\"duration_ns\").plain(nanos(*duration));",
        instead: "let _ = (duration, nanos);",
    },
];

/// Takes out one behaviour after another.
pub(crate) fn all(root: &Path) -> anyhow::Result<()> {
    let copy = root.join("target").join("taken-out");
    let mut unnoticed = Vec::new();
    for TakenOut { row, test, file, there, instead } in SAMPLE {
        eprintln!("contract: without {row}");
        copy_sources(root, &copy).context("cannot copy the workspace")?;
        let path = copy.join(file);
        let source = fs::read_to_string(&path).with_context(|| format!("cannot read {file}"))?;
        ensure!(source.matches(there).count() == 1, "{row}: {file} does not have this once: {there}");
        fs::write(&path, source.replacen(there, instead, 1))?;
        let test = Test::parse(test)?;
        // A test that does not build notices nothing.
        if proof::run(&copy, std::iter::once(&test))?.failed.is_empty() {
            unnoticed.push(row);
        }
    }
    println!("{} behaviours taken out, {} noticed", SAMPLE.len(), SAMPLE.len() - unnoticed.len());
    ensure!(unnoticed.is_empty(), "not noticed:\n  {}", unnoticed.join("\n  "));
    Ok(())
}

/// Makes a copy of the sources what the workspace is now; what was built there stays.
fn copy_sources(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, name) = (entry.path(), entry.file_name());
        if name == "target" || name.to_string_lossy().starts_with('.') {
            continue;
        }
        let target = to.join(&name);
        if source.is_dir() {
            copy_sources(&source, &target)?;
        } else if fs::read(&source)? != fs::read(&target).unwrap_or_default() {
            // What is as it was keeps its time, so that it is not built again.
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}
