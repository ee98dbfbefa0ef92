//! What there is to see, as a page: all that the commands say as text, for whoever it is of, and nothing else's doing.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

mod browser;
mod chromium;
mod client;
mod html;
mod program;
mod receiver;
