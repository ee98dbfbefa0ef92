//! The recording side of a build without the feature `record`: there is none. The surface is the same, so that a program builds
//! either way, and nothing that it does has an effect.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{FlushError, Setting, StartError};
use crate::event::Event;
use crate::identity::Identity;
use crate::launch::{Launch, Recording};
use crate::level::Level;
use crate::loss::Counts;
use crate::parent::Parent;
use crate::value::{Field, Summand};

pub(crate) const BUILT_IN: bool = false;

/// An engine that cannot be.
#[derive(Debug)]
pub(crate) enum Engine {}

impl Engine {
    pub(crate) fn flush(&self, _: Duration) -> Result<(), FlushError> {
        match *self {}
    }

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

/// Nothing.
#[allow(clippy::unnecessary_wraps, reason = "as the one that records")]
pub(crate) fn end(_: Duration) -> Result<(), FlushError> {
    Ok(())
}

#[allow(clippy::needless_pass_by_value, reason = "as the one that records")]
pub(crate) fn launch(launch: Launch) -> Result<(), StartError> {
    Err(StartError::new(Setting::Started, launch.app, "a build with the feature `record`", "Cargo"))
}

/// What `record!` asks first.
#[inline]
#[must_use]
pub const fn is_recording() -> bool {
    false
}

/// The type check of `record!`.
#[inline]
pub fn record<V: Field + ?Sized>(_: &'static str, _: &V) {}

/// The type check of `add!`.
#[inline]
pub fn add<V: Summand>(_: &'static str, _: &V) {}
