//! The programs under `examples` that are configured as known systems are: run as their users run them, and held against what those systems'
//! documents state, row by row.
//!
//! Whoever reads a test finds the fact in `docs/parity.md` under the row that stands above it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

mod cloudquery;
mod cloudquery_v0;
mod hasura;
mod machine;
mod ticloud;
