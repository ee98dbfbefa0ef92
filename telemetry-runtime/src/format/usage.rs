//! Usage that a program has to report: one report a request, so that what is sent again is what was sent before.

use std::time::Duration;

use crate::json::Writer;
use crate::level::Kinds;
use crate::limits;
use crate::value::{Raw, Value, rfc3339};

use super::{Answer, Batch, Entry, Format, Limits, Policy, Request, Stream, Verdict};

/// What the events are called …
pub(crate) const USAGE_REPORT: &str = "Usage Report";
/// … and their fields.
pub(crate) const PLUGIN_NAME: &str = "plugin_name";
pub(crate) const PLUGIN_KIND: &str = "plugin_kind";
pub(crate) const RESOURCE_COUNT: &str = "resource_count";
pub(crate) const TABLES: &str = "tables";
pub(crate) const TABLE_NAME: &str = "table_name";

/// How often a receiver asks to be told of required usage, as far as it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// So many rows are a report.
    pub batch: Option<u64>,
    /// No sooner than so long after the one before.
    pub minimum: Option<Duration>,
    /// And after so long, however few there are.
    pub maximum: Option<Duration>,
}

impl Pace {
    /// It says nothing.
    pub const NONE: Self = Self { batch: None, minimum: None, maximum: None };
}

/// Required usage: see [`sink::Usage`](crate::sink::Usage).
#[derive(Clone, Debug)]
pub struct Usage {
    is_plugin_sdk: bool,
    /// What the receiver's headers begin with.
    headers: String,
    /// What is gathered before it is reported.
    pub(crate) pace: Pace,
    pub(crate) in_thousands: bool,
}

impl Usage {
    /// Reports with the names of `CloudQuery`'s document.
    #[must_use]
    pub(crate) fn new() -> Self {
        Self {
            is_plugin_sdk: false,
            headers: "x-cq-".into(),
            pace: Pace {
                batch: Some(limits::USAGE_BATCH),
                minimum: Some(limits::USAGE_MINIMUM),
                maximum: Some(limits::USAGE_MAXIMUM),
            },
            in_thousands: false,
        }
    }

    /// With the names of `CloudQuery`'s plugin SDK.
    #[must_use]
    pub(crate) fn plugin_sdk(self) -> Self {
        Self { is_plugin_sdk: true, ..self }
    }

    /// What the names of the headers begin with by which the receiver says how often it wants to be told; `x-cq-` unless told.
    #[must_use]
    pub(crate) fn pace_headers(self, prefix: impl Into<String>) -> Self {
        Self { headers: prefix.into().to_ascii_lowercase(), ..self }
    }

    pub(crate) fn every(mut self, minimum: Duration, maximum: Duration) -> Self {
        (self.pace.minimum, self.pace.maximum) = (Some(minimum), Some(maximum));
        self
    }
}

impl Format for Usage {
    fn name(&self) -> &'static str {
        "usage"
    }

    fn kinds(&self) -> Kinds {
        Kinds::REQUIRED
    }

    /// One report a request.
    fn streams(&self) -> Vec<Stream> {
        vec![Stream { kinds: Kinds::REQUIRED, ..Stream::all(Limits { events: 1, ..Limits::USUAL }) }]
    }

    fn request(&self, batch: &Batch<'_>) -> Option<Request> {
        let entry = batch.entries.first()?;
        let mut body = String::new();
        if self.is_plugin_sdk {
            write_as_plugin_sdk(entry, Writer::new(&mut body));
        } else {
            write_as_documented(entry, Writer::new(&mut body));
        }
        Some(Request::new("application/json", body))
    }

    fn verdict(&self, answer: &Answer<'_>) -> Verdict {
        Policy::USAGE.verdict(answer)
    }

    fn pace(&self, answer: &Answer<'_>) -> Pace {
        if !matches!(answer.status, 200..=299) {
            return Pace::NONE;
        }
        let number = |name: &str| answer.header(&format!("{}{name}", self.headers))?.trim().parse().ok();
        Pace {
            batch: number("batch-limit"),
            minimum: number("minimum-update-interval").map(Duration::from_secs),
            maximum: number("maximum-update-interval").map(Duration::from_secs),
        }
    }
}

/// What was counted, and in which tables.
fn counted<'a>(entry: &'a Entry<'_>) -> (Option<u64>, Vec<(&'a str, u64)>) {
    let rows = |value: &Raw| if let Raw::UInt(rows) = value { Some(*rows) } else { None };
    let table = |value: &'a Raw| {
        let Raw::Map(members) = value else { return None };
        let member = |name: &str| members.iter().find(|(other, _)| other == name).map(|(_, value)| value);
        let Raw::Text(name) = member(TABLE_NAME)? else { return None };
        Some((name.as_ref(), rows(member(RESOURCE_COUNT)?)?))
    };
    let tables = match entry.event.field(TABLES) {
        Some(Value(Raw::List(tables))) => tables.iter().filter_map(table).collect(),
        _ => Vec::new(),
    };
    (entry.event.field(RESOURCE_COUNT).and_then(|value| rows(&value.0)), tables)
}

fn write_as_documented(entry: &Entry<'_>, to: Writer<'_>) {
    let (rows, tables) = counted(entry);
    to.object(|report| {
        report.member("request_id").text(entry.event.id);
        report.member("time").text(rfc3339(entry.event.time));
        for (name, said) in [("app", entry.app()), ("version", entry.version())] {
            if let Some(said) = said {
                report.member(name).text(said);
            }
        }
        for name in [PLUGIN_NAME, PLUGIN_KIND] {
            if let Some(value) = entry.event.field(name) {
                report.member(name).text(value);
            }
        }
        if let Some(rows) = rows {
            report.member(RESOURCE_COUNT).plain(rows);
        }
        if !tables.is_empty() {
            report.member(TABLES).list(tables, |(name, rows), to| {
                to.object(|table| {
                    table.member(TABLE_NAME).text(name);
                    table.member(RESOURCE_COUNT).plain(rows);
                });
            });
        }
    });
}

fn write_as_plugin_sdk(entry: &Entry<'_>, to: Writer<'_>) {
    let (rows, tables) = counted(entry);
    to.object(|report| {
        report.member("request_id").text(entry.event.id);
        if let Some(plugin) = entry.event.field(PLUGIN_NAME).map(ToString::to_string) {
            let (team, name) = plugin.split_once('/').unwrap_or(("", &plugin));
            report.member("plugin_team").text(team);
            report.member("plugin_name").text(name);
        }
        if let Some(kind) = entry.event.field(PLUGIN_KIND) {
            report.member("plugin_kind").text(kind);
        }
        if let Some(rows) = rows {
            report.member("rows").plain(rows);
        }
        if !tables.is_empty() {
            report.member("tables").list(tables, |(name, rows), to| {
                to.object(|table| {
                    table.member("name").text(name);
                    table.member("rows").plain(rows);
                });
            });
        }
    });
}
