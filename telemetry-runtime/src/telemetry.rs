//! What a program holds: the builder that starts telemetry, the guard that ends it, and the status that explains it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::asked::{Answer, Asked, Due, Notice};
use crate::callsite;
use crate::catalogue::{Catalogue, Declared, Type};
use crate::context::{self, FACTS, is_plugin_name};
use crate::control::Control;
use crate::env;
use crate::error::{FlushError, Setting, StartError};
use crate::identity::{Environment, Identity, uuid};
use crate::launch::{About, InstallIdPlace, Launch, Recording, ShowBody};
use crate::level::Level;
use crate::limits;
use crate::loss::Counts;
use crate::parent::Parent;
use crate::recording::{self, Engine, State};
use crate::resolve::{Brake, Decision, Development, FLAG, Form, Voice};
use crate::settings::is_profile;
use crate::sink::Sink;
use crate::value::{Field, Kind, Label, MAX_LIST, Value, is_field_name};
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
    policy: Option<String>,
    command_reference: Option<String>,
    derived_facts: Vec<(String, String)>,
    inspect: Option<PathBuf>,
    is_inspecting: bool,
    bodies: Option<ShowBody>,
    error_texts: bool,
    notice: Notice,
    telemetry_command: Option<String>,
    profile: Option<String>,
    about: About,
    /// The invocation id as it was given.
    invocation: Option<String>,
    environment_variable: Option<String>,
    exclude: Option<Exclude>,
    completion: Completion,
    pub(crate) line: Line,
}

/// Says of somebody who signs in that their use is not collected.
struct Exclude(Box<dyn Fn(&Identity) -> bool + Send + Sync>);

impl fmt::Debug for Exclude {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exclude")
    }
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
            about: About::default(),
            invocation: None,
            environment_variable: None,
            exclude: None,
            policy: None,
            command_reference: None,
            derived_facts: Vec::new(),
            inspect: None,
            is_inspecting: false,
            bodies: None,
            error_texts: false,
            notice: Notice::ByProgram,
            telemetry_command: None,
            profile: None,
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

    /// Collects nothing in continuous integration, whatever the level: there, runs are a machine's, and often most of all.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app};
    ///
    /// let builder = Telemetry::builder(app!()).hold_in_ci();
    /// ```
    pub fn hold_in_ci(mut self) -> Self {
        self.holds.extend(context::ci().map(|name| Brake::none("continuous integration", name)));
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
            self.holds.push(Brake::none("held", why));
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

    /// The file that the install id is kept in, absolute or seen from where the program starts: `install-id` in the
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
    /// While somebody is signed in, no event has an install id. Their ids go with the events whose author asked for it, by
    /// `#[tracked(identifiable)]` or `identifiable = when_known`, and with no others.
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

    /// What the program runs as.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.about.environment = Some(environment);
        self
    }

    /// Where this variable is set, to anything, the program runs in [`Environment::Cloud`], and else as
    /// [`environment`](Self::environment) says or in [`Environment::Cli`].
    pub fn environment_from_var(mut self, name: impl Into<String>) -> Self {
        self.environment_variable = Some(name.into());
        self
    }

    /// Collects nothing of those of whom `is_excluded` holds, such as the program's own team. Where one signs in while the program
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

    /// The id of this run, if somebody gave one: a UUID with hyphens. Anything else is a [`StartError`].
    pub fn invocation_id(self, id: impl Into<Option<String>>) -> Self {
        Self { invocation: id.into(), ..self }
    }

    /// Which commit the program was built from, and when: the facts `git_commit` and `build_date`.
    pub fn build_info(mut self, git_commit: Label, build_date: Label) -> Self {
        self.about.stated.build = Some((git_commit, build_date));
        self
    }

    /// How the program was installed: the fact `installer`.
    pub fn installer(mut self, installer: Label) -> Self {
        self.about.stated.installer = Some(installer);
        self
    }

    /// The same, out of a file that an installer wrote. It says one of these words, or nothing.
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

    /// A plugin that is installed: one more in the fact `plugins`. A name that the program's author gave to it: letters, digits, and
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

    /// The command by which users of this program get at its [`Control`], as `telemetry`: the notice names it,
    /// and what it says of it must work: `catalogue`, `disable` and `inspect <command>` (see [`inspect`](Self::inspect)). A clap program
    /// with a `TelemetryCommand` need not call this.
    pub fn telemetry_command(self, name: impl Into<String>) -> Self {
        Self { telemetry_command: Some(name.into()), ..self }
    }

    /// The profile that this run goes by, if the program has such: [`Control::enable`] and [`Control::disable`] are for it alone then, and
    /// what was chosen for it goes before what was chosen for all. Letters, digits, `-`, `_` and `.`.
    pub fn profile(self, name: impl Into<String>) -> Self {
        Self { profile: Some(name.into()), ..self }
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
        let (asked, problem, catalogue) = (self.asked(), self.check().err(), self.catalogue());
        let error_texts = self.debug_telemetry().0;
        let sinks = self.sinks;
        let make = || sinks.into_iter().map(|LateSink(make)| make()).collect();
        Control::new(asked, problem, error_texts, catalogue, Box::new(make))
    }

    /// Starts telemetry. Never fails and never prints: what is wrong is in [`Status::problems`], and nothing is collected then.
    ///
    /// Bind the guard to a name (`let _telemetry`): `let _` drops it at once, and with it ends what it began.
    pub fn start(self) -> Guard {
        let answer = self.asked().decide(|| self.catalogue().lines());
        let mut decision = answer.decision.clone();
        let variable = Parent::variable(self.env_prefix.as_deref());
        match self.try_start_as(answer) {
            Ok(guard) => guard,
            Err(problem) => {
                decision.give_up(&problem);
                Guard {
                    is_on: false,
                    decision,
                    problems: vec![problem],
                    grace: Duration::ZERO,
                    variable,
                    environment: None,
                    exclude: None,
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
        let answer = self.asked().decide(|| self.catalogue().lines());
        self.try_start_as(answer)
    }

    fn try_start_as(mut self, answer: Answer) -> Result<Guard, StartError> {
        self.check()?;
        let Answer { decision, problem, settings, due } = answer;
        let (error_texts, warning) = self.debug_telemetry();
        // A shell shows a person what it was not asked for.
        if self.completing().is_none() {
            decision.warnings().iter().chain(&warning).for_each(|warning| self.tell(warning));
        }
        let inspect = self.inspection(&decision);
        if let (None, Some(due)) = (&inspect, &due) {
            self.show_notice(due);
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
            grace: if inspect.is_some() { self.grace.max(recording::INSPECT_GRACE) } else { self.grace },
            variable: Parent::variable(self.env_prefix.as_deref()),
            environment: self.about.environment,
            exclude: self.exclude.take(),
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
                names: std::mem::take(&mut self.line.names),
                about: std::mem::take(&mut self.about),
                state_dir: self.state_dir.take(),
                sinks: std::mem::take(&mut self.sinks).into_iter().map(|LateSink(make)| make()).collect(),
                level,
                batch_window: self.batch_window,
                recording: self.recording,
                grace: guard.grace,
                inspect: inspect.map(|(path, _)| path),
                bodies: self.bodies.take(),
                error_texts: error_texts.is_some(),
                settings,
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

    /// Where users read what becomes of what is sent: for the catalogue's page.
    pub fn policy(self, url: impl Into<String>) -> Self {
        Self { policy: Some(url.into()), ..self }
    }

    /// Where users read of the program's commands and flags: for the catalogue's page.
    pub fn command_reference(self, url: impl Into<String>) -> Self {
        Self { command_reference: Some(url.into()), ..self }
    }

    /// Declares a fact that the receiver finds out by itself and that the program does not send, so that the catalogue has it.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app};
    ///
    /// let builder = Telemetry::builder(app!()).derived_fact("country", "the country that the request came from");
    /// ```
    pub fn derived_fact(mut self, name: impl Into<String>, says: impl Into<String>) -> Self {
        self.derived_facts.push((name.into(), says.into()));
        self
    }

    /// Everything that the program can send. Nothing is started for it.
    #[must_use]
    pub fn catalogue(&self) -> Catalogue {
        let is_wanted =
            |name: &str| recording::BUILT_IN && !self.about.stated.without.iter().any(|without| without == name);
        let stated = self.facts.iter().map(|(name, value)| (name.as_str(), Type::of_value(value), ""));
        let known =
            FACTS.iter().filter(|fact| is_wanted(fact.name)).map(|fact| (fact.name, Type::of(&fact.kind), fact.says));
        // What the program states under the same name stands.
        let facts = known.chain(line_facts()).chain(stated);
        let declared = Declared {
            app: self.app.name.as_str(),
            policy: self.policy.as_deref(),
            command_reference: self.command_reference.as_deref(),
            has_no_install_id: matches!(self.about.install_id, InstallIdPlace::Nowhere),
            facts: facts.collect(),
            derived: self.derived_facts.iter().map(|(name, says)| (name.as_str(), says.as_str())).collect(),
        };
        Catalogue::new(&declared, callsite::callsites(), callsite::additions())
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

    /// Tells the user.
    fn tell(&mut self, warning: &str) {
        match &mut self.warn {
            Some(Warn(warn)) => warn(warning),
            None => env::warn(warning),
        }
    }

    /// The file that is written instead of sending, and the level that it shows; `None` where nothing can be shown.
    fn inspection(&self, decision: &Decision) -> Option<(PathBuf, Level)> {
        let can_show =
            self.is_inspecting && recording::BUILT_IN && !self.sinks.is_empty() && self.completing().is_none();
        let levels = [decision.level(), self.default, Level::All];
        let level = levels.into_iter().find(|level| *level != Level::None).unwrap_or_default();
        let path = || format!("{}-telemetry.txt", self.app.name.as_str()).into();
        can_show.then(|| (self.inspect.clone().unwrap_or_else(path), level))
    }

    /// Shows the notice to whoever can read it, and remembers that. Where that cannot be remembered, it is not shown: nothing would
    /// ever be collected, and it would be shown for ever.
    fn show_notice(&self, due: &Due) {
        // Whoever started this program has told its user, or will.
        let is_child = self.parent().is_some();
        if !env::is_at_terminal() || context::nobody_reads() || self.completing().is_some() || is_child {
            return;
        }
        let state = State::new(self.state_dir.as_deref(), self.app.name.as_str());
        let Ok(staged) = state.stage(&due.settings) else { return };
        let variable =
            self.env_prefix.as_ref().map_or("DO_NOT_TRACK=1".into(), |prefix| format!("{prefix}_TELEMETRY_LEVEL=none"));
        env::tell(&self.notice.text(self.app.name.as_str(), self.telemetry_command.as_deref(), &variable, due));
        // Otherwise it is shown once more. A terminal may take its time, and its user may turn telemetry off meanwhile.
        drop(state.commit_over(staged, &due.before));
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

    pub(crate) fn asked(&self) -> Asked {
        // For a shell that completes, nothing is looked at.
        let state = if self.completing().is_some() {
            State::nowhere()
        } else {
            State::new(self.state_dir.as_deref(), self.app.name.as_str())
        };
        let state = match &self.about.install_id {
            InstallIdPlace::File(path) => state.with_install_id(path),
            InstallIdPlace::StateDir | InstallIdPlace::Nowhere => state,
        };
        Asked {
            state,
            voices: self.voices(),
            default: self.default,
            brakes: self.brakes(),
            malformed: self.parent().and_then(Result::err),
            profile: self.profile.clone(),
            has_notice: self.notice != Notice::ByProgram,
        }
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
        let mut brakes = Vec::new();
        if !recording::BUILT_IN {
            brakes.push(Brake::none("feature `record`", "not in this build, so nothing is recorded"));
        }
        if self.sinks.is_empty() {
            brakes.push(Brake::none("sinks", "none, so there is nowhere to send to"));
        }
        if self.development == Development::Hold {
            let unless = "sends nothing unless the program says `Development::Send`";
            if self.app.is_debug_build {
                brakes.push(Brake::none("debug build", unless));
            }
            if self.app.is_test {
                brakes.push(Brake::none("test build", unless));
            }
            if let Some(harness) = env::test_harness() {
                brakes.push(Brake::none("test harness", format!("{harness} is set; {unless}")));
            }
        }
        brakes.extend(self.parent().map(|parent| self.parent_brake(&parent)));
        if let (Some(identity), Some(Exclude(is_excluded))) = (&self.about.identity, &self.exclude)
            && is_excluded(identity)
        {
            brakes.push(Brake::none("identity", "excluded by the program"));
        }
        brakes.extend(self.holds.iter().chain(&self.line.brakes).cloned());
        brakes.extend(self.completing().map(|said| Brake::none("shell completion", &said)));
        brakes
    }

    /// A child never collects more than its parent.
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

    /// Somebody signs in. What is recorded from now on has no install id, and their ids where the event's author asked for it
    /// (`#[tracked(identifiable)]`); what was recorded before stays as it is.
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

    /// A variable's name and value, for a program or a container that this one starts: it collects no more than this one, goes
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

    /// Whether it was started.
    #[cfg(feature = "clap")]
    pub(crate) const fn is_on(&self) -> bool {
        self.is_on
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
        // Where nothing is collected any more, there is what became of what was.
        if self.level() == Level::None && self.spool.is_none() {
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

/// What may be known of the command line, where it is read here.
fn line_facts() -> impl Iterator<Item = (&'static str, Type, &'static str)> {
    let facts = [
        ("command", Kind::Label, "the command, by the names that the program gave to it and its parts"),
        ("alias", Kind::Label, "the alias by which it was called, if it was called by one"),
        ("flags", Kind::List(&Kind::Label), "the names of the flags that were given, without their values"),
    ];
    let is_read = cfg!(all(feature = "clap", feature = "record"));
    facts.into_iter().filter(move |_| is_read).map(|(name, kind, says)| (name, Type::of(&kind), says))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decided(default: Level, parent: &Result<Parent, StartError>) -> Level {
        let builder = Telemetry::builder(crate::app!()).env_prefix("NOBODY");
        let brakes = vec![builder.parent_brake(parent)];
        crate::resolve::resolve(&crate::resolve::Question { voices: Vec::new(), default, brakes }).0.level()
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
