//! What a description comes to: who is asked for the level, what holds it back, what the user is told, and the start.

use std::path::PathBuf;

use super::{Builder, LateSink, Warn};
use crate::asked::{Answer, Asked, Due};
use crate::context::{self, FACTS, is_plugin_name};
use crate::env;
use crate::error::{Setting, StartError};
use crate::format::URL_VARIABLES;
use crate::guard::{Exclude, Guard};
use crate::identity::{Environment, uuid};
use crate::launch::{InstallIdPlace, Launch, Required};
use crate::level::Level;
use crate::parent::Parent;
use crate::recording::{self, State};
use crate::resolve::{Brake, Decision, Development, FLAG, Form, NOT_BUILT_IN, Voice};
use crate::settings::is_profile;
use crate::sink::Sink;
use crate::status::RequiredUsage;
use crate::value::{MAX_LIST, is_field_name};

impl Builder<'_> {
    /// Starts telemetry. Never fails and never prints: what is wrong is in [`Status::problems`](crate::Status::problems), and nothing is collected then.
    ///
    /// Bind the guard to a name (`let _telemetry`): `let _` drops it at once, and with it ends what it began.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app, sink};
    ///
    /// let telemetry = Telemetry::builder(app!())
    ///     .sink(sink::Json::new("https://telemetry.example.org/v1/events"))
    ///     .start();
    /// for problem in telemetry.status().problems() {
    ///     eprintln!("{problem}");                    // to be mended by the program's author
    /// }
    /// ```
    #[track_caller]
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn start(self) -> Guard {
        if !recording::BUILT_IN {
            return self.not_built_in();
        }
        let answer = self.decide();
        let mut decision = answer.decision.clone();
        let variable = Parent::variable(self.env_prefix.as_deref());
        match self.try_start_as(answer) {
            Ok(guard) => guard,
            Err(problem) => {
                decision.give_up(&problem);
                let mut guard = Guard::off(decision, variable);
                guard.problems.push(problem);
                guard
            }
        }
    }

    /// Starts telemetry, or says which setting it cannot be started with.
    ///
    /// ```
    /// use telemetry_runtime::{StartError, Telemetry, app, sink};
    ///
    /// fn run() -> Result<(), StartError> {
    ///     let _telemetry = Telemetry::builder(app!())
    ///         .sink(sink::Json::new("https://telemetry.example.org/v1/events"))
    ///         .try_start()?;
    ///     Ok(())
    /// }
    /// # drop(run());
    /// ```
    ///
    /// # Errors
    ///
    /// A setting that the program's author must mend is a [`StartError`], and nothing is collected. What users set wrongly in
    /// the environment is none: it counts as `none`, and is in [`Status::problems`](crate::Status::problems).
    #[track_caller]
    #[cfg_attr(not(feature = "record"), inline)]
    pub fn try_start(self) -> Result<Guard, StartError> {
        if !recording::BUILT_IN {
            return Ok(self.not_built_in());
        }
        let answer = self.decide();
        self.try_start_as(answer)
    }

    fn decide(&self) -> Answer {
        self.asked_as(true).decide(&|| self.telling.map_or_else(Vec::new, |telling| (telling.lines)(self)))
    }

    /// What a start comes to in a build that does not record: nobody is asked for a level.
    #[cfg_attr(not(feature = "record"), inline)]
    fn not_built_in(self) -> Guard {
        let variable = Parent::variable(self.env_prefix.as_deref());
        let required = self.required.as_ref().map(|usage| RequiredUsage {
            address: recording::address(&usage.sink),
            held: Some(format!("{NOT_BUILT_IN}: not in this build")),
        });
        let mut guard = Guard::off(Decision::not_built_in(), variable);
        guard.required = required;
        guard
    }

    #[track_caller]
    fn try_start_as(mut self, answer: Answer) -> Result<Guard, StartError> {
        self.check()?;
        let Answer { decision, problem, settings, due } = answer;
        let (error_texts, warning) = self.debug_telemetry();
        let may_show = self.is_inspecting || warning.is_some() || !decision.warnings().is_empty();
        let is_completing = may_show && self.completing().is_some();
        // A shell shows a person what it was not asked for.
        if !is_completing {
            decision.warnings().iter().chain(&warning).for_each(|warning| self.tell(warning));
        }
        self.about.parent = self.parent().and_then(Result::ok);
        let inspect = self.inspection(&decision).filter(|_| !is_completing);
        if let (None, Some(due)) = (&inspect, &due) {
            self.telling.iter().for_each(|telling| (telling.show)(&self, due));
        }
        self.about.environment = self.environment_now();
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
            is_inspecting: inspect.is_some(),
            error_texts: error_texts.clone(),
            required: self.required.as_ref().map(|usage| self.required_usage_as(usage, inspect.is_some())),
        };
        let mut level = inspect.as_ref().map_or(guard.decision.level(), |(_, level)| *level);
        let mut sinks = Vec::new();
        let mut is_development = false;
        if level != Level::None {
            let development = self.developers_run();
            is_development = development.is_some();
            let held = development.filter(|_| self.development == Development::Hold && inspect.is_none());
            let made = std::mem::take(&mut self.sinks);
            match make_sinks(made, self.env_prefix.as_deref(), held.is_some()) {
                Ok(made) if made.is_empty() => {
                    level = Level::None;
                    if let Some(brake) = &held {
                        guard.decision.brake(brake);
                    }
                }
                Ok(made) => sinks = made,
                // What the user says wrongly in a variable is no reason not to run.
                Err(problem) => {
                    level = Level::None;
                    self.tell(&problem.to_string());
                    guard.decision.give_up(&problem);
                    guard.problems.push(problem);
                    guard.inspect = None;
                }
            }
        }
        level = self.held_to_loopback(level, &mut sinks, &mut guard);
        let is_metered = guard.required.as_ref().is_some_and(|required| required.held.is_none());
        if level != Level::None || is_metered {
            let is_inspecting = inspect.is_some();
            // Required usage goes without facts.
            if level != Level::None {
                let late = std::mem::take(&mut self.late_facts);
                self.facts.extend(late.into_iter().map(|fact| (fact.name, (fact.ask)())));
            }
            let launched = recording::launch(Launch {
                app: self.app.name.as_str(),
                version: self.app.version.as_str(),
                is_development,
                facts: std::mem::take(&mut self.facts),
                names: std::mem::take(&mut self.line.names),
                about: std::mem::take(&mut self.about),
                state_dir: self.state_dir.take(),
                sinks,
                level,
                batch_window: self.batch_window,
                aggregate_interval: self.aggregate_interval,
                recording: self.recording,
                metrics: self.metrics,
                grace: guard.grace,
                inspect: inspect.map(|(path, _)| path),
                bodies: self.bodies.take(),
                error_texts: error_texts.is_some(),
                required: self.required.take().filter(|_| is_metered),
                settings,
            });
            match launched {
                Err(problem) if is_inspecting && problem.setting == Setting::Path => {
                    self.hold_inspection(problem, &mut guard);
                }
                launched => {
                    launched?;
                    guard.is_on = level != Level::None;
                }
            }
        }
        Ok(guard)
    }

    /// Who wants to look gets neither the file nor anything sent.
    fn hold_inspection(&mut self, problem: StartError, guard: &mut Guard) {
        self.tell(&format!("{problem}; nothing is sent either"));
        guard.problems.push(problem);
        guard.inspect = None;
        guard.decision.hold("inspect", "the file cannot be written, and nothing is sent");
        if let Some(required) = &mut guard.required {
            required.held = Some("inspect: the file cannot be written".into());
        }
    }

    /// The level, which is `none` where a test allows nothing beyond loopback and the run would send there: then all of it is held.
    #[track_caller]
    fn held_to_loopback(&self, level: Level, sinks: &mut Vec<Sink>, guard: &mut Guard) -> Level {
        let required = self.required.as_ref().map(|required| &required.sink);
        let required = required.filter(|_| guard.required.as_ref().is_some_and(|required| required.held.is_none()));
        let reached = sinks.iter().chain(required).filter(|_| !guard.is_inspecting);
        let Some(said) = recording::beyond_loopback(reached, self.env_prefix.as_deref()) else { return level };
        // A test reads this in the program's output, and is no terminal.
        env::tell(&format!("telemetry: nothing is sent: {said}\n"));
        guard.decision.hold("loopback only", &said);
        if let Some(required) = &mut guard.required {
            required.held = Some(format!("loopback only: {said}"));
        }
        sinks.clear();
        Level::None
    }

    /// What users are told of required usage. Only what nobody's usage is holds it back.
    pub(super) fn required_usage_as(&self, required: &Required, is_inspecting: bool) -> RequiredUsage {
        let held = if !recording::BUILT_IN {
            Some(format!("{NOT_BUILT_IN}: not in this build"))
        } else if let Some(said) = self.completing() {
            Some(said)
        } else {
            let is_childs = self.parent().and_then(Result::ok).is_some_and(|parent| parent.only_shows);
            let development = self.held_development().filter(|_| !is_inspecting).map(|brake| brake.asked);
            let unless = "reports nothing unless the program says `Development::Send`";
            let development = development.map(|asked| format!("{asked}: {unless}"));
            let parent = "parent: whoever started this only shows what would be sent";
            is_childs.then(|| parent.to_owned()).or(development)
        };
        RequiredUsage { address: recording::address(&required.sink), held }
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
        let is_anything = !self.sinks.is_empty() || self.required.is_some();
        let can_show = self.is_inspecting && recording::BUILT_IN && is_anything;
        let levels = [decision.level(), self.default, Level::All];
        let level = levels.into_iter().find(|level| *level != Level::None).unwrap_or_default();
        let path = || format!("{}-telemetry.txt", self.app.name.as_str()).into();
        can_show.then(|| (self.inspect.clone().unwrap_or_else(path), level))
    }

    /// Shows the notice to whoever can read it, and remembers that. Where that cannot be remembered, it is not shown: nothing would
    /// ever be collected, and it would be shown for ever.
    pub(super) fn show_notice(&self, due: &Due) {
        // Whoever started this program has told its user, or will.
        let is_child = self.about.parent.is_some();
        if !env::is_at_terminal() || context::nobody_reads() || is_child {
            return;
        }
        let state = self.state();
        let Ok(staged) = state.stage(&due.settings) else { return };
        let variable =
            self.env_prefix.as_ref().map_or("DO_NOT_TRACK=1".into(), |prefix| format!("{prefix}_TELEMETRY_LEVEL=none"));
        let required = self.required.as_ref().map(|required| recording::address(&required.sink));
        let (app, command) = (self.app.name.as_str(), self.telemetry_command.as_deref());
        env::tell(&self.notice.text(app, command, &variable, required.as_deref(), due));
        // Otherwise it is shown once more. A terminal may take its time, and its user may turn telemetry off meanwhile.
        drop(state.commit_over(staged, &due.before));
    }

    /// Who has asked that the texts of errors are recorded, if somebody has, and what is to be said of that.
    pub(super) fn debug_telemetry(&self) -> (Option<String>, Option<String>) {
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

    fn environment_now(&self) -> Option<Environment> {
        match &self.environment_variable {
            Some(name) if env::is_present(name) => Some(Environment::Cloud),
            Some(_) => Some(self.about.environment.unwrap_or(Environment::Cli)),
            None => self.about.environment,
        }
    }

    pub(crate) fn asked(&self) -> Asked {
        self.asked_as(false)
    }

    /// The same; to `start`, what cannot change the decision is not looked for.
    fn asked_as(&self, start: bool) -> Asked {
        let voices = self.voices();
        let first = voices.iter().find(|voice| voice.speaks()).filter(|_| start);
        let (is_settled, is_none) = (first.is_some(), first.is_some_and(Voice::says_none));
        let (completing, parent) = (if is_none { None } else { self.completing() }, self.parent());
        // For a shell that completes, nothing is looked at.
        let state = if is_settled || completing.is_some() { State::nowhere() } else { self.state() };
        let state = match &self.about.install_id {
            InstallIdPlace::File(path) => state.with_install_id(path),
            InstallIdPlace::StateDir | InstallIdPlace::Nowhere => state,
        };
        Asked {
            state,
            brakes: if is_none { Vec::new() } else { self.brakes(completing, parent.as_ref()) },
            voices,
            default: self.default,
            malformed: parent.and_then(Result::err),
            profile: self.profile.clone(),
            ask_to_tell: self.telling.map(|telling| telling.ask),
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

    /// The folder of what is kept. Touches nothing.
    fn state(&self) -> State {
        State::new(self.state_dir.as_deref(), self.app.name.as_str())
    }

    fn brakes(&self, completing: Option<String>, parent: Option<&Result<Parent, StartError>>) -> Vec<Brake> {
        let mut brakes = Vec::new();
        if !recording::BUILT_IN {
            brakes.push(Brake::none(NOT_BUILT_IN, "not in this build, so nothing is recorded"));
        }
        if self.sinks.is_empty() {
            brakes.push(Brake::none("sinks", "none, so there is nowhere to send to"));
        }
        // Only a developer's run is asked whether a variable lets it send all the same.
        brakes.extend(self.held_development().filter(|_| self.endpoint_variable().is_none()));
        brakes.extend(parent.map(|parent| self.parent_brake(parent)));
        if let (Some(identity), Some(Exclude(is_excluded))) = (&self.about.identity, &self.exclude)
            && is_excluded(identity)
        {
            brakes.push(Brake::none("identity", "excluded by the program"));
        }
        brakes.extend(self.holds.iter().chain(&self.line.brakes).cloned());
        brakes.extend(completing.map(|said| Brake::none("shell completion", said)));
        brakes
    }

    /// What says that this is a developer's run and nobody's usage, if anything does.
    fn developers_run(&self) -> Option<Brake> {
        let unless = "sends nothing unless the program says `Development::Send`, or a variable names where to";
        if self.app.is_debug_build {
            Some(Brake::none("debug build", unless))
        } else if self.app.is_test {
            Some(Brake::none("test build", unless))
        } else {
            env::test_harness().map(|harness| Brake::none("test harness", format!("{harness} is set; {unless}")))
        }
    }

    /// The same, if the program does not say that such a run sends.
    pub(super) fn held_development(&self) -> Option<Brake> {
        if self.development == Development::Hold { self.developers_run() } else { None }
    }

    /// The variable that names where some sink is to send to, if one does.
    fn endpoint_variable(&self) -> Option<String> {
        let prefix = self.env_prefix.as_ref()?;
        URL_VARIABLES.iter().map(|name| format!("{prefix}_{name}")).find(|name| env::is_set(name))
    }

    /// What the process that started this one says, if it says anything.
    fn parent(&self) -> Option<Result<Parent, StartError>> {
        let variable = Parent::variable(self.env_prefix.as_deref());
        let said = env::var(&variable).filter(|said| !said.is_empty())?;
        let malformed = |()| StartError::new(Setting::Parent, &said, Parent::EXPECTED, variable);
        Some(said.parse().map_err(malformed))
    }

    /// A child never collects more than its parent.
    fn parent_brake(&self, parent: &Result<Parent, StartError>) -> Brake {
        let variable = Parent::variable(self.env_prefix.as_deref());
        let (said, ceiling) = match parent {
            Ok(Parent { only_shows: true, .. }) => {
                (format!("{variable} says inspect, and a child of one that only shows sends nothing"), Level::None)
            }
            Ok(Parent { level, .. }) => (format!("{variable} says {level}, and a child collects no more"), *level),
            Err(_) => (format!("{variable} cannot be understood, so none"), Level::None),
        };
        Brake { asked: "parent".into(), said, ceiling }
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

    pub(super) fn check(&self) -> Result<(), StartError> {
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
        let stated = self.facts.iter().map(|(name, _)| name);
        let facts: Vec<_> = stated.chain(self.late_facts.iter().map(|fact| &fact.name)).collect();
        for (at, name) in facts.iter().enumerate() {
            let expected = if !is_field_name(name.as_str()) {
                "snake case: a small letter, then small letters, digits and underscores, 64 at most"
            } else if facts.iter().take(at).any(|other| other == name) {
                "a name of its own for each fact"
            } else {
                continue;
            };
            return Err(StartError::new(Setting::FactName, name.as_str(), expected, "Builder::fact"));
        }
        if self.batch_window.is_zero() {
            return Err(StartError::new(Setting::Limit, "0s", "more than nothing", "Builder::batch_window"));
        }
        if self.aggregate_interval.is_zero() {
            return Err(StartError::new(Setting::Limit, "0s", "more than nothing", "Builder::aggregate_interval"));
        }
        if self.metrics.interval.is_zero() {
            return Err(StartError::new(Setting::Limit, "0s", "more than nothing", "Builder::metrics_interval"));
        }
        if self.metrics.event.trim().is_empty() {
            return Err(StartError::new(Setting::EventName, "", "a name", "Builder::metrics_event"));
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
}

/// The sinks, as the program and the user's variables have them.
pub(super) fn make_sinks(
    sinks: Vec<LateSink<'_>>,
    prefix: Option<&str>,
    is_development: bool,
) -> Result<Vec<Sink>, StartError> {
    let mut sinks = sinks.into_iter().map(|LateSink(make)| make()).collect();
    recording::heed(&mut sinks, prefix, is_development)?;
    Ok(sinks)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decided(default: Level, parent: &Result<Parent, StartError>) -> Level {
        let builder = Builder::new(crate::app!()).env_prefix("NOBODY");
        let brakes = vec![builder.parent_brake(parent)];
        crate::resolve::resolve(&crate::resolve::Question { voices: Vec::new(), default, brakes }).0.level()
    }

    /// Where nothing is collected, nothing is asked for; what it would be called and be is known all the same.
    #[test]
    fn a_late_fact_is_only_asked_for_where_something_is_collected() {
        let late = |name| Builder::new(crate::app!()).fact_with(name, || -> u64 { panic!("it is asked for") });
        assert!(!late(crate::label!("cores")).start().is_on);
        assert!(late(crate::label!("cores")).catalogue().to_markdown().contains("| `cores` | unsigned | anonymous |"));
        let twice = late(crate::label!("cores")).fact(crate::label!("cores"), &1_u64);
        assert_eq!(twice.try_start().unwrap_err().setting, Setting::FactName);
    }

    /// CQ-10: who has read the page is told where usage goes, and that it goes elsewhere now.
    #[cfg(feature = "record")]
    #[test]
    fn a_page_says_where_required_usage_goes() {
        let without = || Builder::new(crate::app!("demo"));
        let with = |url: &str| without().required_usage(crate::sink::Usage::new(url)).catalogue();
        let here = with("https://here.example.org");
        let page = here.to_markdown();
        assert_eq!(here.check(&page), crate::Check::Equal);
        let said = with("https://there.example.org").check(&page).to_string();
        let moved = "`Usage Report` goes to https://there.example.org, went to https://here.example.org";
        assert!(said.starts_with("wider") && said.contains(moved), "{said}");
        let said = here.check(&without().catalogue().to_markdown()).to_string();
        assert!(said.starts_with("wider") && said.contains("event `Usage Report` (usage report) is new"), "{said}");
        assert!(without().catalogue().check(&page).to_string().starts_with("narrower"));
    }

    proptest! {
        /// CQ-01: whatever stands in the variable, a child collects what both collect, and at a text that nobody made nothing.
        #[test]
        fn a_child_collects_what_its_parent_does_at_most(
            own in prop::sample::select(Level::ALL.to_vec()),
            text in "v1:(none|errors|stats|all):-:-:-:-|.{0,20}",
        ) {
            let parent = text.parse::<Parent>().ok();
            let theirs = parent.map_or(Level::None, |parent| parent.level);
            let malformed = StartError::new(Setting::Parent, text.as_str(), Parent::EXPECTED, "x");
            let collected = decided(own, &parent.ok_or(malformed)).kinds().bits();
            prop_assert_eq!(collected, own.kinds().bits() & theirs.kinds().bits());
        }
    }
}
