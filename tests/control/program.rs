//! The program that the tests run.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// A folder with state in it, and the program that uses it.
pub(crate) struct Controlled {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

impl Controlled {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), environment: Vec::new() }
    }

    /// … with a variable.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(other, _)| other != name);
        self.environment.push((name.into(), value.into()));
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    pub(crate) fn settings(&self) -> String {
        std::fs::read_to_string(self.state().join("settings")).unwrap_or_default()
    }

    /// In the folder, with nothing in the environment but what was set.
    pub(crate) fn command(&self, endpoint: &str, words: &str) -> Command {
        self.under(&[], endpoint, words)
    }

    /// … run by another program.
    pub(crate) fn under(&self, tool: &[&str], endpoint: &str, words: &str) -> Command {
        let program = env!("CARGO_BIN_EXE_controlled");
        let mut line = tool.iter().copied().chain([program]);
        let mut command = Command::new(line.next().unwrap());
        command.args(line).arg(endpoint).arg(self.state()).args(words.split_whitespace());
        command.env_clear().envs(self.environment.iter().cloned()).current_dir(self.folder());
        command
    }

    pub(crate) fn run(&self, endpoint: &str, words: &str) -> Output {
        self.command(endpoint, words).output().unwrap()
    }

    /// Runs, and says what the program printed, which is all on standard output.
    pub(crate) fn say(&self, endpoint: &str, words: &str) -> String {
        let output = self.run(endpoint, words);
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs with standard error on a terminal, and says what stood there, and what was on standard output.
    pub(crate) fn at_terminal(&self, endpoint: &str, words: &str) -> (String, String) {
        let out = self.folder().join("stdout");
        let program = env!("CARGO_BIN_EXE_controlled");
        let line = format!("{program} {endpoint} {} {words} > {}", self.state().display(), out.display());
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &line, "/dev/null"]).current_dir(self.folder());
        script.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        script.envs(self.environment.iter().cloned()).stdin(Stdio::null());
        let output = script.output().unwrap();
        assert!(output.status.success());
        (String::from_utf8(output.stdout).unwrap(), std::fs::read_to_string(out).unwrap())
    }

    /// Starts the program, and waits until it has said `word`.
    pub(crate) fn start(&self, endpoint: &str, words: &str, word: &str) -> Child {
        let mut command = self.command(endpoint, words);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap() == word));
        child
    }

    /// Every file and folder under the state folder, but for what is in the files.
    pub(crate) fn tree(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut open = vec![self.state()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                found.push(entry.path().strip_prefix(self.state()).unwrap().to_string_lossy().into_owned());
                if entry.path().is_dir() {
                    open.push(entry.path());
                }
            }
        }
        found.sort();
        found
    }
}

/// Where nobody listens.
pub(crate) fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}
