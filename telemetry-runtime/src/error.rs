//! What can be wrong, said once and clearly: the value, what was expected, and where it came from.

use std::fmt;

/// A setting that telemetry cannot start with.
///
/// [`Builder::try_start`](crate::Builder::try_start) returns it; [`Builder::start`](crate::Builder::start) lists it in
/// [`Status::problems`](crate::Status::problems) and starts nothing.
///
/// ```
/// use telemetry_runtime::{Setting, Telemetry, app};
///
/// # #[cfg(feature = "record")] {
/// let error = Telemetry::builder(app!()).env_prefix("no prefix").try_start().unwrap_err();
/// assert_eq!((error.setting, &*error.value), (Setting::EnvPrefix, "no prefix"));
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StartError {
    /// Which setting.
    pub setting: Setting,
    /// What was given.
    pub value: String,
    /// What was expected instead.
    pub expected: &'static str,
    /// Where the value came from, as `Json::new` or `QUICKSTART_TELEMETRY_LEVEL`.
    pub origin: String,
}

impl StartError {
    pub(crate) fn new(
        setting: Setting,
        value: impl Into<String>,
        expected: &'static str,
        origin: impl Into<String>,
    ) -> Self {
        Self { setting, value: value.into(), expected, origin: origin.into() }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { setting, value, expected, origin } = self;
        write!(f, "telemetry {setting} `{value}` (from {origin}): expected {expected}")
    }
}

impl std::error::Error for StartError {}

/// The setting that a [`StartError`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Setting {
    /// The program's name.
    AppName,
    /// The prefix of environment variables.
    EnvPrefix,
    /// The level.
    Level,
    /// An endpoint's URL. What may be secret in it is not repeated in the error.
    Url,
    /// A file to write to.
    Path,
    /// A header's name or value. The value is not repeated in the error: it may be a secret.
    Header,
    /// An event's name.
    EventName,
    /// A fact's name.
    FactName,
    /// A limit or an interval.
    Limit,
    /// A sink's name.
    SinkName,
    /// The state folder.
    StateDir,
    /// That telemetry was started before.
    Started,
    /// The id of the run.
    InvocationId,
    /// The file of the install id.
    InstallIdFile,
    /// What the process that started this one says.
    Parent,
    /// A plugin's name.
    PluginName,
    /// The file of what the user chose.
    Settings,
    /// A profile's name.
    Profile,
    /// A flag of the command line.
    Flag,
    /// How a receiver is spoken to.
    Protocol,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AppName => "program name",
            Self::EnvPrefix => "variable prefix",
            Self::Level => "level",
            Self::Url => "endpoint",
            Self::Path => "file",
            Self::Header => "header",
            Self::EventName => "event name",
            Self::FactName => "fact name",
            Self::Limit => "limit",
            Self::SinkName => "sink name",
            Self::StateDir => "state folder",
            Self::Started => "start",
            Self::InvocationId => "invocation id",
            Self::InstallIdFile => "install id file",
            Self::Parent => "parent",
            Self::PluginName => "plugin name",
            Self::Settings => "settings",
            Self::Profile => "profile",
            Self::Flag => "flag",
            Self::Protocol => "protocol",
        })
    }
}

/// Not everything was delivered in time. What is on disk goes with a later run; what could not be written there waits in memory,
/// and ends with the process.
///
/// ```
/// use std::time::Duration;
/// use telemetry_runtime::{Telemetry, app};
///
/// let telemetry = Telemetry::builder(app!()).start();
/// if let Err(error) = telemetry.flush(Duration::from_secs(2)) {
///     assert!(error.pending > 0);
///     eprintln!("{error}");
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FlushError {
    /// How many are still to be delivered; with several sinks, each delivery of an event counts.
    pub pending: u64,
    /// Whether they are on disk.
    pub on_disk: bool,
}

impl fmt::Display for FlushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.on_disk { "they are kept for later" } else { "they are in memory only" };
        write!(f, "{} telemetry events are still to be delivered; {place}", self.pending)
    }
}

impl std::error::Error for FlushError {}
