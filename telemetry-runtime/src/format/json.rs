//! Plain JSON: a batch as one object, or an event a line.
//!
//! Every event says of itself which program and run it comes from, so that a line stands alone. Absent values are absent keys.

use std::fmt::Display;
use std::sync::Arc;
use std::time::SystemTime;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::event::{Event, EventKind, NamedValue, Run};
use crate::value::{Raw, nanos, rfc3339};

/// An event and the run that it belongs to, if that is known.
pub(crate) type Told<'a> = (&'a Event, Option<&'a Arc<Run>>);

/// `{"sent_at": …, "events": […]}`, stamped with the time of sending so that a receiver can correct a wrong clock.
pub(crate) fn batch(events: &[Told<'_>], sent_at: SystemTime) -> Vec<u8> {
    to_bytes(&Batch { sent_at, events })
}

struct Batch<'a> {
    sent_at: SystemTime,
    events: &'a [Told<'a>],
}

impl Serialize for Batch<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut batch = to.serialize_map(Some(2))?;
        batch.serialize_entry("sent_at", &Shown(rfc3339(self.sent_at)))?;
        batch.serialize_entry("events", &Lines(self.events))?;
        batch.end()
    }
}

struct Lines<'a>(&'a [Told<'a>]);

impl Serialize for Lines<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(|told| Line(*told)))
    }
}

/// One event as one line, with its line break.
pub(crate) fn line(event: Told<'_>) -> Vec<u8> {
    let mut line = to_bytes(&Line(event));
    line.push(b'\n');
    line
}

fn to_bytes(value: &impl Serialize) -> Vec<u8> {
    // Serialising into memory fails for maps with keys that are no strings, and there is none.
    serde_json::to_vec(value).unwrap_or_default()
}

/// Whatever prints, as a JSON string.
struct Shown<T>(T);

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

struct Line<'a>(Told<'a>);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (event, run) = self.0;
        let mut line = to.serialize_map(None)?;
        line.serialize_entry("id", &Shown(event.id))?;
        line.serialize_entry("time", &Shown(rfc3339(event.time)))?;
        line.serialize_entry("event", &event.name)?;
        line.serialize_entry("kind", if matches!(event.kind, EventKind::Start) { "start" } else { "finish" })?;
        if let Some(run) = run {
            line.serialize_entry("app", &run.app)?;
            line.serialize_entry("version", &run.version)?;
            line.serialize_entry("os", &run.os)?;
            line.serialize_entry("arch", &run.arch)?;
            if !run.facts.is_empty() {
                line.serialize_entry("facts", &Fields(&run.facts))?;
            }
        }
        line.serialize_entry("invocation_id", &Shown(event.invocation))?;
        line.serialize_entry("call_id", &Shown(event.call))?;
        if let Some(parent) = event.parent {
            line.serialize_entry("parent_call_id", &Shown(parent))?;
        }
        if let EventKind::Finish { outcome, duration } = event.kind {
            line.serialize_entry("outcome", outcome.as_str())?;
            line.serialize_entry("is_error", &outcome.is_error())?;
            line.serialize_entry("duration_ns", &nanos(duration))?;
        }
        if !event.fields.is_empty() {
            line.serialize_entry("fields", &Fields(&event.fields))?;
        }
        line.end()
    }
}

struct Fields<'a>(&'a [NamedValue]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let present = self.0.iter().filter(|(_, value)| !value.is_absent());
        to.collect_map(present.map(|(name, value)| (name, Json(&value.0))))
    }
}

/// A value: durations as integer nanoseconds, times as RFC 3339 in UTC with microseconds, floats that are not finite as `null`.
struct Json<'a>(&'a Raw);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Raw::Absent => to.serialize_none(),
            Raw::Bool(value) => to.serialize_bool(*value),
            Raw::Int(value) => to.serialize_i64(*value),
            Raw::UInt(value) => to.serialize_u64(*value),
            Raw::Float(value) => to.serialize_f64(*value),
            Raw::Duration(value) => to.serialize_u64(nanos(*value)),
            Raw::Time(value) => to.collect_str(&rfc3339(*value)),
            Raw::Id(value) => to.collect_str(value),
            Raw::Text(value) => to.serialize_str(value),
            Raw::List(values) => to.collect_seq(values.iter().map(Json)),
        }
    }
}
