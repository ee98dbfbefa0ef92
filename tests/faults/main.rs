//! What telemetry promises of deliveries, and of the program that it is in, whatever goes wrong: processes that die at any instruction,
//! system calls that fail, machines that lack what one is used to, damaged files, and many processes at once.
//!
//! Every test ends with the books: what the victims say they recorded is what was delivered, refused and counted as lost, each once.
//! `FAULTS_SEED` repeats the random ones.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

mod needs;
mod balance;
mod victim;
mod scene;
mod books;
mod kills;
mod system_calls;
mod machines;
mod damage;
mod crowd;
