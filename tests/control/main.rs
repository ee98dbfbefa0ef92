//! What users may ask of telemetry: to be told and asked, to see what would be sent, to turn it off, and to have it forgotten.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

mod books;
mod deletion;
mod inspect;
mod notice;
mod program;
mod refusal;
mod settings;
