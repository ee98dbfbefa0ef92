//! What is stored as a page for a browser: the page that the client shows, of what came here.

use std::time::{Duration, SystemTime};

use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use telemetry_runtime::private::page::{self, Page, Part, Script, Section, Table};

use crate::http::Answer;
use crate::report::{EventRow, Report};
use crate::store::{Counts, Last};

/// Has the page keep itself up to date; a test compares it with its digest.
const SCRIPT: Script =
    Script { text: include_str!("view.js"), hash: "sha256-fHznun1TLYyly87lz9QSx+FJNr2WZMpu/4uyFRVhvEA=" };
/// So many events are seen before the others are asked for.
const OPEN: usize = 20;

/// The page, for nobody to keep, to put into a frame of theirs, or to be told of by what it links to.
pub(crate) fn answer(report: &Report, last: &[Last], counts: Counts) -> Answer {
    Answer::new(StatusCode::OK, "text/html; charset=utf-8", page(report, last, counts).to_html())
        .with(CACHE_CONTROL, "no-store")
        .with(REFERRER_POLICY, "no-referrer")
        .with(X_CONTENT_TYPE_OPTIONS, "nosniff")
        .with(CONTENT_SECURITY_POLICY, "frame-ancestors 'none'")
}

fn page(report: &Report, last: &[Last], counts: Counts) -> Page {
    Page {
        title: "Telemetry received".into(),
        intro: "What programs sent to this receiver, and what it keeps of that. Where the browser runs no scripts, load it again to see what came since.".into(),
        figures: vec![
            ("Events stored", page::count(counts.stored)),
            ("Came again", page::count(counts.duplicates)),
            ("Kept apart", page::count(counts.quarantined)),
            ("Programs and versions", page::count(report.apps.len() as u64)),
        ],
        sections: vec![books(counts), events(report), programs(report), lost(report), kept_apart(report), latest(last)],
        script: Some(SCRIPT),
    }
}

fn books(counts: Counts) -> Section {
    let rows = [
        ("Stored", counts.stored, "as events, each once"),
        ("Came again", counts.duplicates, "and were not stored again"),
        ("Kept apart", counts.quarantined, "because they are no events, or not in the catalogue"),
        ("Deleted", counts.deleted, "because somebody asked for it"),
        ("Expired", counts.expired, "older than what is kept"),
        ("Crowded out", counts.crowded_out, "there was no more room"),
        ("Data points", counts.points, "over OTLP, that became part of the tables file"),
        ("Rejected", counts.rejected, "data points, spans and log records over OTLP"),
    ];
    let rows = rows.into_iter().map(|(what, events, says)| vec![what.into(), page::count(events), says.into()]);
    let table = Part::Table(Table::new("", &["", "Count#", ""], rows.collect()));
    Section::new("books", "What came", "Since this store was made.", vec![table])
}

fn events(report: &Report) -> Section {
    let says = "Of all events that are stored now. Percentiles are exact over what was measured (the nearest rank).";
    Section::new("events", "What was recorded", says, vec![Part::Events(report.events.iter().map(row).collect())])
}

fn row(row: &EventRow) -> page::EventRow {
    page::EventRow {
        name: row.event.clone(),
        kind: row.kind.clone(),
        count: row.count,
        errors: row.error_rate.map(|_| row.errors),
        outcomes: row.outcomes.iter().map(|(outcome, count)| (outcome.clone(), *count)).collect(),
        durations: row.duration.map(|all| page::Durations {
            measured: all.measured,
            percentiles: [all.p50_ns, all.p90_ns, all.p99_ns],
            is_about: false,
        }),
    }
}

fn programs(report: &Report) -> Section {
    let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".into());
    let rows = report.apps.iter().map(|app| {
        let counts = [app.events, app.runs, app.installs].map(page::count);
        [known(&app.app), known(&app.version)].into_iter().chain(counts).collect()
    });
    let columns = ["Program", "Version", "Events#", "Runs#", "Installations#"];
    Section::new("programs", "Which programs", "", vec![Part::Table(Table::new("", &columns, rows.collect()))])
}

fn lost(report: &Report) -> Section {
    let rows = report
        .losses
        .iter()
        .map(|loss| vec![loss.reason.clone().unwrap_or_else(|| "–".into()), page::count(loss.events)]);
    let table = Part::Table(Table::new("", &["Because", "Events#"], rows.collect()));
    Section::new("lost", "What programs lost", "Events that they say will never arrive.", vec![table])
}

fn kept_apart(report: &Report) -> Section {
    let rows =
        report.quarantined.iter().map(|row| vec![row.reason.clone(), row.detail.clone(), page::count(row.events)]);
    let table = Part::Table(Table::new("", &["Because", "Detail", "Events#"], rows.collect()));
    Section::new("apart", "What is kept apart", "The most frequent reasons.", vec![table])
}

fn latest(last: &[Last]) -> Section {
    let entry = |event: &Last| {
        let received = SystemTime::UNIX_EPOCH + Duration::from_millis(event.received.try_into().unwrap_or(0));
        page::Entry {
            id: format!("event-{}", event.seq),
            time: humantime::format_rfc3339_millis(received).to_string(),
            what: format!("{} · {} · {}", event.event, event.kind, event.program),
            said: event.outcome.clone().unwrap_or_default(),
            body: event.body.clone(),
            ..page::Entry::default()
        }
    };
    let says = "The last events that were stored, the last one first, each as it came.";
    Section::new("latest", "What came last", says, vec![Part::Entries(last.iter().map(entry).collect(), OPEN)])
}
