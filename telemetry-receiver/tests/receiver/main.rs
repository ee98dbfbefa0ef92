//! The receiver as a program: real processes, real sockets, real files.

mod cli;
mod client;
mod common;
mod events;
mod hostile;
mod kill;
mod library;
mod otlp;
mod privacy;
