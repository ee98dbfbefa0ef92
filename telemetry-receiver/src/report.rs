//! What the store says of programs: how often, how well, how long, which versions, and what did not arrive.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use comfy_table::{CellAlignment, Table, presets};
use rusqlite::{Connection, OptionalExtension, Result, Transaction, params};
use serde::Serialize;

use crate::batch::{cut, since_1970};
use crate::error::Error;
use crate::limits::{DETAIL_BYTES, REASONS};
use crate::store;

/// Figures over what is stored. As JSON (`serde`), it has these names.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// From when on, as RFC 3339 has it; `None` for all that is stored. Events count by when they happened, what was kept apart by when it came.
    pub since: Option<String>,
    /// By event and kind, in the order of the names.
    pub events: Vec<EventRow>,
    /// By program and version.
    pub apps: Vec<AppRow>,
    /// Events that clients say will never arrive, by the reason that they give.
    pub losses: Vec<LossRow>,
    /// What was kept apart, the most frequent first; the first twenty.
    pub quarantined: Vec<QuarantineRow>,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct EventRow {
    /// Its name.
    pub event: String,
    /// `start`, `finish`, `panic`, `loss`, `usage_error` or `error`.
    pub kind: String,
    /// How many there are.
    pub count: u64,
    /// How many of them say `is_error`.
    pub errors: u64,
    /// Which part of them do, from 0 to 1; `None` but for kind `finish`.
    pub error_rate: Option<f64>,
    /// How many have which outcome.
    pub outcomes: BTreeMap<String, u64>,
    /// How long they took; `None` where none says.
    pub duration: Option<Durations>,
}

/// Durations in nanoseconds, each one that was measured: so many percent of all took that long or less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[allow(clippy::struct_field_names, reason = "the unit goes with the number")]
pub struct Durations {
    /// How many were measured.
    pub measured: u64,
    /// The median.
    pub p50_ns: u64,
    /// 90 of 100.
    pub p90_ns: u64,
    /// 99 of 100.
    pub p99_ns: u64,
}

/// A version of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AppRow {
    /// The program; `None` where its events do not say.
    pub app: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Events of it.
    pub events: u64,
    /// Runs of it that sent any.
    pub runs: u64,
    /// Installations of it that sent any and said which they are.
    pub installs: u64,
}

/// Events that are lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LossRow {
    /// Why, in the client's words.
    pub reason: Option<String>,
    /// How many.
    pub events: u64,
}

/// Events that are kept apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct QuarantineRow {
    /// `too_large`, `not_an_event`, `unknown_event` or `invalid`.
    pub reason: String,
    /// What is wrong with them.
    pub detail: String,
    /// How many.
    pub events: u64,
}

impl Report {
    /// Reads a store, while a receiver may be writing to it.
    ///
    /// # Errors
    ///
    /// Where there is no store, or it cannot be read.
    pub fn of_store(path: impl AsRef<Path>, since: Option<SystemTime>) -> std::result::Result<Self, Error> {
        let path = path.as_ref();
        let mut connection = store::open_to_read(path)?;
        Self::read(&mut connection, since).map_err(|why| Error::new(format!("the store {}", path.display()), why))
    }

    /// Reads all of it as it is at one moment.
    pub(crate) fn read(connection: &mut Connection, since: Option<SystemTime>) -> Result<Self> {
        let moment = connection.transaction()?;
        let from = since.map_or(i64::MIN, since_1970);
        Ok(Self {
            since: since.map(|since| humantime::format_rfc3339_seconds(since).to_string()),
            events: events(&moment, from)?,
            apps: rows(
                &moment,
                "SELECT app, version, count(*), count(DISTINCT invocation_id), count(DISTINCT install_id)
                 FROM events WHERE at >= ?1 GROUP BY app, version ORDER BY app, version",
                from,
                |row| {
                    let (app, version) = (row.get(0)?, row.get(1)?);
                    Ok(AppRow { app, version, events: row.get(2)?, runs: row.get(3)?, installs: row.get(4)? })
                },
            )?,
            losses: rows(
                &moment,
                "SELECT reason, CAST(total(lost) AS INTEGER) FROM events WHERE at >= ?1 AND kind = 'loss' GROUP BY reason ORDER BY reason",
                from,
                |row| Ok(LossRow { reason: row.get(0)?, events: row.get(1)? }),
            )?,
            quarantined: rows(
                &moment,
                &format!(
                    "SELECT reason, detail, count(*) FROM quarantine WHERE received >= ?1
                     GROUP BY reason, detail ORDER BY count(*) DESC, reason, detail LIMIT {REASONS}"
                ),
                from,
                |row| Ok(QuarantineRow { reason: row.get(0)?, detail: row.get(1)?, events: row.get(2)? }),
            )?,
        })
    }
}

fn rows<T>(
    moment: &Transaction<'_>,
    sql: &str,
    from: i64,
    read: impl Fn(&rusqlite::Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    moment.prepare(sql)?.query_map([from], |row| read(row))?.collect()
}

fn events(moment: &Transaction<'_>, from: i64) -> Result<Vec<EventRow>> {
    // An aggregate stands for many calls.
    let sql = "SELECT event, kind,
                   CAST(total(CASE kind WHEN 'aggregate' THEN json_extract(body, '$.calls') ELSE 1 END) AS INTEGER),
                   total(CASE kind WHEN 'aggregate' THEN json_extract(body, '$.errors') ELSE is_error END)
               FROM events WHERE at >= ?1 GROUP BY event, kind ORDER BY event, kind";
    let named = rows(moment, sql, from, |row| {
        let (count, errors): (u64, f64) = (row.get(2)?, row.get(3)?);
        let kind: String = row.get(1)?;
        #[allow(clippy::cast_precision_loss, reason = "there are not 2^53 rows")]
        let error_rate = ["finish", "aggregate"].contains(&kind.as_str()).then(|| errors / count.max(1) as f64);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of rows")]
        let errors = errors as u64;
        let event = row.get(0)?;
        Ok(EventRow { event, kind, count, errors, error_rate, outcomes: BTreeMap::new(), duration: None })
    });
    let mut outcomes = moment.prepare(
        "SELECT outcome, count(*) FROM events WHERE at >= ?1 AND event = ?2 AND kind = ?3 AND outcome IS NOT NULL GROUP BY outcome",
    )?;
    let mut named = named?;
    for row in &mut named {
        let found = outcomes.query_map(params![from, row.event, row.kind], |row| Ok((row.get(0)?, row.get(1)?)))?;
        row.outcomes = found.collect::<Result<_>>()?;
        row.duration = durations(moment, from, row)?;
    }
    Ok(named)
}

/// By the nearest rank: each figure is a duration that was measured.
fn durations(moment: &Transaction<'_>, from: i64, row: &EventRow) -> Result<Option<Durations>> {
    const MEASURED: &str = "FROM events WHERE at >= ?1 AND event = ?2 AND kind = ?3 AND duration_ns IS NOT NULL";
    let count: u64 =
        moment
            .query_row(&format!("SELECT count(*) {MEASURED}"), params![from, row.event, row.kind], |row| row.get(0))?;
    let mut ranked =
        moment.prepare(&format!("SELECT duration_ns {MEASURED} ORDER BY duration_ns LIMIT 1 OFFSET ?4"))?;
    let mut at = |percent: u64| {
        let rank = (count * percent).div_ceil(100).saturating_sub(1);
        ranked.query_row(params![from, row.event, row.kind, rank], |row| row.get::<_, u64>(0)).optional()
    };
    let (p50, p90, p99) = (at(50)?, at(90)?, at(99)?);
    Ok(p50.zip(p90).zip(p99).map(|((p50_ns, p90_ns), p99_ns)| Durations { measured: count, p50_ns, p90_ns, p99_ns }))
}

/// For people.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(since) = &self.since {
            writeln!(f, "Since {since}\n")?;
        }
        if self.events.is_empty() && self.quarantined.is_empty() {
            return writeln!(f, "No events.");
        }
        let mut table = headed(&["Event", "Kind", "Count", "Errors", "Outcomes", "p50", "p90", "p99"]);
        for row in &self.events {
            let outcomes: Vec<_> =
                row.outcomes.iter().map(|(outcome, count)| format!("{} {count}", word(outcome))).collect();
            let [p50, p90, p99] =
                row.duration.map_or([None; 3], |all| [Some(all.p50_ns), Some(all.p90_ns), Some(all.p99_ns)]).map(span);
            let errors =
                row.error_rate.map(|rate| format!("{} ({:.1} %)", row.errors, rate * 100.0)).unwrap_or_default();
            let (event, kind, count) = (word(&row.event), word(&row.kind), row.count.to_string());
            table.add_row([event, kind, count, errors, outcomes.join(", "), p50, p90, p99]);
        }
        right(&mut table, &[2, 3, 5, 6, 7]);
        writeln!(f, "{table}")?;
        let known = |text: &Option<String>| text.as_deref().map_or_else(|| "-".into(), word);
        let mut table = headed(&["Program", "Version", "Events", "Runs", "Installations"]);
        for row in &self.apps {
            let counts = [row.events, row.runs, row.installs].map(|count| count.to_string());
            table.add_row([known(&row.app), known(&row.version)].into_iter().chain(counts));
        }
        right(&mut table, &[2, 3, 4]);
        writeln!(f, "\n{table}")?;
        if !self.losses.is_empty() {
            let mut table = headed(&["Lost by clients, because", "Events"]);
            for row in &self.losses {
                table.add_row([known(&row.reason), row.events.to_string()]);
            }
            right(&mut table, &[1]);
            writeln!(f, "\n{table}")?;
        }
        if !self.quarantined.is_empty() {
            let mut table = headed(&["Kept apart, because", "Detail", "Events"]);
            for row in &self.quarantined {
                table.add_row([word(&row.reason), word(&row.detail), row.events.to_string()]);
            }
            right(&mut table, &[2]);
            writeln!(f, "\n{table}")?;
        }
        Ok(())
    }
}

fn headed(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_FULL_CONDENSED);
    table.set_header(header);
    table
}

fn right(table: &mut Table, columns: &[usize]) {
    for column in columns {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// Words come from senders: what would move a terminal's cursor does not get there.
fn word(text: &str) -> String {
    cut(text, DETAIL_BYTES)
}

fn span(nanos: Option<u64>) -> String {
    let Some(nanos) = nanos else { return String::new() };
    // Three digits say enough: the smallest unit goes with the size.
    let unit = match nanos {
        0..10_000 => 1,
        10_000..10_000_000 => 1_000,
        10_000_000..10_000_000_000 => 1_000_000,
        _ => 1_000_000_000,
    };
    humantime::format_duration(Duration::from_nanos(nanos / unit * unit)).to_string()
}
