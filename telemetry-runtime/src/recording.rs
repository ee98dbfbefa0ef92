//! The recording side, as the surface sees it. In a build without the feature `record`, `inert.rs` stands in its place.

use std::borrow::Cow;

use crate::codec;
use crate::engine::{self, Plan};
use crate::env;
use crate::error::{Setting, StartError};
use crate::event::Run;
use crate::gate;
use crate::launch::Launch;
use crate::limits;
use crate::os;
use crate::panics;
use crate::sender;
use crate::sink::Sink;
use crate::value::Id;
use crate::worker;

pub(crate) use crate::engine::{Engine, allow_sender, end, of_this_process as engine};
pub(crate) use crate::sender::{asked as asked_to_send, detach, send};
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
        // Who the user is, an identity says, and not a fact of the program.
        facts: launch
            .facts
            .into_iter()
            .filter(|(_, value)| !value.is_personal())
            .map(|(name, value)| (Cow::Borrowed(name.as_str()), value))
            .collect(),
    };
    let mut record = Vec::new();
    if !codec::write_run(&mut record, &run) || record.len() > limits::RUN_BYTES {
        return Err(StartError::new(Setting::FactName, "all of them", "facts of 2 KiB together", "Builder::fact"));
    }
    // Where it is must not depend on where the program goes.
    let state_dir =
        launch.state_dir.or_else(|| env::state_dir(launch.app)).and_then(|dir| std::path::absolute(dir).ok());
    os::fork_is_seen();
    let plan = Plan {
        run,
        state_dir,
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
    gate::set(launch.level.kinds());
    Ok(())
}

fn check_sinks(sinks: &[Sink]) -> Result<(), StartError> {
    for (at, sink) in sinks.iter().enumerate() {
        sink.check()?;
        if sinks[..at].iter().any(|other| other.name() == sink.name()) {
            let expected = "a name of its own for each sink: give one with `named`";
            return Err(StartError::new(Setting::SinkName, sink.name(), expected, "Builder::sink"));
        }
    }
    Ok(())
}
