//! Everything that a program can send, as its source says it: a page that users read, a schema that receivers check by, and the
//! comparison with what was said before.
//!
//! It is made from the callsites that the linker has listed and from what the builder declares. Nothing is started for it, and no
//! level is asked.

mod check;
mod page;
mod schema;

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use crate::callsite::{Addition, Callsite};
use crate::format::{PLUGIN_KIND, PLUGIN_NAME, RESOURCE_COUNT, TABLE_NAME, TABLES, USAGE_REPORT};
use crate::identity::{Environment, IdentitySource, InstallIdKind};
use crate::metrics::Metric;
use crate::notes::Notes;
use crate::report::ReportSite;
use crate::snapshot::SnapshotSite;
use crate::value::{Kind, Raw, Value, ValueKind};

pub use check::Check;

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
    access: Option<String>,
    command_reference: Option<String>,
    events: BTreeMap<EventKey, Entry>,
    additions: BTreeMap<String, Added>,
    /// What goes with every event, or with those of which it is known.
    origin: BTreeMap<String, Fact>,
    facts: BTreeMap<String, Fact>,
    derived: BTreeMap<String, String>,
    /// Where reports go that are required.
    required: BTreeMap<String, String>,
    /// Where each addition stands: for the author, and not on the page, which would change with every line.
    sources: BTreeSet<String>,
}

/// What a catalogue is made of, besides what the linker has listed.
#[derive(Debug, Default)]
pub(crate) struct Declared<'a> {
    pub(crate) app: &'a str,
    pub(crate) policy: Option<&'a str>,
    /// Who gets to see what is sent.
    pub(crate) access: Option<&'a str>,
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
    Aggregate,
    Snapshot,
    UsageReport,
    Error,
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

impl Entry {
    /// An anonymous one, with what its author notes of it.
    fn noted(level: Needed, notes: &Notes, fields: BTreeMap<String, Type>) -> Self {
        Self {
            class: Class::Anonymous,
            level,
            purpose: notes.purpose.map(str::to_owned),
            owner: notes.owner.map(str::to_owned),
            expires: notes.expires.map(str::to_owned),
            functions: BTreeSet::new(),
            fields,
        }
    }

    /// The same, made in this function.
    fn of(self, function: String) -> Self {
        Self { functions: BTreeSet::from([function]), ..self }
    }
}

/// Fields with their types, as the catalogue has them.
fn typed(fields: &[(&'static str, ValueKind)]) -> impl Iterator<Item = (String, Type)> {
    fields.iter().map(|(name, kind)| ((*name).to_owned(), Type::of(&kind.0)))
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
    /// No level decides.
    Required,
}

/// What goes with events besides what the program names: each with its type and what it says.
fn origin() -> [(&'static str, Type, &'static str); 18] {
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
        ("first_invocation_id", Type::Id, "the first of the runs that started one another, where it is another one"),
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

/// What goes with the events of functions of which not every call is recorded, where there are such functions.
fn thinning(callsites: &[Callsite]) -> impl Iterator<Item = (&'static str, Type, &'static str)> {
    let is_sampled = callsites.iter().any(|callsite| callsite.sample_rate().is_some());
    let is_limited = callsites.iter().any(|callsite| callsite.limiter().is_some());
    let sampled = ("sample_rate", Type::Float, "the part of the calls that is recorded, chosen at random");
    is_sampled.then_some(sampled).into_iter().chain(LIMITED.into_iter().filter(move |_| is_limited))
}

/// What is said where not all may be recorded.
const LIMITED: [(&str, Type, &str); 2] = [
    ("limit", Type::Label, "how many calls are recorded in a time, at most"),
    ("suppressed", Type::UInt, "how many were not, since the one before"),
];

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
    Hash,
    List(Box<Self>),
    /// Members by their names, each of which may be absent.
    Struct(BTreeMap<String, Self>),
}

impl Catalogue {
    /// One that says nothing, of no program.
    fn empty() -> Self {
        Self {
            app: String::new(),
            policy: None,
            access: None,
            command_reference: None,
            events: BTreeMap::new(),
            additions: BTreeMap::new(),
            origin: BTreeMap::new(),
            facts: BTreeMap::new(),
            derived: BTreeMap::new(),
            required: BTreeMap::new(),
            sources: BTreeSet::new(),
        }
    }

    pub(crate) fn new(declared: &Declared<'_>, callsites: &[Callsite], additions: &[Addition]) -> Self {
        let mut catalogue = Self {
            app: declared.app.to_owned(),
            policy: declared.policy.map(line_of),
            access: declared.access.map(line_of),
            command_reference: declared.command_reference.map(line_of),
            ..Self::empty()
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
        for (name, kind, says) in thinning(callsites) {
            catalogue.origin.insert(name.to_owned(), Fact { kind, says: Some(says.to_owned()) });
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
                "where the program is at fault: the place in the source and the calls that led there; its words only with debug telemetry",
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

    /// Takes in the program's snapshots, and its metrics, which are one event.
    pub(crate) fn add_numbers(&mut self, metrics_event: &str, snapshots: &[SnapshotSite], metrics: &[Metric]) {
        for site in snapshots {
            let (source, module) = site.source;
            let entry = Entry::noted(Needed::Stats, &site.notes, typed(site.fields).collect());
            self.add(site.event, When::Snapshot, entry.of(format!("{module}::{source}")));
        }
        // The linker has them in no order, and the page is to be the same.
        let purposes: BTreeSet<_> = metrics.iter().filter_map(|metric| Some((metric.name, metric.purpose?))).collect();
        let purposes: Vec<_> = purposes.iter().map(|(name, purpose)| format!("{name}: {purpose}")).collect();
        for metric in metrics {
            let (source, module) = metric.source;
            let series = Type::List(Box::new(Type::of_members(&metric.members())));
            let entry = Entry {
                purpose: (!purposes.is_empty()).then(|| purposes.join("; ")),
                ..Entry::noted(Needed::Stats, &Notes::NONE, BTreeMap::from([(metric.name.to_owned(), series)]))
            };
            self.add(metrics_event, When::Snapshot, entry.of(format!("{module}::{source}")));
        }
    }

    /// Takes in what the program has to report, and where to.
    pub(crate) fn add_required(&mut self, address: &str) {
        let purpose = "what plugins are used for, where that has to be reported; at every level";
        self.add_built_in(USAGE_REPORT, When::UsageReport, Needed::Required, purpose);
        let tables = [(TABLE_NAME.to_owned(), Type::Label), (RESOURCE_COUNT.to_owned(), Type::UInt)];
        let fields = [
            // As the program's authors call them, and nobody else.
            (PLUGIN_NAME, Type::Label),
            (PLUGIN_KIND, Type::Label),
            (RESOURCE_COUNT, Type::UInt),
            (TABLES, Type::List(Box::new(Type::Struct(BTreeMap::from(tables))))),
        ];
        if let Some(entry) = self.events.get_mut(&(USAGE_REPORT.to_owned(), When::UsageReport)) {
            entry.fields = fields.into_iter().map(|(name, kind)| (name.to_owned(), kind)).collect();
        }
        self.required.insert(USAGE_REPORT.to_owned(), line_of(address));
    }

    /// Takes in the places that report errors.
    pub(crate) fn add_reports(&mut self, sites: &[ReportSite]) {
        for site in sites {
            let text = site.has_error_text.then(|| ("error".to_owned(), Type::ErrorText));
            let entry = Entry::noted(Needed::Errors, &site.notes, typed(site.fields).chain(text).collect());
            self.add(site.event, When::Error, entry.of(site.module.to_owned()));
        }
        if !sites.is_empty() {
            for (name, kind, says) in LIMITED {
                self.origin.insert(name.to_owned(), Fact { kind, says: Some(says.to_owned()) });
            }
        }
    }

    /// Takes in an event; where another one has its name, they are one.
    fn add(&mut self, name: &str, when: When, entry: Entry) {
        match self.events.entry((name.to_owned(), when)) {
            std::collections::btree_map::Entry::Vacant(vacant) => drop(vacant.insert(entry)),
            std::collections::btree_map::Entry::Occupied(mut occupied) => occupied.get_mut().merge(entry),
        }
    }

    fn add_callsite(&mut self, callsite: &Callsite) {
        let finish = callsite.finish_name(false);
        let success = callsite.finish_name(true).filter(|_| finish.is_none());
        let aggregate = callsite.aggregated().map(|(name, _)| name);
        let names = [
            (callsite.start_name(), When::Start),
            (finish, When::Finish),
            (success, When::Success),
            (aggregate, When::Aggregate),
        ];
        for (name, when) in names.into_iter().filter_map(|(name, when)| Some((name?, when))) {
            let mut fields: BTreeMap<String, Type> = typed(callsite.declared_fields()).collect();
            if callsite.has_error_text() && when == When::Finish {
                fields.insert("error".to_owned(), Type::ErrorText);
            }
            let entry = Entry {
                class: if callsite.is_identifiable() { Class::Identifying } else { Class::Anonymous },
                ..Entry::noted(Needed::Stats, callsite.notes(), fields)
            };
            self.add(name, when, entry.of(format!("{}::{}", callsite.module(), callsite.function())));
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
        let entry = Entry { purpose: Some(purpose.to_owned()), ..Entry::noted(level, &Notes::NONE, BTreeMap::new()) };
        self.events.insert((name.to_owned(), when), entry);
    }

    /// The program.
    #[cfg(feature = "page")]
    pub(crate) fn app(&self) -> &str {
        &self.app
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
            Kind::Hash => Self::Hash,
            Kind::List(item) => Self::List(Box::new(Self::of(item))),
            Kind::Struct(members) => Self::of_members(members),
        }
    }

    /// A struct of these members.
    fn of_members(members: &[(&str, ValueKind)]) -> Self {
        Self::Struct(members.iter().map(|(name, kind)| ((*name).to_owned(), Self::of(&kind.0))).collect())
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
                Raw::Map(members) => {
                    Type::Struct(members.iter().map(|(name, value)| (name.clone().into_owned(), of(value))).collect())
                }
            }
        }
        of(&value.0)
    }

    fn class(&self) -> Class {
        match self {
            Self::Any => Class::Unspecified,
            Self::Identifier => Class::Identifying,
            Self::ErrorText => Class::Content,
            Self::List(item) => item.class(),
            Self::Struct(members) => members.values().map(Self::class).max().unwrap_or(Class::Anonymous),
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
            (Self::Struct(members), Self::Struct(others)) => {
                others.iter().all(|(name, other)| members.get(name).is_some_and(|member| member.covers(other)))
            }
            (this, other) => this == other,
        }
    }

    /// The nearest type that covers both.
    fn or(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Words(a), Self::Words(b)) => Self::Words(a | b),
            (Self::Struct(a), Self::Struct(b)) => {
                let mut members = a.clone();
                for (name, kind) in b {
                    let both = members.get(name).map_or_else(|| kind.clone(), |known| known.or(kind));
                    members.insert(name.clone(), both);
                }
                Self::Struct(members)
            }
            (a, b) if a.covers(b) => a.clone(),
            (a, b) if b.covers(a) => b.clone(),
            _ => Self::Any,
        }
    }
}

/// A text as one line of a page.
fn line_of(text: &str) -> String {
    text.split(|letter: char| letter.is_whitespace() || letter.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A month (`2027-06`) or a day as something that is in order: no month has a day 99.
fn last_day(expires: &str) -> String {
    if expires.len() == "2027-06".len() { format!("{expires}-99") } else { expires.to_owned() }
}

/// The day of a time, in UTC: `2027-06-30`. Without recording, nothing is there that could expire.
fn date(time: SystemTime) -> String {
    #[cfg(feature = "record")]
    let date = crate::value::rfc3339(time).to_string().chars().take("2027-06-30".len()).collect();
    #[cfg(not(feature = "record"))]
    let date = format!("{time:?}");
    date
}
