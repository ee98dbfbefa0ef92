//! Whose events are: installations, people, children, and what is known of where a program runs.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

mod children;
mod context;
mod hashes;
mod install_id;
mod machine;
mod people;
