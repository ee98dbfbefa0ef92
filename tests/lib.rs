//! What the tests share.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "in a test, what cannot be is a failure"
)]

pub mod attributes;
mod random;
mod receiver;

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

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
