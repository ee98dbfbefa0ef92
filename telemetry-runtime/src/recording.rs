//! The recording side, as the surface sees it. In a build without the feature `record`, `inert.rs` stands in its place.

use std::borrow::Cow;
use std::sync::Arc;

use crate::clock;
use crate::codec;
use crate::engine;
use crate::env;
use crate::error::{Setting, StartError};
use crate::event::Run;
use crate::gate;
use crate::launch::Launch;
use crate::limits;
use crate::sink::Sink;
use crate::spool::Spool;
use crate::worker::Worker;

pub(crate) use crate::engine::Engine;
pub(crate) use crate::tape::Tape;

/// Whether this build records at all.
pub(crate) const BUILT_IN: bool = true;

/// Starts the engine and its worker, and opens the gate.
pub(crate) fn launch(mut launch: Launch) -> Result<&'static Engine, StartError> {
    check_sinks(&launch.sinks)?;
    launch.sinks.iter_mut().for_each(Sink::settle_paths);
    let run = Arc::new(Run {
        invocation: clock::invocation_id(),
        app: Cow::Borrowed(launch.app),
        version: Cow::Borrowed(launch.version),
        os: Cow::Borrowed(std::env::consts::OS),
        arch: Cow::Borrowed(std::env::consts::ARCH),
        facts: launch.facts.into_iter().map(|(name, value)| (Cow::Borrowed(name.as_str()), value)).collect(),
    });
    let mut record = Vec::new();
    if !codec::write_run(&mut record, &run) || record.len() > limits::RUN_BYTES {
        return Err(StartError::new(Setting::FactName, "all of them", "facts of 2 KiB together", "Builder::fact"));
    }
    // Where it is must not depend on where the program goes.
    let state_dir =
        launch.state_dir.or_else(|| env::state_dir(launch.app)).and_then(|dir| std::path::absolute(dir).ok());
    let spool = state_dir.map_or_else(Spool::nowhere, |folder| Spool::new(&folder, record));
    let (engine, inbox) = Engine::new(run, spool, launch.sinks.iter().map(|sink| sink.name().to_owned()).collect());
    let Some(engine) = engine::install(engine) else {
        return Err(StartError::new(Setting::Started, launch.app, "one start a process", "Builder::start"));
    };
    let worker = Worker::new(engine, inbox, launch.sinks, launch.kinds, launch.batch_window);
    // Where no thread can be had, events are spooled all the same, and go with a later run.
    drop(std::thread::Builder::new().name("telemetry".into()).spawn(|| worker.run()));
    gate::set(launch.kinds);
    Ok(engine)
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
