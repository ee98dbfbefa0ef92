//! One execution of a command, as the programs tell it that send an event for each.

use crate::event::{ErrorText, EventKind, Outcome};
use crate::value::Value;
use std::time::Duration;

use super::{Entry, spelling};

/// What the end of an outermost call, or a command line that was not understood, says of the execution.
#[derive(Clone, Debug)]
pub(super) struct Execution<'a> {
    /// The program's name and the command's words, with spaces between them.
    pub(super) command: String,
    /// Whether it failed; not known of what was interrupted.
    pub(super) is_error: Option<bool>,
    pub(super) duration: Option<Duration>,
    pub(super) error: Option<&'a ErrorText>,
}

impl<'a> Execution<'a> {
    /// `None` of everything else.
    pub(super) fn of(entry: &Entry<'a>) -> Option<Self> {
        let (is_error, duration, error) = match &entry.event.kind {
            EventKind::Finish { outcome, duration, error, .. } => {
                let is_known = !matches!(outcome, Outcome::Cancelled | Outcome::Abandoned);
                (is_known.then_some(outcome.is_error()), *duration, error.as_ref())
            }
            EventKind::UsageError { .. } => (Some(true), None, None),
            EventKind::Start
            | EventKind::Panic(_)
            | EventKind::Loss { .. }
            | EventKind::Aggregate(_)
            | EventKind::Snapshot { .. }
            | EventKind::UsageReport => return None,
        };
        entry.event.parent.is_none().then(|| Self { command: command(entry), is_error, duration, error })
    }
}

/// What the program's command line says; the program and the event's name where it has none.
fn command(entry: &Entry<'_>) -> String {
    if let Some(command) = named(entry, "command") {
        return command.to_string();
    }
    let name = entry.event.name.as_ref();
    let name = [" Finished", " Completed"].into_iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    let words = [entry.app().unwrap_or_default().to_owned(), spelling::words(name, " ")];
    words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What is called so: a field, or else a fact.
pub(super) fn named<'a>(entry: &Entry<'a>, name: &str) -> Option<&'a Value> {
    entry.fields().chain(entry.facts()).find(|(other, _)| other == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::properties::tests::{finish, label, run};

    #[test]
    fn a_command_is_what_the_command_line_says_or_the_event() {
        let command = |name: &'static str, fact: Option<&'static str>| {
            let mut run = run();
            run.facts = fact.map(|fact| ("command".into(), label(fact))).into_iter().collect();
            let event = crate::event::Event { name: name.into(), ..finish(Outcome::Ok, Vec::new()) };
            command(&Entry::new(&event, Some(&run)))
        };
        assert_eq!(command("Project List Finished", Some("ticloud project list")), "ticloud project list");
        assert_eq!(command("Project List Finished", None), "demo project list");
        assert_eq!(command("Sync Completed", None), "demo sync");
        assert_eq!(command("Login", None), "demo login");
    }
}
