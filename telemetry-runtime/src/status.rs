//! What telemetry does in a run, and why.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::StartError;
use crate::launch::Recording;
use crate::level::Level;
use crate::loss::Counts;
use crate::resolve::Decision;

/// What telemetry does, and why: the decision, what is wrong, where events are kept, and what became of them.
///
/// Shown, it is what a developer wants to read:
///
/// ```
/// use telemetry_runtime::{Level, Telemetry, app, sink};
///
/// let telemetry = Telemetry::builder(app!())
///     .flag(Level::None)
///     .sink(sink::Json::new("https://telemetry.example.org/v1/events"))
///     .start();
/// let status = telemetry.status();
/// assert_eq!((status.level(), status.spool()), (Level::None, None));
/// assert!(status.problems().is_empty());
/// println!("{status}");                          // telemetry level: none …
/// ```
#[derive(Clone, Debug)]
pub struct Status {
    pub(crate) decision: Decision,
    pub(crate) problems: Vec<StartError>,
    pub(crate) spool: Option<PathBuf>,
    /// … and whether that is so because the disk is slow.
    pub(crate) recording: (Recording, bool),
    pub(crate) counts: Counts,
    pub(crate) sinks: Vec<(String, Option<String>)>,
    pub(crate) inspect: Option<PathBuf>,
    pub(crate) error_texts: Option<String>,
    pub(crate) required: Option<RequiredStatus>,
}

/// What of a program's usage is reported whatever the level, and what became of its reports.
#[derive(Clone, Debug)]
pub(crate) struct RequiredStatus {
    pub(crate) required: RequiredUsage,
    pub(crate) counts: Counts,
    /// So many reports end with the process if it ends now: nothing can be written, or there is no room.
    pub(crate) in_memory: u64,
    /// What was last answered.
    pub(crate) said: Option<String>,
}

/// What of a program's usage is reported whatever the level.
#[derive(Clone, Debug)]
pub(crate) struct RequiredUsage {
    /// Where to, without secrets.
    pub(crate) address: String,
    /// Why it is not in this run, if it is not.
    pub(crate) held: Option<String>,
}

impl fmt::Display for RequiredUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "required usage: to {}, ", self.address)?;
        match &self.held {
            None => f.write_str("at every level"),
            Some(why) => write!(f, "but not now: {why}"),
        }
    }
}

impl Status {
    /// The level that is in force.
    #[must_use]
    pub fn level(&self) -> Level {
        self.decision.level()
    }

    /// The trace of why.
    #[must_use]
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// What is wrong with what the program or the user set.
    #[must_use]
    pub fn problems(&self) -> &[StartError] {
        &self.problems
    }

    /// The folder where events wait to be delivered; `None` at level `none`, and where there is no place for one.
    #[must_use]
    pub fn spool(&self) -> Option<&Path> {
        self.spool.as_deref()
    }

    /// How events get onto the disk now: what the program asked for, or [`Recording::Queued`] where the disk turned out to be slow.
    #[must_use]
    pub fn recording(&self) -> Recording {
        self.recording.0
    }

    /// The file that everything is written to instead of being sent, where the program was told to
    /// [inspect](crate::Builder::inspect).
    #[must_use]
    pub fn inspect(&self) -> Option<&Path> {
        self.inspect.as_deref()
    }

    /// The sinks by name, and what each last said to a batch, as `answered 404` or `no answer: …`; `None` before the first.
    pub fn sinks(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.sinks.iter().map(|(name, said)| (name.as_str(), said.as_deref()))
    }

    /// What became of the events so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// What became of the reports of [required usage](crate::Builder::required_usage) so far, which are not among the other counts; `None`
    /// where there are none.
    #[must_use]
    pub fn required(&self) -> Option<Counts> {
        self.required.as_ref().filter(|status| status.required.held.is_none()).map(|status| status.counts)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decision.fmt(f)?;
        if let Some(RequiredStatus { required, counts, in_memory, said }) = &self.required {
            write!(f, "\n{required}")?;
            if required.held.is_none() && self.inspect.is_none() {
                write!(f, "; {counts}")?;
                if *in_memory > 0 {
                    write!(f, "; {in_memory} in memory only")?;
                }
                write!(f, "; {}", said.as_deref().unwrap_or("nothing sent yet"))?;
            }
        }
        if let Some(path) = &self.inspect {
            return write!(f, "\ninspect: {}; nothing is sent", path.display());
        }
        // Where nothing is collected any more, there is what became of what was.
        if self.level() == Level::None && self.spool.is_none() {
            return Ok(());
        }
        if let Some(said) = &self.error_texts {
            write!(f, "\nerror texts: recorded, and what panics say, because of {said}")?;
        }
        match &self.spool {
            Some(folder) => write!(f, "\nspool: {}", folder.display())?,
            None => f.write_str("\nspool: none, events wait in memory")?,
        }
        f.write_str(match self.recording {
            (Recording::Direct, _) => "\nrecording: direct",
            (Recording::Queued, false) => "\nrecording: queued",
            (Recording::Queued, true) => "\nrecording: queued, the disk is slow",
            (Recording::Synced, _) => "\nrecording: synced",
        })?;
        for (sink, said) in self.sinks() {
            write!(f, "\nsink {sink}: {}", said.unwrap_or("nothing sent yet"))?;
        }
        write!(f, "\nevents: {}", self.counts)
    }
}
