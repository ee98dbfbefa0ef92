//! The program of which pages are made, with a home of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::html::Page;

pub(crate) struct Pages(TempDir);

impl Pages {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn home(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.home().join("state")
    }

    /// With nothing in its environment but where to.
    pub(crate) fn command(&self, endpoint: &str, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pages"));
        command.args(words.split_whitespace()).env_clear().current_dir(self.home());
        command.env("PAGES_ENDPOINT", endpoint).env("PAGES_STATE", self.state());
        command
    }

    pub(crate) fn run(&self, endpoint: &str, words: &str) -> Output {
        self.command(endpoint, words).output().unwrap()
    }

    /// What it says, where that is all there is.
    pub(crate) fn say(&self, endpoint: &str, words: &str) -> String {
        let output = self.run(endpoint, words);
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{words}");
        assert!(output.status.success(), "{words}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The page, where it is, and as it is.
    pub(crate) fn page(&self, endpoint: &str) -> (PathBuf, Page) {
        let said = self.say(endpoint, "telemetry log --html");
        let path = PathBuf::from(said.strip_suffix('\n').unwrap());
        let page = Page::read(&std::fs::read_to_string(&path).unwrap());
        (path, page)
    }
}
