//! What a program holds: the builder that starts telemetry, the guard that ends it, and the status that explains it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::asked::{Answer, Asked, Due, Notice};
use crate::control::Control;
use crate::env;
use crate::error::{FlushError, Setting, StartError};
use crate::launch::{Launch, Recording, ShowBody};
use crate::level::Level;
use crate::limits;
use crate::loss::Counts;
use crate::recording::{self, Engine, State};
use crate::resolve::{Brake, Decision, Development, FLAG, Form, Voice};
use crate::settings::is_profile;
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
    inspect: Option<PathBuf>,
    is_inspecting: bool,
    bodies: Option<ShowBody>,
    error_texts: bool,
    notice: Notice,
    telemetry_command: Option<String>,
    profile: Option<String>,
    catalogue_lines: fn() -> Vec<String>,
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
            inspect: None,
            is_inspecting: false,
            bodies: None,
            error_texts: false,
            notice: Notice::ByProgram,
            telemetry_command: None,
            profile: None,
            catalogue_lines: Vec::new,
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

    /// Has everything that this run would send written to a file instead, and nothing sent: no socket is opened, no name looked up, no
    /// state folder touched, whatever the level. Where the level is `none`, the file shows what the default level would send.
    ///
    /// The file holds, for each request, its URL, its headers and its body as they would be, but for secrets. It is the
    /// current folder's `<program>-telemetry.txt` unless [named otherwise](Self::inspect_file), and begun anew by each run. Where it cannot be
    /// written, that is a warning, and nothing is sent either.
    pub fn inspect(self, is_inspecting: bool) -> Self {
        Self { is_inspecting, ..self }
    }

    /// The file that [`inspect`](Self::inspect) writes, seen from where the program starts.
    pub fn inspect_file(self, path: impl AsRef<Path>) -> Self {
        Self { inspect: Some(path.as_ref().to_owned()), ..self }
    }

    /// Shows each body on standard error while it is sent, a line each. For a program's `--debug`.
    pub fn show_bodies(self, are_shown: bool) -> Self {
        Self { bodies: are_shown.then_some(ShowBody::OnStderr), ..self }
    }

    /// Hands each body to the program's own logger while it is sent, a line each, on the background thread.
    pub fn show_bodies_by(self, show: impl FnMut(&str) + Send + 'static) -> Self {
        Self { bodies: Some(ShowBody::By(Box::new(show))), ..self }
    }

    /// Records the texts of errors, where an event's author has asked for them: for a flag as `--debug-telemetry`. The variable
    /// `<PREFIX>_DEBUG_TELEMETRY` (`true`, `1`, `yes`, `on`) does the same.
    pub fn error_texts(self, are_recorded: bool) -> Self {
        Self { error_texts: are_recorded, ..self }
    }

    /// How users come to know of telemetry before anything is collected: by the program itself, unless told.
    pub fn notice(self, notice: Notice) -> Self {
        Self { notice, ..self }
    }

    /// The command by which users of this program get at its [`Control`], as `telemetry`: the notice names it.
    pub fn telemetry_command(self, name: impl Into<String>) -> Self {
        Self { telemetry_command: Some(name.into()), ..self }
    }

    /// The profile that this run goes by, if the program has such: [`Control::enable`] and [`Control::disable`] are for it alone then, and
    /// what was chosen for it goes before what was chosen for all. Letters, digits, `-`, `_` and `.`.
    pub fn profile(self, name: impl Into<String>) -> Self {
        Self { profile: Some(name.into()), ..self }
    }

    /// What consent is remembered by.
    #[doc(hidden)]
    pub fn catalogue_lines(self, lines: fn() -> Vec<String>) -> Self {
        Self { catalogue_lines: lines, ..self }
    }

    /// What users may ask of this telemetry, for a command that does so instead of starting it.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app, sink};
    ///
    /// let control = Telemetry::builder(app!()).sink(sink::Json::new("https://telemetry.example.org/v1/events")).control();
    /// println!("{}", control.status());
    /// ```
    #[must_use]
    pub fn control(self) -> Control<'a> {
        let (asked, problem) = (self.asked(), self.check().err());
        let error_texts = self.debug_telemetry().0;
        let sinks = self.sinks;
        let make = || sinks.into_iter().map(|LateSink(make)| make()).collect();
        Control::new(asked, problem, error_texts, Box::new(make))
    }

    /// Starts telemetry. Never fails and never prints: what is wrong is in [`Status::problems`], and nothing is collected then.
    ///
    /// Bind the guard to a name (`let _telemetry`): `let _` drops it at once, and with it ends what it began.
    pub fn start(self) -> Guard {
        let answer = self.asked().decide();
        let mut decision = answer.decision.clone();
        match self.try_start_as(answer) {
            Ok(guard) => guard,
            Err(problem) => {
                decision.give_up(&problem);
                Guard {
                    is_on: false,
                    decision,
                    problems: vec![problem],
                    grace: Duration::ZERO,
                    inspect: None,
                    error_texts: None,
                }
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
        let answer = self.asked().decide();
        self.try_start_as(answer)
    }

    fn try_start_as(mut self, answer: Answer) -> Result<Guard, StartError> {
        self.check()?;
        let Answer { decision, problem, due } = answer;
        let (error_texts, warning) = self.debug_telemetry();
        decision.warnings().iter().chain(&warning).for_each(|warning| self.tell(warning));
        let inspect = self.inspection(&decision);
        if let (None, Some(due)) = (&inspect, &due) {
            self.show_notice(due);
        }
        let mut guard = Guard {
            is_on: false,
            decision,
            problems: problem.into_iter().collect(),
            grace: if inspect.is_some() { self.grace.max(recording::INSPECT_GRACE) } else { self.grace },
            inspect: inspect.as_ref().map(|(path, _)| path.clone()),
            error_texts: error_texts.clone(),
        };
        let level = inspect.as_ref().map_or(guard.decision.level(), |(_, level)| *level);
        if level != Level::None {
            let is_inspecting = inspect.is_some();
            let launched = recording::launch(Launch {
                app: self.app.name.as_str(),
                version: self.app.version.as_str(),
                facts: std::mem::take(&mut self.facts),
                state_dir: self.state_dir.take(),
                sinks: std::mem::take(&mut self.sinks).into_iter().map(|LateSink(make)| make()).collect(),
                level,
                batch_window: self.batch_window,
                recording: self.recording,
                grace: guard.grace,
                inspect: inspect.map(|(path, _)| path),
                bodies: self.bodies.take(),
                error_texts: error_texts.is_some(),
            });
            match launched {
                Err(problem) if is_inspecting && problem.setting == Setting::Path => {
                    self.tell(&format!("{problem}; nothing is sent either"));
                    guard.problems.push(problem);
                    guard.inspect = None;
                    guard.decision.hold("inspect", "the file cannot be written, and nothing is sent");
                }
                launched => {
                    launched?;
                    guard.is_on = true;
                }
            }
        }
        Ok(guard)
    }

    /// Tells the user.
    fn tell(&mut self, warning: &str) {
        match &mut self.warn {
            Some(Warn(warn)) => warn(warning),
            None => env::warn(warning),
        }
    }

    /// The file that is written instead of sending, and the level that it shows; `None` where nothing can be shown.
    fn inspection(&self, decision: &Decision) -> Option<(PathBuf, Level)> {
        let can_show = self.is_inspecting && recording::BUILT_IN && !self.sinks.is_empty();
        let levels = [decision.level(), self.default, Level::All];
        let level = levels.into_iter().find(|level| *level != Level::None).unwrap_or_default();
        let path = || format!("{}-telemetry.txt", self.app.name.as_str()).into();
        can_show.then(|| (self.inspect.clone().unwrap_or_else(path), level))
    }

    /// Shows the notice to whoever can read it, and remembers that. Where that cannot be remembered, it is not shown: nothing would
    /// ever be collected, and it would be shown for ever.
    fn show_notice(&self, due: &Due) {
        if !env::is_at_terminal() || env::nobody_reads().is_some() {
            return;
        }
        let Ok(staged) = State::new(self.state_dir.as_deref(), self.app.name.as_str()).stage(&due.settings) else {
            return;
        };
        let variable =
            self.env_prefix.as_ref().map_or("DO_NOT_TRACK=1".into(), |prefix| format!("{prefix}_TELEMETRY_LEVEL=none"));
        env::tell(&self.notice.text(self.app.name.as_str(), self.telemetry_command.as_deref(), &variable, due));
        // Otherwise it is shown once more.
        drop(staged.commit());
    }

    /// Who has asked that the texts of errors are recorded, if somebody has, and what is to be said of that.
    fn debug_telemetry(&self) -> (Option<String>, Option<String>) {
        let name = self.env_prefix.as_ref().map(|prefix| format!("{prefix}_DEBUG_TELEMETRY"));
        let said = name.and_then(|name| env::var(&name).map(|value| (name, value)));
        let (is_on, warning) = match &said {
            None => (false, None),
            Some((name, value)) => match Form::On.is_on(value) {
                Ok(is_on) => (is_on, None),
                Err(expected) => {
                    (false, Some(format!("{name} is `{value}`: expected {expected}; error texts are not recorded")))
                }
            },
        };
        let by = if self.error_texts { Some("the program's flag".to_owned()) } else { None };
        (by.or_else(|| said.filter(|_| is_on).map(|(name, value)| format!("{name}={value}"))), warning)
    }

    fn asked(&self) -> Asked {
        Asked {
            voices: self.voices(),
            default: self.default,
            brakes: self.brakes(),
            state: State::new(self.state_dir.as_deref(), self.app.name.as_str()),
            profile: self.profile.clone(),
            to_be_told: (self.notice != Notice::ByProgram).then_some(self.catalogue_lines),
        }
    }

    fn voices(&self) -> Vec<Voice> {
        let variable = |name: &str, form| Voice { asked: name.into(), said: env::var(name), form, instead: None };
        let flag = self.flag.map(|level| level.to_string());
        let mut voices = vec![Voice { asked: FLAG.into(), said: flag, form: Form::Level, instead: None }];
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
        brakes.extend(self.holds.iter().cloned());
        brakes
    }

    fn check(&self) -> Result<(), StartError> {
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
        if let Some(profile) = self.profile.as_ref().filter(|profile| !is_profile(profile)) {
            let expected = "1 to 64 ASCII letters, digits, `-`, `_` or `.`";
            return Err(StartError::new(Setting::Profile, profile, expected, "Builder::profile"));
        }
        if self.inspect.as_ref().is_some_and(|path| path.as_os_str().is_empty()) {
            return Err(StartError::new(Setting::Path, "", "the path of a file", "Builder::inspect_file"));
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
    /// The file that everything goes to instead of to the sinks.
    inspect: Option<PathBuf>,
    /// Who has asked that the texts of errors are recorded.
    error_texts: Option<String>,
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
            inspect: self.inspect.clone(),
            error_texts: self.error_texts.clone(),
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
    inspect: Option<PathBuf>,
    error_texts: Option<String>,
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
    /// [inspect](Builder::inspect).
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
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decision.fmt(f)?;
        if let Some(path) = &self.inspect {
            return write!(f, "\ninspect: {}; nothing is sent", path.display());
        }
        if self.level() == Level::None {
            return Ok(());
        }
        if let Some(said) = &self.error_texts {
            write!(f, "\nerror texts: recorded where an event asks for them, because of {said}")?;
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
