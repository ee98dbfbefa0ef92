//! What a start comes down to.

use std::path::PathBuf;
use std::time::Duration;

use crate::level::Kinds;
use crate::sink::Sink;
use crate::value::{Label, Value};

/// What the engine is made of, once it is decided that there is to be one.
pub(crate) struct Launch {
    pub(crate) app: &'static str,
    pub(crate) version: &'static str,
    pub(crate) facts: Vec<(Label, Value)>,
    pub(crate) state_dir: Option<PathBuf>,
    pub(crate) sinks: Vec<Sink>,
    pub(crate) kinds: Kinds,
    pub(crate) batch_window: Duration,
}
