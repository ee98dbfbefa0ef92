//! What a start comes down to.

use std::path::PathBuf;
use std::time::Duration;

use crate::context::Stated;
use crate::error::StartError;
use crate::format::Pace;
use crate::identity::{Environment, Identity};
use crate::level::{Kinds, Level};
use crate::parent::Parent;
use crate::settings::Settings;
use crate::sink::{Sink, Usage};
use crate::value::{Id, Label, Value};

/// How an event gets onto the disk.
///
/// ```
/// use telemetry_runtime::{Recording, Telemetry, app};
///
/// // A server that answers thousands of requests a second:
/// let builder = Telemetry::builder(app!()).recording(Recording::Queued);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Recording {
    /// With one append on the thread that records it, half a microsecond on a local disk: what was recorded survives any death of
    /// the process. Where appends take over a millisecond, three times one after another, or the file system is another
    /// machine's, it becomes [`Queued`](Self::Queued) for the rest of the run.
    #[default]
    Direct,
    /// Through a bounded queue, for servers and hot paths: the background thread appends within 5 ms. A `kill -9` costs what was
    /// recorded in those; an exit, a panic and an `abort` of the caller's cost nothing more than that. While the thread is at
    /// the network, and when the queue is full, the append is made on the thread that records, unless the disk is slow: then a
    /// request's time (10 s at most) may be lost by a kill, and a full queue is counted as [`Loss::QueueFull`](crate::Loss).
    Queued,
    /// As [`Direct`](Self::Direct), and through to the medium: what was recorded survives a power cut as well. Costs the time
    /// that the disk takes, 0.1 to 4 ms and more for each event.
    Synced,
}

/// Where the install id is kept.
#[derive(Clone, Debug, Default)]
pub(crate) enum InstallIdPlace {
    #[default]
    StateDir,
    File(PathBuf),
    /// There is to be none.
    Nowhere,
}

/// Whose use it is, and where the program comes from.
#[derive(Debug, Default)]
pub(crate) struct About {
    pub(crate) invocation: Option<Id>,
    pub(crate) install_id: InstallIdPlace,
    /// The install id is kept also where nothing else is.
    pub(crate) keeps_install_id: bool,
    pub(crate) identity: Option<Identity>,
    pub(crate) environment: Option<Environment>,
    pub(crate) parent: Option<Parent>,
    pub(crate) stated: Stated,
}

/// How the program's metrics are told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Metrics {
    /// What the event is called.
    pub(crate) event: &'static str,
    pub(crate) interval: Duration,
}

/// What the engine is made of, once it is decided that there is to be one.
pub(crate) struct Launch {
    pub(crate) app: &'static str,
    pub(crate) version: &'static str,
    /// A developer's build, or a test.
    pub(crate) is_development: bool,
    pub(crate) facts: Vec<(Label, Value)>,
    pub(crate) about: About,
    /// Facts of the command line, which are shortened where there is no room for them.
    pub(crate) names: Vec<(&'static str, Value)>,
    pub(crate) state_dir: Option<PathBuf>,
    pub(crate) sinks: Vec<Sink>,
    pub(crate) level: Level,
    pub(crate) batch_window: Duration,
    pub(crate) aggregate_interval: Duration,
    pub(crate) recording: Recording,
    pub(crate) metrics: Metrics,
    pub(crate) grace: Duration,
    /// The file that everything goes to instead of to the sinks.
    pub(crate) inspect: Option<PathBuf>,
    pub(crate) bodies: Option<ShowBody>,
    pub(crate) error_texts: bool,
    /// What the program has to report, whatever the level.
    pub(crate) required: Option<Required>,
    /// The settings when it was decided to start, if they were looked at.
    pub(crate) settings: Option<Settings>,
}

/// Required usage: where it goes, and how much of it is gathered.
#[derive(Debug)]
pub(crate) struct Required {
    pub(crate) sink: Sink,
    pub(crate) pace: Pace,
    pub(crate) in_thousands: bool,
    /// How it is started: named here, so that a program that declares none does not have it in it.
    pub(crate) launch: LaunchRequired,
}

/// Starts required usage, and all else before it.
pub(crate) type LaunchRequired = fn(Launch, Required) -> Result<(), StartError>;

impl Required {
    pub(crate) fn new(usage: Usage, launch: LaunchRequired) -> Self {
        let (pace, in_thousands) = (usage.format.pace, usage.format.in_thousands);
        // The one kind that it is for, whatever else was said.
        Self { sink: usage.kinds(Kinds::REQUIRED).into(), pace, in_thousands, launch }
    }
}

/// Who is shown the bodies of requests, a line each.
pub(crate) enum ShowBody {
    OnStderr,
    By(Box<dyn FnMut(&str) + Send>),
}

impl std::fmt::Debug for ShowBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShowBody")
    }
}
