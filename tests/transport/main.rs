//! What lies between the program and its receiver: HTTP as it should not be, proxies, TLS, compression.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

mod gzip;
mod hostile;
mod proxies;
mod retry_after;
mod sentry;
mod server;
mod tls;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use server::Server;

/// A folder for state, and the program that uses it, in an environment that holds nothing but what a test puts there.
struct Commands {
    folder: TempDir,
    vars: Vec<(&'static str, String)>,
}

impl Commands {
    fn new() -> Self {
        Self::with([])
    }

    fn with<const N: usize>(vars: [(&'static str, &str); N]) -> Self {
        let vars = vars.map(|(name, value)| (name, value.to_owned())).into();
        Self { folder: TempDir::new().unwrap(), vars }
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    fn start(&self, endpoint: &str, words: &str) -> Running {
        let mut command = Command::new(env!("CARGO_BIN_EXE_commands"));
        command.arg(endpoint).arg(self.state()).args(words.split_whitespace()).current_dir(self.folder.path());
        command.env_clear().envs(self.vars.iter().map(|(name, value)| (name, value)));
        Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Runs, and says what the program printed.
    fn say(&self, endpoint: &str, words: &str) -> String {
        self.start(endpoint, words).say()
    }

    /// Records two events, and tries to deliver them.
    fn work(&self, endpoint: &str) -> String {
        self.say(endpoint, "work flush status")
    }

    /// That nothing was lost of what two events there were: a sound receiver gets them from the next run, which has no proxies and no
    /// certificates to trip over.
    fn assert_kept(&mut self, said: &str) {
        assert!(said.contains("2 recorded, 0 delivered, 0 rejected, 2 pending"), "{said}");
        self.vars.clear();
        // The next run is after whatever pause was asked for.
        drop(std::fs::remove_file(self.state().join("spool-1/pauses")));
        let receiver = Server::accepting();
        let said = self.say(&receiver.url(), "flush status");
        assert_eq!(receiver.names(), WORK, "{said}");
    }
}

/// A program that runs.
struct Running(Child);

impl Running {
    /// What it printed, once it has ended as it would have without telemetry.
    fn say(self) -> String {
        let output = self.0.wait_with_output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && errors.is_empty(), "{} {errors}\n{said}", output.status);
        assert!(!said.contains("secret"), "{said}");
        said
    }
}

const WORK: [&str; 2] = ["Work Started", "Work Finished"];
const DELIVERED: &str = "2 recorded, 2 delivered, 0 rejected, 0 pending";

fn names(body: &[u8]) -> Vec<String> {
    let body: Value = serde_json::from_slice(body).unwrap();
    body["events"].as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect()
}
