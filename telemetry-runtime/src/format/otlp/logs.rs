//! `LogRecord`: an event, with all that is known of it.

use crate::event::{EventKind, Outcome};

use super::super::Entry;
use super::attributes;
use super::encode::{Any, Fields, write_attributes};
use super::{nanos_since_epoch, trace_id};

/// `SeverityNumber`, with the short names that the data model has for them.
const fn severity(kind: &EventKind) -> (u8, &'static str) {
    match kind {
        EventKind::Finish { outcome: Outcome::Error | Outcome::Panicked, .. } => (17, "ERROR"),
        EventKind::Start
        | EventKind::Finish { .. }
        | EventKind::Aggregate(_)
        | EventKind::Snapshot { .. }
        | EventKind::UsageReport => (9, "INFO"),
        EventKind::Panic(_) => (21, "FATAL"),
        EventKind::Loss { .. } | EventKind::UsageError { .. } => (13, "WARN"),
    }
}

pub(super) fn write(entry: &Entry<'_>, observed: u64, to: &mut Fields<'_, '_>) {
    let event = entry.event;
    let (number, text) = severity(&event.kind);
    to.fixed(1, "timeUnixNano", nanos_since_epoch(event.time));
    to.fixed(11, "observedTimeUnixNano", observed);
    to.enumeration(2, "severityNumber", number);
    to.text(3, "severityText", text);
    to.text(12, "eventName", &event.name);
    let mut attributes = attributes::of_event(entry).0;
    if let EventKind::Finish { error: Some(error), .. } = &event.kind {
        attributes.push(("exception.message".into(), Any::Text(error.as_str().into())));
    }
    write_attributes(6, &attributes, to);
    // A span's id means nothing without its trace.
    if let (Some(trace), Some(call)) = (trace_id(entry), event.call) {
        to.id(9, "traceId", &trace);
        to.id(10, "spanId", &call.0.get().to_be_bytes());
    }
}
