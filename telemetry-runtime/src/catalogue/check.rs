//! What became of a catalogue since its page was written.

use std::collections::BTreeMap;
use std::fmt;

use super::{Catalogue, Type, last_day};

/// What became of a catalogue since its page was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Check {
    /// The page is the one that would be written now.
    Equal,
    /// The same is collected, and the page says it in other words: write it again.
    Reworded,
    /// Less is collected than the page says.
    #[non_exhaustive]
    Narrower {
        /// What is no longer collected, a line each.
        changes: Vec<String>,
    },
    /// More is collected than the page says: whoever agreed to the page has not agreed to this.
    #[non_exhaustive]
    Wider {
        /// What is collected and not on the page, a line each, and then what is no longer collected.
        changes: Vec<String>,
    },
    /// The page is no catalogue.
    #[non_exhaustive]
    Unreadable {
        /// Where, counted from 1.
        line: usize,
        /// What was expected.
        problem: String,
    },
}

impl fmt::Display for Check {
    /// One line, and a line for each change.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verdict, changes) = match self {
            Self::Equal => return f.write_str("equal: the page says what is collected"),
            Self::Reworded => {
                return f
                    .write_str("reworded: the same is collected, but the page says it in other words: write it again");
            }
            Self::Unreadable { line, problem } => return write!(f, "not a catalogue: line {line}: {problem}"),
            Self::Narrower { changes } => ("narrower: less is collected than the page says", changes),
            Self::Wider { changes } => ("wider: more is collected than the page says", changes),
        };
        f.write_str(verdict)?;
        changes.iter().try_for_each(|change| write!(f, "\n  {change}"))
    }
}

impl Catalogue {
    /// Compares with a page that was written before, as it lies in the program's repository.
    ///
    /// More is collected (wider) when there is a new event, field or fact; when a field may have values that it could not have, an event
    /// says more of somebody or needs another level, has another purpose than it had, or ends later or never.
    #[must_use]
    pub fn check(&self, committed: &str) -> Check {
        // Git may have turned the line breaks.
        let committed = committed.replace("\r\n", "\n");
        let page = self.to_markdown();
        if committed == page {
            return Check::Equal;
        }
        let before = match Self::read(&committed) {
            Ok(before) => before,
            Err((line, problem)) => return Check::Unreadable { line, problem },
        };
        let mut changes = Changes::default();
        self.compare(&before, &mut changes);
        let Changes { mut wider, narrower } = changes;
        match (wider.is_empty(), narrower.is_empty()) {
            (true, true) => Check::Reworded,
            (true, false) => Check::Narrower { changes: narrower },
            (false, _) => {
                wider.extend(narrower);
                Check::Wider { changes: wider }
            }
        }
    }

    fn compare(&self, before: &Self, changes: &mut Changes) {
        changes.of_keys(&before.events, &self.events, |(name, when)| format!("event `{name}` ({when})"));
        for (key @ (name, when), entry) in &self.events {
            let Some(old) = before.events.get(key) else { continue };
            let event = format!("event `{name}` ({when})");
            changes.ordered(old.class.cmp(&entry.class), || format!("{event} is {}, was {}", entry.class, old.class));
            if old.level != entry.level {
                changes.wider.push(format!("{event} needs level {}, needed {}", entry.level, old.level));
            }
            if old.purpose.is_some() && old.purpose != entry.purpose {
                changes.wider.push(format!("{event} has another purpose"));
            }
            let never = |expires: &Option<String>| expires.as_deref().map_or_else(|| "never".into(), last_day);
            let expiry = never(&old.expires).cmp(&never(&entry.expires));
            let shown = |expires: &Option<String>| expires.clone().unwrap_or_else(|| "never".to_owned());
            changes.ordered(expiry, || {
                format!("{event} expires {}, expired {}", shown(&entry.expires), shown(&old.expires))
            });
            let field = |name: &String| format!("field `{name}` of {event}");
            changes.of_keys(&old.fields, &entry.fields, field);
            for (name, kind) in &entry.fields {
                if let Some(old) = old.fields.get(name) {
                    changes.of_types(old, kind, || field(name));
                }
            }
        }
        let addition = |name: &String| format!("field `{name}` that calls may add");
        changes.of_keys(&before.additions, &self.additions, addition);
        for (name, added) in &self.additions {
            if let Some(old) = before.additions.get(name) {
                changes.of_types(&old.kind, &added.kind, || addition(name));
            }
        }
        let fact = |name: &String| format!("fact `{name}`");
        for (before, now) in [(&before.origin, &self.origin), (&before.facts, &self.facts)] {
            changes.of_keys(before, now, fact);
            for (name, new) in now {
                if let Some(old) = before.get(name) {
                    changes.of_types(&old.kind, &new.kind, || fact(name));
                }
            }
        }
        changes.of_keys(&before.required, &self.required, |name: &String| format!("address of `{name}`"));
        for (name, address) in &self.required {
            if let Some(old) = before.required.get(name).filter(|old| *old != address) {
                changes.wider.push(format!("`{name}` goes to {address}, went to {old}"));
            }
        }
        changes.of_keys(&before.derived, &self.derived, |name: &String| format!("fact `{name}` that receivers derive"));
    }
}

/// What is collected now and was not, and what was and is not.
#[derive(Default)]
struct Changes {
    wider: Vec<String>,
    narrower: Vec<String>,
}

impl Changes {
    fn of_keys<K: Ord, V>(&mut self, old: &BTreeMap<K, V>, new: &BTreeMap<K, V>, name: impl Fn(&K) -> String) {
        let added = new.keys().filter(|key| !old.contains_key(key));
        self.wider.extend(added.map(|key| format!("{} is new", name(key))));
        let gone = old.keys().filter(|key| !new.contains_key(key));
        self.narrower.extend(gone.map(|key| format!("{} is gone", name(key))));
    }

    fn of_types(&mut self, old: &Type, new: &Type, name: impl Fn() -> String) {
        if old != new {
            let change = format!("{} is {new}, was {old}", name());
            if old.covers(new) { self.narrower.push(change) } else { self.wider.push(change) }
        }
    }

    /// `old` compared with `new`: what is less than it will be is wider.
    fn ordered(&mut self, old_to_new: std::cmp::Ordering, change: impl FnOnce() -> String) {
        match old_to_new {
            std::cmp::Ordering::Less => self.wider.push(change()),
            std::cmp::Ordering::Equal => {}
            std::cmp::Ordering::Greater => self.narrower.push(change()),
        }
    }
}
