//! Telemetry of clap programs, on real processes: flags, the command's path, usage errors, the `telemetry` command, completions.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

mod canary;
mod commands;
mod completions;
mod facts;
mod flags;
mod help;
mod machine;
mod refused;
