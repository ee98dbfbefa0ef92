//! Every event that the program can send. A stub, to be replaced whole.

use std::fmt;

/// Every event that the program can send.
#[derive(Debug)]
pub struct Catalogue;

/// How a committed catalogue compares.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Check {
    /// They are the same.
    Equal,
    /// The program can send what is not in it.
    Wider,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::Equal { "equal" } else { "wider" })
    }
}

impl Catalogue {
    /// As Markdown.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        "# Telemetry\n".into()
    }

    /// As JSON Schema.
    #[must_use]
    pub fn to_json_schema(&self) -> String {
        "{}\n".into()
    }

    /// Compares a committed one.
    #[must_use]
    pub fn check(&self, committed: &str) -> Check {
        if committed == self.to_markdown() { Check::Equal } else { Check::Wider }
    }
}
