//! How a program describes its telemetry. What a description comes to is decided in `start`.

mod start;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::asked::{AskToTell, Due, Notice, ask_to_tell};
use crate::callsite;
use crate::catalogue::{Catalogue, Declared, Type};
use crate::context::{self, FACTS};
use crate::control::Control;
use crate::error::StartError;
use crate::guard::Exclude;
use crate::identity::{Environment, Identity};
use crate::launch::{About, InstallIdPlace, Metrics, Recording, Required, ShowBody};
use crate::level::Level;
use crate::limits;
use crate::metrics;
use crate::recording;
use crate::report;
use crate::resolve::{Brake, Development, Form, Voice};
use crate::sink::{Sink, Usage};
use crate::snapshot;
use crate::value::{Described, Field, Kind, Label, Value};
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

/// How the program's telemetry is to be. What its sinks are made from, it may borrow until it is started.
///
/// Made by [`Telemetry::builder`](crate::Telemetry::builder). Every method is optional; without a [sink](Self::sink) nothing is collected. What is wrong with a setting is said at
/// [`start`](Self::start), which never fails, or by [`try_start`](Self::try_start), which does.
///
/// | For | see |
/// |---|---|
/// | where events go | [`sink`](Self::sink), [`sink_with`](Self::sink_with), [`required_usage`](Self::required_usage) |
/// | who decides | [`env_prefix`](Self::env_prefix), [`flag`](Self::flag), [`variable`](Self::variable), [`setting`](Self::setting), [`default_level`](Self::default_level), [`profile`](Self::profile) |
/// | what holds it back | [`hold_if`](Self::hold_if), [`hold_in_ci`](Self::hold_in_ci), [`exclude_if`](Self::exclude_if), [`development`](Self::development), [`notice`](Self::notice) |
/// | what goes with events | [`fact`](Self::fact), [`fact_with`](Self::fact_with), [`identity`](Self::identity), [`environment`](Self::environment), [`build_info`](Self::build_info), [`plugin`](Self::plugin), [`without_fact`](Self::without_fact) |
/// | when they are written and sent | [`recording`](Self::recording), [`batch_window`](Self::batch_window), [`grace`](Self::grace), [`aggregate_interval`](Self::aggregate_interval), [`metrics_interval`](Self::metrics_interval), [`state_dir`](Self::state_dir) |
/// | how they can be looked at | [`inspect`](Self::inspect), [`show_bodies`](Self::show_bodies), [`catalogue`](Self::catalogue), [`control`](Self::control) |
///
/// ```
/// use std::time::Duration;
/// use telemetry_runtime::{Level, Telemetry, app, label, sink};
///
/// let asked_for: Option<Level> = None; // by the program's flag
/// let telemetry = Telemetry::builder(app!())
///     .env_prefix("DEMO")
///     .flag(asked_for)
///     .fact(label!("channel"), &label!("stable"))
///     .sink(sink::Json::new("https://telemetry.example.org/v1/events"))
///     .grace(Duration::from_millis(100))
///     .start();
/// ```
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
    aggregate_interval: Duration,
    metrics: Metrics,
    state_dir: Option<PathBuf>,
    facts: Vec<(Label, Value)>,
    late_facts: Vec<LateFact<'a>>,
    sinks: Vec<LateSink<'a>>,
    required: Option<Required>,
    policy: Option<String>,
    access: Option<String>,
    command_reference: Option<String>,
    derived_facts: Vec<(String, String)>,
    inspect: Option<PathBuf>,
    is_inspecting: bool,
    bodies: Option<ShowBody>,
    error_texts: bool,
    notice: Notice,
    telling: Option<Telling>,
    telemetry_command: Option<String>,
    profile: Option<String>,
    about: About,
    /// The invocation id as it was given.
    invocation: Option<String>,
    environment_variable: Option<String>,
    exclude: Option<Exclude>,
    completion: Completion,
    #[cfg(feature = "clap")]
    pub(crate) complete: Option<Complete<'a>>,
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

/// What a notice of ours takes. It is named where the program asks for a notice, so that no other has the catalogue in it.
#[derive(Clone, Copy, Debug)]
struct Telling {
    lines: fn(&Builder<'_>) -> Vec<String>,
    ask: AskToTell,
    show: fn(&Builder<'_>, &Due),
}

impl Telling {
    const OURS: Self = Self {
        lines: |builder| builder.catalogue().lines(),
        ask: ask_to_tell,
        show: |builder, due| builder.show_notice(due),
    };
}

/// Who tells the user of what is deprecated or cannot be understood.
struct Warn<'a>(Box<dyn FnMut(&str) + 'a>);

impl fmt::Debug for Warn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Warn")
    }
}

/// A fact that is asked for once something is to be collected.
struct LateFact<'a> {
    name: Label,
    kind: Kind,
    ask: Box<dyn FnOnce() -> Value + 'a>,
}

impl fmt::Debug for LateFact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LateFact").field(&self.name).finish()
    }
}

/// Says the rest of a description, once the command line was parsed.
#[cfg(feature = "clap")]
pub(crate) struct Complete<'a>(pub(crate) CompleteBy<'a>);

#[cfg(feature = "clap")]
type CompleteBy<'a> = Box<dyn FnOnce(Builder<'a>, Option<&clap::ArgMatches>) -> Builder<'a> + 'a>;

#[cfg(feature = "clap")]
impl fmt::Debug for Complete<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Complete")
    }
}

/// A sink that is made once it is known to be needed.
struct LateSink<'a>(Box<dyn FnOnce() -> Sink + 'a>);

impl fmt::Debug for LateSink<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sink")
    }
}

// Where nothing is recorded, these are so little that they are best made where they are called: then a program has nothing of this crate.
impl<'a> Builder<'a> {
    #[cfg_attr(not(feature = "record"), inline)]
    pub(crate) fn new(app: App) -> Self {
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
            aggregate_interval: limits::AGGREGATE_INTERVAL,
            metrics: Metrics { event: "metrics", interval: limits::METRICS_INTERVAL },
            state_dir: None,
            facts: Vec::new(),
            late_facts: Vec::new(),
            sinks: Vec::new(),
            required: None,
            about: About::default(),
            invocation: None,
            environment_variable: None,
            exclude: None,
            policy: None,
            access: None,
            command_reference: None,
            derived_facts: Vec::new(),
            inspect: None,
            is_inspecting: false,
            bodies: None,
            error_texts: false,
            notice: Notice::ByProgram,
            telling: None,
            telemetry_command: None,
            profile: None,
            completion: Completion::default(),
            #[cfg(feature = "clap")]
            complete: None,
            line: Line::default(),
        }
    }

    /// The prefix of the program's variables: with `DEMO`, the user sets the level by `DEMO_TELEMETRY_LEVEL`.
    ///
    /// Capital letters, digits and underscores, beginning with a letter. Without a prefix no such variable is read.
    pub fn env_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.env_prefix = Some(prefix.into());
        self
    }

    /// What the user said on the command line, if anything; it wins over variables.
    pub fn flag(mut self, level: impl Into<Option<Level>>) -> Self {
        self.flag = level.into();
        self
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
    #[cfg_attr(not(feature = "record"), inline)]
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

    /// Has the user told by the program's own logger of what is deprecated or cannot be understood. Otherwise it is told on
    /// standard error, if that is a terminal. [`Decision::warnings`](crate::Decision::warnings) has it in any case.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app};
    ///
    /// let mut warnings = Vec::new();
    /// let telemetry = Telemetry::builder(app!()).env_prefix("DEMO").warn_by(|warning| warnings.push(warning.to_owned())).start();
    /// ```
    pub fn warn_by(mut self, warn: impl FnMut(&str) + 'a) -> Self {
        self.warn = Some(Warn(Box::new(warn)));
        self
    }

    /// The level where nobody says anything: [`Level::All`] unless told; [`Level::None`] asks users to opt in.
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn default_level(mut self, default: Level) -> Self {
        self.default = default;
        self
    }

    /// What a debug build does with its events: nothing unless told.
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn development(mut self, development: Development) -> Self {
        self.development = development;
        self
    }

    /// How events get onto the disk: with one append on the thread that records them, unless told.
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn recording(mut self, recording: Recording) -> Self {
        self.recording = recording;
        self
    }

    /// How long the end of the program may wait for events to be delivered: not at all unless told. What is not delivered by
    /// then is in the spool, and goes with a later run. Where there is no place for a spool, a grace is all that there is.
    ///
    /// ```
    /// use std::time::Duration;
    /// use telemetry_runtime::{Telemetry, app};
    ///
    /// // In a container whose disk is gone with it:
    /// let builder = Telemetry::builder(app!()).grace(Duration::from_millis(500));
    /// ```
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// From the first event of a batch until the batch is sent: 200 ms unless told. Sooner where 1 MiB was recorded by then.
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn batch_window(mut self, window: Duration) -> Self {
        self.batch_window = window;
        self
    }

    /// How often it is told what the calls of functions with `#[tracked(aggregate)]` came to: every minute unless told, and at the end.
    /// A kill costs what was counted since.
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn aggregate_interval(mut self, interval: Duration) -> Self {
        self.aggregate_interval = interval;
        self
    }

    /// How often the program's metrics ([`counter!`](crate::counter) and the like) are recorded: once an hour unless told, by up to a tenth
    /// later at random. They are recorded by [`Guard::flush`](crate::Guard::flush) and at the end as well, and only if they are not what
    /// they were.
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn metrics_interval(mut self, interval: Duration) -> Self {
        self.metrics.interval = interval;
        self
    }

    /// What the event is called that has the program's metrics: `metrics` unless told.
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn metrics_event(mut self, name: Label) -> Self {
        self.metrics.event = name.as_str();
        self
    }

    /// The folder that the spool is kept in, absolute or seen from where the program starts: the platform's folder for state, then the program's name, then `telemetry`, unless
    /// told.
    pub fn state_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.state_dir = Some(folder.as_ref().to_owned());
        self
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

    /// States a fact that is asked for only if something is to be collected, as [`sink_with`](Self::sink_with): what is read out of a
    /// file, say, or made the first time.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app, label};
    ///
    /// let databases = std::path::Path::new("/var/lib/demo");
    /// let builder = Telemetry::builder(app!()).fact_with(label!("databases"), || databases.read_dir().map_or(0, Iterator::count));
    /// ```
    pub fn fact_with<V: Field + Described>(mut self, name: Label, ask: impl FnOnce() -> V + 'a) -> Self {
        self.late_facts.push(LateFact { name, kind: V::KIND.0, ask: Box::new(|| ask().to_value()) });
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
        // Where nothing is recorded, no sink is made either, and nothing of it is in the program.
        if recording::BUILT_IN {
            self.sinks.push(LateSink(Box::new(|| make().into())));
        }
        self
    }

    /// Declares usage that the program has to report, for billing or a licence: at every level, whatever the user has chosen, and
    /// shown as such by status, inspect mode and catalogue. What is used, a [`Guard::usage_meter`](crate::Guard::usage_meter) counts.
    ///
    /// A meter makes one report of what it has gathered when that is enough (1,000 rows) and the last one is long enough ago (10 s), from time to
    /// time (30 s), at a flush, and of what is left at the end of the program; [`sink::Usage`](crate::sink::Usage) says what is on the wire, and
    /// how the receiver may ask for other numbers. A report is on disk from the moment that it is made, or within milliseconds where the disk is
    /// slow, and is sent, by this run or a later one, until it was taken, for seven days. A kill costs what was gathered since the last one. Each
    /// row is in one report, and a report that comes twice has the same `request_id`.
    ///
    /// What waits takes 10 MB of disk at most, and none of it is given up to make room: while there is none, rows stay in the meter, and
    /// are reported once there is. Where nothing can be written, reports wait in memory. Both end with the process; until then the
    /// [status](crate::Guard::status) says how many there are, and a flush and a [shutdown](crate::Guard::shutdown) that they are still to be delivered.
    ///
    /// It stands by itself: in a folder `required` of its own in the state folder, sent by a thread of its own, with no install id, and no fact but the
    /// program and its version. At level `none` nothing else is recorded or sent, no other sink is made, and no other file. What turns
    /// telemetry off or deletes what was kept ([`Control::disable`](crate::Control::disable), `reset`, `forget`) leaves it alone, and says so;
    /// so do a notice that was not shown, a parent that collects nothing, and [`hold_if`](Self::hold_if). Held back as everything else is it
    /// in a debug build and a test ([`development`](Self::development)), and while a shell completes; to [`inspect`](Self::inspect) shows it and sends nothing.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app, sink};
    ///
    /// let licensing = sink::Usage::new("https://licensing.example.org/usage").header("authorization", "Bearer 1234");
    /// let builder = Telemetry::builder(app!()).required_usage(licensing);
    /// ```
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn required_usage(mut self, usage: Usage) -> Self {
        self.required = Some(Required::new(usage, recording::launch_required));
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
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn no_install_id(mut self) -> Self {
        self.about.install_id = InstallIdPlace::Nowhere;
        self
    }

    /// Keeps the install id in its file also in a container, in continuous integration and in a function, where each run otherwise has one
    /// of its own: for programs whose files outlive those, as a server's on a volume.
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn lasting_install_id(mut self) -> Self {
        self.about.keeps_install_id = true;
        self
    }

    /// Who is signed in when the program starts, if anybody. [`Guard::identify`](crate::Guard::identify) is for who signs in later.
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
    #[cfg_attr(not(feature = "record"), inline)]
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
    pub fn exclude_if(mut self, is_excluded: impl Fn(&Identity) -> bool + Send + Sync + 'static) -> Self {
        self.exclude = Some(Exclude(Box::new(is_excluded)));
        self
    }

    /// The id of this run, if somebody gave one: a UUID with hyphens. Anything else is a [`StartError`].
    pub fn invocation_id(mut self, id: impl Into<Option<String>>) -> Self {
        self.invocation = id.into();
        self
    }

    /// Which commit the program was built from, and when: the facts `git_commit` and `build_date`.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app, label};
    ///
    /// let builder = Telemetry::builder(app!())
    ///     .build_info(label!(option_env!("GIT_COMMIT"), "unknown"), label!(option_env!("BUILD_DATE"), "unknown"));
    /// ```
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn build_info(mut self, git_commit: Label, build_date: Label) -> Self {
        self.about.stated.build = Some((git_commit, build_date));
        self
    }

    /// How the program was installed: the fact `installer`.
    #[cfg_attr(not(feature = "record"), inline)]
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
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, Version, app};
    ///
    /// let builder = Telemetry::builder(app!()).plugin("cloudquery/aws", Version::new(27, 1, 0));
    /// ```
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
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app, sink};
    ///
    /// let is_asked = std::env::args().any(|word| word == "--inspect-telemetry");
    /// let builder = Telemetry::builder(app!())
    ///     .sink(sink::Json::new("https://telemetry.example.org/v1/events"))
    ///     .inspect(is_asked);
    /// ```
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn inspect(mut self, is_inspecting: bool) -> Self {
        if is_inspecting {
            recording::allow_inspection();
        }
        self.is_inspecting = is_inspecting;
        self
    }

    /// The file that [`inspect`](Self::inspect) writes, seen from where the program starts.
    pub fn inspect_file(mut self, path: impl AsRef<Path>) -> Self {
        self.inspect = Some(path.as_ref().to_owned());
        self
    }

    /// Shows each body on standard error while it is sent, a line each. For a program's `--debug`.
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn show_bodies(mut self, are_shown: bool) -> Self {
        self.bodies = are_shown.then_some(ShowBody::OnStderr);
        self
    }

    /// Hands each body to the program's own logger while it is sent, a line each, on the background thread.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app};
    ///
    /// let builder = Telemetry::builder(app!()).show_bodies_by(|line| eprintln!("debug: {line}"));
    /// ```
    pub fn show_bodies_by(mut self, show: impl FnMut(&str) + Send + 'static) -> Self {
        self.bodies = Some(ShowBody::By(Box::new(show)));
        self
    }

    /// Records the texts of all errors, and what panics say: for a flag as `--debug-telemetry`. The variable
    /// `<PREFIX>_DEBUG_TELEMETRY` (`true`, `1`, `yes`, `on`) does the same.
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn error_texts(mut self, are_recorded: bool) -> Self {
        self.error_texts = are_recorded;
        self
    }

    /// How users come to know of telemetry before anything is collected: by the program itself, unless told.
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn notice(mut self, notice: Notice) -> Self {
        let telling = (recording::BUILT_IN && notice != Notice::ByProgram).then_some(Telling::OURS);
        self.notice = notice;
        self.telling = telling;
        self
    }

    /// The command by which users of this program get at its [`Control`], as `telemetry`: the notice names it,
    /// and what it says of it must work: `catalogue`, `disable` and `inspect <command>` (see [`inspect`](Self::inspect)). A clap program
    /// with a `TelemetryCommand` need not call this.
    pub fn telemetry_command(mut self, name: impl Into<String>) -> Self {
        self.telemetry_command = Some(name.into());
        self
    }

    /// The profile that this run goes by, if the program has such: [`Control::enable`] and [`Control::disable`] are for it alone then, and
    /// what was chosen for it goes before what was chosen for all. Letters, digits, `-`, `_` and `.`.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app};
    ///
    /// let control = Telemetry::builder(app!()).profile("staging").control();
    /// println!("{}", control.status());
    /// ```
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// Where users read what becomes of what is sent: for the catalogue's page.
    pub fn policy(mut self, url: impl Into<String>) -> Self {
        self.policy = Some(url.into());
        self
    }

    /// Who gets to see what is sent, in a sentence: for the catalogue's page.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app};
    ///
    /// let builder = Telemetry::builder(app!()).access("The team that makes the program, and no third parties.");
    /// ```
    pub fn access(mut self, says: impl Into<String>) -> Self {
        self.access = Some(says.into());
        self
    }

    /// Where users read of the program's commands and flags: for the catalogue's page.
    pub fn command_reference(mut self, url: impl Into<String>) -> Self {
        self.command_reference = Some(url.into());
        self
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
        let late = self.late_facts.iter().map(|fact| (fact.name.as_str(), Type::of(&fact.kind), ""));
        let known =
            FACTS.iter().filter(|fact| is_wanted(fact.name)).map(|fact| (fact.name, Type::of(&fact.kind), fact.says));
        // What the program states under the same name stands.
        let facts = known.chain(line_facts()).chain(stated).chain(late);
        let declared = Declared {
            app: self.app.name.as_str(),
            policy: self.policy.as_deref(),
            access: self.access.as_deref(),
            command_reference: self.command_reference.as_deref(),
            has_no_install_id: matches!(self.about.install_id, InstallIdPlace::Nowhere),
            facts: facts.collect(),
            derived: self.derived_facts.iter().map(|(name, says)| (name.as_str(), says.as_str())).collect(),
        };
        let mut catalogue = Catalogue::new(&declared, callsite::callsites(), callsite::additions());
        catalogue.add_numbers(self.metrics.event, snapshot::snapshots(), metrics::metrics());
        if let Some(required) = self.required.as_ref().filter(|_| recording::BUILT_IN) {
            catalogue.add_required(&recording::address(&required.sink));
        }
        catalogue.add_reports(report::reports());
        catalogue
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
        let is_development = self.held_development().is_some();
        let required = self.required.as_ref().map(|required| {
            (
                self.required_usage_as(required, false),
                required.sink.name().to_owned(),
                recording::tracks(std::slice::from_ref(&required.sink)),
            )
        });
        let (sinks, prefix) = (self.sinks, self.env_prefix);
        let make = move || start::make_sinks(sinks, prefix.as_deref(), is_development);
        Control::new(asked, problem, error_texts, catalogue, Box::new(make), required)
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
