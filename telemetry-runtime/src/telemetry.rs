//! What a program holds: the builder that starts telemetry, the guard that ends it, and the status that explains it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::env;
use crate::error::{FlushError, Setting, StartError};
use crate::launch::{Launch, Recording};
use crate::level::Level;
use crate::limits;
use crate::loss::Counts;
use crate::recording::{self, Engine};
use crate::resolve::{self, Brake, Decision, Development, FLAG, Form, Question, Voice};
use crate::sink::Sink;
use crate::value::{Field, Label, Value, is_field_name};

/// The program that telemetry is about. Made by [`app!`](crate::app).
#[derive(Clone, Copy, Debug)]
pub struct App {
    name: Label,
    version: Label,
    is_debug_build: bool,
    is_test: bool,
}

impl App {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: Label, version: Label, is_debug_build: bool, is_test: bool) -> Self {
        Self { name, version, is_debug_build, is_test }
    }
}

/// Where telemetry begins: [`Telemetry::builder`].
#[derive(Debug)]
pub struct Telemetry(());

impl Telemetry {
    /// Describes how the program's telemetry is to be.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app, sink};
    ///
    /// fn main() {
    ///     let _telemetry = Telemetry::builder(app!())
    ///         .env_prefix("DEMO")
    ///         .sink(sink::Json::new("https://telemetry.example.org/v1/events"))
    ///         .start();
    ///     // … the program; the guard's end is telemetry's
    /// }
    /// ```
    pub fn builder<'a>(app: App) -> Builder<'a> {
        Builder::new(app)
    }

    /// Lets a run that ends with something unsent start a process of its own that sends it: for programs whose runs are shorter
    /// than a request. To be the first line of `main`, with a function that describes telemetry as the program starts it.
    ///
    /// ```
    /// use telemetry_runtime::{Builder, Telemetry, app, sink};
    ///
    /// fn telemetry() -> Builder<'static> {
    ///     Telemetry::builder(app!()).sink(sink::Json::new("https://telemetry.example.org/v1/events"))
    /// }
    ///
    /// fn main() {
    ///     Telemetry::detached_sender(telemetry);
    ///     let _telemetry = telemetry().start();
    /// }
    /// ```
    ///
    /// The process is this program, called with an argument that this function knows, and does not return from it. There is one at a time
    /// for each state folder, and none where the level is `none`. It has standard input and output on the null device, the root as
    /// its working folder, and of the environment only what says where proxies, certificates, the home and temporary files are:
    /// an endpoint that the program reads from a variable of its own is not known there. It sends what was left, stays 10
    /// seconds for what is left meanwhile, and is gone after 30 at the latest. To start it costs the end of a run about a millisecond.
    pub fn detached_sender(describe: impl FnOnce() -> Builder<'static>) {
        let Some(level) = recording::asked_to_send() else { return recording::allow_sender() };
        let lock = recording::detach();
        let telemetry = describe().flag(level).grace(Duration::ZERO).start();
        if telemetry.is_on {
            recording::send(lock);
        }
        std::process::exit(0);
    }
}

/// How the program's telemetry is to be. What its sinks are made from, it may borrow until it is started.
#[derive(Debug)]
#[must_use = "nothing happens until it is started"]
pub struct Builder<'a> {
    app: App,
    env_prefix: Option<String>,
    flag: Option<Level>,
    variables: Vec<(String, Form)>,
    settings: Vec<Voice>,
    holds: Vec<Brake>,
    warn: Option<Warn<'a>>,
    default: Level,
    development: Development,
    recording: Recording,
    grace: Duration,
    batch_window: Duration,
    state_dir: Option<PathBuf>,
    facts: Vec<(Label, Value)>,
    sinks: Vec<LateSink<'a>>,
    completion: Completion,
    pub(crate) line: Line,
}

/// How the program can be asked what could stand on its command line.
#[derive(Debug, Default)]
struct Completion {
    variables: Vec<String>,
    commands: Vec<String>,
}

/// What was found out from the command line, where that is done here: with the feature `clap`.
#[derive(Debug, Default)]
pub(crate) struct Line {
    #[cfg(feature = "clap")]
    pub(crate) flags: crate::flags::Flags,
    /// Which flag spoke, and what it said.
    pub(crate) flag: Option<Voice>,
    pub(crate) brakes: Vec<Brake>,
    /// The command and what else has a name.
    pub(crate) names: Vec<(&'static str, Value)>,
    pub(crate) problem: Option<StartError>,
    /// A shell asks, and no person.
    pub(crate) is_completion: bool,
}

/// Who tells the user of what is deprecated or cannot be understood.
struct Warn<'a>(Box<dyn FnMut(&str) + 'a>);

impl fmt::Debug for Warn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Warn")
    }
}

/// A sink that is made once it is known to be needed.
struct LateSink<'a>(Box<dyn FnOnce() -> Sink + 'a>);

impl fmt::Debug for LateSink<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sink")
    }
}

impl<'a> Builder<'a> {
    fn new(app: App) -> Self {
        Self {
            app,
            env_prefix: None,
            flag: None,
            variables: Vec::new(),
            settings: Vec::new(),
            holds: Vec::new(),
            warn: None,
            default: Level::All,
            development: Development::Hold,
            recording: Recording::Direct,
            grace: Duration::ZERO,
            batch_window: limits::BATCH_WINDOW,
            state_dir: None,
            facts: Vec::new(),
            sinks: Vec::new(),
            completion: Completion::default(),
            line: Line::default(),
        }
    }

    /// The prefix of the program's variables: with `DEMO`, the user sets the level by `DEMO_TELEMETRY_LEVEL`.
    ///
    /// Capital letters, digits and underscores, beginning with a letter. Without a prefix no such variable is read.
    pub fn env_prefix(self, prefix: impl Into<String>) -> Self {
        Self { env_prefix: Some(prefix.into()), ..self }
    }

    /// What the user said on the command line, if anything; it wins over variables.
    pub fn flag(self, level: impl Into<Option<Level>>) -> Self {
        Self { flag: level.into(), ..self }
    }

    /// A variable of the program's own that says the level, in this form: asked after `<PREFIX>_TELEMETRY_LEVEL`, in the order of these
    /// calls.
    ///
    /// ```
    /// use telemetry_runtime::{Form, Telemetry, app};
    ///
    /// let builder = Telemetry::builder(app!()).variable("HASURA_GRAPHQL_ENABLE_TELEMETRY", Form::On);
    /// ```
    pub fn variable(mut self, name: impl Into<String>, form: Form) -> Self {
        self.variables.push((name.into(), form));
        self
    }

    /// What a settings file says, if anything: `origin` is where, as the user knows it. Asked after all variables, in the order
    /// of these calls: the profile's before the user's.
    ///
    /// ```
    /// use telemetry_runtime::{Form, Telemetry, app};
    ///
    /// let enabled: Option<bool> = None; // out of ~/.hasura/config.json
    /// let builder = Telemetry::builder(app!())
    ///     .setting("~/.hasura/config.json", enabled.map(|enabled| enabled.to_string()), Form::On);
    /// ```
    pub fn setting(mut self, origin: impl Into<String>, said: impl Into<Option<String>>, form: Form) -> Self {
        self.settings.push(Voice { asked: origin.into(), said: said.into(), form, instead: None });
        self
    }

    /// Collects nothing where `condition` holds, whatever the level: for a team's own runs, for shell completion, in continuous
    /// integration. `why` is what the trace says.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app};
    ///
    /// let team = "acme";
    /// let builder = Telemetry::builder(app!()).hold_if(team == "internal", "the team's own use is nobody's usage");
    /// ```
    pub fn hold_if(mut self, condition: bool, why: impl Into<String>) -> Self {
        if condition {
            self.holds.push(Brake { asked: "held".into(), said: why.into(), ceiling: Level::None });
        }
        self
    }

    /// A variable by which shells ask the program for completions. While they do, telemetry is off, and nothing of it is touched. Known without
    /// being said: `COMPLETE` and the variables of clap's completions, and `COMP_LINE` of Bash's `complete -C`.
    pub fn completion_var(mut self, name: impl Into<String>) -> Self {
        self.completion.variables.push(name.into());
        self
    }

    /// A command by which shells ask the program for completions, or for a script that does: as
    /// [`completion_var`](Self::completion_var). Known without being said: `__complete` and `__completeNoDesc`.
    pub fn completion_command(mut self, name: impl Into<String>) -> Self {
        self.completion.commands.push(name.into());
        self
    }

    /// Whether a command of this name is one by which shells ask.
    pub(crate) fn is_completion_command(&self, name: &str) -> bool {
        matches!(name, "__complete" | "__completeNoDesc") || self.completion.commands.iter().any(|known| known == name)
    }

    /// What says that a shell asks for completions, if one does.
    fn completing(&self) -> Option<String> {
        if self.line.is_completion {
            return Some("a shell asks for completions".into());
        }
        let variable = env::completion(self.completion.variables.iter().map(String::as_str));
        variable.map(|name| format!("a shell asks by {name}")).or_else(|| {
            let first = env::first_argument().filter(|word| self.is_completion_command(word));
            first.map(|word| format!("a shell asks by `{word}`"))
        })
    }

    /// Has the user told by the program's own logger of what is deprecated or cannot be understood. Otherwise it is told on
    /// standard error, if that is a terminal. [`Decision::warnings`] has it in any case.
    pub fn warn_by(self, warn: impl FnMut(&str) + 'a) -> Self {
        Self { warn: Some(Warn(Box::new(warn))), ..self }
    }

    /// The level where nobody says anything: [`Level::All`] unless told; [`Level::None`] asks users to opt in.
    pub fn default_level(self, default: Level) -> Self {
        Self { default, ..self }
    }

    /// What a debug build does with its events: nothing unless told.
    pub fn development(self, development: Development) -> Self {
        Self { development, ..self }
    }

    /// How events get onto the disk: with one append on the thread that records them, unless told.
    pub fn recording(self, recording: Recording) -> Self {
        Self { recording, ..self }
    }

    /// How long the end of the program may wait for events to be delivered: not at all unless told. What is not delivered by
    /// then is in the spool, and goes with a later run. Where there is no place for a spool, a grace is all that there is.
    pub fn grace(self, grace: Duration) -> Self {
        Self { grace, ..self }
    }

    /// From the first event of a batch until the batch is sent: 200 ms unless told.
    pub fn batch_window(self, window: Duration) -> Self {
        Self { batch_window: window, ..self }
    }

    /// The folder that the spool is kept in, absolute or seen from where the program starts: the platform's folder for state, then the program's name, then `telemetry`, unless
    /// told.
    pub fn state_dir(self, folder: impl AsRef<Path>) -> Self {
        Self { state_dir: Some(folder.as_ref().to_owned()), ..self }
    }

    /// States a fact of the program that goes with all its events. Names are snake case; all facts together take 2 KiB at most.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app, label};
    ///
    /// let builder = Telemetry::builder(app!()).fact(label!("channel"), &label!("stable"));
    /// ```
    pub fn fact<V: Field + ?Sized>(mut self, name: Label, value: &V) -> Self {
        self.facts.push((name, value.to_value()));
        self
    }

    /// Adds a sink. Without one, nothing is collected.
    pub fn sink(self, sink: impl Into<Sink> + 'a) -> Self {
        self.sink_with(|| sink)
    }

    /// Adds a sink that is made only if something is to be collected: at level `none` the closure does not run.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app, sink};
    ///
    /// fn address_of_the_receiver() -> String {
    ///     "http://127.0.0.1:4000".into() // after asking somebody, say
    /// }
    ///
    /// let builder = Telemetry::builder(app!()).sink_with(|| sink::Json::new(address_of_the_receiver()));
    /// ```
    pub fn sink_with<S: Into<Sink>>(mut self, make: impl FnOnce() -> S + 'a) -> Self {
        self.sinks.push(LateSink(Box::new(|| make().into())));
        self
    }

    /// Starts telemetry. Never fails and never prints: what is wrong is in [`Status::problems`], and nothing is collected then.
    ///
    /// Bind the guard to a name (`let _telemetry`): `let _` drops it at once, and with it ends what it began.
    pub fn start(self) -> Guard {
        let (mut decision, problem) = self.decide();
        match self.try_start_as(decision.clone(), problem) {
            Ok(guard) => guard,
            Err(problem) => {
                decision.give_up(&problem);
                Guard { is_on: false, decision, problems: vec![problem], grace: Duration::ZERO }
            }
        }
    }

    /// Starts telemetry.
    ///
    /// # Errors
    ///
    /// A setting that the program's author must mend is a [`StartError`], and nothing is collected. What users set wrongly in
    /// the environment is none: it counts as `none`, and is in [`Status::problems`].
    pub fn try_start(self) -> Result<Guard, StartError> {
        let (decision, problem) = self.decide();
        self.try_start_as(decision, problem)
    }

    fn try_start_as(mut self, decision: Decision, problem: Option<StartError>) -> Result<Guard, StartError> {
        self.check()?;
        // A shell shows a person what it was not asked for.
        let warnings = if self.completing().is_some() { &[] } else { decision.warnings() };
        for warning in warnings {
            match &mut self.warn {
                Some(Warn(warn)) => warn(warning),
                None => env::warn(warning),
            }
        }
        let mut guard = Guard { is_on: false, decision, problems: problem.into_iter().collect(), grace: self.grace };
        let level = guard.decision.level();
        if level != Level::None {
            recording::launch(Launch {
                app: self.app.name.as_str(),
                version: self.app.version.as_str(),
                facts: self.facts,
                names: self.line.names,
                state_dir: self.state_dir,
                sinks: self.sinks.into_iter().map(|LateSink(make)| make()).collect(),
                level,
                batch_window: self.batch_window,
                recording: self.recording,
                grace: self.grace,
            })?;
            guard.is_on = true;
        }
        Ok(guard)
    }

    pub(crate) fn decide(&self) -> (Decision, Option<StartError>) {
        resolve::resolve(&Question { voices: self.voices(), default: self.default, brakes: self.brakes() })
    }

    fn voices(&self) -> Vec<Voice> {
        let variable = |name: &str, form| Voice { asked: name.into(), said: env::var(name), form, instead: None };
        let flag = self.flag.map(|level| level.to_string());
        let flag = Voice { asked: FLAG.into(), said: flag, form: Form::Level, instead: None };
        let mut voices = vec![self.line.flag.clone().unwrap_or(flag)];
        let own = self.env_prefix.as_ref().map(|prefix| format!("{prefix}_TELEMETRY_LEVEL"));
        voices.extend(own.iter().map(|name| variable(name, Form::Level)));
        voices.extend(self.variables.iter().map(|(name, form)| variable(name, *form)));
        if let (Some(prefix), Some(own)) = (&self.env_prefix, &own) {
            // Still heard, for those who have it in a file somewhere.
            let legacy = variable(&format!("{prefix}_NO_TELEMETRY"), Form::Off);
            let legacy = Voice { instead: Some(format!("use {own}=none")), ..legacy };
            voices.extend(legacy.said.is_some().then_some(legacy));
        }
        // https://consoledonottrack.com: `1` means do not track; the values that mean the opposite are those of other switches.
        voices.push(variable("DO_NOT_TRACK", Form::Off));
        voices.extend(self.settings.iter().cloned());
        voices
    }

    fn brakes(&self) -> Vec<Brake> {
        let holds = |asked: &str, said: &str| Brake { asked: asked.into(), said: said.into(), ceiling: Level::None };
        let mut brakes = Vec::new();
        if !recording::BUILT_IN {
            brakes.push(holds("feature `record`", "not in this build, so nothing is recorded"));
        }
        if self.sinks.is_empty() {
            brakes.push(holds("sinks", "none, so there is nowhere to send to"));
        }
        if self.development == Development::Hold {
            let unless = "sends nothing unless the program says `Development::Send`";
            if self.app.is_debug_build {
                brakes.push(holds("debug build", unless));
            }
            if self.app.is_test {
                brakes.push(holds("test build", unless));
            }
            if let Some(harness) = env::test_harness() {
                brakes.push(holds("test harness", &format!("{harness} is set; {unless}")));
            }
        }
        brakes.extend(self.holds.iter().chain(&self.line.brakes).cloned());
        brakes.extend(self.completing().map(|said| holds("shell completion", &said)));
        brakes
    }

    fn check(&self) -> Result<(), StartError> {
        self.line.problem.clone().map_or(Ok(()), Err)?;
        let is_name_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let name = self.app.name.as_str();
        if name.is_empty() || name.starts_with('.') || name.len() > 64 || !name.bytes().all(is_name_byte) {
            let expected = "1 to 64 ASCII letters, digits, `-`, `_` or `.`, not beginning with a dot";
            return Err(StartError::new(Setting::AppName, name, expected, "app!"));
        }
        if let Some(prefix) = &self.env_prefix {
            let is_prefix_byte = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
            let is_prefix = prefix.starts_with(|first: char| first.is_ascii_uppercase())
                && prefix.bytes().all(is_prefix_byte)
                && !prefix.ends_with('_')
                && !prefix.ends_with("TELEMETRY_LEVEL");
            if !is_prefix {
                let expected =
                    "what stands before `_TELEMETRY_LEVEL`: capital letters, digits and underscores between them";
                return Err(StartError::new(Setting::EnvPrefix, prefix, expected, "Builder::env_prefix"));
            }
        }
        for (at, (name, _)) in self.facts.iter().enumerate() {
            let expected = if !is_field_name(name.as_str()) {
                "snake case: a small letter, then small letters, digits and underscores, 64 at most"
            } else if self.facts[..at].iter().any(|(other, _)| other == name) {
                "a name of its own for each fact"
            } else {
                continue;
            };
            return Err(StartError::new(Setting::FactName, name.as_str(), expected, "Builder::fact"));
        }
        if self.batch_window.is_zero() {
            return Err(StartError::new(Setting::Limit, "0s", "more than nothing", "Builder::batch_window"));
        }
        if self.state_dir.as_ref().is_some_and(|folder| folder.as_os_str().is_empty()) {
            return Err(StartError::new(Setting::StateDir, "", "a path", "Builder::state_dir"));
        }
        Ok(())
    }
}

/// Telemetry's end: when it is dropped, nothing more is recorded, and what is not delivered yet may take the grace to go.
#[derive(Debug)]
#[must_use = "telemetry ends when this is dropped: bind it with `let _telemetry`, not with `let _`"]
pub struct Guard {
    is_on: bool,
    decision: Decision,
    problems: Vec<StartError>,
    grace: Duration,
}

impl Guard {
    /// Tries to deliver everything that was recorded so far, waiting no longer than `timeout`: also for a sink that failed and is
    /// to be left alone for a while, if that ends in time.
    ///
    /// # Errors
    ///
    /// A [`FlushError`] says how much is still owed.
    pub fn flush(&self, timeout: Duration) -> Result<(), FlushError> {
        self.engine().map_or(Ok(()), |engine| engine.flush(timeout))
    }

    /// Ends telemetry, waiting no longer than `timeout` for what is not delivered yet.
    ///
    /// # Errors
    ///
    /// As for [`flush`](Self::flush).
    pub fn shutdown(mut self, timeout: Duration) -> Result<(), FlushError> {
        self.end(timeout)
    }

    fn end(&mut self, timeout: Duration) -> Result<(), FlushError> {
        if std::mem::take(&mut self.is_on) { recording::end(timeout) } else { Ok(()) }
    }

    /// Looked up each time: in a forked child it is another one.
    fn engine(&self) -> Option<&'static Engine> {
        if self.is_on { recording::engine() } else { None }
    }

    /// Whether it was started.
    #[cfg(feature = "clap")]
    pub(crate) const fn is_on(&self) -> bool {
        self.is_on
    }

    /// What telemetry does, and why.
    #[must_use]
    pub fn status(&self) -> Status {
        Status {
            decision: self.decision.clone(),
            problems: self.problems.clone(),
            spool: self.engine().and_then(Engine::folder).map(Path::to_owned),
            recording: self.engine().map(Engine::recording).unwrap_or_default(),
            counts: self.engine().map(Engine::counts).unwrap_or_default(),
            sinks: self.engine().map(Engine::said).unwrap_or_default(),
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // What could not be delivered is in the spool; there is nobody left to tell.
        let _ = self.end(self.grace);
    }
}

/// What telemetry does, and why: the decision, what is wrong, where events are kept, and what became of them.
#[derive(Clone, Debug)]
pub struct Status {
    decision: Decision,
    problems: Vec<StartError>,
    spool: Option<PathBuf>,
    /// … and whether that is so because the disk is slow.
    recording: (Recording, bool),
    counts: Counts,
    sinks: Vec<(String, Option<String>)>,
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

    /// The sinks by name, and what each last said to a batch, as `answered 404` or `no answer: …`; `None` before the first.
    pub fn sinks(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.sinks.iter().map(|(name, said)| (name.as_str(), said.as_deref()))
    }

    /// What became of the events so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decision.fmt(f)?;
        if self.level() == Level::None {
            return Ok(());
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
