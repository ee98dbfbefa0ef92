//! Tests by name, and running them.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

/// A test: its target, and its path in it, as `programs::off::every_way_of_turning_it_off_leaves_no_trace`. The targets `runtime` and
/// `macros` are the libraries' own tests, and `receiver` is the receiver's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Test {
    target: String,
    path: String,
}

impl Test {
    pub(crate) fn parse(name: &str) -> anyhow::Result<Self> {
        let (target, path) = name.split_once("::").context("expected `target::path::to::test`")?;
        let is_word =
            |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        ensure!(is_word(target) && path.split("::").all(is_word), "expected `target::path::to::test`");
        Ok(Self { target: target.to_owned(), path: path.to_owned() })
    }

    /// Where its files are, seen from the workspace.
    pub(crate) fn folder(&self) -> PathBuf {
        match self.target.as_str() {
            "runtime" => "telemetry-runtime/src".into(),
            "macros" => "telemetry-macros/src".into(),
            "receiver" => "telemetry-receiver/tests/receiver".into(),
            target => Path::new("tests").join(target),
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.path.rsplit("::").next().unwrap_or(&self.path)
    }

    /// The modules that it is in.
    pub(crate) fn modules(&self) -> Vec<&str> {
        let mut modules: Vec<&str> = self.path.split("::").collect();
        modules.pop();
        modules
    }

    /// What has cargo build and run its target.
    fn selection(&self) -> Vec<String> {
        match self.target.as_str() {
            "runtime" => {
                vec!["--package=telemetry-runtime".into(), "--lib".into(), "--features=clap,local-time".into()]
            }
            "macros" => vec!["--package=telemetry-macros".into(), "--lib".into()],
            "receiver" => vec!["--package=telemetry-receiver".into(), "--test=receiver".into()],
            target => vec!["--package=telemetry-tests".into(), format!("--test={target}")],
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.target, self.path)
    }
}

/// The tests that ran.
#[derive(Debug, Default)]
pub(crate) struct Ran<'a> {
    pub(crate) passed: BTreeSet<&'a Test>,
    pub(crate) failed: BTreeSet<&'a Test>,
}

/// Runs tests in the workspace at `root`, a target at a time.
pub(crate) fn run<'a>(root: &Path, tests: impl Iterator<Item = &'a Test>) -> anyhow::Result<Ran<'a>> {
    let mut targets: BTreeMap<Vec<String>, Vec<&Test>> = BTreeMap::new();
    tests.for_each(|test| targets.entry(test.selection()).or_default().push(test));
    let mut ran = Ran::default();
    for (selection, tests) in targets {
        eprintln!("contract: {} of {}", tests.len(), selection.join(" "));
        let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
            .current_dir(root)
            .arg("test")
            .args(&selection)
            .args(["--no-fail-fast", "--", "--exact"])
            .args(tests.iter().map(|test| &test.path))
            .stderr(Stdio::inherit())
            .output()
            .context("cargo did not start")?;
        let said = String::from_utf8_lossy(&output.stdout);
        let ended = |test: &Test, how: &str| said.lines().any(|line| line == format!("test {} ... {how}", test.path));
        ran.passed.extend(tests.iter().copied().filter(|test| ended(test, "ok")));
        ran.failed.extend(tests.iter().copied().filter(|test| ended(test, "FAILED")));
        if !tests.iter().all(|test| ran.passed.contains(test)) {
            eprintln!("{said}");
        }
    }
    Ok(ran)
}
