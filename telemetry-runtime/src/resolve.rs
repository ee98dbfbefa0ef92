//! From what the user, the program and the machine say to one level, and the trace of why.
//!
//! **Voices** are asked in order, and the first that speaks is heard: the flag, `<PREFIX>_TELEMETRY_LEVEL`, the program's own variables,
//! `<PREFIX>_NO_TELEMETRY`, `DO_NOT_TRACK`, the program's settings, what the user chose by the program's command (for the profile, then
//! for all), the program's default. Then the **brakes**, which only ever lower. Nothing here looks at the environment: what is said comes
//! with the question, so that the same words always lead to the same level.

use std::fmt;

use crate::error::{Setting, StartError};
use crate::level::{Level, UnknownLevel};

/// What is missing in a build that does not record.
pub(crate) const NOT_BUILT_IN: &str = "feature `record`";

/// What a debug build does with its events.
///
/// ```
/// use telemetry_runtime::{Development, Telemetry, app};
///
/// let tries_it_out = std::env::var_os("DEMO_TELEMETRY_TRY").is_some();
/// let development = if tries_it_out { Development::Send } else { Development::Hold };
/// let builder = Telemetry::builder(app!()).development(development);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Development {
    /// Nothing: a developer's runs are nobody's usage. (So too under a test harness.) But a sink whose URL a variable of the user's
    /// names (`<PREFIX>_TELEMETRY_ENDPOINT` and its like: each sink says which) sends there.
    #[default]
    Hold,
    /// The same as a release build. For examples, and for programs that try their telemetry out.
    Send,
}

/// How a text says a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// By its word: `none`, `errors`, `stats` or `all`.
    Level,
    /// Whether telemetry is on: `true`, `1`, `yes` or `on` is `all`, and `false`, `0`, `no` or `off` is `none`; as in
    /// `HASURA_GRAPHQL_ENABLE_TELEMETRY=false`.
    On,
    /// That telemetry is off: anything but `0`, `false` and nothing at all; as in `CQ_NO_TELEMETRY=1`. What those three mean is that it
    /// does not speak.
    Off,
}

/// One that may speak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Voice {
    /// Who it is, as the user knows it: `flag`, `CQ_TELEMETRY_LEVEL`, `config.json`.
    pub(crate) asked: String,
    /// What it says; `None` if nothing.
    pub(crate) said: Option<String>,
    pub(crate) form: Form,
    /// What to use instead of it, if it is not to be used any more.
    pub(crate) instead: Option<String>,
}

impl Voice {
    /// Whether it says anything: whoever comes behind it is not heard.
    pub(crate) fn speaks(&self) -> bool {
        self.said.as_ref().is_some_and(|text| !matches!(self.form.read(text), Word::Silent))
    }
}

/// Something that holds telemetry back, whatever the voices say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Brake {
    /// What it is.
    pub(crate) asked: String,
    /// Why it holds.
    pub(crate) said: String,
    /// The highest level that it lets through.
    pub(crate) ceiling: Level,
}

impl Voice {
    /// Whether it says that nothing is to be collected: nothing can hold back any more than that.
    pub(crate) fn says_none(&self) -> bool {
        self.said
            .as_ref()
            .is_some_and(|text| matches!(self.form.read(text), Word::Speaks(Level::None) | Word::Strange(_)))
    }
}

impl Brake {
    /// One that lets nothing through.
    pub(crate) fn none(asked: impl Into<String>, said: impl Into<String>) -> Self {
        Self { asked: asked.into(), said: said.into(), ceiling: Level::None }
    }
}

/// Everything that the decision is made of.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) voices: Vec<Voice>,
    pub(crate) default: Level,
    pub(crate) brakes: Vec<Brake>,
}

/// The level that was arrived at, and the trace of why.
///
/// Shown, it is one line a step:
///
/// ```text
/// telemetry level: none
///   flag                    not given
///   DEMO_TELEMETRY_LEVEL    not set
///   DO_NOT_TRACK            `1`, so none
/// ```
///
/// ```
/// use telemetry_runtime::{Level, Telemetry, app};
///
/// let telemetry = Telemetry::builder(app!()).flag(Level::None).start();
/// let status = telemetry.status();
/// assert_eq!(status.decision().level(), Level::None);
/// for (asked, said) in status.decision().steps() {
///     println!("{asked}: {said}");
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    level: Level,
    steps: Vec<Step>,
    warnings: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    asked: String,
    said: String,
}

impl Decision {
    /// The level.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// The step that settled it, in one line, as ``DO_NOT_TRACK: `1`, so none``.
    #[must_use]
    pub fn reason(&self) -> String {
        self.steps.last().map(|step| format!("{}: {}", step.asked, step.said)).unwrap_or_default()
    }

    /// What the user should be told of, a line each: a setting that is deprecated, or that says nothing that can be understood.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// That of a build that does not record.
    #[cfg_attr(not(feature = "record"), inline)]
    pub(crate) fn not_built_in() -> Self {
        let step =
            Step { asked: NOT_BUILT_IN.to_owned(), said: "not in this build, so nothing is recorded".to_owned() };
        Self { level: Level::None, steps: vec![step], warnings: Vec::new() }
    }

    /// Takes note that telemetry cannot be as the program wants it, and so is not.
    pub(crate) fn give_up(&mut self, problem: &StartError) {
        self.step("problem", problem.to_string());
        self.level = Level::None;
    }

    /// Takes note that nothing is collected any more.
    pub(crate) fn hold(&mut self, asked: &str, said: &str) {
        self.brake(&Brake::none(asked, said));
    }

    /// Takes note of what the user should be told of.
    pub(crate) fn warn(&mut self, warning: String) {
        self.warnings.push(warning);
    }

    /// The steps of the trace, in order: what was asked, and what it said.
    pub fn steps(&self) -> impl Iterator<Item = (&str, &str)> {
        self.steps.iter().map(|step| (step.asked.as_str(), step.said.as_str()))
    }

    /// Takes note of a file of settings that says nothing that can be understood: it may have been a refusal.
    pub(crate) fn is_garbled(&mut self, problem: &StartError) {
        self.warnings.push(format!("{problem}; nothing is collected"));
        self.step("settings", format!("{problem}, so none"));
        self.level = Level::None;
    }

    fn step(&mut self, asked: &str, said: impl Into<String>) {
        self.steps.push(Step { asked: asked.into(), said: said.into() });
    }

    pub(crate) fn brake(&mut self, brake: &Brake) {
        let lower = self.level.and(brake.ceiling);
        if lower != self.level {
            self.step(&brake.asked, brake.said.as_str());
            self.level = lower;
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "telemetry level: {}", self.level)?;
        let width = self.steps.iter().map(|step| step.asked.len()).max().unwrap_or(0);
        self.steps.iter().try_for_each(|Step { asked, said }| write!(f, "\n  {asked:width$}    {said}"))
    }
}

impl Level {
    /// What both let through: levels are sets of kinds.
    pub(crate) fn and(self, other: Self) -> Self {
        let kinds = self.kinds().bits() & other.kinds().bits();
        Self::ALL.into_iter().find(|level| level.kinds().bits() == kinds).unwrap_or(Self::None)
    }
}

/// What a text comes to.
enum Word {
    Speaks(Level),
    Silent,
    /// It is none of what was expected.
    Strange(&'static str),
}

impl Form {
    /// Whether a switch that is not the level is on.
    ///
    /// # Errors
    ///
    /// What was expected.
    pub(crate) fn is_on(self, text: &str) -> Result<bool, &'static str> {
        match self.read(text) {
            Word::Speaks(level) => Ok(level != Level::None),
            Word::Silent => Ok(false),
            Word::Strange(expected) => Err(expected),
        }
    }
    /// The words of [`On`](Self::On) for yes …
    pub(crate) const ON: [&str; 4] = ["true", "1", "yes", "on"];
    /// … and for no.
    pub(crate) const NOT_ON: [&str; 4] = ["false", "0", "no", "off"];

    fn read(self, text: &str) -> Word {
        match self {
            Self::Level => text.parse().map_or(Word::Strange(UnknownLevel::EXPECTED), Word::Speaks),
            Self::On => match text {
                _ if Self::ON.contains(&text) => Word::Speaks(Level::All),
                _ if Self::NOT_ON.contains(&text) => Word::Speaks(Level::None),
                "" => Word::Silent,
                _ => Word::Strange("one of true, 1, yes, on, false, 0, no, off"),
            },
            Self::Off if matches!(text, "" | "0" | "false") => Word::Silent,
            Self::Off => Word::Speaks(Level::None),
        }
    }
}

/// The decision, and what was wrong with what was asked.
pub(crate) fn resolve(question: &Question) -> (Decision, Option<StartError>) {
    let (mut decision, problem) = first_to_speak(question);
    question.brakes.iter().for_each(|brake| decision.brake(brake));
    (decision, problem)
}

fn first_to_speak(question: &Question) -> (Decision, Option<StartError>) {
    let mut decision = Decision { level: question.default, steps: Vec::new(), warnings: Vec::new() };
    for Voice { asked, said, form, instead } in &question.voices {
        let Some(text) = said else {
            decision.step(asked, if asked == FLAG { "not given" } else { "not set" });
            continue;
        };
        let word = form.read(text);
        if let Some(instead) = instead
            && !matches!(word, Word::Silent)
        {
            decision.warnings.push(format!("{asked} is deprecated; {instead}"));
        }
        match word {
            Word::Silent => decision.step(asked, format!("`{text}`, which counts as not set")),
            Word::Speaks(level) if text == level.as_str() => {
                decision.step(asked, text);
                decision.level = level;
                return (decision, None);
            }
            Word::Speaks(level) => {
                let said = if text == GIVEN { GIVEN.to_owned() } else { format!("`{text}`") };
                decision.step(asked, format!("{said}, so {level}"));
                decision.level = level;
                return (decision, None);
            }
            Word::Strange(expected) => {
                let problem = StartError::new(Setting::Level, text, expected, asked);
                decision.warnings.push(format!("{problem}; nothing is collected"));
                decision.step(asked, format!("`{text}` (expected {expected}), so none"));
                decision.level = Level::None;
                return (decision, Some(problem));
            }
        }
    }
    decision.step("default", question.default.as_str());
    (decision, None)
}

/// What a flag says that is only there or not.
pub(crate) const GIVEN: &str = "given";
/// What the flag is called in a trace.
pub(crate) const FLAG: &str = "flag";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::level::Kinds;

    fn voice(asked: &str, said: Option<&str>, form: Form) -> Voice {
        Voice { asked: asked.into(), said: said.map(Into::into), form, instead: None }
    }

    fn brake(asked: &str, ceiling: Level) -> Brake {
        Brake { asked: asked.into(), said: "so it is".into(), ceiling }
    }

    /// The voices of a program as most are, with what they say.
    fn voices<'a>(said: impl Fn(&str) -> Option<&'a str>) -> Vec<Voice> {
        let deprecated = Voice {
            instead: Some("use DEMO_TELEMETRY_LEVEL=none".into()),
            ..voice("DEMO_NO_TELEMETRY", said("DEMO_NO_TELEMETRY"), Form::Off)
        };
        vec![
            voice(FLAG, said(FLAG), Form::Level),
            voice("DEMO_TELEMETRY_LEVEL", said("DEMO_TELEMETRY_LEVEL"), Form::Level),
            deprecated,
            voice("DO_NOT_TRACK", said("DO_NOT_TRACK"), Form::Off),
            voice("config.json", said("config.json"), Form::On),
        ]
    }

    fn decide(said: &[(&str, &str)], brakes: &[Brake]) -> Decision {
        let find = |asked: &str| said.iter().find(|(name, _)| *name == asked).map(|(_, text)| *text);
        resolve(&Question { voices: voices(find), default: Level::All, brakes: brakes.to_vec() }).0
    }

    /// CW-07, CW-08, CW-09, CW-10, CW-02: the flag before the variable before the legacy variable before the default.
    #[test]
    fn the_first_to_speak_wins() {
        assert_eq!(decide(&[], &[]).level(), Level::All);
        assert_eq!(decide(&[("DO_NOT_TRACK", "1")], &[]).level(), Level::None);
        let both = [("DO_NOT_TRACK", "1"), ("DEMO_TELEMETRY_LEVEL", "stats")];
        assert_eq!(decide(&both, &[]).level(), Level::Stats);
        let three = [("DEMO_NO_TELEMETRY", "1"), ("DEMO_TELEMETRY_LEVEL", "stats"), (FLAG, "errors")];
        assert_eq!(decide(&three, &[]).level(), Level::Errors);
        assert_eq!(decide(&three[..2], &[]).level(), Level::Stats);
        assert_eq!(decide(&three[..1], &[]).level(), Level::None);
        for unset in ["", "0", "false"] {
            for variable in ["DO_NOT_TRACK", "DEMO_NO_TELEMETRY"] {
                assert_eq!(decide(&[(variable, unset)], &[]).level(), Level::All, "{variable}={unset}");
            }
        }
    }

    /// HA-21, HA-23, TI-24: settings that are booleans.
    #[test]
    fn a_boolean_says_all_or_none() {
        for (text, level) in [("true", Level::All), ("on", Level::All), ("false", Level::None), ("0", Level::None)] {
            assert_eq!(decide(&[("config.json", text)], &[]).level(), level, "{text}");
        }
        let strange = decide(&[("config.json", "maybe")], &[]);
        assert_eq!(strange.level(), Level::None);
        assert_eq!(
            strange.warnings(),
            [
                "telemetry level `maybe` (from config.json): expected one of true, 1, yes, on, false, 0, no, off; nothing is collected"
            ]
        );
    }

    /// CW-11.
    #[test]
    fn a_deprecated_variable_warns_where_it_speaks() {
        let warned = decide(&[("DEMO_NO_TELEMETRY", "1")], &[]);
        assert_eq!(warned.warnings(), ["DEMO_NO_TELEMETRY is deprecated; use DEMO_TELEMETRY_LEVEL=none"]);
        assert_eq!(decide(&[("DEMO_NO_TELEMETRY", "0")], &[]).warnings(), [] as [&str; 0]);
        let unheard = [("DEMO_NO_TELEMETRY", "1"), ("DEMO_TELEMETRY_LEVEL", "all")];
        assert_eq!(decide(&unheard, &[]).warnings(), [] as [&str; 0]);
    }

    /// CW-12, CQ-01, CW-33: a development build sends nothing, and a child never more than its parent.
    #[test]
    fn brakes_only_lower() {
        let development = brake("debug build", Level::None);
        assert_eq!(decide(&[(FLAG, "all")], std::slice::from_ref(&development)).level(), Level::None);
        assert_eq!(decide(&[(FLAG, "all")], &[brake("parent", Level::Stats)]).level(), Level::Stats);
        assert_eq!(decide(&[(FLAG, "errors")], &[brake("parent", Level::Stats)]).level(), Level::None);
        let twice = decide(&[], &[brake("parent", Level::Stats), development]);
        assert_eq!(twice.reason(), "debug build: so it is");
    }

    #[test]
    fn a_bad_variable_is_named_counts_as_none_and_ends_the_search() {
        let said = |asked: &str| (asked == "DEMO_TELEMETRY_LEVEL").then_some("loud");
        let question = Question { voices: voices(said), default: Level::All, brakes: Vec::new() };
        let (decision, problem) = resolve(&question);
        assert_eq!(decision.level(), Level::None);
        assert_eq!(
            problem.unwrap().to_string(),
            "telemetry level `loud` (from DEMO_TELEMETRY_LEVEL): expected one of none, errors, stats, all"
        );
    }

    #[test]
    fn the_trace_shows_every_step() {
        let decision = decide(&[("DO_NOT_TRACK", "0")], &[brake("debug build", Level::None)]);
        let expected = "\
telemetry level: none
  flag                    not given
  DEMO_TELEMETRY_LEVEL    not set
  DEMO_NO_TELEMETRY       not set
  DO_NOT_TRACK            `0`, which counts as not set
  config.json             not set
  default                 all
  debug build             so it is";
        assert_eq!(decision.to_string(), expected);
    }

    /// The rules once more, as one would say them.
    fn model(question: &Question) -> Level {
        let spoken = question.voices.iter().find_map(|voice| {
            let text = voice.said.as_deref()?;
            Some(match voice.form {
                Form::Level => Level::ALL.into_iter().find(|level| level.to_string() == text).unwrap_or(Level::None),
                Form::On if text.is_empty() => return None,
                Form::Off if ["", "0", "false"].contains(&text) => return None,
                Form::On if ["true", "1", "yes", "on"].contains(&text) => Level::All,
                Form::On | Form::Off => Level::None,
            })
        });
        let has =
            |level: Level| (matches!(level, Level::Stats | Level::All), matches!(level, Level::Errors | Level::All));
        let all = question.brakes.iter().map(|brake| brake.ceiling).chain([spoken.unwrap_or(question.default)]);
        match all.map(has).fold((true, true), |(stats, errors), next| (stats && next.0, errors && next.1)) {
            (true, true) => Level::All,
            (true, false) => Level::Stats,
            (false, true) => Level::Errors,
            (false, false) => Level::None,
        }
    }

    fn level() -> impl Strategy<Value = Level> {
        prop::sample::select(Level::ALL.to_vec())
    }

    fn questions() -> impl Strategy<Value = Question> {
        let texts = ["none", "errors", "stats", "all", "", "0", "1", "true", "false", "yes", "off", "loud", "NONE"];
        let voice = (prop::option::of(prop::sample::select(texts.to_vec())), 0..3_usize)
            .prop_map(|(said, form)| voice("x", said, [Form::Level, Form::On, Form::Off][form]));
        let brakes = prop::collection::vec(level().prop_map(|ceiling| brake("y", ceiling)), 0..4);
        (prop::collection::vec(voice, 0..6), level(), brakes).prop_map(|(voices, default, brakes)| Question {
            voices,
            default,
            brakes,
        })
    }

    proptest! {
        #[test]
        fn it_decides_as_the_rules_say(question in questions()) {
            let (decision, problem) = resolve(&question);
            prop_assert_eq!(decision.level(), model(&question));
            prop_assert!(decision.steps().next().is_some());
            prop_assert!(problem.is_none() || decision.level() == Level::None);
        }

        /// Whoever says no anywhere before is not overheard, and what is added to hold back never lets more through.
        #[test]
        fn an_opt_out_never_raises_the_level(question in questions(), at in any::<prop::sample::Index>(), ceiling in level()) {
            let before = resolve(&question).0.level();
            let mut out = question.clone();
            out.voices.insert(at.index(question.voices.len() + 1), voice("z", Some("1"), Form::Off));
            let after = resolve(&out).0.level();
            prop_assert!(after == before || after == Level::None);
            let mut braked = question;
            braked.brakes.push(brake("z", ceiling));
            let after = resolve(&braked).0.level();
            prop_assert_eq!(after, before.and(ceiling));
            prop_assert!(before.kinds().contains(after.kinds()) && Level::All.kinds().contains(Kinds::NONE));
        }
    }
}
