//! A receiver, a home, and programs with nothing else in their environment.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use telemetry_tests::Receiver;
use tempfile::TempDir;

pub(crate) const DERIVED: &str = env!("CARGO_BIN_EXE_cli-derived");
pub(crate) const BUILT: &str = env!("CARGO_BIN_EXE_cli-built");

pub(crate) struct Machine {
    pub(crate) receiver: Receiver,
    home: TempDir,
}

/// How a run ended and what it said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self { receiver: Receiver::start(), home: TempDir::new().unwrap() }
    }

    /// A program whose events are with the receiver when it has ended.
    pub(crate) fn program(&self, program: &str, words: &str) -> Command {
        let mut command = self.offline(program, words);
        command.env("CLI_ENDPOINT", self.receiver.url());
        command
    }

    /// A program whose events stay on disk, if it is the derived one.
    pub(crate) fn offline(&self, program: &str, words: &str) -> Command {
        let mut command = Command::new(program);
        command.args(split(words)).env_clear().current_dir(self.home.path());
        command.env("HOME", self.home.path()).env("CLI_STATE", self.state());
        command
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.home.path().join("state")
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// What the derived program is heard to say, run so.
    pub(crate) fn run(&self, words: &str) -> Run {
        Run::of(&mut self.program(DERIVED, words))
    }

    /// The events that came, all of them, and whether there is anything on disk.
    pub(crate) fn heard(&self) -> (Vec<Value>, bool) {
        (self.receiver.accepted(), self.state().exists())
    }
}

/// The facts of an event that a command line is about.
pub(crate) fn named(event: &Value) -> Value {
    let facts = event["facts"].as_object().unwrap().iter();
    facts
        .filter(|(name, _)| ["command", "alias", "flags"].contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Words between spaces; `\xff` stands for a byte that is no text.
fn split(words: &str) -> Vec<OsString> {
    let words = words.split_whitespace();
    words
        .map(|word| {
            OsString::from_vec(word.replace("\\xff", "\u{1}").bytes().map(|b| if b == 1 { 0xff } else { b }).collect())
        })
        .collect()
}

impl Run {
    pub(crate) fn of(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
    }
}
