//! What a tracked call costs, with this framework and with what else one would take.
//!
//! A **subject** is one way to know of a call. Each is measured in a process of its own, since most of them are one a process, and always
//! beside the bare function in the same process.

pub mod bounds;
pub mod table;
pub mod programs;
pub mod subject;
#[cfg(feature = "peers")]
mod hand;
pub mod ours;
#[cfg(feature = "peers")]
mod peers;
pub mod measure;
pub mod threads;
