//! That usage which a program has to report adds up, whatever happens, is shown as what it is, and is all that goes out where nothing
//! else may.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

mod adds_up;
mod alone;
mod full;
mod paces;
mod shown;
mod wire;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use telemetry_tests::Receiver;
use tempfile::TempDir;

/// A folder for state, and the program that uses it.
struct Metered {
    folder: TempDir,
    vars: Vec<(&'static str, String)>,
}

impl Metered {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), vars: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.vars.push((name, value.into()));
        self
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn state(&self) -> PathBuf {
        self.folder().join("state")
    }

    fn command(&self, endpoint: &str, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_metered"));
        command.arg(endpoint).arg(self.state()).args(words.split_whitespace());
        command.env_clear().envs(self.vars.iter().map(|(name, value)| (name, value))).current_dir(self.folder());
        command
    }

    /// Runs, which shows nothing but the words that it prints, and returns what it printed.
    fn say(&self, endpoint: &str, words: &str) -> String {
        said(self.command(endpoint, words).output().unwrap())
    }

    /// Starts, and waits until it hangs, or waits for a line.
    fn start(&self, endpoint: &str, words: &str) -> Child {
        let mut child = self.command(endpoint, words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let done = words.split_whitespace().take_while(|word| *word != "wait").count();
        let stdout = BufReader::new(child.stdout.as_mut().unwrap());
        assert_eq!(stdout.lines().take(done).map(Result::unwrap).count(), done, "it ended early");
        child
    }

    /// Does all words, and is killed.
    fn kill_after(&self, endpoint: &str, words: &str) {
        let mut child = self.start(endpoint, &format!("{words} hang"));
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Has the next run ask at once, whatever pause was asked for.
    fn forget_pauses(&self) {
        drop(std::fs::remove_file(self.state().join("required/spool-1/pauses")));
    }

    /// Has all that waits be delivered, in as many runs as that takes.
    fn deliver_to(&self, receiver: &Receiver, is_all: impl Fn(&[Value]) -> bool) {
        for _ in 0..20 {
            self.forget_pauses();
            self.say(&receiver.url(), "flush");
            let taken = receiver.requests().into_iter().filter(|request| request.status == 200);
            let taken: BTreeMap<_, _> =
                taken.map(|request| (request.body["request_id"].to_string(), request.body)).collect();
            if is_all(&taken.into_values().collect::<Vec<_>>()) {
                return;
            }
        }
    }

    /// Every file under the state folder.
    fn files(&self) -> Vec<String> {
        let (mut found, mut open) = (Vec::new(), vec![self.state()]);
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                if entry.path().is_dir() {
                    open.push(entry.path());
                } else {
                    found.push(entry.path().strip_prefix(self.state()).unwrap().to_string_lossy().into_owned());
                }
            }
        }
        found.sort();
        found
    }
}

fn said(output: Output) -> String {
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Goes on with a program that waits, and has it come to its end.
fn go_on(mut child: Child) {
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    assert!(child.wait_with_output().unwrap().status.success());
}

/// The reports that a receiver has, each once, as it knows them: by their ids. That one which comes twice is the same.
fn reports<'a>(receivers: impl IntoIterator<Item = &'a Receiver>) -> Vec<Value> {
    let mut known: BTreeMap<String, Value> = BTreeMap::new();
    for request in receivers.into_iter().flat_map(Receiver::requests) {
        let id = request.body["request_id"].as_str().unwrap().to_owned();
        let before = known.insert(id, request.body.clone());
        assert!(before.is_none_or(|before| before == request.body), "{}", request.body);
    }
    known.into_values().collect()
}

fn rows(reports: &[Value]) -> u64 {
    reports.iter().map(|report| report["resource_count"].as_u64().unwrap()).sum()
}

/// What each table came to, all reports together.
fn tables(reports: &[Value]) -> BTreeMap<String, u64> {
    let mut tables = BTreeMap::new();
    for table in reports.iter().filter_map(|report| report["tables"].as_array()).flatten() {
        let name = table["table_name"].as_str().unwrap().to_owned();
        *tables.entry(name).or_default() += table["resource_count"].as_u64().unwrap();
    }
    tables
}
