//! A machine of its own for each test, and the program that somebody uses there.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use telemetry_tests::Receiver;
use tempfile::TempDir;

pub(crate) struct Machine {
    folder: TempDir,
    pub(crate) receiver: Receiver,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), receiver: Receiver::start() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.path("state")
    }

    pub(crate) fn id_file(&self) -> PathBuf {
        self.state().join("install-id")
    }

    /// The program, on a machine that keeps its files: the tests may themselves run where nothing is kept.
    pub(crate) fn person(&self, words: &str) -> Command {
        let mut command = self.person_anywhere(words);
        command.env("PERSON_LASTING", "1");
        command
    }

    /// The program, wherever the tests run.
    pub(crate) fn person_anywhere(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_person"));
        command.arg(self.receiver.url()).arg(self.state()).args(words.split_whitespace());
        command.env_clear().current_dir(self.folder.path());
        command
    }

    /// Runs to the end, in silence, and says what was printed.
    pub(crate) fn run(&self, words: &str) -> String {
        said(&mut self.person(words))
    }

    pub(crate) fn accepted(&self) -> Vec<Value> {
        self.receiver.accepted()
    }

    /// The names in the state folder, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.state()) else { return Vec::new() };
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Everything that was sent, as it was sent.
    pub(crate) fn sent(&self) -> String {
        self.receiver.requests().iter().map(|request| request.body.to_string()).collect()
    }
}

/// Runs to the end, in silence, and says what was printed.
pub(crate) fn said(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let stdout = String::from_utf8(stdout).unwrap();
    assert!(status.success(), "{status}: {stdout}");
    assert_eq!(String::from_utf8(stderr).unwrap(), "", "nobody is at a terminal");
    stdout
}

/// The values of a key, one an event, `""` where it is absent.
pub(crate) fn values<'a>(events: &'a [Value], key: &str) -> Vec<&'a str> {
    events.iter().map(|event| event[key].as_str().unwrap_or_default()).collect()
}

/// The one value that all events have.
pub(crate) fn the<'a>(events: &'a [Value], key: &str) -> &'a str {
    let values = values(events, key);
    assert!(!values.is_empty() && values.iter().all(|value| *value == values[0]), "{key}: {values:?}");
    values[0]
}

pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}
