//! Everything that a program can send, as its source says it: a page that users read, a schema that receivers check by, and the
//! comparison with what was said before.
//!
//! It is made from the callsites that the linker has listed and from what the builder declares. Nothing is started for it, and no
//! level is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::time::SystemTime;

use crate::callsite::{Addition, Callsite};
use crate::event::Misuse;
use crate::identity::{Environment, IdentitySource, InstallIdKind};
use crate::json::{Members, Writer};
use crate::value::{Kind, MAX_LIST, Raw, Value};

/// Every event, field and fact that a program can send. Made by [`Builder::catalogue`](crate::Builder::catalogue).
///
/// ```
/// use telemetry_runtime::{Check, Telemetry, app, tracked};
///
/// #[tracked(purpose = "which commands are used", fields(tables: usize = 3))]
/// fn sync() {}
///
/// let catalogue = Telemetry::builder(app!("demo")).catalogue();
/// let page = catalogue.to_markdown();
/// # #[cfg(feature = "record")]
/// assert!(page.contains("| `Sync Started` | start | `tables` | unsigned | anonymous |"));
/// assert_eq!(catalogue.check(&page), Check::Equal);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    app: String,
    policy: Option<String>,
    command_reference: Option<String>,
    events: BTreeMap<EventKey, Entry>,
    additions: BTreeMap<String, Added>,
    /// What goes with every event, or with those of which it is known.
    origin: BTreeMap<String, Fact>,
    facts: BTreeMap<String, Fact>,
    derived: BTreeMap<String, String>,
    /// Where each addition stands: for the author, and not on the page, which would change with every line.
    sources: BTreeSet<String>,
}

/// What a catalogue is made of, besides what the linker has listed.
#[derive(Debug, Default)]
pub(crate) struct Declared<'a> {
    pub(crate) app: &'a str,
    pub(crate) policy: Option<&'a str>,
    pub(crate) command_reference: Option<&'a str>,
    /// There is no install id of any kind.
    pub(crate) has_no_install_id: bool,
    /// Name, type and what it says.
    pub(crate) facts: Vec<(&'a str, Type, &'a str)>,
    /// Name and what it says.
    pub(crate) derived: Vec<(&'a str, &'a str)>,
}

type EventKey = (String, When);

/// At which point of a call, or of the process, an event is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum When {
    Start,
    Finish,
    Success,
    Panic,
    Loss,
    UsageError,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    class: Class,
    level: Needed,
    purpose: Option<String>,
    owner: Option<String>,
    expires: Option<String>,
    functions: BTreeSet<String>,
    fields: BTreeMap<String, Type>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Added {
    kind: Type,
    modules: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Fact {
    kind: Type,
    says: Option<String>,
}

/// What a value may say of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    /// Nothing.
    Anonymous,
    /// It is one of the types that fields have, and the source does not say which.
    Unspecified,
    /// Who it is.
    Identifying,
    /// What somebody wrote.
    Content,
}

/// The level that lets an event through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needed {
    Stats,
    Errors,
    /// Any but `none`.
    Any,
}

/// What goes with events besides what the program names: each with its type and what it says.
fn origin() -> [(&'static str, Type, &'static str); 17] {
    let signed_in = "on events that are identifying, while somebody is signed in";
    [
        ("id", Type::Id, "the event, at random and by its time: by it, a receiver knows what comes twice"),
        ("time", Type::Time, "when it was recorded, by the clock of the machine"),
        ("app", Type::Label, "the program"),
        ("version", Type::Label, "the program's version"),
        ("os", Type::Label, "the operating system"),
        ("arch", Type::Label, "the processor"),
        ("invocation_id", Type::Id, "the run of the program, at random unless it was given"),
        ("parent_invocation_id", Type::Id, "the run that started it, where that hands it on"),
        ("call_id", Type::Label, "the call that the event is of, at random"),
        ("parent_call_id", Type::Label, "the call round it"),
        ("install_id", Type::Id, "the installation, at random; not while somebody is signed in"),
        ("install_id_kind", Type::words(InstallIdKind::ALL.map(InstallIdKind::as_str)), "how long that id lives"),
        (
            "environment",
            Type::words(Environment::ALL.map(Environment::as_str)),
            "what the program says that it runs as",
        ),
        ("identity_source", Type::words(IdentitySource::ALL.map(IdentitySource::as_str)), signed_in),
        ("user_id", Type::Identifier, signed_in),
        ("team_id", Type::Identifier, signed_in),
        ("groups", Type::Identifier, signed_in),
    ]
}

/// What is known of a field's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Any,
    Bool,
    Int,
    UInt,
    Float,
    Duration,
    Time,
    Id,
    Version,
    Label,
    Words(BTreeSet<String>),
    Bucket,
    Template,
    Identifier,
    ErrorText,
    List(Box<Self>),
}

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
    pub(crate) fn new(declared: &Declared<'_>, callsites: &[Callsite], additions: &[Addition]) -> Self {
        let mut catalogue = Self {
            app: declared.app.to_owned(),
            policy: declared.policy.map(line_of),
            command_reference: declared.command_reference.map(line_of),
            events: BTreeMap::new(),
            additions: BTreeMap::new(),
            origin: BTreeMap::new(),
            facts: BTreeMap::new(),
            derived: BTreeMap::new(),
            sources: BTreeSet::new(),
        };
        for callsite in callsites {
            catalogue.add_callsite(callsite);
        }
        for addition in additions {
            catalogue.add_addition(addition);
        }
        for (name, kind, says) in origin() {
            if cfg!(feature = "record") && !(declared.has_no_install_id && name == "install_id") {
                catalogue.origin.insert(name.to_owned(), Fact { kind, says: Some(says.to_owned()) });
            }
        }
        for (name, kind, says) in &declared.facts {
            let says = Some(line_of(says)).filter(|says| !says.is_empty());
            catalogue.facts.insert(line_of(name), Fact { kind: kind.clone(), says });
        }
        for (name, says) in &declared.derived {
            catalogue.derived.insert(line_of(name), line_of(says));
        }
        if cfg!(feature = "record") {
            catalogue.add_built_in(
                "Panic",
                When::Panic,
                Needed::Errors,
                "where the program is at fault: the place in the source and the calls that led there, never the words",
            );
            if cfg!(feature = "clap") {
                catalogue.add_built_in(
                    "Usage Error",
                    When::UsageError,
                    Needed::Stats,
                    "how command lines are misunderstood: by which kind of error, never by which words",
                );
            }
            catalogue.add_built_in("Events Lost", When::Loss, Needed::Any, "how many events were lost, and why");
        }
        catalogue
    }

    fn add_callsite(&mut self, callsite: &Callsite) {
        let finish = callsite.finish_name(false);
        let success = callsite.finish_name(true).filter(|_| finish.is_none());
        let names = [(callsite.start_name(), When::Start), (finish, When::Finish), (success, When::Success)];
        for (name, when) in names.into_iter().filter_map(|(name, when)| Some((name?, when))) {
            let mut fields: BTreeMap<String, Type> =
                callsite.declared_fields().iter().map(|(name, kind)| ((*name).to_owned(), Type::of(&kind.0))).collect();
            if callsite.has_error_text() && when == When::Finish {
                fields.insert("error".to_owned(), Type::ErrorText);
            }
            let entry = Entry {
                class: if callsite.is_identifiable() { Class::Identifying } else { Class::Anonymous },
                level: Needed::Stats,
                purpose: callsite.declared_purpose().map(str::to_owned),
                owner: callsite.declared_owner().map(str::to_owned),
                expires: callsite.declared_expiry().map(str::to_owned),
                functions: BTreeSet::from([format!("{}::{}", callsite.module(), callsite.function())]),
                fields,
            };
            match self.events.entry((name.to_owned(), when)) {
                std::collections::btree_map::Entry::Vacant(vacant) => drop(vacant.insert(entry)),
                std::collections::btree_map::Entry::Occupied(mut occupied) => occupied.get_mut().merge(entry),
            }
        }
    }

    fn add_addition(&mut self, addition: &Addition) {
        let kind = Type::of(&addition.kind.0);
        let added = self
            .additions
            .entry(addition.name.to_owned())
            .or_insert_with(|| Added { kind: kind.clone(), modules: BTreeSet::new() });
        added.kind = added.kind.or(&kind);
        added.modules.insert(addition.module.to_owned());
        self.sources.insert(format!("`{}` in {}, line {}", addition.name, addition.module, addition.line));
    }

    fn add_built_in(&mut self, name: &str, when: When, level: Needed, purpose: &str) {
        let entry = Entry {
            class: Class::Anonymous,
            level,
            purpose: Some(purpose.to_owned()),
            owner: None,
            expires: None,
            functions: BTreeSet::new(),
            fields: BTreeMap::new(),
        };
        self.events.insert((name.to_owned(), when), entry);
    }

    /// Where each field stands that calls may add, for the program's author: name, module and line.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(String::as_str)
    }

    /// The events that are not recorded any more at a time, because they have expired.
    ///
    /// ```
    /// use std::time::SystemTime;
    /// use telemetry_runtime::{Telemetry, app};
    ///
    /// let catalogue = Telemetry::builder(app!("demo")).catalogue();
    /// let expired: Vec<&str> = catalogue.expired(SystemTime::now()).collect();
    /// assert!(expired.is_empty(), "renew or remove: {expired:?}");
    /// ```
    pub fn expired(&self, now: SystemTime) -> impl Iterator<Item = &str> {
        let today = date(now);
        self.events
            .iter()
            .filter(move |(_, entry)| entry.expires.as_deref().is_some_and(|expires| last_day(expires) < today))
            .map(|((name, _), _)| name.as_str())
    }

    /// The catalogue as a page that users can read and [`check`](Self::check) reads back. The same catalogue makes the same page.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut page = String::new();
        // Writing to a string does not fail.
        let _ = self.write_markdown(&mut page);
        page
    }

    fn write_markdown(&self, page: &mut String) -> fmt::Result {
        writeln!(page, "# Telemetry of `{}`\n", self.app)?;
        page.push_str("<!-- Written by the program: everything that it can send. Not to be edited by hand. -->\n\n");
        page.push_str(INTRODUCTION);
        if let Some(policy) = &self.policy {
            writeln!(page, "\nWhat becomes of it is said in the policy: <{policy}>.")?;
        }
        if let Some(reference) = &self.command_reference {
            writeln!(page, "\nThe commands and flags that control it are in the command reference: <{reference}>.")?;
        }
        for (section, rows) in SECTIONS.iter().zip(self.sections()) {
            section.write(page, &rows)?;
        }
        Ok(())
    }

    /// The rows of each section of the page.
    fn sections(&self) -> [Vec<Vec<String>>; 6] {
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| NONE.to_owned());
        let listed = |names: &BTreeSet<String>| {
            if names.is_empty() {
                NONE.to_owned()
            } else {
                names.iter().map(|name| code(name)).collect::<Vec<_>>().join(", ")
            }
        };
        let events = self.events.iter().map(|((name, when), entry)| {
            vec![
                code(name),
                when.to_string(),
                entry.class.to_string(),
                entry.level.to_string(),
                or_none(&entry.purpose),
                or_none(&entry.owner),
                or_none(&entry.expires),
                listed(&entry.functions),
            ]
        });
        let fields = self.events.iter().flat_map(|((name, when), entry)| {
            entry.fields.iter().map(|(field, kind)| {
                vec![code(name), when.to_string(), code(field), kind.to_string(), kind.class().to_string()]
            })
        });
        let additions = self.additions.iter().map(|(name, added)| {
            vec![code(name), added.kind.to_string(), added.kind.class().to_string(), listed(&added.modules)]
        });
        let facts = |facts: &BTreeMap<String, Fact>| {
            let row = |(name, fact): (&String, &Fact)| {
                vec![code(name), fact.kind.to_string(), fact.kind.class().to_string(), or_none(&fact.says)]
            };
            facts.iter().map(row).collect()
        };
        let derived = self.derived.iter().map(|(name, says)| vec![code(name), says.clone()]);
        let (origin, facts) = (facts(&self.origin), facts(&self.facts));
        [events.collect(), fields.collect(), additions.collect(), origin, facts, derived.collect()]
    }

    /// One line for each thing that may be collected, the same for the same catalogue: what consent remembers.
    #[allow(dead_code, reason = "for whoever remembers what was agreed to")]
    pub(crate) fn lines(&self) -> Vec<String> {
        let rows = SECTIONS.iter().zip(self.sections());
        rows.flat_map(|(section, rows)| {
            rows.into_iter().map(|row| {
                let told = row.iter().zip(section.columns).filter(|(_, column)| !matches!(**column, "Owner" | "From"));
                let cells: Vec<&str> = told.map(|(cell, _)| cell.as_str()).collect();
                format!("{}: {}", section.title, cells.join(" | "))
            })
        })
        .collect()
    }

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
        changes.of_keys(&before.derived, &self.derived, |name: &String| format!("fact `{name}` that receivers derive"));
    }

    /// Reads a page back; says at which line it is none, and why.
    fn read(page: &str) -> Result<Self, (usize, String)> {
        let mut lines = page.lines().zip(1..).peekable();
        let mut catalogue = Self {
            app: String::new(),
            policy: None,
            command_reference: None,
            events: BTreeMap::new(),
            additions: BTreeMap::new(),
            origin: BTreeMap::new(),
            facts: BTreeMap::new(),
            derived: BTreeMap::new(),
            sources: BTreeSet::new(),
        };
        for (at, section) in SECTIONS.iter().enumerate() {
            let expected = format!("## {}", section.title);
            loop {
                match lines.next() {
                    Some((line, _)) if line == expected => break,
                    Some((line, number)) if line.starts_with("## ") || line.starts_with('|') => {
                        return Err((number, format!("expected `{expected}`")));
                    }
                    Some(_) => {}
                    None => return Err((page.lines().count(), format!("expected `{expected}` before the end"))),
                }
            }
            while lines.next_if(|(line, _)| !line.starts_with('|') && !line.starts_with("## ")).is_some() {}
            for expected in [section.header(), section.rule()] {
                match lines.next_if(|(line, _)| line.starts_with('|')) {
                    Some((line, _)) if line == expected => {}
                    Some((_, number)) => return Err((number, format!("expected `{expected}`"))),
                    // A section that has nothing has no table.
                    None => break,
                }
            }
            while let Some((line, number)) = lines.next_if(|(line, _)| line.starts_with('|')) {
                let row = cells(line).filter(|row| row.len() == section.columns.len());
                let row = row.ok_or_else(|| (number, format!("expected {} cells", section.columns.len())))?;
                catalogue.read_row(at, &row).map_err(|problem| (number, problem))?;
            }
        }
        match lines.find(|(line, _)| line.starts_with("## ") || line.starts_with('|')) {
            Some((_, number)) => Err((number, "expected nothing more".to_owned())),
            None => Ok(catalogue),
        }
    }

    fn read_row(&mut self, section: usize, row: &[String]) -> Result<(), String> {
        let optional = |cell: &String| (cell != NONE).then(|| cell.clone());
        let is_new = match (section, row) {
            (0, [name, when, class, level, purpose, owner, expires, functions]) => {
                let expires = optional(expires);
                if expires.as_deref().is_some_and(|expires| !is_date(expires)) {
                    return Err("expected a month as `2027-06`, a day as `2027-06-30`, or `–`".to_owned());
                }
                let entry = Entry {
                    class: Class::read(class)?,
                    level: Needed::read(level)?,
                    purpose: optional(purpose),
                    owner: optional(owner),
                    expires,
                    functions: names(functions)?,
                    fields: BTreeMap::new(),
                };
                self.events.insert((uncode(name)?, When::read(when)?), entry).is_none()
            }
            (1, [name, when, field, kind, class]) => {
                let kind = Type::read_with_class(kind, class)?;
                let entry = self.events.get_mut(&(uncode(name)?, When::read(when)?));
                let entry = entry.ok_or_else(|| format!("there is no event {name} ({when})"))?;
                entry.fields.insert(uncode(field)?, kind).is_none()
            }
            (2, [name, kind, class, modules]) => {
                let added = Added { kind: Type::read_with_class(kind, class)?, modules: names(modules)? };
                self.additions.insert(uncode(name)?, added).is_none()
            }
            (3 | 4, [name, kind, class, says]) => {
                let fact = Fact { kind: Type::read_with_class(kind, class)?, says: optional(says) };
                let facts = if section == 3 { &mut self.origin } else { &mut self.facts };
                facts.insert(uncode(name)?, fact).is_none()
            }
            (5, [name, says]) => self.derived.insert(uncode(name)?, says.clone()).is_none(),
            _ => return Err("expected another number of cells".to_owned()),
        };
        if is_new { Ok(()) } else { Err("the same is said above".to_owned()) }
    }

    /// A JSON Schema (2020-12) of the batches that [`sink::Json`](crate::sink::Json) sends: every batch of this program is valid, and
    /// one with an event, a field or a fact that is not in the catalogue is not.
    #[must_use]
    pub fn to_json_schema(&self) -> String {
        let mut schema = String::new();
        Writer::new(&mut schema).object(|schema| {
            schema.member("$schema").text("https://json-schema.org/draft/2020-12/schema");
            schema.member("title").text(format_args!("Telemetry of {}", self.app));
            schema.member("type").text("object");
            schema.member("required").list(["sent_at", "events"], |name, to| to.text(name));
            schema.member("additionalProperties").plain(false);
            schema.member("properties").object(|properties| {
                string(properties.member("sent_at"), Some(TIME));
                properties.member("events").object(|events| {
                    events.member("type").text("array");
                    events.member("items").object(|items| {
                        items.member("anyOf").list(&self.events, |((name, when), entry), to| {
                            self.write_event(name, *when, entry, to);
                        });
                    });
                });
            });
        });
        schema
    }

    fn write_event(&self, name: &str, when: When, entry: &Entry, to: Writer<'_>) {
        let (kind, required): (&str, &[&str]) = match when {
            When::Start => ("start", &["call_id"]),
            When::Finish | When::Success => ("finish", &["call_id", "outcome", "is_error"]),
            When::Panic => ("panic", &[]),
            When::Loss => ("loss", &["reason", "events"]),
            When::UsageError => ("usage_error", &["reason"]),
        };
        to.object(|event| {
            if let Some(purpose) = &entry.purpose {
                event.member("description").text(purpose);
            }
            event.member("type").text("object");
            let always = ["id", "time", "event", "kind", "invocation_id"];
            event.member("required").list(always.iter().chain(required), |name, to| to.text(name));
            event.member("additionalProperties").plain(false);
            event.member("properties").object(|properties| {
                string(properties.member("id"), Some(UUID));
                string(properties.member("time"), Some(TIME));
                constant(properties.member("event"), name);
                constant(properties.member("kind"), kind);
                for (name, fact) in self.origin.iter().filter(|(name, _)| *name != "id" && *name != "time") {
                    match name.as_str() {
                        "call_id" | "parent_call_id" => string(properties.member(name), Some(CALL_ID)),
                        "groups" => properties.member(name).object(|groups| {
                            groups.member("type").text("object");
                            groups.member("additionalProperties").object(|group| group.member("type").text("string"));
                        }),
                        _ => fact.kind.write_schema(properties.member(name)),
                    }
                }
                let facts = self.facts.iter().map(|(name, fact)| (name, fact.kind.clone()));
                write_properties(properties.member("facts"), facts.collect());
                match when {
                    When::Start => {}
                    When::Finish | When::Success => write_finish(properties),
                    When::Panic => write_panic(properties),
                    When::UsageError => {
                        Type::words(Misuse::ALL.map(Misuse::as_str)).write_schema(properties.member("reason"));
                    }
                    When::Loss => {
                        string(properties.member("reason"), None);
                        Type::UInt.write_schema(properties.member("events"));
                    }
                }
                let mut fields: BTreeMap<&String, Type> = entry
                    .fields
                    .iter()
                    .filter(|(_, kind)| **kind != Type::ErrorText)
                    .map(|(name, kind)| (name, kind.clone()))
                    .collect();
                if matches!(when, When::Finish | When::Success) {
                    for (name, added) in &self.additions {
                        let kind = fields.get(name).map_or_else(|| added.kind.clone(), |kind| kind.or(&added.kind));
                        fields.insert(name, kind);
                    }
                }
                write_properties(properties.member("fields"), fields);
            });
        });
    }
}

/// A UUID, as it is written.
const CALL_ID: &str = "^[0-9a-f]{16}$";

const UUID: &str = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";
/// RFC 3339 in UTC, with microseconds.
const TIME: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$";

fn string(to: Writer<'_>, pattern: Option<&str>) {
    to.object(|schema| {
        schema.member("type").text("string");
        if let Some(pattern) = pattern {
            schema.member("pattern").text(pattern);
        }
    });
}

fn constant(to: Writer<'_>, text: &str) {
    to.object(|schema| schema.member("const").text(text));
}

/// An object with these properties and no others.
fn write_properties(to: Writer<'_>, properties: BTreeMap<&String, Type>) {
    to.object(|schema| {
        schema.member("type").text("object");
        schema.member("additionalProperties").plain(false);
        schema.member("properties").object(|members| {
            for (name, kind) in properties {
                kind.write_schema(members.member(name));
            }
        });
    });
}

fn write_finish(properties: &mut Members<'_>) {
    let outcomes = ["ok", "error", "panicked", "cancelled", "abandoned"];
    properties.member("outcome").object(|schema| schema.member("enum").list(outcomes, |word, to| to.text(word)));
    Type::Bool.write_schema(properties.member("is_error"));
    Type::UInt.write_schema(properties.member("duration_ns"));
    // Of events that declare it, and of all others while the user asks for debug telemetry.
    Type::ErrorText.write_schema(properties.member("error"));
}

fn write_panic(properties: &mut Members<'_>) {
    properties.member("place").object(|schema| {
        schema.member("type").text("object");
        schema.member("additionalProperties").plain(false);
        schema.member("properties").object(|place| {
            string(place.member("file"), None);
            Type::UInt.write_schema(place.member("line"));
            Type::UInt.write_schema(place.member("column"));
        });
    });
    properties.member("frames").object(|schema| {
        schema.member("type").text("array");
        schema.member("items").object(|schema| {
            schema.member("type").text("object");
            schema.member("additionalProperties").plain(false);
            schema.member("properties").object(|frame| {
                string(frame.member("function"), None);
                string(frame.member("file"), None);
                Type::UInt.write_schema(frame.member("line"));
                string(frame.member("module"), None);
                Type::UInt.write_schema(frame.member("offset"));
            });
        });
    });
}

impl Entry {
    /// Takes in what another callsite says of the same event: together they say what either does.
    fn merge(&mut self, other: Self) {
        self.class = self.class.max(other.class);
        let join = |a: Option<String>, b: Option<String>| match (a, b) {
            (Some(a), Some(b)) if a != b => {
                let (first, second) = if a < b { (a, b) } else { (b, a) };
                Some(format!("{first}; {second}"))
            }
            (a, b) => a.or(b),
        };
        self.purpose = join(self.purpose.take(), other.purpose);
        self.owner = join(self.owner.take(), other.owner);
        self.expires =
            self.expires.take().zip(other.expires).map(|(a, b)| if last_day(&a) < last_day(&b) { b } else { a });
        self.functions.extend(other.functions);
        for (name, kind) in other.fields {
            let merged = self.fields.get(&name).map_or_else(|| kind.clone(), |known| known.or(&kind));
            self.fields.insert(name, merged);
        }
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

impl Type {
    pub(crate) fn of(kind: &Kind) -> Self {
        match kind {
            Kind::Any => Self::Any,
            Kind::Bool => Self::Bool,
            Kind::Int => Self::Int,
            Kind::UInt => Self::UInt,
            Kind::Float => Self::Float,
            Kind::Duration => Self::Duration,
            Kind::Time => Self::Time,
            Kind::Id => Self::Id,
            Kind::Version => Self::Version,
            Kind::Label => Self::Label,
            Kind::Words(words) => Self::Words(words.iter().map(|word| (*word).to_owned()).collect()),
            Kind::Bucket => Self::Bucket,
            Kind::Template => Self::Template,
            Kind::Identifier => Self::Identifier,
            Kind::List(item) => Self::List(Box::new(Self::of(item))),
        }
    }

    /// One of these words.
    pub(crate) fn words<const N: usize>(words: [&str; N]) -> Self {
        Self::Words(words.into_iter().map(str::to_owned).collect())
    }

    /// What a value that is there says of its type: another one may be of the same variant.
    pub(crate) fn of_value(value: &Value) -> Self {
        fn of(raw: &Raw) -> Type {
            match raw {
                Raw::Absent => Type::Any,
                Raw::Bool(_) => Type::Bool,
                Raw::Int(_) => Type::Int,
                Raw::UInt(_) => Type::UInt,
                Raw::Float(_) => Type::Float,
                Raw::Duration(_) => Type::Duration,
                Raw::Time(_) => Type::Time,
                Raw::Id(_) => Type::Id,
                Raw::Text(_) => Type::Label,
                Raw::Identifier(..) => Type::Identifier,
                Raw::List(items) => {
                    let item = items.iter().map(of).reduce(|a, b| a.or(&b));
                    Type::List(Box::new(item.unwrap_or(Type::Any)))
                }
            }
        }
        of(&value.0)
    }

    const fn class(&self) -> Class {
        match self {
            Self::Any => Class::Unspecified,
            Self::Identifier => Class::Identifying,
            Self::ErrorText => Class::Content,
            Self::List(item) => item.class(),
            _ => Class::Anonymous,
        }
    }

    /// Whether every value of the other is one of this.
    fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, other) => *other != Self::ErrorText,
            (Self::Words(words), Self::Words(others)) => words.is_superset(others),
            (Self::Label, Self::Words(_) | Self::Template) => true,
            (Self::List(item), Self::List(other)) => item.covers(other),
            (this, other) => this == other,
        }
    }

    /// The nearest type that covers both.
    fn or(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Words(a), Self::Words(b)) => Self::Words(a | b),
            (a, b) if a.covers(b) => a.clone(),
            (a, b) if b.covers(a) => b.clone(),
            _ => Self::Any,
        }
    }

    fn read_with_class(text: &str, class: &str) -> Result<Self, String> {
        let kind = Self::read(text).ok_or_else(|| format!("`{text}` is not a type of fields"))?;
        let expected = kind.class();
        if Class::read(class)? == expected { Ok(kind) } else { Err(format!("expected the class {expected} of {kind}")) }
    }

    fn read(text: &str) -> Option<Self> {
        if let Some(item) = text.strip_prefix("list of ") {
            return Self::read(item).map(|item| Self::List(Box::new(item)));
        }
        if let Some(words) = text.strip_prefix("one of ") {
            return quoted(words).map(Self::Words);
        }
        Self::NAMED.into_iter().find(|(_, name)| *name == text).map(|(kind, _)| kind)
    }

    const NAMED: [(Self, &'static str); 14] = [
        (Self::Any, "any field"),
        (Self::Bool, "boolean"),
        (Self::Int, "integer"),
        (Self::UInt, "unsigned"),
        (Self::Float, "float"),
        (Self::Duration, "duration"),
        (Self::Time, "time"),
        (Self::Id, "UUID"),
        (Self::Version, "version"),
        (Self::Label, "label"),
        (Self::Bucket, "range"),
        (Self::Template, "template"),
        (Self::Identifier, "identifier"),
        (Self::ErrorText, "error text"),
    ];

    fn write_schema(&self, to: Writer<'_>) {
        to.object(|schema| match self {
            Self::Any => {
                let types = ["boolean", "number", "string", "null", "array"];
                schema.member("type").list(types, |name, to| to.text(name));
            }
            Self::Bool => schema.member("type").text("boolean"),
            Self::Int => schema.member("type").text("integer"),
            Self::UInt | Self::Duration => {
                schema.member("type").text("integer");
                schema.member("minimum").plain(0);
            }
            // One that is not finite is `null`.
            Self::Float => schema.member("type").list(["number", "null"], |name, to| to.text(name)),
            Self::Words(words) => schema.member("enum").list(words, |word, to| to.text(word)),
            Self::List(item) => {
                schema.member("type").text("array");
                schema.member("maxItems").plain(MAX_LIST);
                item.write_schema(schema.member("items"));
            }
            Self::Time
            | Self::Id
            | Self::Version
            | Self::Bucket
            | Self::Label
            | Self::Template
            | Self::Identifier
            | Self::ErrorText => {
                schema.member("type").text("string");
                let pattern = match self {
                    Self::Time => TIME,
                    Self::Id => UUID,
                    Self::Version => "^[0-9]+\\.[0-9]+\\.[0-9]+(-(alpha|beta|rc)\\.[0-9]+)?$",
                    Self::Bucket => "^[0-9]*-[0-9]*$",
                    _ => return,
                };
                schema.member("pattern").text(pattern);
            }
        });
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(item) => write!(f, "list of {item}"),
            Self::Words(words) => {
                f.write_str("one of ")?;
                for (at, word) in words.iter().enumerate() {
                    let word = word.replace('\\', "\\\\").replace('"', "\\\"");
                    write!(f, "{}\"{word}\"", if at == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
            named => {
                let name = Self::NAMED.into_iter().find(|(kind, _)| kind == named);
                f.write_str(name.map_or("any field", |(_, name)| name))
            }
        }
    }
}

/// `"a", "b"`
fn quoted(text: &str) -> Option<BTreeSet<String>> {
    let mut words = BTreeSet::new();
    let mut rest = text;
    loop {
        let mut word = String::new();
        let mut letters = rest.strip_prefix('"')?.chars();
        loop {
            match letters.next()? {
                '"' => break,
                '\\' => word.push(letters.next()?),
                letter => word.push(letter),
            }
        }
        words.insert(word);
        rest = letters.as_str();
        if rest.is_empty() {
            return Some(words);
        }
        rest = rest.strip_prefix(", ")?;
    }
}

macro_rules! words {
    ($name:ident: $what:literal, $($variant:ident = $word:literal),+) => {
        impl $name {
            fn read(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(format!(concat!("`{}` is not ", $what), text)),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$variant => $word,)+
                })
            }
        }
    };
}

words!(When: "a time at which events are recorded",
    Start = "start", Finish = "finish", Success = "success", Panic = "panic", Loss = "loss", UsageError = "usage error");
words!(Class: "a class",
    Anonymous = "anonymous", Unspecified = "unspecified", Identifying = "identifying", Content = "content");
words!(Needed: "a level that events need", Stats = "stats", Errors = "errors", Any = "any");

/// What stands where nothing is said.
const NONE: &str = "–";

const INTRODUCTION: &str = "\
Each event says when it was recorded, of which run of the program, which program and version that was, and on which operating
system and processor. A *start* is recorded when the program begins something, a *finish* when that ends, however it does, with
how it ended and how long it took; a *success* only if it went well. Nothing is sent but what is listed here, and no argument, path or
text that a user typed, unless the class of a field says so: *identifying* says who somebody is, and is sent only where the user has
told the program; *content* is the text of an error. With debug telemetry, which only the user turns on, every finish may carry `error`,
the text of the error. A field whose class is *unspecified* is one of the types below, and the source does not say which.

The user decides by the level: `stats` lets starts and finishes through, `errors` what tells of faults of the program, `all` both, `none`
nothing. What is not delivered yet is kept on the user's machine, for seven days at most. An event that expires is not recorded any
more after that month or day.
";

struct Section {
    title: &'static str,
    columns: &'static [&'static str],
}

const SECTIONS: [Section; 6] = [
    Section { title: "Events", columns: &["Event", "When", "Class", "Level", "Purpose", "Owner", "Expires", "From"] },
    Section { title: "Fields of events", columns: &["Event", "When", "Field", "Type", "Class"] },
    Section { title: "Fields that the program may add to any finish", columns: &["Field", "Type", "Class", "From"] },
    Section { title: "On every event of which it is known", columns: &["Name", "Type", "Class", "Says"] },
    Section { title: "Facts about the program, on every event", columns: &["Fact", "Type", "Class", "Says"] },
    Section { title: "Facts that the receiver derives", columns: &["Fact", "Says"] },
];

impl Section {
    fn header(&self) -> String {
        format!("| {} |", self.columns.join(" | "))
    }

    fn rule(&self) -> String {
        format!("|{}", "---|".repeat(self.columns.len()))
    }

    fn write(&self, page: &mut String, rows: &[Vec<String>]) -> fmt::Result {
        writeln!(page, "\n## {}\n", self.title)?;
        if rows.is_empty() {
            return page.write_str("None.\n");
        }
        writeln!(page, "{}\n{}", self.header(), self.rule())?;
        rows.iter().try_for_each(|row| {
            let cells: Vec<_> = row.iter().map(|cell| cell.replace('\\', "\\\\").replace('|', "\\|")).collect();
            writeln!(page, "| {} |", cells.join(" | "))
        })
    }
}

/// The cells of a row; `None` if it is none.
fn cells(line: &str) -> Option<Vec<String>> {
    let mut letters = line.strip_prefix("| ")?.chars();
    let (mut cells, mut cell) = (Vec::new(), String::new());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => cell.push(letters.next().filter(|letter| matches!(letter, '\\' | '|'))?),
            '|' => {
                cells.push(std::mem::take(&mut cell).strip_suffix(' ')?.to_owned());
                match letters.next() {
                    Some(' ') => {}
                    None => return Some(cells),
                    Some(_) => return None,
                }
            }
            letter => cell.push(letter),
        }
    }
    None
}

fn code(name: &str) -> String {
    format!("`{name}`")
}

fn uncode(cell: &str) -> Result<String, String> {
    let name = cell.strip_prefix('`').and_then(|cell| cell.strip_suffix('`'));
    name.map(str::to_owned).ok_or_else(|| format!("expected a name between backticks instead of {cell}"))
}

/// `` `a`, `b` ``, or nothing.
fn names(cell: &str) -> Result<BTreeSet<String>, String> {
    if cell == NONE { Ok(BTreeSet::new()) } else { cell.split(", ").map(uncode).collect() }
}

/// A text as one line of a page.
fn line_of(text: &str) -> String {
    text.split(|letter: char| letter.is_whitespace() || letter.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_date(text: &str) -> bool {
    let form: String = text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    matches!(form.as_str(), "0000-00" | "0000-00-00")
}

/// A month (`2027-06`) or a day as something that is in order: no month has a day 99.
fn last_day(expires: &str) -> String {
    if expires.len() == "2027-06".len() { format!("{expires}-99") } else { expires.to_owned() }
}

/// The day of a time, in UTC: `2027-06-30`.
fn date(time: SystemTime) -> String {
    // Days to a date, by Howard Hinnant's `civil_from_days`: years begin in March, so that a leap day is the last.
    let days = time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400) + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year_of_era + next)
}
