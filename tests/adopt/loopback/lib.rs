//! A machine with a home of its own, and a receiver on loopback, for a program to run on.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "in a test, what cannot be is a failure"
)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

// The one that the framework's own tests have.
#[allow(dead_code, reason = "not everything is used here")]
#[path = "../../receiver.rs"]
mod receiver;

pub use receiver::Receiver;

/// Where a program runs.
#[allow(missing_debug_implementations, reason = "the receiver has none")]
pub struct Machine {
    prefix: &'static str,
    home: TempDir,
    /// What took the events.
    pub receiver: Receiver,
}

impl Machine {
    /// One with nothing on it, for a program with this prefix of its variables.
    #[must_use]
    pub fn new(prefix: &'static str) -> Self {
        Self { prefix, home: TempDir::new().expect("a folder"), receiver: Receiver::start() }
    }

    /// The home, in which programs run.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The program, with nothing in its environment but where its home is, and where to send.
    #[must_use]
    pub fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.home()).env_clear().env("HOME", self.home());
        command.env(format!("{}_TELEMETRY_ENDPOINT", self.prefix), self.receiver.url());
        command
    }

    /// Runs it, with telemetry turned on by the user's hand.
    #[must_use]
    pub fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let mut command = self.command(program, arguments);
        command.env(format!("{}_TELEMETRY_LEVEL", self.prefix), "all").output().expect("the program starts")
    }

    /// The events of the first run that were accepted, once there are so many of them. What a run does not get to send, the next one
    /// does, so `again` is run until then.
    pub fn events_of_first_run(&self, count: usize, mut again: impl FnMut()) -> Vec<Value> {
        for _ in 0..100 {
            let accepted = self.receiver.accepted();
            let mut events = accepted;
            let first = events.first().map(|event| event["invocation_id"].clone());
            events.retain(|event| Some(&event["invocation_id"]) == first.as_ref());
            if events.len() >= count {
                return events;
            }
            again();
        }
        panic!("{count} events did not arrive in a hundred runs: {:#?}", self.receiver.accepted());
    }
}

/// The event of this name.
#[must_use]
pub fn event<'a>(events: &'a [Value], name: &str) -> &'a Value {
    let mut found = events.iter().filter(|event| event["event"] == name);
    let (first, second) = (found.next(), found.next());
    assert!(first.is_some() && second.is_none(), "one `{name}` among {events:#?}");
    first.expect("one")
}

/// Every block compiles against the packaged crates, and runs but for whole programs.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide-cli.md")]
struct GuideCli;

/// The same.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide-server.md")]
struct GuideServer;
