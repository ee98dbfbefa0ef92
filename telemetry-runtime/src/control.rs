//! What a user may ask of the telemetry of a program that has not started it. A stub, to be replaced whole.

use std::fmt;
use std::io;
use std::time::Duration;

use crate::catalogue::Catalogue;
use crate::telemetry::Builder;

/// What a user may ask of the telemetry of a program that has not started it.
#[derive(Debug)]
pub struct Control<'a> {
    decision: String,
    sinks: std::marker::PhantomData<&'a ()>,
    catalogue: Catalogue,
}

impl<'a> Builder<'a> {
    /// What a user may ask of it.
    #[must_use]
    pub fn control(self) -> Control<'a> {
        let decision = self.decide().0.to_string();
        Control { decision, sinks: std::marker::PhantomData, catalogue: Catalogue }
    }

    /// Writes what would be sent, and sends nothing.
    pub fn inspect(self, inspects: bool) -> Self {
        self.hold_if(inspects, "what would be sent is only written")
    }

    /// The command by which users ask.
    pub fn telemetry_command(self, _: impl Into<String>) -> Self {
        self
    }

    /// Sends the texts of errors.
    pub fn error_texts(self, _: bool) -> Self {
        self
    }

    /// Shows each body while it is sent.
    pub fn show_bodies(self, _: bool) -> Self {
        self
    }
}

/// How telemetry stands.
#[derive(Debug)]
pub struct ControlStatus(String);

/// What was changed.
#[derive(Debug)]
pub struct Changed(&'static str);

/// What was asked to be deleted.
#[derive(Debug)]
pub struct Receipt(&'static str);

/// Why it could not be.
#[derive(Debug)]
pub struct ForgetError(&'static str);

impl fmt::Display for ControlStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for ForgetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[allow(clippy::missing_errors_doc, reason = "a stub")]
impl Control<'_> {
    /// How it stands.
    #[must_use]
    pub fn status(&self) -> ControlStatus {
        ControlStatus(self.decision.clone())
    }

    /// Switches it on.
    pub fn enable(&self) -> io::Result<Changed> {
        Ok(Changed("telemetry is on"))
    }

    /// Switches it off.
    pub fn disable(&self) -> io::Result<Changed> {
        Ok(Changed("telemetry is off"))
    }

    /// Replays the ledger.
    pub fn log(&self, to: &mut dyn io::Write) -> io::Result<()> {
        writeln!(to, "nothing was sent")
    }

    /// What can be sent.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// A new install id.
    pub fn reset(&self) -> io::Result<Changed> {
        Ok(Changed("the install id is new"))
    }

    /// Purges all, and asks receivers to delete.
    pub fn forget(&self, _: Duration) -> Result<Receipt, ForgetError> {
        if self.decision.is_empty() { Err(ForgetError("nobody could be asked")) } else { Ok(Receipt("forgotten")) }
    }
}
