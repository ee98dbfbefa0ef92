//! The recording side, as the surface sees it. In a build without the feature `record`, `inert.rs` stands in its place.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::clock;
use crate::codec;
use crate::context::Context;
use crate::counted;
use crate::engine::{self, InstallId, Plan};
use crate::error::{FlushError, Setting, StartError};
use crate::event::{EventKind, Misuse, Run};
use crate::format::Track;
use crate::frames;
use crate::gate;
use crate::hashed;
use crate::identity::InstallIdKind;
use crate::inspect::{self, Bodies, Inspect};
use crate::launch::{About, InstallIdPlace, Launch, Recording, Required};
use crate::level::{Kinds, Level};
use crate::limits;
use crate::loopback;
use crate::meter;
use crate::once_file;
use crate::pace;
use crate::panics;
use crate::parent::Parent;
use crate::sampling;
use crate::settings::Settings;
use crate::sink::Sink;
use crate::state::Purges;
use crate::tape::Recorder;
use crate::transit;
use crate::value::{Id, Value};
use crate::worker;

pub(crate) use crate::engine::{
    Engine, engine as own_engine, of_this_process as engine, required_of_this_process as required,
};
pub(crate) use crate::inspect::allow as allow_inspection;
pub(crate) use crate::kept::{
    Deletions, Purge, delete, install_id, last_answers, note_deletions, purge, replay, totals, waiting,
};
#[cfg(feature = "testing")]
pub(crate) use crate::loopback::ask as ask_for_loopback_only;
pub(crate) use crate::meter::{Meter, meter, unrecorded};
pub(crate) use crate::sampling::{give, provide};
pub(crate) use crate::sender::{allow as allow_sender, asked as asked_to_send, detach, send};
#[cfg(feature = "page")]
pub(crate) use crate::shown::write as write_page;
#[cfg(feature = "page")]
pub(crate) use crate::shown::{sections, written_on};
pub(crate) use crate::state::{State, purge_of};
pub(crate) use crate::tape::Tape;

/// Whether this build records at all.
pub(crate) const BUILT_IN: bool = true;

/// Records that the command line was not understood, if that may be: it is on disk when this returns.
#[cfg_attr(not(feature = "clap"), allow(dead_code, reason = "nothing else reads command lines"))]
pub(crate) fn usage_error(reason: Misuse) {
    let Some(engine) = engine::engine().filter(|_| gate::stats()) else { return };
    if let Some(record) = engine.own_event("Usage Error", None, &EventKind::UsageError { reason }) {
        engine.record_now(&record);
    }
}

/// Adds facts of the command line to a run, shortened to what there is room for: a list loses its last names, and what does not fit
/// at all is left out. What the program itself states under such a name stands.
fn add_names(run: &mut Run, names: Vec<(&'static str, Value)>) {
    let fits = |run: &Run| run.facts.len() <= limits::FIELDS && codec::run_bytes(run) <= limits::RUN_BYTES;
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

/// What holds a run back that would send beyond loopback where tests allow nothing else.
///
/// # Panics
///
/// Where a test of this process has asked for that.
#[track_caller]
pub(crate) fn beyond_loopback<'a>(sinks: impl IntoIterator<Item = &'a Sink>, prefix: Option<&str>) -> Option<String> {
    if !loopback::is_asked() {
        return None;
    }
    let (sink, address) = sinks.into_iter().find_map(|sink| Some((sink, sink.beyond_loopback()?)))?;
    let mend = sink.url_variable(prefix).map_or_else(
        || "give it the URL of a receiver on loopback".to_owned(),
        |variable| format!("have {variable} name a receiver on loopback"),
    );
    let said = format!("sink {} would send to {address}; {mend}, or turn telemetry off", sink.name());
    Some(format!("{} is set, and {said}", loopback::refuse(&said)))
}

/// Starts what is to be started: at level `none` required usage alone, if there is any.
pub(crate) fn launch(mut launch: Launch) -> Result<(), StartError> {
    if let Some(required) = launch.required.take() {
        return (required.launch)(launch, required);
    }
    let bodies = bodies_of(&mut launch);
    launch_own(launch, bodies).map(drop)
}

fn bodies_of(launch: &mut Launch) -> Option<Arc<Bodies>> {
    launch.bodies.take().map(|show| Arc::new(Bodies::new(show)))
}

/// The same where usage is required.
pub(crate) fn launch_required(mut launch: Launch, required: Required) -> Result<(), StartError> {
    let bodies = bodies_of(&mut launch);
    required.sink.check()?;
    let state =
        if launch.inspect.is_some() { State::nowhere() } else { State::new(launch.state_dir.as_deref(), launch.app) };
    let mut common = Common {
        app: launch.app,
        version: launch.version,
        is_development: launch.is_development,
        state,
        recording: launch.recording,
        batch_window: launch.batch_window,
        inspect: None,
        bodies: bodies.clone(),
        grace: launch.grace,
    };
    common.inspect = if launch.level == Level::None {
        launch.inspect.as_deref().map(|path| begin_inspection(path, launch.app)).transpose()?
    } else {
        launch_own(launch, bodies)?
    };
    install_required(common, required)
}

/// What both engines are made of.
struct Common {
    app: &'static str,
    version: &'static str,
    is_development: bool,
    state: State,
    recording: Recording,
    batch_window: Duration,
    inspect: Option<Inspect>,
    bodies: Option<Arc<Bodies>>,
    grace: Duration,
}

/// Starts the engine of required usage, and its worker. It has a folder of its own, and no id, no fact and nobody's name.
fn install_required(common: Common, required: Required) -> Result<(), StartError> {
    let Required { mut sink, pace, in_thousands, .. } = required;
    sink.settle_paths();
    let run = Run {
        app: Cow::Borrowed(common.app),
        version: Cow::Borrowed(common.version),
        is_development: common.is_development,
        ..Run::UNKNOWN
    };
    pace::begin(&pace, in_thousands);
    transit::heed_forks();
    let plan = Plan {
        run,
        invocation: None,
        install_id: InstallId::None,
        identity: None,
        outermost: None,
        state_dir: common.state.required().folder().map(Path::to_owned),
        // Nobody's word deletes it.
        purges: Arc::new(Purges::since(Some(Settings::default()), State::nowhere())),
        inspect: common.inspect.map(Inspect::required),
        bodies: common.bodies,
        tracks: vec![sink.tracks()],
        sinks: vec![sink].into(),
        // A report stands for many calls: what it costs is not felt.
        recording: if common.recording == Recording::Synced { Recording::Synced } else { Recording::Direct },
        level: Level::None,
        batch_window: common.batch_window,
        aggregate_interval: limits::AGGREGATE_INTERVAL,
        start_worker: worker::start,
        tell_last: meter::tell_last,
        is_required: true,
    };
    let started = || StartError::new(Setting::Started, common.app, "one start a process", "Builder::start");
    engine::install(plan).ok_or_else(started)?;
    engine::required().ok_or_else(started)?;
    engine::end_at_exit(common.grace);
    Ok(())
}

/// Has the workers try to deliver everything that was recorded, and used, so far.
pub(crate) fn flush(timeout: Duration) -> Result<(), FlushError> {
    let (own, required) = (engine::of_this_process(), engine::required_of_this_process());
    if own.is_some() {
        sampling::tell_metrics();
    }
    if let Some(engine) = required {
        meter::tell(engine);
    }
    let engines: Vec<_> = own.into_iter().chain(required).collect();
    let began = clock::tick();
    let mut flushed = engine::flush(&engines, timeout);
    // What there was no room for may have some now: the worker has emptied segments, or gone on to another.
    if let Some(engine) = required.filter(|_| unrecorded() > 0) {
        meter::tell(engine);
        if flushed.is_ok() {
            flushed = engine::flush(&[engine], timeout.saturating_sub(began.elapsed()));
        }
    }
    with_unrecorded(flushed)
}

/// Ends telemetry in this process, waiting no longer than `grace`.
pub(crate) fn end(grace: Duration) -> Result<(), FlushError> {
    with_unrecorded(engine::end(grace))
}

/// What meters hold that could not be recorded is owed, too, and ends with the process.
fn with_unrecorded(done: Result<(), FlushError>) -> Result<(), FlushError> {
    match unrecorded() {
        0 => done,
        unrecorded => {
            let owed = done.map_or_else(|error| error.pending, |()| 0);
            Err(FlushError { pending: owed + unrecorded, on_disk: false })
        }
    }
}

/// Starts the engine and its worker, and opens the gate; gives the file that everything goes to instead, if it does.
fn launch_own(mut launch: Launch, bodies: Option<Arc<Bodies>>) -> Result<Option<Inspect>, StartError> {
    let tracks = check_sinks(&launch.sinks)?;
    launch.sinks.iter_mut().for_each(Sink::settle_paths);
    let About { invocation, install_id, keeps_install_id, identity, environment, parent, stated } = launch.about;
    let context = Context::look(&stated, |name| launch.facts.iter().any(|(other, _)| other.as_str() == name));
    let is_ephemeral = context.is_ephemeral && !keeps_install_id;
    let mut run = Run {
        invocation: Id(0),
        app: Cow::Borrowed(launch.app),
        version: Cow::Borrowed(launch.version),
        os: Cow::Borrowed(std::env::consts::OS),
        arch: Cow::Borrowed(std::env::consts::ARCH),
        // Who the user is, an identity says, and not a fact of the program.
        facts: launch
            .facts
            .into_iter()
            .map(|(name, value)| (Cow::Borrowed(name.as_str()), value.impersonal()))
            .collect(),
        install_id: None,
        install_id_kind: InstallIdKind::None,
        environment,
        parent: parent.and_then(|parent| parent.invocation),
        trace: parent.and_then(|parent| parent.trace),
        is_development: launch.is_development,
    };
    run.facts.extend(context.facts);
    run.facts.truncate(limits::FIELDS);
    if codec::run_bytes(&run) > limits::RUN_BYTES {
        return Err(StartError::new(
            Setting::FactName,
            "all of them",
            "facts and plugins of 2 KiB together",
            "Builder::fact",
        ));
    }
    add_names(&mut run, launch.names);
    // Who only wanted to look has nothing sent, even if that fails.
    let inspect = launch.inspect.as_deref().map(|path| begin_inspection(path, launch.app)).transpose()?;
    // What is only looked at leaves nothing.
    let state = if inspect.is_some() { State::nowhere() } else { State::new(launch.state_dir.as_deref(), launch.app) };
    let state_dir = state.folder().map(Path::to_owned);
    let salt = state_dir.as_ref().filter(|_| !is_ephemeral).map(|folder| folder.join(once_file::SALT));
    let purges = Arc::new(Purges::since(launch.settings, state.clone()));
    match salt {
        Some(path) => hashed::set_salt_file(path, Arc::clone(&purges)),
        None if is_ephemeral || inspect.is_some() => hashed::set_random_salt(),
        None => {}
    }
    let install_id = match (install_id, parent) {
        (InstallIdPlace::Nowhere, _) => InstallId::None,
        (_, Some(Parent { install_id, .. })) => {
            install_id.map_or(InstallId::None, |id| InstallId::Given(id, InstallIdKind::Inherited))
        }
        _ if is_ephemeral => InstallId::Given(clock::invocation_id(), InstallIdKind::Ephemeral),
        // To look makes none, and shows what one looks like.
        _ if inspect.is_some() => InstallId::Given(clock::invocation_id(), InstallIdKind::Lasting),
        (InstallIdPlace::File(path), _) => std::path::absolute(path).map_or(InstallId::None, InstallId::File),
        (InstallIdPlace::StateDir, _) => state.install_id().map_or(InstallId::None, InstallId::File),
    };
    transit::heed_forks();
    counted::heed_forks();
    let plan = Plan {
        run,
        invocation,
        install_id,
        identity,
        outermost: parent.and_then(|parent| parent.call),
        state_dir,
        purges,
        inspect: inspect.clone(),
        bodies,
        tracks,
        sinks: launch.sinks.into(),
        recording: launch.recording,
        level: launch.level,
        batch_window: launch.batch_window,
        aggregate_interval: launch.aggregate_interval,
        start_worker: worker::start,
        tell_last: |_| sampling::tell_metrics(),
        is_required: false,
    };
    let started = || StartError::new(Setting::Started, launch.app, "one start a process", "Builder::start");
    engine::install(plan).ok_or_else(started)?;
    // Before there is a thread of ours, whose panics would be shown.
    panics::watch();
    let engine = engine::engine().ok_or_else(started)?;
    engine::end_at_exit(launch.grace);
    gate::set_error_texts(launch.error_texts);
    gate::set(launch.level.kinds());
    sampling::begin(engine, &launch.metrics);
    Ok(inspect)
}

/// What this process hands to one that it starts now.
pub(crate) fn as_parent(level: Level) -> Parent {
    // Where this run collects nothing any more, or only shows what it would send, whoever it starts is not to send either.
    let is_silent = |engine: &Engine| engine.is_excluded() || engine.only_shows() || engine.looks_purged();
    let Some(engine) = own_engine().filter(|engine| !is_silent(engine)) else { return Parent::SILENT };
    // Whoever is signed in here is not handed on, and neither is what they are not to be known by.
    let install_id = if engine.signed_in() == 0 { engine.run().install_id } else { None };
    let call = frames::current_recorder().filter(|(_, recorder)| matches!(recorder, Recorder::Engine(_)));
    let (call, trace) = (call.and_then(|(call, _)| call), Some(engine.run().trace()));
    Parent { level, only_shows: false, install_id, invocation: Some(engine.invocation()), call, trace }
}

fn begin_inspection(path: &Path, app: &str) -> Result<Inspect, StartError> {
    let title =
        format!("# What {app} would have sent, and did not. Of what may be secret, nothing is shown but `…`.\n");
    let unwritable = |error: std::io::Error| {
        StartError::new(
            Setting::Path,
            format!("{}: {error}", path.display()),
            "a file that can be written",
            "Builder::inspect",
        )
    };
    let path = std::path::absolute(path).map_err(unwritable)?;
    inspect::begin(&path, &title).map_err(unwritable)
}

/// The tracks that these sinks are owed events on.
pub(crate) fn tracks(sinks: &[Sink]) -> Vec<Track> {
    sinks.iter().flat_map(Sink::tracks).collect()
}

/// Lets the user's variables stand in for what the program says of its sinks. In development, only those are left whose URL a variable
/// names.
pub(crate) fn heed(sinks: &mut Vec<Sink>, prefix: Option<&str>, is_development: bool) -> Result<(), StartError> {
    let mut named = Vec::with_capacity(sinks.len());
    for sink in &mut *sinks {
        named.push(sink.heed(prefix)?);
    }
    let mut named = named.into_iter();
    sinks.retain(|_| named.next() == Some(true) || !is_development);
    Ok(())
}

/// Where a sink's events go, without what may be secret.
pub(crate) fn address(sink: &Sink) -> String {
    sink.address()
}

/// How long the end waits for what is only looked at.
pub(crate) const INSPECT_GRACE: Duration = limits::INSPECT_GRACE;

/// Whether these sinks can be started with; the tracks of each.
pub(crate) fn check_sinks(sinks: &[Sink]) -> Result<Vec<Vec<Track>>, StartError> {
    for (at, sink) in sinks.iter().enumerate() {
        sink.check()?;
        if sink.kinds.intersects(Kinds::REQUIRED) {
            let expected = "a sink of what the level lets through: required usage has `Builder::required_usage`";
            return Err(StartError::new(Setting::SinkName, sink.name(), expected, "Builder::sink"));
        }
        if sinks[..at].iter().any(|other| other.name() == sink.name()) {
            let expected = "a name of its own for each sink: give one with `named`";
            return Err(StartError::new(Setting::SinkName, sink.name(), expected, "Builder::sink"));
        }
    }
    // `one` may have a stream `two`, and another sink the name `one two`.
    let tracks: Vec<Vec<Track>> = sinks.iter().map(Sink::tracks).collect();
    let keys: Vec<&str> = tracks.iter().flatten().map(|track| track.key.as_str()).collect();
    for (at, key) in keys.iter().enumerate() {
        if keys[..at].contains(key) {
            let expected = "a name of its own for each sink, and for each stream of its format";
            return Err(StartError::new(Setting::SinkName, *key, expected, "Builder::sink"));
        }
    }
    Ok(tracks)
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
        let mut run = Run { facts, ..Run::UNKNOWN };
        let flags = Value(Raw::List(vec![text(100).0; 8]));
        add_names(&mut run, vec![("command", text(200)), ("alias", text(1)), ("flags", flags)]);
        assert!(codec::run_bytes(&run) <= limits::RUN_BYTES);
        let size = |value: &Value| match &value.0 {
            Raw::List(values) => values.len(),
            _ => value.to_string().len(),
        };
        run.facts.iter().map(|(name, value)| (name.to_string(), size(value))).collect()
    }

    /// CQ-10: by no other way would it be required.
    #[test]
    fn what_is_required_is_declared_as_such() {
        let usage = Sink::from(crate::sink::Usage::new("https://example.org"));
        let json = crate::sink::Json::new("https://example.org").kinds(Kinds::ALL | Kinds::REQUIRED);
        for sink in [usage, json.into()] {
            let said = check_sinks(&[sink]).unwrap_err().to_string();
            assert!(said.contains("`Builder::required_usage`"), "{said}");
        }
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
