//! The receiver as a program: real processes, real sockets, real files.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

mod cli;
mod client;
mod common;
mod events;
mod hostile;
mod kill;
mod library;
mod otlp;
mod privacy;
mod sdk;
