//! What a program holds while telemetry is on.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{FlushError, StartError};
use crate::identity::{Environment, Identity};
use crate::limits;
use crate::parent::Parent;
use crate::recording::{self, Engine};
use crate::resolve::Decision;
use crate::snapshot::{Schedule, Snapshot};
use crate::status::{RequiredStatus, RequiredUsage, Status};
use crate::usage::UsageMeter;
use crate::value::{ClosedEnum, Field as _, Identifier, closed_value, members_of};

/// What a program holds while telemetry is on: once it is dropped, nothing more is recorded, and what is not delivered yet may take the grace to go.
///
/// It can be kept anywhere, and used from any thread: it is `Send` and `Sync`, and every method but [`shutdown`](Self::shutdown) takes it by reference.
/// A process that ends by [`std::process::exit`], without a drop, loses nothing of what is kept on disk.
///
/// ```
/// use std::time::Duration;
/// use telemetry_runtime::{Telemetry, app, sink};
///
/// let telemetry = Telemetry::builder(app!())
///     .sink(sink::Json::new("https://telemetry.example.org/v1/events"))
///     .start();
/// // … the program …
/// // At the end this, or a drop, which waits for the grace:
/// let done = telemetry.shutdown(Duration::from_secs(1));
/// # assert_eq!(done, Ok(()));
/// ```
#[derive(Debug)]
#[must_use = "telemetry ends when this is dropped: bind it with `let _telemetry`, not with `let _`"]
pub struct Guard {
    pub(crate) is_on: bool,
    pub(crate) decision: Decision,
    pub(crate) problems: Vec<StartError>,
    pub(crate) grace: Duration,
    /// What those that this process starts are told by.
    pub(crate) variable: String,
    pub(crate) environment: Option<Environment>,
    pub(crate) exclude: Option<Exclude>,
    /// The file that everything goes to instead of to the sinks.
    pub(crate) inspect: Option<PathBuf>,
    /// What would be sent is only to be shown, whether that can be done or not.
    pub(crate) is_inspecting: bool,
    /// Who has asked that the texts of errors are recorded.
    pub(crate) error_texts: Option<String>,
    pub(crate) required: Option<RequiredUsage>,
}

impl Guard {
    /// One of a run that collects nothing.
    pub(crate) const fn off(decision: Decision, variable: String) -> Self {
        Self {
            is_on: false,
            decision,
            problems: Vec::new(),
            grace: Duration::ZERO,
            variable,
            environment: None,
            exclude: None,
            inspect: None,
            is_inspecting: false,
            error_texts: None,
            required: None,
        }
    }

    /// Tries to deliver everything that was recorded so far, what the program's metrics are now, and what its
    /// [usage meters](Self::usage_meter) have gathered, waiting no longer than `timeout`. A sink that had failed
    /// before, and is to be left alone for a while, is asked once that is over, if that is in time; one that fails now is not asked again.
    ///
    /// # Errors
    ///
    /// A [`FlushError`] says how much is still owed.
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn flush(&self, timeout: Duration) -> Result<(), FlushError> {
        if self.is_started() { recording::flush(timeout) } else { Ok(()) }
    }

    /// Ends telemetry, waiting no longer than `timeout` for what is not delivered yet.
    ///
    /// # Errors
    ///
    /// As for [`flush`](Self::flush).
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn shutdown(mut self, timeout: Duration) -> Result<(), FlushError> {
        self.end(timeout)
    }

    /// Somebody signs in. What is recorded from now on has no install id, and their ids where the event's author asked for it
    /// (`#[tracked(identifiable)]`); what was recorded before stays as it is.
    ///
    /// One whom [`Builder::exclude_if`](crate::Builder::exclude_if) excludes ends the collection for this run; what is on its way to a receiver is not called back.
    /// In [`Environment::Cloud`], the team's service account stands in for the user.
    ///
    /// ```
    /// use telemetry_runtime::{Identity, Telemetry, app, tracked};
    ///
    /// #[tracked(identifiable)]
    /// fn upload() {}
    ///
    /// let telemetry = Telemetry::builder(app!()).start();
    /// telemetry.identify(Identity::user("4b1d").team("acme"));
    /// upload();                      // says who
    /// telemetry.sign_out();
    /// upload();                      // is not recorded: nobody is signed in
    /// ```
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn identify(&self, identity: Identity) {
        let Some(engine) = self.own_engine() else { return };
        match &self.exclude {
            Some(Exclude(is_excluded)) if is_excluded(&identity) => engine.exclude(),
            _ => engine.identify(Some(&identity.seen_from(self.environment))),
        }
    }

    /// Nobody is signed in any more.
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn sign_out(&self) {
        if let Some(engine) = self.own_engine() {
            engine.identify(None);
        }
    }

    /// A variable's name and value, for a program or a container that this one starts: it collects no more than this one, goes
    /// by the same install id, and says which run and which call started it.
    ///
    /// The name is `<PREFIX>_TELEMETRY_PARENT`, or `TELEMETRY_PARENT` where there is no prefix; whoever is started is to have the same
    /// prefix. Who is signed in is not handed on. The install id is made for this if there is none yet. Where nothing is collected, the value says that. Whoever is
    /// started by a program that only shows what it would send ([`Builder::inspect`](crate::Builder::inspect)) sends nothing.
    ///
    /// ```
    /// use std::process::Command;
    /// use telemetry_runtime::{Telemetry, app};
    ///
    /// let telemetry = Telemetry::builder(app!()).env_prefix("DEMO").start();
    /// let (name, value) = telemetry.child_env();
    /// assert_eq!((name.as_str(), value.as_str()), ("DEMO_TELEMETRY_PARENT", "v1:none:-:-:-:-"));
    /// let mut plugin = Command::new("plugin");
    /// plugin.env(name, value);
    /// ```
    #[must_use]
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn child_env(&self) -> (String, String) {
        let parent = if self.is_inspecting {
            Parent::SHOWING
        } else if self.is_on {
            recording::as_parent(self.decision.level())
        } else {
            Parent::SILENT
        };
        (self.variable.clone(), parent.to_string())
    }

    /// Has the program asked for its snapshots from time to time, as long as this guard lives and stats are collected: each time,
    /// `provider` gives any number of them (an array, an `Option`, an iterator), of which the first 1,024 are recorded, each as an
    /// event of its own as soon as it is given.
    ///
    /// The provider runs on a thread of ours, which nothing waits for, not even the end of the program: it may take its time. While it
    /// has not come back it is not asked again, and after a panic, which is not shown, it never is. What it calls that is tracked is not
    /// recorded. A forked child asks nobody.
    ///
    /// ```
    /// use std::time::Duration;
    /// use telemetry_runtime::{Schedule, Snapshot, Telemetry, app};
    ///
    /// #[derive(Snapshot)]
    /// #[snapshot(event = "source_metrics", purpose = "how large databases are")]
    /// struct SourceMetrics {
    ///     tables: usize,
    ///     read_replicas: u32,
    /// }
    ///
    /// let telemetry = Telemetry::builder(app!()).start();
    /// let sources = vec![vec!["users", "orders"]];
    /// telemetry.snapshot(Schedule::every(Duration::from_secs(24 * 60 * 60)), move || {
    ///     let metrics = |tables: &Vec<_>| SourceMetrics { tables: tables.len(), read_replicas: 0 };
    ///     sources.iter().map(metrics).collect::<Vec<_>>()
    /// });
    /// ```
    pub fn snapshot<S: Snapshot, I: IntoIterator<Item = S>>(
        &self,
        schedule: Schedule,
        mut provider: impl FnMut() -> I + Send + 'static,
    ) {
        if recording::BUILT_IN && self.is_on {
            let give = move |take: &mut dyn FnMut(Vec<_>)| {
                let snapshots = provider().into_iter().take(limits::SNAPSHOTS);
                snapshots.for_each(|snapshot| take(members_of(&snapshot)));
            };
            recording::provide(schedule, S::SITE, Box::new(give));
        }
    }

    /// Records a snapshot at once, where stats are collected: for a program that is over before it could be asked, and for tests, whose
    /// [`capture`](crate::testing::capture) has it also where telemetry is off.
    ///
    /// ```
    /// use telemetry_runtime::{Snapshot, Telemetry, app, testing};
    ///
    /// #[derive(Snapshot)]
    /// struct Catalog {
    ///     tables: usize,
    /// }
    ///
    /// let telemetry = Telemetry::builder(app!()).start();
    /// let ((), events) = testing::capture(|| telemetry.snapshot_now(&Catalog { tables: 3 }));
    /// # #[cfg(feature = "record")]
    /// assert_eq!(events[0].name, "catalog");
    /// ```
    pub fn snapshot_now<S: Snapshot>(&self, snapshot: &S) {
        recording::give(&S::SITE, members_of(snapshot), self.is_on);
    }

    /// Meters the usage of a plugin that the program has to report, as [`Builder::required_usage`](crate::Builder::required_usage) says. Where
    /// that is not declared, or held back, the meter counts nothing.
    ///
    /// `plugin` is its full name, with its team where it has one, and `kind` what sort of plugin it is. Asked for again, a plugin has
    /// the same meter.
    ///
    /// ```
    /// use telemetry_runtime::{ClosedEnum, Identifier, Telemetry, app, label, sink};
    ///
    /// #[derive(ClosedEnum)]
    /// enum PluginKind {
    ///     Source,
    ///     Destination,
    /// }
    ///
    /// let licensing = sink::Usage::new("https://licensing.example.org/usage").header("authorization", "Bearer 1234");
    /// let telemetry = Telemetry::builder(app!()).required_usage(licensing).start();
    /// let aws = telemetry.usage_meter(&Identifier::plugin("cloudquery/aws"), &PluginKind::Source);
    /// aws.add_to(label!("aws_ec2_instances"), 250); // a table that stands in the source
    /// let postgres = telemetry.usage_meter(&Identifier::plugin("cloudquery/postgresql"), &PluginKind::Destination);
    /// postgres.add(250);                            // tables of the user's have no name here
    /// ```
    #[must_use]
    pub fn usage_meter<K: ClosedEnum + ?Sized>(&self, plugin: &Identifier, kind: &K) -> UsageMeter {
        let is_metered = self.required.as_ref().is_some_and(|required| required.held.is_none());
        // Who somebody is goes with no report.
        let plugin = || plugin.to_value().impersonal();
        UsageMeter(if is_metered { recording::meter(&plugin(), &closed_value(kind)) } else { None })
    }

    /// This process's engine: a forked child's first word may be of who signs in.
    #[cfg_attr(not(feature = "record"), inline)]
    fn own_engine(&self) -> Option<&'static Engine> {
        if self.is_on { recording::own_engine() } else { None }
    }

    #[cfg_attr(not(feature = "record"), inline)]
    fn end(&mut self, timeout: Duration) -> Result<(), FlushError> {
        let is_started = self.is_started();
        self.is_on = false;
        if let Some(required) = &mut self.required {
            required.held.get_or_insert_with(|| "telemetry has ended".into());
        }
        if is_started { recording::end(timeout) } else { Ok(()) }
    }

    /// Looked up each time: in a forked child it is another one.
    fn engine(&self) -> Option<&'static Engine> {
        if self.is_on { recording::engine() } else { None }
    }

    /// Whether anything was started: required usage is at every level.
    #[cfg_attr(not(feature = "record"), inline)]
    fn is_started(&self) -> bool {
        self.is_on || self.required.as_ref().is_some_and(|required| required.held.is_none())
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
            required: self.required.clone().map(|required| {
                let engine = recording::required().filter(|_| required.held.is_none());
                let said = engine.and_then(|engine| engine.said().into_iter().find_map(|(_, said)| said));
                let counts = engine.map(Engine::counts).unwrap_or_default();
                let unwritten = engine.filter(|engine| engine.folder().is_none()).map_or(0, |_| counts.pending);
                let unrecorded = if engine.is_some() { recording::unrecorded() } else { 0 };
                RequiredStatus { required, counts, in_memory: unwritten + unrecorded, said }
            }),
        }
    }
}

impl Drop for Guard {
    #[cfg_attr(not(feature = "record"), inline)]
    fn drop(&mut self) {
        // What could not be delivered is in the spool; there is nobody left to tell.
        let _ = self.end(self.grace);
    }
}

/// Says of somebody who signs in that their use is not collected.
pub(crate) struct Exclude(pub(crate) Box<dyn Fn(&Identity) -> bool + Send + Sync>);

impl fmt::Debug for Exclude {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exclude")
    }
}
