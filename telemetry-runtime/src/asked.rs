//! Who is asked for the level, and when: our own settings only where nobody before them has spoken.
//!
//! Where the flag, a variable or the program's settings have spoken, no file of ours is opened, and neither notice nor consent is asked
//! for: whoever turns telemetry on by hand knows of it.

use std::fmt::Write as _;

use crate::error::StartError;
use crate::level::Level;
use crate::recording::State;
use crate::report;
use crate::resolve::{self, Brake, Decision, Form, Question, Voice};
use crate::settings::Settings;

/// How users come to know of telemetry before anything is collected.
///
/// With a notice of ours, nothing is collected before it was shown, and the run that shows it collects nothing. It is shown once, on
/// standard error, to a person at a terminal: not in continuous integration, not to a program that reads, not to an AI agent. When
/// the catalogue has grown since, it is shown again, with what is new.
///
/// In a debug build, which collects nothing, there is no notice either: to see it, let the program say
/// [`Development::Send`](crate::Development::Send).
///
/// Whoever has turned telemetry on by a flag, a variable or the program's settings is not asked.
///
/// ```
/// use telemetry_runtime::{Notice, Telemetry, app};
///
/// let builder = Telemetry::builder(app!()).notice(Notice::Standard);
/// let worded = Telemetry::builder(app!()).notice(Notice::Text("demo counts which commands are used: demo.example.org/telemetry".into()));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The program tells its users itself.
    #[default]
    ByProgram,
    /// What is collected, how to see it and how to turn it off, in our words.
    Standard,
    /// The same in the program's words, a line or some.
    Text(String),
}

/// Everything that the decision is made of.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// In the order of asking; our own settings come behind them.
    pub(crate) voices: Vec<Voice>,
    pub(crate) default: Level,
    pub(crate) brakes: Vec<Brake>,
    pub(crate) state: State,
    /// Whose setting is asked before the user's.
    pub(crate) profile: Option<String>,
    /// Set where nothing is collected before a notice of ours was shown.
    pub(crate) ask_to_tell: Option<AskToTell>,
    /// What cannot be understood, of what whoever started this process says.
    pub(crate) malformed: Option<StartError>,
}

/// Looks whether the user is to be told before anything is collected, and holds that back then; the lines are the catalogue's. It is named
/// where the program asks for a notice, so that no other has catalogue and consent in it.
pub(crate) type AskToTell = fn(&mut Decision, Settings, &[String]) -> Option<Due>;

/// The decision, and what goes with it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) decision: Decision,
    pub(crate) problem: Option<StartError>,
    /// The settings, where they were read: the user may have everything deleted while this run starts.
    pub(crate) settings: Option<Settings>,
    /// What the user is to be told before anything is collected.
    pub(crate) due: Option<Due>,
}

/// A notice that is to be shown.
#[derive(Debug)]
pub(crate) struct Due {
    /// What the settings are, and once it was shown.
    pub(crate) before: Settings,
    pub(crate) settings: Settings,
    /// What is new since the last one; empty for the first.
    pub(crate) news: Vec<String>,
    /// The level that is held back until then.
    pub(crate) level: Level,
}

impl Asked {
    /// The decision; `lines` are the catalogue's, asked for where consent depends on them.
    pub(crate) fn decide(&self, lines: &dyn Fn() -> Vec<String>) -> Answer {
        let mut voices = self.voices.clone();
        let settings = if voices.iter().any(Voice::speaks) { None } else { Some(self.state.settings()) };
        if let Some(Ok(settings)) = &settings
            && self.state.settings_path().is_some()
        {
            let voice = |asked: String, level: Option<Level>| Voice {
                asked,
                said: level.map(|level| level.to_string()),
                form: Form::Level,
                instead: None,
            };
            let profile = self.profile.as_ref();
            voices.extend(profile.map(|name| voice(format!("settings, profile {name}"), settings.profile(name))));
            voices.push(voice("settings".into(), settings.level));
        }
        let question = Question { voices, default: self.default, brakes: self.brakes.clone() };
        let (mut decision, mut problem) = resolve::resolve(&question);
        let read = settings.as_ref().and_then(|settings| settings.as_ref().ok().cloned());
        let due = match settings {
            Some(Ok(settings)) => (self.ask_to_tell.filter(|_| decision.level() != Level::None))
                .and_then(|ask| ask(&mut decision, settings, &lines())),
            Some(Err(fault)) => {
                decision.is_garbled(&fault);
                problem = Some(fault);
                None
            }
            None => None,
        };
        if let Some(malformed) = &self.malformed {
            decision.warn(format!("{malformed}; nothing is collected"));
            problem.get_or_insert_with(|| malformed.clone());
        }
        Answer { decision, problem, settings: read, due }
    }
}

/// Holds back what the user was not told of.
pub(crate) fn ask_to_tell(decision: &mut Decision, before: Settings, lines: &[String]) -> Option<Due> {
    let news: Vec<String> = match before.grown(lines) {
        None => Vec::new(),
        Some(news) if news.is_empty() => return None,
        Some(news) => news.into_iter().map(str::to_owned).collect(),
    };
    let (asked, said) = if news.is_empty() {
        ("notice", "not shown yet; a person at a terminal sees it, and after that something is collected".to_owned())
    } else {
        ("consent", format!("the catalogue has grown since: {}", listed(&news)))
    };
    let level = decision.level();
    decision.brake(&Brake::none(asked, said));
    let mut settings = before.clone();
    settings.agree(lines);
    Some(Due { before, settings, news, level })
}

/// The first few, and how many more.
fn listed(lines: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut text = lines.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("; ");
    if let Some(more) = lines.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let _ = write!(text, "; and {more} more");
    }
    text
}

impl Notice {
    /// The notice's text, each line with its end. `command` is the program's command for telemetry, if it has one, `variable` what
    /// to set to turn it off, and `required` where usage is reported that cannot be turned off, if any is.
    pub(crate) fn text(
        &self,
        app: &str,
        command: Option<&str>,
        variable: &str,
        required: Option<&str>,
        due: &Due,
    ) -> String {
        let mut text = match self {
            Self::Text(text) => format!("{}\n", text.trim_end()),
            Self::Standard | Self::ByProgram => {
                let how = match command {
                    Some(command) => format!(
                        "See it: `{app} {command} catalogue` and `{app} {command} inspect <command>`. Turn it off: `{app} {command} disable`, or {variable}."
                    ),
                    None => format!("Turn it off: {variable}."),
                };
                let stats = "which of its commands and flags are used, for how long, and whether they fail";
                let faults =
                    if report::reports().is_empty() { "where it panics" } else { "where it panics or meets an error" };
                let what = match due.level {
                    Level::All => format!("{stats}, and {faults}"),
                    Level::Errors => faults.into(),
                    Level::Stats | Level::None => stats.into(),
                };
                format!(
                    "{app} collects usage telemetry: {what}; with a random id, and on what kind of machine. No arguments, no paths, no names.\n\
                     {how} Nothing is collected in this run.\n"
                )
            }
        };
        if let Some(address) = required {
            let _ = writeln!(
                text,
                "Whatever you choose, {app} reports what its plugins are used for, for billing, to {address}."
            );
        }
        if !due.news.is_empty() {
            let _ = writeln!(text, "New since you were told: {}.", listed(&due.news));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CQ-10: who is told of telemetry is told of what cannot be turned off.
    #[test]
    fn a_notice_says_what_is_required() {
        let due =
            Due { before: Settings::default(), settings: Settings::default(), news: Vec::new(), level: Level::All };
        for notice in [Notice::Standard, Notice::Text("We count.".into())] {
            let text = |required| notice.text("demo", None, "DO_NOT_TRACK=1", required, &due);
            let line = "Whatever you choose, demo reports what its plugins are used for, for billing, to https://usage.example.org.\n";
            assert_eq!(text(Some("https://usage.example.org")), format!("{}{line}", text(None)));
        }
    }
}
