//! The program of which there is a fleet.

use std::path::Path;

use telemetry_runtime::{Builder, Telemetry, app, record, sink, tracked};

/// How a run of the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Its command succeeds.
    Succeeds,
    /// Its command fails.
    Fails,
    /// Its command panics.
    Panics,
    /// Its process is killed while the command runs.
    Dies,
}

impl How {
    /// All of them, with what they are called on a command line.
    pub const ALL: [(Self, &str); 4] =
        [(Self::Succeeds, "succeeds"), (Self::Fails, "fails"), (Self::Panics, "panics"), (Self::Dies, "dies")];

    /// The one that is called so.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, called)| *called == name).map(|(how, _)| *how)
    }

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(how, _)| *how == self).map_or("", |(_, name)| name)
    }

    /// How many events come of it, with those that the next run tells.
    #[must_use]
    pub const fn events(self) -> u64 {
        match self {
            Self::Panics => 3,
            Self::Succeeds | Self::Fails | Self::Dies => 2,
        }
    }
}

/// The header by which the relay knows whether a run or a drain sent a request.
pub const ROLE: &str = "x-fleet-role";

/// The program's telemetry, as its author describes it, but for the folder: each of the fleet's homes has one.
pub fn telemetry<'a>(folder: &Path, url: &str, role: &str) -> Builder<'a> {
    let otlp = sink::Otlp::new(url).signals([sink::Signal::Logs]).gzip().header(ROLE, role);
    Telemetry::builder(app!("fleet")).env_prefix("FLEET").state_dir(folder).lasting_install_id().sink(otlp)
}

/// What `main` is in such a program; says whether the command succeeded.
#[must_use]
pub fn run(folder: &Path, url: &str, how: How) -> bool {
    let _telemetry = telemetry(folder, url, "run").start();
    build(how).is_ok()
}

#[tracked(event = "Build Started")]
fn build(how: How) -> Result<usize, std::fmt::Error> {
    record!(files = 12_u64, cached = true);
    match how {
        How::Succeeds => Ok(12),
        How::Fails => Err(std::fmt::Error),
        How::Panics => panic!("as it was told to"),
        How::Dies => die(),
    }
}

#[allow(unsafe_code, reason = "std does not send signals")]
fn die() -> ! {
    // SAFETY: a system call without pointers.
    unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
    loop {
        std::thread::park();
    }
}
