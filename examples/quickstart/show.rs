//! Shows the person what telemetry did: one line before the command runs, and what was sent after it.
//!
//! All of it goes to stderr, since stdout is the command's; but for `--show json`, which asks for it there.

use std::collections::HashMap;
use std::time::Duration;

use clap::ValueEnum;
use serde_json::Value;
use telemetry_runtime::{FlushError, Level, Status};

use crate::receiver::Receiver;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Show {
    Table,
    Json,
    None,
}

/// Says once, before anything is recorded, that this program has telemetry, or why it has none.
pub(crate) fn notice(show: Show, status: &Status, receiver: &Receiver) {
    match (show, status.level()) {
        (Show::None, _) => {}
        (_, Level::None) => eprintln!("Telemetry is off ({}).", status.decision().reason()),
        _ => eprintln!("Telemetry is on: which commands run, and how they end, goes to {receiver}."),
    }
}

/// Shows what arrived, after the command.
pub(crate) fn sent(show: Show, status: &Status, receiver: &Receiver, flushed: Result<(), FlushError>) {
    if show == Show::None || status.level() == Level::None {
        return;
    }
    if let Err(pending) = flushed {
        eprintln!("{pending}");
    }
    let events = receiver.take_events();
    if show == Show::Json {
        for event in events {
            println!("{event}");
        }
        return;
    }

    let counts = status.counts();
    eprintln!("\n{} events were sent to {receiver}.", counts.delivered);
    if counts.recovered > 0 {
        eprintln!("{} more were sent that earlier runs had left.", counts.recovered);
    }
    if !events.is_empty() {
        print_table(&events);
    }
    if let Some((report, store)) = receiver.report() {
        eprintln!("\nThe receiver's report of them, which is also to be had later by");
        eprint!("`cargo run --package telemetry-receiver -- report --store {}`:\n\n{report}", store.display());
    }
    if let Some(folder) = status.spool() {
        eprintln!("\nUntil they are sent, events are kept in {}.", folder.display());
    }
    eprintln!("\n{}", status.decision());
    eprintln!("\nTo turn telemetry off: --telemetry-level none, QUICKSTART_TELEMETRY_LEVEL=none or DO_NOT_TRACK=1.");
}

fn print_table(events: &[Value]) {
    let mut depths: HashMap<&str, usize> = HashMap::new();
    eprintln!();
    let mut rows = vec![["event", "outcome", "duration", "fields"].map(str::to_owned)];
    for event in events {
        let text = |key: &str| event[key].as_str().unwrap_or_default();
        let depth = depths.get(text("parent_call_id")).map_or(0, |depth| depth + 1);
        depths.insert(text("call_id"), depth);
        let duration = event["duration_ns"].as_u64().map(|ns| format!("{:.1?}", Duration::from_nanos(ns)));
        let fields = event["fields"].as_object().into_iter().flatten();
        let fields = fields.map(|(name, value)| format!("{name}={value}").replace('"', ""));
        rows.push([
            format!("{}{}", "  ".repeat(depth), text("event")),
            text("outcome").to_owned(),
            duration.unwrap_or_default(),
            fields.collect::<Vec<_>>().join(" "),
        ]);
    }
    for row in &rows {
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let [event, outcome, duration, fields] = row;
        let line = format!("  {event:<0$}  {outcome:<1$}  {duration:>2$}  {fields}", width(0), width(1), width(2));
        eprintln!("{}", line.trim_end());
    }
}
