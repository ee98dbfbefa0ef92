//! Builds a copy, runs its tests, and reads what cargo says.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::crates::Entry;

/// Set where this program stands for the compiler.
const AS_COMPILER: &str = "TRANSPARENCY_AS_COMPILER";

/// What a tracked function has in its body after expansion, once.
const EXPANDED: &str = "private::Callsite::new(";

/// What is known of a copy.
#[derive(Debug)]
pub(crate) struct Examined {
    /// Whether library and tests build.
    pub(crate) builds: bool,
    /// What the compiler says of the crate itself, each with its place.
    pub(crate) diagnostics: BTreeSet<String>,
    /// How often which test of which target ended how.
    pub(crate) tests: BTreeMap<Test, usize>,
    /// How long the tests ran, including the building of documentation tests.
    pub(crate) duration: Duration,
    /// How many bytes telemetry wrote.
    pub(crate) recorded: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Test {
    pub(crate) target: String,
    pub(crate) name: String,
    pub(crate) result: String,
}

#[derive(Debug)]
pub(crate) struct Cargo {
    target: PathBuf,
    temporary: PathBuf,
    features: &'static [&'static str],
    skipped: &'static [(&'static str, &'static str)],
}

impl Cargo {
    pub(crate) fn new(work: &Path, entry: &Entry) -> Self {
        Self {
            target: work.join("target"),
            temporary: work.join("tmp"),
            features: entry.features,
            skipped: entry.skipped,
        }
    }

    /// Completes a lock file.
    pub(crate) fn lock(&self, folder: &Path) -> anyhow::Result<()> {
        let output = self.command(folder, "metadata").args(["--quiet", "--format-version=1"]).output()?;
        ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    /// Builds and tests a copy.
    pub(crate) fn examine(&self, folder: &Path) -> anyhow::Result<Examined> {
        let (builds, diagnostics) = self.build(folder)?;
        let mut examined =
            Examined { builds, diagnostics, tests: BTreeMap::new(), duration: Duration::ZERO, recorded: 0 };
        if builds {
            if self.temporary.exists() {
                fs::remove_dir_all(&self.temporary)?;
            }
            fs::create_dir_all(&self.temporary)?;
            let started = Instant::now();
            let mut log = File::create(folder.with_extension("log"))?;
            // `--doc` does not go together with others.
            for targets in [&["--lib", "--tests"][..], &["--doc"]] {
                self.test(folder, targets, &mut examined.tests, &mut log)?;
            }
            examined.duration = started.elapsed();
            examined.recorded = bytes_of_telemetry(&self.temporary)?;
            fs::remove_dir_all(&self.temporary)?;
        }
        Ok(examined)
    }

    /// Builds library and tests, and returns whether that went well and what the compiler said.
    pub(crate) fn build(&self, folder: &Path) -> anyhow::Result<(bool, BTreeSet<String>)> {
        let mut command = self.command(folder, "test");
        command.args(["--no-run", "--lib", "--tests", "--no-fail-fast", "--message-format=json"]).args(self.features);
        let output = command.output()?;
        let manifest = folder.join("Cargo.toml").display().to_string();
        let mut diagnostics = BTreeSet::new();
        let mut errors = String::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let Ok(told) = serde_json::from_str::<Value>(line) else { continue };
            if told["reason"] == "compiler-message" && told["manifest_path"] == *manifest {
                diagnostics.extend(diagnostic(&told["message"]));
                if told["message"]["level"] == "error" {
                    errors.push_str(told["message"]["rendered"].as_str().unwrap_or_default());
                }
            }
        }
        if !output.status.success() {
            ensure!(!errors.is_empty(), "cargo test: {}", String::from_utf8_lossy(&output.stderr));
            fs::write(folder.with_extension("log"), errors)?;
        }
        Ok((output.status.success(), diagnostics))
    }

    fn test(
        &self,
        folder: &Path,
        targets: &[&str],
        tests: &mut BTreeMap<Test, usize>,
        log: &mut File,
    ) -> anyhow::Result<()> {
        let (reader, writer) = std::io::pipe()?;
        let mut command = self.command(folder, "test");
        command.arg("--no-fail-fast").args(targets).args(self.features);
        command.arg("--").args(self.skipped.iter().map(|(test, _)| format!("--skip={test}")));
        command.env("TMPDIR", &self.temporary);
        // Property tests with a tenth of their cases: each makes thousands of calls.
        command.env("QUICKCHECK_TESTS", "10").env("PROPTEST_CASES", "26");
        // One pipe for both, so that what belongs together stays together.
        command.stdout(writer.try_clone()?).stderr(writer);
        let mut child = command.spawn()?;
        drop(command);
        let mut target = String::new();
        let mut add = |target: &str, name: &str, result: &str| {
            let test = Test { target: target.to_owned(), name: name.to_owned(), result: result.to_owned() };
            *tests.entry(test).or_default() += 1;
        };
        let mut reader = BufReader::new(reader);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line)? > 0 {
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end();
            writeln!(log, "{text}")?;
            if let Some((running, _)) =
                text.trim_start().strip_prefix("Running ").and_then(|text| text.split_once(" ("))
            {
                running.clone_into(&mut target);
            } else if let Some(name) = text.trim_start().strip_prefix("Doc-tests ") {
                target = format!("documentation of {name}");
            } else if let Some((name, result)) = text.strip_prefix("test ").and_then(|text| text.split_once(" ... ")) {
                add(&target, name, result.split([',', ' ', ':']).next().unwrap_or_default());
            } else if let Some(failed) = text.strip_prefix("    `").and_then(|text| text.strip_suffix('`')) {
                // Also targets without a harness, which say nothing of single tests.
                add(failed, "(all)", "FAILED");
            }
            line.clear();
        }
        child.wait()?;
        Ok(())
    }

    /// How many functions of the library, with its unit tests, the attribute has expanded on in this build.
    ///
    /// Others are for another platform, another feature, or in a file that nothing refers to.
    pub(crate) fn count_tracked(&self, folder: &Path) -> anyhow::Result<usize> {
        let mut command = self.command(folder, "rustc");
        command.args(["--quiet", "--lib", "--profile=test"]).args(self.features).args(["--", "-Zunpretty=expanded"]);
        command.env("RUSTC_WORKSPACE_WRAPPER", env::current_exe()?).env(AS_COMPILER, "1");
        let output = command.output()?;
        ensure!(output.status.success(), "cargo rustc: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8_lossy(&output.stdout).matches(EXPANDED).count())
    }

    fn command(&self, folder: &Path, command: &str) -> Command {
        let mut cargo = self::command(folder);
        cargo.arg(command);
        cargo.env("CARGO_TARGET_DIR", &self.target);
        // Quicker to build; the same for both copies, so that they share their dependencies.
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only").env("CARGO_PROFILE_TEST_DEBUG", "line-tables-only");
        cargo
    }
}

/// Cargo in a folder, without what this program was built and started with.
pub(crate) fn command(folder: &Path) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(folder);
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTDOCFLAGS", "RUST_BACKTRACE", "RUST_TEST_THREADS"] {
        cargo.env_remove(variable);
    }
    cargo
}

/// Whether cargo started this program instead of the compiler.
pub(crate) fn is_compiler() -> bool {
    env::var_os(AS_COMPILER).is_some()
}

/// Passes on to the compiler, and lets it print the expanded source: that needs a flag which is not stable, and an
/// environment that build scripts must not see.
pub(crate) fn compile() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let compiler = arguments.next().unwrap_or_default();
    let status = Command::new(compiler).args(arguments).env("RUSTC_BOOTSTRAP", "1").status();
    if status.is_ok_and(|status| status.success()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Lint or error and where it points; `None` for summaries.
fn diagnostic(message: &Value) -> Option<String> {
    let spans = message["spans"].as_array()?.iter().filter(|span| span["is_primary"] == true);
    let place = |span: &Value| {
        let file = span["file_name"].as_str().unwrap_or_default();
        format!("{file}:{}:{}", span["line_start"], span["column_start"])
    };
    let places: Vec<_> = spans.map(place).collect();
    let level = message["level"].as_str()?;
    let code = message["code"]["code"].as_str().or_else(|| message["message"].as_str())?;
    (!places.is_empty()).then(|| format!("{level} {code} at {}", places.join(", ")))
}

/// What the processes that telemetry was started in have on disk.
fn bytes_of_telemetry(temporary: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(temporary)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("telemetry-start-") {
            bytes += size(&entry.path()).with_context(|| entry.path().display().to_string())?;
        }
    }
    Ok(bytes)
}

fn size(path: &Path) -> std::io::Result<u64> {
    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_dir() { fs::read_dir(path)?.map(|entry| size(&entry?.path())).sum() } else { Ok(metadata.len()) }
}
