//! What a program holds: the builder that starts telemetry, the guard that ends it, and the status that explains it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::context::{FACTS, is_plugin_name};
use crate::env;
use crate::error::{FlushError, Setting, StartError};
use crate::identity::{Environment, Identity, uuid};
use crate::launch::{About, InstallIdPlace, Launch, Recording};
use crate::level::Level;
use crate::limits;
use crate::loss::Counts;
use crate::parent::Parent;
use crate::recording::{self, Engine};
use crate::resolve::{self, Brake, Decision, Development, FLAG, Form, Question, Voice};
use crate::sink::Sink;
use crate::value::{Field, Label, MAX_LIST, Value, is_field_name};
use crate::version::Version;

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
        let telemetry = describe().flag(level).grace(Duration::ZERO).no_install_id().start();
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
    about: About,
    /// The invocation id as it was given.
    invocation: Option<String>,
    environment_variable: Option<String>,
    exclude: Option<Exclude>,
}

/// Says of somebody who signs in that their use is not collected.
struct Exclude(Box<dyn Fn(&Identity) -> bool + Send + Sync>);

impl fmt::Debug for Exclude {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exclude")
    }
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
            about: About::default(),
            invocation: None,
            environment_variable: None,
            exclude: None,
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

    /// CL-07, CL-10: the file that the install id is kept in, absolute or seen from where the program starts: `install-id` in the
    /// [state folder](Self::state_dir) unless told.
    ///
    /// A random UUID, made with the first event that finds no file. Deleted, it is another one the next time. What is no regular file,
    /// or holds no UUID, means that there is no id, and is left alone: so a folder of that name says "none, ever".
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app};
    ///
    /// let builder = Telemetry::builder(app!()).install_id_file(".cq/telemetry-cookie");
    /// ```
    pub fn install_id_file(mut self, path: impl AsRef<Path>) -> Self {
        self.about.install_id = InstallIdPlace::File(path.as_ref().to_owned());
        self
    }

    /// Has no install id, of any kind.
    pub fn no_install_id(mut self) -> Self {
        self.about.install_id = InstallIdPlace::Nowhere;
        self
    }

    /// Keeps the install id in its file also in a container, in continuous integration and in a function, where each run otherwise has one
    /// of its own: for programs whose files outlive those, as a server's on a volume.
    pub fn lasting_install_id(mut self) -> Self {
        self.about.keeps_install_id = true;
        self
    }

    /// Who is signed in when the program starts, if anybody. [`Guard::identify`] is for who signs in later.
    ///
    /// While somebody is signed in, their ids go with each event, and no install id does.
    ///
    /// ```
    /// use telemetry_runtime::{Identity, Telemetry, app};
    ///
    /// let signed_in = Some(Identity::user("4b1d").team("acme"));
    /// let builder = Telemetry::builder(app!()).identity(signed_in);
    /// ```
    pub fn identity(mut self, identity: impl Into<Option<Identity>>) -> Self {
        self.about.identity = identity.into();
        self
    }

    /// CW-17: what the program runs as.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.about.environment = Some(environment);
        self
    }

    /// CW-35: where this variable is set, to anything, the program runs in [`Environment::Cloud`], and else as
    /// [`environment`](Self::environment) says or in [`Environment::Cli`].
    pub fn environment_from_var(mut self, name: impl Into<String>) -> Self {
        self.environment_variable = Some(name.into());
        self
    }

    /// CW-20: collects nothing of those of whom `is_excluded` holds, such as the program's own team. Where one signs in while the program
    /// runs, nothing more is collected, and what this run has recorded and not sent yet is not sent.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app};
    ///
    /// let builder = Telemetry::builder(app!()).exclude_if(|identity| identity.team_id() == Some("internal"));
    /// ```
    pub fn exclude_if(self, is_excluded: impl Fn(&Identity) -> bool + Send + Sync + 'static) -> Self {
        Self { exclude: Some(Exclude(Box::new(is_excluded))), ..self }
    }

    /// CW-15: the id of this run, if somebody gave one: a UUID with hyphens. Anything else is a [`StartError`].
    pub fn invocation_id(self, id: impl Into<Option<String>>) -> Self {
        Self { invocation: id.into(), ..self }
    }

    /// CL-05, TI-14: which commit the program was built from, and when: the facts `git_commit` and `build_date`.
    pub fn build_info(mut self, git_commit: Label, build_date: Label) -> Self {
        self.about.stated.build = Some((git_commit, build_date));
        self
    }

    /// TI-15: how the program was installed: the fact `installer`.
    pub fn installer(mut self, installer: Label) -> Self {
        self.about.stated.installer = Some(installer);
        self
    }

    /// TI-15: the same, out of a file that an installer wrote. It says one of these words, or nothing.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app, label};
    ///
    /// let builder = Telemetry::builder(app!()).installer_file("/etc/ticloud/installer", [label!("TiUP"), label!("brew")]);
    /// ```
    pub fn installer_file(mut self, path: impl AsRef<Path>, words: impl IntoIterator<Item = Label>) -> Self {
        self.about.stated.installer_file = Some((path.as_ref().to_owned(), words.into_iter().collect()));
        self
    }

    /// CL-04: a plugin that is installed: one more in the fact `plugins`. A name that the program's author gave to it: letters, digits, and
    /// `-`, `_`, `.` and `/` between them, 64 at most.
    pub fn plugin(mut self, name: impl Into<String>, version: Version) -> Self {
        self.about.stated.plugins.push((name.into(), version));
        self
    }

    /// Leaves out a fact of the context: `ci`, `container`, `faas`, `terminal`, `interactive`, `agent`, or one of those that the program
    /// states.
    pub fn without_fact(mut self, name: impl Into<String>) -> Self {
        self.about.stated.without.push(name.into());
        self
    }

    /// Starts telemetry. Never fails and never prints: what is wrong is in [`Status::problems`], and nothing is collected then.
    ///
    /// Bind the guard to a name (`let _telemetry`): `let _` drops it at once, and with it ends what it began.
    pub fn start(self) -> Guard {
        let (mut decision, problem) = self.decide();
        let variable = Parent::variable(self.env_prefix.as_deref());
        match self.try_start_as(decision.clone(), problem) {
            Ok(guard) => guard,
            Err(problem) => {
                decision.give_up(&problem);
                let (problems, grace) = (vec![problem], Duration::ZERO);
                Guard { is_on: false, decision, problems, grace, variable, environment: None, exclude: None }
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
        for warning in decision.warnings() {
            match &mut self.warn {
                Some(Warn(warn)) => warn(warning),
                None => env::warn(warning),
            }
        }
        self.about.environment = self.environment_now();
        self.about.parent = self.parent().and_then(Result::ok);
        self.about.invocation = self.invocation.as_deref().and_then(uuid);
        let environment = self.about.environment;
        self.about.identity = self.about.identity.map(|identity| identity.seen_from(environment));
        let mut guard = Guard {
            is_on: false,
            decision,
            problems: problem.into_iter().collect(),
            grace: self.grace,
            variable: Parent::variable(self.env_prefix.as_deref()),
            environment: self.about.environment,
            exclude: self.exclude,
        };
        let level = guard.decision.level();
        if level != Level::None {
            recording::launch(Launch {
                app: self.app.name.as_str(),
                version: self.app.version.as_str(),
                facts: self.facts,
                about: self.about,
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

    fn decide(&self) -> (Decision, Option<StartError>) {
        let question = Question { voices: self.voices(), default: self.default, brakes: self.brakes() };
        let (mut decision, problem) = resolve::resolve(&question);
        let malformed = self.parent().and_then(Result::err);
        if let Some(malformed) = &malformed {
            decision.warn(format!("{malformed}; nothing is collected"));
        }
        (decision, problem.or(malformed))
    }

    /// What the process that started this one says, if it says anything.
    fn parent(&self) -> Option<Result<Parent, StartError>> {
        let variable = Parent::variable(self.env_prefix.as_deref());
        let said = env::var(&variable).filter(|said| !said.is_empty())?;
        let malformed = |()| StartError::new(Setting::Parent, &said, Parent::EXPECTED, variable);
        Some(said.parse().map_err(malformed))
    }

    fn environment_now(&self) -> Option<Environment> {
        match &self.environment_variable {
            Some(name) if env::is_present(name) => Some(Environment::Cloud),
            Some(_) => Some(self.about.environment.unwrap_or(Environment::Cli)),
            None => self.about.environment,
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
        brakes.extend(self.parent().map(|parent| self.parent_brake(&parent)));
        if let (Some(identity), Some(Exclude(is_excluded))) = (&self.about.identity, &self.exclude)
            && is_excluded(identity)
        {
            brakes.push(holds("identity", "excluded by the program"));
        }
        brakes.extend(self.holds.iter().cloned());
        brakes
    }

    /// CQ-01, HA-21: a child never collects more than its parent.
    fn parent_brake(&self, parent: &Result<Parent, StartError>) -> Brake {
        let variable = Parent::variable(self.env_prefix.as_deref());
        let (said, ceiling) = match parent {
            Ok(Parent { level, .. }) => (format!("{variable} says {level}, and a child collects no more"), *level),
            Err(_) => (format!("{variable} cannot be understood, so none"), Level::None),
        };
        Brake { asked: "parent".into(), said, ceiling }
    }

    /// What is wrong with what the program says of itself and of who uses it.
    fn check_about(&self) -> Result<(), StartError> {
        if let Some(id) = self.invocation.as_ref().filter(|id| uuid(id).is_none()) {
            return Err(StartError::new(Setting::InvocationId, id, "a UUID with hyphens", "Builder::invocation_id"));
        }
        if matches!(&self.about.install_id, InstallIdPlace::File(path) if path.file_name().is_none()) {
            return Err(StartError::new(Setting::InstallIdFile, "", "the path of a file", "Builder::install_id_file"));
        }
        let stated = &self.about.stated;
        if let Some((name, _)) = stated.plugins.iter().find(|(name, _)| !is_plugin_name(name)) {
            let expected = "1 to 64 letters and digits, and `-`, `_`, `.` and `/` between them";
            return Err(StartError::new(Setting::PluginName, name, expected, "Builder::plugin"));
        }
        if stated.plugins.len() > MAX_LIST {
            let count = stated.plugins.len().to_string();
            return Err(StartError::new(Setting::Limit, count, "64 plugins at most", "Builder::plugin"));
        }
        let is_known = |name: &&String| FACTS.iter().any(|fact| fact.name == name.as_str());
        match stated.without.iter().find(|name| !is_known(name)) {
            Some(name) => {
                let expected = "a fact of the context, as `Builder::without_fact` lists them";
                Err(StartError::new(Setting::FactName, name, expected, "Builder::without_fact"))
            }
            None => Ok(()),
        }
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
        if self.state_dir.as_ref().is_some_and(|folder| folder.as_os_str().is_empty()) {
            return Err(StartError::new(Setting::StateDir, "", "a path", "Builder::state_dir"));
        }
        self.check_about()
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
    /// What those that this process starts are told by.
    variable: String,
    environment: Option<Environment>,
    exclude: Option<Exclude>,
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

    /// CQ-15: somebody signs in. What is recorded from now on carries their ids, and no install id; what was recorded before stays as
    /// it is.
    ///
    /// One whom [`Builder::exclude_if`] excludes ends the collection for this run; what is on its way to a receiver is not called back.
    /// In [`Environment::Cloud`], the team's service account stands in for the user.
    pub fn identify(&self, identity: Identity) {
        let Some(engine) = self.own_engine() else { return };
        match &self.exclude {
            Some(Exclude(is_excluded)) if is_excluded(&identity) => engine.exclude(),
            _ => engine.identify(Some(&identity.seen_from(self.environment))),
        }
    }

    /// Nobody is signed in any more.
    pub fn sign_out(&self) {
        if let Some(engine) = self.own_engine() {
            engine.identify(None);
        }
    }

    /// CQ-01, CQ-12: a variable's name and value, for a program or a container that this one starts: it collects no more than this one, goes
    /// by the same install id, and says which run and which call started it.
    ///
    /// The name is `<PREFIX>_TELEMETRY_PARENT`, or `TELEMETRY_PARENT` where there is no prefix; whoever is started is to have the same
    /// prefix. Who is signed in is not handed on. The install id is made for this if there is none yet. Where nothing is collected, the value says that.
    ///
    /// ```
    /// use std::process::Command;
    /// use telemetry_runtime::{Telemetry, app};
    ///
    /// let telemetry = Telemetry::builder(app!()).env_prefix("DEMO").start();
    /// let (name, value) = telemetry.child_env();
    /// assert_eq!((name.as_str(), value.as_str()), ("DEMO_TELEMETRY_PARENT", "v1:none:-:-:-"));
    /// let mut plugin = Command::new("plugin");
    /// plugin.env(name, value);
    /// ```
    #[must_use]
    pub fn child_env(&self) -> (String, String) {
        let parent = if self.is_on { recording::as_parent(self.decision.level()) } else { Parent::SILENT };
        (self.variable.clone(), parent.to_string())
    }

    /// This process's engine: a forked child's first word may be of who signs in.
    fn own_engine(&self) -> Option<&'static Engine> {
        if self.is_on { recording::own_engine() } else { None }
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
        let mut decision = self.decision.clone();
        if self.engine().is_some_and(Engine::is_excluded) {
            decision.hold("identity", "excluded by the program since it signed in");
        }
        Status {
            decision,
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
        // Where nothing is collected any more, there is what became of what was.
        if self.level() == Level::None && self.spool.is_none() {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decided(default: Level, parent: &Result<Parent, StartError>) -> Level {
        let builder = Telemetry::builder(crate::app!()).env_prefix("NOBODY");
        let brakes = vec![builder.parent_brake(parent)];
        resolve::resolve(&Question { voices: Vec::new(), default, brakes }).0.level()
    }

    proptest! {
        /// CQ-01: whatever stands in the variable, a child collects what both collect, and at a text that nobody made nothing.
        #[test]
        fn a_child_collects_what_its_parent_does_at_most(
            own in prop::sample::select(Level::ALL.to_vec()),
            text in "v1:(none|errors|stats|all):-:-:-|.{0,20}",
        ) {
            let parent = text.parse::<Parent>().ok();
            let theirs = parent.map_or(Level::None, |parent| parent.level);
            let malformed = StartError::new(Setting::Parent, text.as_str(), Parent::EXPECTED, "x");
            let collected = decided(own, &parent.ok_or(malformed)).kinds().bits();
            prop_assert_eq!(collected, own.kinds().bits() & theirs.kinds().bits());
        }
    }
}
