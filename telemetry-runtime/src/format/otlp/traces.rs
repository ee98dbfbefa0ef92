//! `Span`: a call, made of the event of its end.

use crate::event::{CallId, EventKind};
use crate::value::nanos;

use super::super::Entry;
use super::attributes;
use super::encode::{Fields, write_attributes};
use super::{TraceId, nanos_since_epoch, trace_id};

/// `SPAN_KIND_INTERNAL`.
const INTERNAL: u8 = 1;
/// `STATUS_CODE_ERROR`.
const ERROR: u8 = 2;

/// What makes a span of an event: the finish of a call whose place in a trace is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    trace: TraceId,
    call: CallId,
}

impl Place {
    pub(super) fn of(entry: &Entry<'_>) -> Option<Self> {
        let is_finish = matches!(entry.event.kind, EventKind::Finish { .. });
        let (trace, call) = (trace_id(entry)?, entry.event.call?);
        is_finish.then_some(Self { trace, call })
    }
}

pub(super) fn write(entry: &Entry<'_>, Place { trace, call }: Place, to: &mut Fields<'_, '_>) {
    let event = entry.event;
    let EventKind::Finish { outcome, duration, error, .. } = &event.kind else { return };
    let end = nanos_since_epoch(event.time);
    to.id(1, "traceId", &trace);
    to.id(2, "spanId", &call.0.get().to_be_bytes());
    if let Some(parent) = event.parent {
        to.id(4, "parentSpanId", &parent.0.get().to_be_bytes());
    }
    to.text(5, "name", event.name.strip_suffix(" Finished").unwrap_or(&event.name));
    to.enumeration(6, "kind", INTERNAL);
    // How long an abandoned call took is not known.
    to.fixed(7, "startTimeUnixNano", end.saturating_sub(duration.map_or(0, nanos)));
    to.fixed(8, "endTimeUnixNano", end);
    write_attributes(9, &attributes::of_event(entry).0, to);
    if outcome.is_error() {
        to.message(15, "status", |to| {
            if let Some(error) = error {
                to.text(2, "message", error.as_str());
            }
            to.enumeration(3, "code", ERROR);
        });
    }
}
