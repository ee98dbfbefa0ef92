//! From what the user, the program and the build say to one level, and the trace of why.
//!
//! The first that speaks wins: the flag, `<PREFIX>_TELEMETRY_LEVEL`, `DO_NOT_TRACK`, the program's default. Then the brakes,
//! which only ever lower: no sink, a development build.

use std::fmt;

use crate::error::{Setting, StartError};
use crate::level::{Level, UnknownLevel};

/// What a debug build does with its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Development {
    /// Nothing: a developer's runs are nobody's usage.
    #[default]
    Hold,
    /// The same as a release build. For examples, and for programs that try their telemetry out.
    Send,
}

/// Everything that the decision is made of.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) flag: Option<Level>,
    /// The name of the level variable, and what it says.
    pub(crate) variable: Option<(&'a str, Option<&'a str>)>,
    pub(crate) do_not_track: Option<&'a str>,
    pub(crate) default: Level,
    pub(crate) is_built_in: bool,
    pub(crate) has_sink: bool,
    pub(crate) is_debug_build: bool,
    pub(crate) development: Development,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    level: Level,
    steps: Vec<Step>,
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

    /// Takes note that telemetry cannot be as the program wants it, and so is not.
    pub(crate) fn give_up(&mut self, problem: &StartError) {
        self.step("problem", problem.to_string());
        self.level = Level::None;
    }

    /// The steps of the trace, in order: what was asked, and what it said.
    pub fn steps(&self) -> impl Iterator<Item = (&str, &str)> {
        self.steps.iter().map(|step| (step.asked.as_str(), step.said.as_str()))
    }

    fn step(&mut self, asked: &str, said: impl Into<String>) {
        self.steps.push(Step { asked: asked.into(), said: said.into() });
    }

    /// Takes note of who spoke first.
    fn speaks(mut self, asked: &str, said: impl Into<String>, level: Level) -> Self {
        self.step(asked, said);
        self.level = level;
        self
    }

    fn brake(&mut self, asked: &str, said: &str) {
        if self.level != Level::None {
            self.step(asked, said);
            self.level = Level::None;
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

/// The decision, and what was wrong with what was asked.
pub(crate) fn resolve(question: &Question<'_>) -> (Decision, Option<StartError>) {
    let (mut decision, problem) = first_to_speak(question);
    if !question.is_built_in {
        decision.brake("feature `record`", "not in this build, so nothing is recorded");
    }
    if !question.has_sink {
        decision.brake("sinks", "none, so there is nowhere to send to");
    }
    if question.is_debug_build && question.development == Development::Hold {
        decision.brake("debug build", "sends nothing unless the program says `Development::Send`");
    }
    (decision, problem)
}

fn first_to_speak(question: &Question<'_>) -> (Decision, Option<StartError>) {
    let mut decision = Decision { level: Level::None, steps: Vec::new() };
    if let Some(level) = question.flag {
        return (decision.speaks("flag", format!("{level}"), level), None);
    }
    decision.step("flag", "not given");
    if let Some((name, value)) = question.variable {
        match value.map(|value| (value, value.parse::<Level>())) {
            Some((_, Ok(level))) => return (decision.speaks(name, format!("{level}"), level), None),
            Some((value, Err(_))) => {
                let problem = StartError::new(Setting::Level, value, UnknownLevel::EXPECTED, name);
                return (
                    decision.speaks(name, format!("`{value}`, which is no level, so none"), Level::None),
                    Some(problem),
                );
            }
            None => decision.step(name, "not set"),
        }
    }
    match question.do_not_track {
        // https://consoledonottrack.com: `1` means do not track; the values that mean the opposite are those of other switches.
        Some(value) if !matches!(value, "" | "0" | "false") => {
            return (decision.speaks("DO_NOT_TRACK", format!("`{value}`, so none"), Level::None), None);
        }
        Some(value) => decision.step("DO_NOT_TRACK", format!("`{value}`, which counts as not set")),
        None => decision.step("DO_NOT_TRACK", "not set"),
    }
    (decision.speaks("default", format!("{}", question.default), question.default), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENT: Question<'_> = Question {
        flag: None,
        variable: Some(("DEMO_TELEMETRY_LEVEL", None)),
        do_not_track: None,
        default: Level::All,
        is_built_in: true,
        has_sink: true,
        is_debug_build: false,
        development: Development::Hold,
    };

    fn level(question: Question<'_>) -> Level {
        resolve(&question).0.level()
    }

    /// CW-07, CW-08, CW-10: the flag before the variable before the default.
    #[test]
    fn the_first_to_speak_wins() {
        let variable = Some(("DEMO_TELEMETRY_LEVEL", Some("stats")));
        assert_eq!(level(SILENT), Level::All);
        assert_eq!(level(Question { do_not_track: Some("1"), ..SILENT }), Level::None);
        assert_eq!(level(Question { do_not_track: Some("1"), variable, ..SILENT }), Level::Stats);
        assert_eq!(level(Question { flag: Some(Level::Errors), variable, ..SILENT }), Level::Errors);
        for unset in ["", "0", "false"] {
            assert_eq!(level(Question { do_not_track: Some(unset), ..SILENT }), Level::All, "{unset}");
        }
    }

    /// CW-12: a development build sends nothing.
    #[test]
    fn brakes_only_lower() {
        assert_eq!(level(Question { is_debug_build: true, ..SILENT }), Level::None);
        assert_eq!(level(Question { is_debug_build: true, flag: Some(Level::All), ..SILENT }), Level::None);
        assert_eq!(level(Question { is_debug_build: true, development: Development::Send, ..SILENT }), Level::All);
        assert_eq!(level(Question { has_sink: false, ..SILENT }), Level::None);
    }

    #[test]
    fn a_bad_variable_is_named_counts_as_none_and_ends_the_search() {
        let question = Question { variable: Some(("DEMO_TELEMETRY_LEVEL", Some("loud"))), ..SILENT };
        let (decision, problem) = resolve(&question);
        assert_eq!(decision.level(), Level::None);
        assert_eq!(
            problem.unwrap().to_string(),
            "telemetry level `loud` (from DEMO_TELEMETRY_LEVEL): expected one of none, errors, stats, all"
        );
    }

    #[test]
    fn the_trace_shows_every_step() {
        let (decision, _) = resolve(&Question { is_debug_build: true, ..SILENT });
        let expected = "\
telemetry level: none
  flag                    not given
  DEMO_TELEMETRY_LEVEL    not set
  DO_NOT_TRACK            not set
  default                 all
  debug build             sends nothing unless the program says `Development::Send`";
        assert_eq!(decision.to_string(), expected);
    }
}
