//! Tracked functions that are called from odd places: no program hangs, shows anything, or loses what it recorded because of it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

mod forks;
mod places;
mod scene;
#[cfg(target_os = "linux")]
mod slow;
