//! What keeps a receiver from starting, stopping or reporting.

use std::fmt;

/// Why a receiver did not start, could not store or could not report: whose value it is, and what is wrong with it.
#[derive(Debug)]
pub struct Error {
    subject: String,
    why: String,
}

impl Error {
    pub(crate) fn new(subject: impl fmt::Display, why: impl fmt::Display) -> Self {
        Self { subject: subject.to_string(), why: why.to_string() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.why)
    }
}

impl std::error::Error for Error {}
