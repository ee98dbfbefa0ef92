//! What the tests share.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "in a test, what cannot be is a failure"
)]

use std::path::Path;
use std::process::Command;

pub mod attributes;
mod fork;
mod random;
mod receiver;

pub use fork::forked;
pub use random::Random;
pub use receiver::{Receiver, Reply, Request};

/// Whether a tool of the system is there. Where it is not, the test says so and does not count, but for continuous integration, where everything
/// has to be.
///
/// # Panics
///
/// Where it is missing and the variable `CI` is set.
#[must_use]
#[allow(clippy::print_stderr, reason = "what is not tested is to be said")]
pub fn has_tool(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    assert!(found || std::env::var_os("CI").is_none(), "`{name}` is needed for all tests to run");
    if !found {
        eprintln!("skipped: this test needs `{name}`");
    }
    found
}

/// The library that has `FAKETIME` decide what the clock says, for `LD_PRELOAD`; `None` where it is missing, as [`has_tool`] has it.
///
/// # Panics
///
/// As [`has_tool`], and where the tool does not say.
#[must_use]
pub fn faketime_library() -> Option<&'static str> {
    static LIBRARY: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    has_tool("faketime").then(|| {
        LIBRARY
            .get_or_init(|| {
                // The wrapper is asked where it is, and not used for each run: it leaves a semaphore now and then, named by its
                // process, and a later process of that number does not start.
                let said = (0..20).map(|_| Command::new("faketime").args(["-f", "+0", "env"]).output());
                let mut said = said.filter_map(|output| String::from_utf8(output.ok()?.stdout).ok());
                let library =
                    |said: String| said.lines().find_map(|line| line.strip_prefix("LD_PRELOAD=")).map(Into::into);
                said.find_map(library).expect("faketime says where its library is")
            })
            .as_str()
    })
}

/// Copies a program that is to be run. By another process: a file that this one writes is open in whatever its other threads start
/// meanwhile, and a program that is open for writing does not start.
///
/// # Panics
///
/// Where it cannot be copied.
pub fn copy_program(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("--").args([from, to]).status();
    assert!(copied.is_ok_and(|status| status.success()), "cannot copy {} to {}", from.display(), to.display());
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../docs/scaling.md")]
struct Scaling;

#[cfg(doctest)]
#[doc = include_str!("../docs/privacy.md")]
struct Privacy;

#[cfg(doctest)]
#[doc = include_str!("../docs/writing-a-sink.md")]
struct WritingASink;

#[cfg(doctest)]
#[doc = include_str!("../docs/testing.md")]
struct Testing;
