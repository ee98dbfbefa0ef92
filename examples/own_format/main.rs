//! A wire format of one's own: tracked calls as InfluxDB's line protocol, to any server that takes its v2 writes (InfluxDB,
//! VictoriaMetrics, Telegraf).
//!
//! `cargo run --example own_format -- http://127.0.0.1:8086/api/v2/write?bucket=usage`, or without a URL to be shown what would be sent.
//!
//! The format says what goes on the wire, and nothing else: retries, the spool, compression, the ledger, inspect mode and the books are
//! the sink's, and what a field can hold is decided by its type, long before a format sees it.
#![allow(clippy::print_stdout, reason = "a program for people")]

use std::time::{Duration, UNIX_EPOCH};

use telemetry_runtime::format::{Batch, Entry, Format, Request};
use telemetry_runtime::sink::{self, Kinds};
use telemetry_runtime::{Development, EventKind, Telemetry, app, record, tracked};

/// `Sync\ Finished,app=demo,outcome=ok duration_ns=1503000i,rows="42" 1795216177123456000`
struct LineProtocol;

impl Format for LineProtocol {
    fn name(&self) -> &'static str {
        "line-protocol"
    }

    fn kinds(&self) -> Kinds {
        Kinds::FINISHES
    }

    fn request(&self, batch: &Batch<'_>) -> Option<Request> {
        let lines: String = batch.entries.iter().filter_map(line).collect();
        Some(Request::new("text/plain; charset=utf-8", lines))
    }
}

fn line(entry: &Entry<'_>) -> Option<String> {
    let EventKind::Finish { outcome, duration, .. } = entry.event.kind else { return None };
    let escaped = |name: &str| name.replace([' ', ','], "\\ ").replace('=', "\\=");
    let fields = entry.fields().map(|(name, value)| format!(",{name}={:?}", value.to_string()));
    let nanoseconds = entry.event.time.duration_since(UNIX_EPOCH).ok()?.as_nanos();
    Some(format!(
        "{},app={},outcome={outcome} duration_ns={}i{} {nanoseconds}\n",
        escaped(&entry.event.name),
        escaped(entry.app().unwrap_or("unknown")),
        duration.unwrap_or_default().as_nanos(),
        fields.collect::<String>(),
    ))
}

/// The work: how many lines and words this program's own source has.
#[tracked]
fn count() -> (usize, usize) {
    let text = include_str!("main.rs");
    let (lines, words) = (text.lines().count(), text.split_whitespace().count());
    record!(lines = lines, words = words);
    (lines, words)
}

fn main() {
    let url = std::env::args().nth(1);
    let telemetry = Telemetry::builder(app!("own-format"))
        .env_prefix("OWN_FORMAT")
        .development(Development::Send)
        .grace(Duration::from_secs(5))
        .inspect(url.is_none())
        .sink(sink::Http::with_format(url.as_deref().unwrap_or("http://localhost/"), LineProtocol))
        .start();
    let (lines, words) = count();
    println!("{lines} lines, {words} words");
    drop(telemetry);
    if url.is_none() {
        println!("see own-format-telemetry.txt");
    }
}
