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

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
