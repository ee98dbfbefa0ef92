//! The recording side, as the surface sees it. In a build without the feature `record`, `inert.rs` stands in its place.

use std::borrow::Cow;

use crate::clock;
use crate::codec::{self, EventHead, What};
use crate::engine::{self, Plan};
use crate::env;
use crate::error::{Setting, StartError};
use crate::event::{EventKind, Misuse, Run};
use crate::gate;
use crate::launch::Launch;
use crate::limits;
use crate::os;
use crate::panics;
use crate::sender;
use crate::sink::Sink;
use crate::value::{Id, Value};
use crate::worker;

pub(crate) use crate::engine::{Engine, allow_sender, end, of_this_process as engine};
pub(crate) use crate::sender::{asked as asked_to_send, detach, send};
pub(crate) use crate::tape::Tape;

/// Whether this build records at all.
pub(crate) const BUILT_IN: bool = true;

/// Records that the command line was not understood, if that may be: it is on disk when this returns.
#[cfg_attr(not(feature = "clap"), allow(dead_code, reason = "nothing else reads command lines"))]
pub(crate) fn usage_error(reason: Misuse) {
    let Some(engine) = engine::engine().filter(|_| gate::stats()) else { return };
    let kind = EventKind::UsageError { reason };
    let time = clock::now();
    let head = EventHead {
        id: clock::event_id(time),
        invocation: engine.invocation(),
        time,
        call: None,
        parent: None,
        what: What::Kind(&kind),
    };
    let mut record = Vec::new();
    if codec::write_event(&mut record, &head, "Usage Error", std::iter::empty()) {
        engine.record_now(&record);
    }
}

/// Adds facts of the command line to a run, shortened to what there is room for: a list loses its last names, and what does not fit
/// at all is left out. What the program itself states under such a name stands.
fn add_names(run: &mut Run, names: Vec<(&'static str, Value)>) {
    let fits = |run: &Run| {
        let mut record = Vec::new();
        run.facts.len() <= limits::FIELDS && codec::write_run(&mut record, run) && record.len() <= limits::RUN_BYTES
    };
    if !fits(run) {
        return;
    }
    for (name, value) in names {
        if run.facts.iter().any(|(other, _)| other == name) {
            continue;
        }
        run.facts.push((Cow::Borrowed(name), value));
        while !fits(run) {
            let shortened = run.facts.pop().and_then(|(name, value)| Some((name, value.shortened()?)));
            let Some(fact) = shortened else { break };
            run.facts.push(fact);
        }
    }
}

/// Starts the engine and its worker, and opens the gate.
pub(crate) fn launch(mut launch: Launch) -> Result<(), StartError> {
    check_sinks(&launch.sinks)?;
    launch.sinks.iter_mut().for_each(Sink::settle_paths);
    let mut run = Run {
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
    add_names(&mut run, launch.names);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Raw;

    fn text(length: usize) -> Value {
        Value(Raw::Text("x".repeat(length).into()))
    }

    /// The facts that are left of a command line where the program's own take so many bytes.
    fn left(own: usize) -> Vec<(String, usize)> {
        let facts = vec![("alias".into(), text(own))];
        let [app, version, os, arch] = [const { Cow::Borrowed("") }; 4];
        let mut run = Run { invocation: Id(0), app, version, os, arch, facts };
        let flags = Value(Raw::List(vec![text(100).0; 8]));
        add_names(&mut run, vec![("command", text(200)), ("alias", text(1)), ("flags", flags)]);
        let mut record = Vec::new();
        assert!(codec::write_run(&mut record, &run) && record.len() <= limits::RUN_BYTES);
        let size = |value: &Value| match &value.0 {
            Raw::List(values) => values.len(),
            _ => value.to_string().len(),
        };
        run.facts.iter().map(|(name, value)| (name.to_string(), size(value))).collect()
    }

    #[test]
    fn facts_of_the_command_line_take_the_room_that_is_left() {
        let fact = |name: &str, size| (name.to_owned(), size);
        assert_eq!(left(10), [fact("alias", 10), fact("command", 200), fact("flags", 8)]);
        assert_eq!(left(1200), [fact("alias", 1200), fact("command", 200), fact("flags", 5)]);
        assert_eq!(left(1700), [fact("alias", 1700), fact("command", 200)]);
        assert_eq!(left(1900), [fact("alias", 1900)]);
    }
}
