//! A home and a working folder of one's own, and programs with nothing else in their environment.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

pub(crate) struct Machine {
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
        let home = TempDir::new().unwrap();
        std::fs::create_dir(home.path().join("work")).unwrap();
        Self { home }
    }

    /// The folder that programs are run in.
    pub(crate) fn folder(&self) -> PathBuf {
        self.home().join("work")
    }

    /// What `HOME` is, and all that a program finds of its user.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// A program with these words on its command line.
    pub(crate) fn program(&self, program: &str, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(words).env_clear().env("HOME", self.home()).current_dir(self.folder());
        command
    }
}

impl Run {
    /// The command, run to its end.
    pub(crate) fn of(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
    }

    /// The command, run to a good end.
    pub(crate) fn good(command: &mut Command) -> Self {
        let run = Self::of(command);
        assert_eq!(run.code, Some(0), "{command:?}: {run:?}");
        run
    }
}
