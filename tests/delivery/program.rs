//! The program that the tests run, and what they ask of the events that come of it.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder for state, and the program that uses it.
pub(crate) struct Commands {
    pub(crate) folder: TempDir,
}

impl Commands {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    pub(crate) fn spool(&self) -> PathBuf {
        self.state().join("spool-1")
    }

    pub(crate) fn command(&self, endpoint: &str, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_commands"));
        command.arg(endpoint).arg(self.state()).args(words.split_whitespace()).env_clear();
        command
    }

    pub(crate) fn run(&self, endpoint: &str, words: &str) -> Output {
        self.command(endpoint, words).output().unwrap()
    }

    /// Runs, and says what the program printed.
    pub(crate) fn say(&self, endpoint: &str, words: &str) -> String {
        String::from_utf8(self.run(endpoint, words).stdout).unwrap()
    }

    /// Starts the program and waits until it has done all but the last word.
    pub(crate) fn start(&self, endpoint: &str, words: &str) -> Child {
        let mut child = self.command(endpoint, words).stdout(Stdio::piped()).spawn().unwrap();
        let last = words.split_whitespace().last().unwrap();
        let stdout = BufReader::new(child.stdout.as_mut().unwrap());
        assert!(stdout.lines().any(|line| line.unwrap() == last), "it ended early");
        child
    }
}

/// A port that nobody listens on.
pub(crate) fn nobody() -> String {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    format!("http://127.0.0.1:{port}/")
}

pub(crate) fn names(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["event"].as_str().unwrap()).collect()
}

pub(crate) fn ids(events: &[Value]) -> HashSet<&str> {
    events.iter().map(|event| event["id"].as_str().unwrap()).collect()
}

/// What the events say of losses.
pub(crate) fn losses(events: &[Value]) -> Vec<(&str, u64)> {
    let losses = events.iter().filter(|event| event["kind"] == "loss");
    losses.map(|loss| (loss["reason"].as_str().unwrap(), loss["events"].as_u64().unwrap())).collect()
}
