//! The quickstart as users meet it: a real process with a home, real files and a real receiver.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod canary;
mod catalogue;
mod events;
mod killed;
mod ledger;
mod machine;
mod off;
mod receiver;
mod silence;
mod sync;
mod unchanged;
