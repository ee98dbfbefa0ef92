//! The recording side, as the surface sees it. In a build without the feature `record`, `inert.rs` stands in its place.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::codec;
use crate::engine::{self, Plan};
use crate::error::{Setting, StartError};
use crate::event::Run;
use crate::gate;
use crate::inspect::{Bodies, Inspect};
use crate::launch::Launch;
use crate::limits;
use crate::os;
use crate::panics;
use crate::sender;
use crate::sink::Sink;
use crate::state::Purges;
use crate::value::Id;
use crate::worker;

pub(crate) use crate::engine::{Engine, allow_sender, end, of_this_process as engine};
pub(crate) use crate::kept::{Deletions, Purge, delete, install_id, note_deletions, purge, replay, totals, waiting};
pub(crate) use crate::sender::{asked as asked_to_send, detach, send};
pub(crate) use crate::state::{State, purge_of};
pub(crate) use crate::tape::Tape;

/// Whether this build records at all.
pub(crate) const BUILT_IN: bool = true;

/// Starts the engine and its worker, and opens the gate.
pub(crate) fn launch(mut launch: Launch) -> Result<(), StartError> {
    check_sinks(&launch.sinks)?;
    launch.sinks.iter_mut().for_each(Sink::settle_paths);
    let run = Run {
        invocation: Id(0),
        app: Cow::Borrowed(launch.app),
        version: Cow::Borrowed(launch.version),
        os: Cow::Borrowed(std::env::consts::OS),
        arch: Cow::Borrowed(std::env::consts::ARCH),
        facts: launch.facts.into_iter().map(|(name, value)| (Cow::Borrowed(name.as_str()), value)).collect(),
    };
    let mut record = Vec::new();
    if !codec::write_run(&mut record, &run) || record.len() > limits::RUN_BYTES {
        return Err(StartError::new(Setting::FactName, "all of them", "facts of 2 KiB together", "Builder::fact"));
    }
    // Who only wanted to look has nothing sent, even if that fails.
    let inspect = launch.inspect.as_deref().map(|path| begin_inspection(path, launch.app)).transpose()?;
    // What is only looked at leaves nothing.
    let state = if inspect.is_some() { State::nowhere() } else { State::new(launch.state_dir.as_deref(), launch.app) };
    os::fork_is_seen();
    let plan = Plan {
        run,
        state_dir: state.folder().map(Path::to_owned),
        purges: Arc::new(Purges::new(state)),
        inspect,
        bodies: launch.bodies.map(Bodies::new),
        sinks: launch.sinks.into(),
        recording: launch.recording,
        level: launch.level,
        batch_window: launch.batch_window,
        start_worker: worker::start,
        start_sender: sender::start,
    };
    if engine::install(plan).is_none() {
        return Err(StartError::new(Setting::Started, launch.app, "one start a process", "Builder::start"));
    }
    engine::end_at_exit(launch.grace);
    panics::watch();
    gate::set_error_texts(launch.error_texts);
    gate::set(launch.level.kinds());
    Ok(())
}

fn begin_inspection(path: &Path, app: &str) -> Result<Inspect, StartError> {
    let title =
        format!("# What {app} would have sent, and did not. Of what may be secret, nothing is shown but `…`.\n");
    let unwritable = |error: std::io::Error| {
        StartError::new(Setting::Path, path.display().to_string(), "a file that can be written", error.to_string())
    };
    let path = std::path::absolute(path).map_err(unwritable)?;
    Inspect::begin(&path, &title).map_err(unwritable)
}

/// Where a sink's events go, without what may be secret.
pub(crate) fn address(sink: &Sink) -> String {
    sink.address()
}

/// How long the end waits for what is only looked at.
pub(crate) const INSPECT_GRACE: Duration = limits::INSPECT_GRACE;

/// Whether these sinks can be started with.
pub(crate) fn check_sinks(sinks: &[Sink]) -> Result<(), StartError> {
    for (at, sink) in sinks.iter().enumerate() {
        sink.check()?;
        if sinks[..at].iter().any(|other| other.name() == sink.name()) {
            let expected = "a name of its own for each sink: give one with `named`";
            return Err(StartError::new(Setting::SinkName, sink.name(), expected, "Builder::sink"));
        }
    }
    Ok(())
}
