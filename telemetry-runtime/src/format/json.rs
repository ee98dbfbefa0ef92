//! Plain JSON: a batch as one object, or an event a line.
//!
//! Every event says of itself which program and run it comes from, so that a line stands alone. Absent values are absent keys.
//! Durations are integer nanoseconds, times RFC 3339 in UTC with microseconds, floats that are not finite `null`.

use crate::aggregate::Aggregate;
use crate::event::{EventKind, NamedValue, Panic};
use crate::json::{Members, Writer};
use crate::thinning::Thinning;
use crate::value::{Raw, Value, nanos, rfc3339};

use super::{Batch, Entry, Format, Part, Request};

/// Plain JSON: see [`sink::Json`](crate::sink::Json).
#[derive(Clone, Copy, Debug, Default)]
pub struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn variables(&self) -> Vec<(&'static str, Part)> {
        vec![("TELEMETRY_ENDPOINT", Part::Url)]
    }

    /// `{"sent_at": …, "events": […]}`, stamped with the time of sending so that a receiver can correct a wrong clock.
    fn request(&self, batch: &Batch<'_>) -> Option<Request> {
        let mut text = String::new();
        Writer::new(&mut text).object(|members| {
            members.member("sent_at").text(rfc3339(batch.sent_at));
            members.member("events").list(batch.entries, write_event);
        });
        Some(Request::new("application/json", text))
    }
}

/// One event as one line, with its line break.
pub(crate) fn line(entry: &Entry<'_>) -> Vec<u8> {
    let mut text = String::new();
    write_event(entry, Writer::new(&mut text));
    text.push('\n');
    text.into_bytes()
}

/// An event with all that is known of it.
pub(crate) fn write_event(entry: &Entry<'_>, to: Writer<'_>) {
    let event = entry.event;
    to.object(|line| {
        line.member("id").text(event.id);
        line.member("time").text(rfc3339(event.time));
        line.member("event").text(&event.name);
        line.member("kind").text(kind(&event.kind));
        let known = [("app", entry.app()), ("version", entry.version()), ("os", entry.os()), ("arch", entry.arch())];
        for (name, value) in known.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            line.member(name).text(value);
        }
        write_fields("facts", entry.facts(), line);
        write_origin(entry, line);
        line.member("invocation_id").text(event.invocation);
        if let Some(call) = event.call {
            line.member("call_id").text(call);
        }
        if let Some(parent) = event.parent {
            line.member("parent_call_id").text(parent);
        }
        match &event.kind {
            EventKind::Start | EventKind::UsageReport => {}
            EventKind::Finish { outcome, duration, error, .. } => {
                line.member("outcome").text(outcome);
                line.member("is_error").plain(outcome.is_error());
                if let Some(duration) = duration {
                    line.member("duration_ns").plain(nanos(*duration));
                }
                if let Some(error) = error {
                    line.member("error").text(error);
                }
            }
            EventKind::Panic(panic) => write_panic(panic, line),
            EventKind::Loss { reason, events } => {
                line.member("reason").text(reason);
                line.member("events").plain(events);
            }
            EventKind::UsageError { reason } => line.member("reason").text(reason),
            EventKind::Aggregate(aggregate) => write_aggregate(aggregate, line),
            EventKind::Snapshot { since, .. } => {
                if let Some(since) = since {
                    line.member("since").text(rfc3339(*since));
                }
            }
        }
        write_thinning(event.thinning, line);
        write_fields("fields", entry.fields(), line);
    });
}

/// The word for what happened.
pub(crate) const fn kind(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Start => "start",
        EventKind::Finish { .. } => "finish",
        EventKind::Loss { .. } => "loss",
        EventKind::Panic(_) => "panic",
        EventKind::UsageError { .. } => "usage_error",
        EventKind::Aggregate(_) => "aggregate",
        EventKind::Snapshot { .. } => "snapshot",
        EventKind::UsageReport => "usage_report",
    }
}

/// Whom the event is of. An install id goes with it only where nobody was signed in.
fn write_origin(entry: &Entry<'_>, line: &mut Members<'_>) {
    if let Some(id) = entry.install_id() {
        line.member("install_id").text(id);
    }
    if let Some(kind) = entry.install_id_kind() {
        line.member("install_id_kind").text(kind);
    }
    if let Some(environment) = entry.environment() {
        line.member("environment").text(environment);
    }
    if let Some(parent) = entry.parent_invocation() {
        line.member("parent_invocation_id").text(parent);
    }
    if let Some(first) = entry.first_invocation() {
        line.member("first_invocation_id").text(first);
    }
    let Some(identity) = entry.event.identity() else { return };
    line.member("identity_source").text(identity.source);
    if let Some(user) = &identity.user {
        line.member("user_id").text(user);
    }
    if let Some(team) = &identity.team {
        line.member("team_id").text(team);
    }
    if !identity.groups.is_empty() {
        line.member("groups").object(|members| {
            for (kind, id) in &identity.groups {
                members.member(kind).text(id);
            }
        });
    }
}

fn write_aggregate(aggregate: &Aggregate, line: &mut Members<'_>) {
    line.member("since").text(rfc3339(aggregate.since));
    line.member("calls").plain(aggregate.calls);
    line.member("errors").plain(aggregate.errors);
    line.member("panics").plain(aggregate.panics);
    line.member("cancelled").plain(aggregate.cancelled);
    line.member("duration_ns").plain(nanos(aggregate.duration));
    line.member("histogram").list(&aggregate.histogram, |(bound, calls), to| {
        to.list([bound, calls], |number, to| to.plain(number));
    });
}

fn write_thinning(Thinning { sample_rate, limit, suppressed }: Thinning, line: &mut Members<'_>) {
    if let Some(rate) = sample_rate {
        line.member("sample_rate").float(rate);
    }
    if let Some(limit) = limit {
        line.member("limit").text(limit);
    }
    if suppressed > 0 {
        line.member("suppressed").plain(suppressed);
    }
}

fn write_panic(panic: &Panic, line: &mut Members<'_>) {
    if let Some(place) = &panic.place {
        line.member("place").object(|members| {
            members.member("file").text(&place.file);
            members.member("line").plain(place.line);
            members.member("column").plain(place.column);
        });
    }
    if let Some(text) = &panic.text {
        line.member("text").text(text);
    }
    if !panic.frames.is_empty() {
        line.member("frames").list(&panic.frames, |frame, to| {
            to.object(|members| {
                if let Some(function) = &frame.function {
                    members.member("function").text(function);
                }
                if let Some(file) = &frame.file {
                    members.member("file").text(file);
                }
                if let Some(line) = frame.line {
                    members.member("line").plain(line);
                }
                if let Some(module) = &frame.module {
                    members.member("module").text(module);
                }
                members.member("offset").plain(frame.offset);
            });
        });
    }
}

fn write_fields<'a>(name: &str, fields: impl Iterator<Item = &'a NamedValue>, line: &mut Members<'_>) {
    let mut fields = fields.peekable();
    if fields.peek().is_some() {
        line.member(name).object(|members| {
            for (name, value) in fields {
                write_value(value, members.member(name));
            }
        });
    }
}

/// A value as JSON has it: durations in integer nanoseconds, times in RFC 3339, floats that are no numbers `null`.
pub(crate) fn write_value(value: &Value, to: Writer<'_>) {
    write_raw(&value.0, to);
}

fn write_raw(value: &Raw, to: Writer<'_>) {
    match value {
        Raw::Absent => to.null(),
        Raw::Bool(value) => to.plain(value),
        Raw::Int(value) => to.plain(value),
        Raw::UInt(value) => to.plain(value),
        Raw::Float(value) => to.float(*value),
        Raw::Duration(value) => to.plain(nanos(*value)),
        Raw::Time(value) => to.text(rfc3339(*value)),
        Raw::Id(value) => to.text(value),
        Raw::Text(value) => to.text(value),
        Raw::List(values) => to.list(values, write_raw),
        Raw::Identifier(_, name) => to.text(name),
        Raw::Map(values) => to.object(|members| {
            for (name, value) in values {
                write_raw(value, members.member(name));
            }
        }),
    }
}
