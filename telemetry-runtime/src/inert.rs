//! The recording side of a build without the feature `record`: there is none. The surface is the same, so that a program builds
//! either way, and nothing that it does has an effect.

use std::borrow::Cow;
use std::fmt::Display;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::error::{FlushError, Setting, StartError};
use crate::event::{Event, Misuse};
use crate::format::Track;
use crate::identity::Identity;
use crate::launch::{Launch, Recording, Required};
use crate::level::Level;
use crate::loss::Counts;
use crate::parent::Parent;
use crate::settings::Settings;
use crate::sink::Sink;
use crate::snapshot::{Schedule, SnapshotSite};
use crate::value::{Field, Label, Raw, Summand, Value};

pub(crate) const BUILT_IN: bool = false;

/// An engine that cannot be.
#[derive(Debug)]
pub(crate) enum Engine {}

impl Engine {
    pub(crate) fn folder(&self) -> Option<&Path> {
        match *self {}
    }

    pub(crate) fn said(&self) -> Vec<(String, Option<String>)> {
        match *self {}
    }

    pub(crate) fn recording(&self) -> (Recording, bool) {
        match *self {}
    }

    pub(crate) fn counts(&self) -> Counts {
        match *self {}
    }

    pub(crate) fn identify(&self, _: Option<&Identity>) {
        match *self {}
    }

    pub(crate) fn exclude(&self) {
        match *self {}
    }

    pub(crate) fn is_excluded(&self) -> bool {
        match *self {}
    }
}

/// A tape that nothing is recorded on.
#[derive(Debug)]
pub(crate) struct Tape;

impl Tape {
    pub(crate) fn new() -> Self {
        Self
    }

    pub(crate) fn attach(_: Option<Arc<Self>>) -> Option<Arc<Self>> {
        None
    }

    #[allow(clippy::unused_self, reason = "as the one that records")]
    pub(crate) fn events(&self) -> Vec<Event> {
        Vec::new()
    }
}

pub(crate) fn allow_sender() {}

pub(crate) fn allow_inspection() {}

/// Never.
pub(crate) fn asked_to_send() -> Option<Level> {
    None
}

pub(crate) fn detach() -> Option<File> {
    None
}

pub(crate) fn send(_: Option<File>) {}

/// None.
pub(crate) fn engine() -> Option<&'static Engine> {
    None
}

/// None.
pub(crate) fn own_engine() -> Option<&'static Engine> {
    None
}

/// Nothing is handed on.
pub(crate) fn as_parent(_: Level) -> Parent {
    Parent::SILENT
}

/// Nothing is sent, wherever sinks lead.
pub(crate) fn beyond_loopback<'a>(_: impl IntoIterator<Item = &'a Sink>, _: Option<&str>) -> Option<String> {
    None
}

/// Nothing is sent at all.
#[cfg(feature = "testing")]
pub(crate) fn ask_for_loopback_only() {}

/// Nothing.
#[allow(clippy::unnecessary_wraps, reason = "as the one that records")]
pub(crate) fn end(_: Duration) -> Result<(), FlushError> {
    Ok(())
}

/// Nothing.
#[allow(clippy::unnecessary_wraps, reason = "as the one that records")]
pub(crate) fn flush(_: Duration) -> Result<(), FlushError> {
    Ok(())
}

/// None.
pub(crate) fn unrecorded() -> u64 {
    0
}

/// None.
pub(crate) fn required() -> Option<&'static Engine> {
    None
}

/// A meter that cannot be.
#[derive(Debug)]
pub(crate) enum Meter {}

impl Meter {
    pub(crate) fn add(&'static self, _: Option<Label>, _: u64) {
        match *self {}
    }
}

/// None.
pub(crate) fn meter(_: &Value, _: &Value) -> Option<&'static Meter> {
    None
}

/// Who gives snapshots where somebody asks.
pub(crate) type Provider = Box<dyn FnMut(&mut dyn FnMut(Members)) + Send>;

/// The values of a snapshot.
type Members = Vec<(Cow<'static, str>, Raw)>;

/// Nobody asks.
#[allow(clippy::needless_pass_by_value, reason = "as the one that records")]
pub(crate) fn provide(_: Schedule, _: SnapshotSite, _: Provider) {}

/// Nothing.
#[allow(clippy::needless_pass_by_value, reason = "as the one that records")]
pub(crate) fn give(_: &SnapshotSite, _: Members, _: bool) {}

/// Nothing.
pub(crate) fn usage_error(_: Misuse) {}

#[allow(clippy::needless_pass_by_value, reason = "as the one that records")]
pub(crate) fn launch_required(launch: Launch, _: Required) -> Result<(), StartError> {
    self::launch(launch)
}

/// Never.
#[allow(clippy::needless_pass_by_value, reason = "as the one that records")]
pub(crate) fn launch(launch: Launch) -> Result<(), StartError> {
    Err(StartError::new(Setting::Started, launch.app, "a build with the feature `record`", "Cargo"))
}

/// No folder: such a build keeps nothing.
#[derive(Clone, Debug)]
pub(crate) struct State;

#[allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "as the one that keeps something")]
impl State {
    pub(crate) fn new(_: Option<&Path>, _: &str) -> Self {
        Self
    }

    pub(crate) fn nowhere() -> Self {
        Self
    }

    pub(crate) fn with_install_id(self, _: &Path) -> Self {
        self
    }

    pub(crate) fn required(&self) -> Self {
        Self
    }

    pub(crate) fn settings_path(&self) -> Option<PathBuf> {
        None
    }

    pub(crate) fn settings(&self) -> Result<Settings, StartError> {
        Ok(Settings::default())
    }

    pub(crate) fn commit_over(&self, staged: Staged, _: &Settings) -> io::Result<()> {
        staged.commit()
    }

    pub(crate) fn stage(&self, _: &Settings) -> io::Result<Staged> {
        Ok(Staged)
    }

    pub(crate) fn store(&self, _: &Settings) -> io::Result<()> {
        Ok(())
    }
}

/// Nothing.
#[derive(Debug)]
pub(crate) struct Staged;

#[allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "as the one that keeps something")]
impl Staged {
    pub(crate) fn commit(self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn purge_of(_: u64) -> String {
    String::new()
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Purge {
    All,
    Reset,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Deletions {
    pub(crate) agreed: Vec<[String; 3]>,
    pub(crate) failed: Vec<[String; 3]>,
}

#[allow(clippy::unnecessary_wraps, reason = "as the recording side has it")]
pub(crate) fn heed(_: &mut Vec<Sink>, _: Option<&str>, _: bool) -> Result<(), StartError> {
    Ok(())
}

pub(crate) fn tracks(_: &[Sink]) -> Vec<Track> {
    Vec::new()
}

pub(crate) fn totals(_: &State, _: &[Track]) -> Option<Counts> {
    None
}

pub(crate) fn waiting(_: &State, _: &[Track]) -> (u64, u64) {
    (0, 0)
}

pub(crate) fn install_id(_: &State) -> Option<String> {
    None
}

pub(crate) fn purge(_: &State, _: Purge) -> usize {
    0
}

/// None.
pub(crate) fn last_answers(_: &State) -> std::collections::BTreeMap<String, String> {
    std::collections::BTreeMap::new()
}

#[allow(clippy::unnecessary_wraps, reason = "as the one that keeps something")]
pub(crate) fn replay(_: &State, _: &mut dyn io::Write) -> io::Result<bool> {
    Ok(false)
}

/// None.
#[cfg(feature = "page")]
#[allow(clippy::unnecessary_wraps, reason = "as the one that keeps something")]
pub(crate) fn sections(_: &[(State, Vec<Track>)]) -> io::Result<Vec<crate::page::Section>> {
    Ok(Vec::new())
}

/// Such a build writes nothing.
#[cfg(feature = "page")]
pub(crate) fn write_page(_: &State, _: Option<&Path>, _: &str) -> io::Result<PathBuf> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "the feature `record` is not in this build, so there is nothing to be written",
    ))
}

/// No clock is asked.
#[cfg(feature = "page")]
pub(crate) fn written_on() -> String {
    String::new()
}

#[allow(clippy::unnecessary_wraps, reason = "as the one that keeps something")]
pub(crate) fn note_deletions(_: &State, _: &[Sink], _: Option<&str>) -> io::Result<()> {
    Ok(())
}

#[allow(clippy::unnecessary_wraps, reason = "as the one that keeps something")]
pub(crate) fn delete(_: &State, _: &[Sink], _: Duration) -> io::Result<Deletions> {
    Ok(Deletions::default())
}

#[allow(clippy::unnecessary_wraps, reason = "as the one that records")]
pub(crate) fn check_sinks(_: &[Sink]) -> Result<Vec<Vec<Track>>, StartError> {
    Ok(Vec::new())
}

#[inline]
pub(crate) fn address(sink: &Sink) -> String {
    sink.name().to_owned()
}

pub(crate) const INSPECT_GRACE: Duration = Duration::ZERO;

/// What `record!` asks first.
#[inline]
#[must_use]
pub const fn is_recording() -> bool {
    false
}

/// What `report_error!` asks first.
#[inline]
#[must_use]
pub const fn may_report() -> bool {
    false
}

/// The type check of `report_error!`.
#[derive(Debug)]
pub struct Report;

impl Report {
    /// One that goes nowhere.
    #[inline]
    #[must_use]
    #[allow(clippy::unnecessary_wraps, reason = "as the one that records")]
    pub const fn begin() -> Option<Self> {
        Some(Self)
    }

    /// Of a field.
    #[inline]
    #[allow(clippy::unused_self, reason = "as the one that records")]
    pub fn field<V: Field + ?Sized>(&mut self, _: &'static str, _: &V) {}

    /// Of what the error says.
    #[inline]
    #[allow(clippy::unused_self, reason = "as the one that records")]
    pub fn text<E: Display + ?Sized>(&mut self, _: &E) {}

    /// Nothing.
    #[inline]
    pub fn record(self, _: bool) {}
}

/// The type check of `record!`.
#[inline]
pub fn record<V: Field + ?Sized>(_: &'static str, _: &V) {}

/// The type check of `add!`.
#[inline]
pub fn add<V: Summand>(_: &'static str, _: &V) {}
