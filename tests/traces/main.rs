//! Panics of real programs: where they were is on disk before a word of them is said, and what that is called is found out by
//! another run of the same build.
//!
//! The program is a package of its own, since how it panics and what is stripped from it belong to a whole build.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

mod crashing;
mod frames;
mod hooks;
mod reports;
