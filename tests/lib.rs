//! What the tests share.

pub mod attributes;
mod receiver;

pub use receiver::{Receiver, Reply, Request};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
