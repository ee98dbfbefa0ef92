//! The programs under `examples` that are configured as known systems are: run as their users run them, and held against what those systems'
//! documents state, row by row.
//!
//! Whoever reads a test finds the fact in `docs/parity.md` under the row that stands above it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cloudquery;
mod machine;
