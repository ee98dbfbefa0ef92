//! Plain JSON: a batch as one object, or an event a line.
//!
//! Every event says of itself which program and run it comes from, so that a line stands alone. Absent values are absent keys.
//! Durations are integer nanoseconds, times RFC 3339 in UTC with microseconds, floats that are not finite `null`.

use crate::aggregate::Aggregate;
use crate::event::{EventKind, Fault, NamedValue, Place, Run};
use crate::json::{Members, Rendered, Second, Writer, hex_text, id_text};
use crate::thinning::Thinning;
use crate::value::{Id, Raw, Value, nanos, rfc3339};

use super::{Batch, Entry, Format, Limits, Part, Request, Stream};

/// Plain JSON: see [`sink::Json`](crate::sink::Json).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn variables(&self) -> Vec<(&'static str, Part)> {
        vec![("TELEMETRY_ENDPOINT", Part::Url)]
    }

    /// As many events as 1 MiB holds: who answers slowly gets no fewer of them.
    fn streams(&self) -> Vec<Stream> {
        vec![Stream::all(Limits { events: 10_000, ..Limits::USUAL })]
    }

    /// `{"sent_at": …, "events": […]}`, stamped with the time of sending so that a receiver can correct a wrong clock.
    fn request(&self, batch: &Batch<'_>) -> Option<Request> {
        let mut text = String::with_capacity(batch.entries.len() * EVENT_BYTES);
        let mut common = Common::default();
        Writer::new(&mut text).object(|members| {
            members.member("sent_at").time(batch.sent_at);
            members.member("events").list(batch.entries, |entry, to| write_event_like(&mut common, entry, to));
        });
        Some(Request::new("application/json", text).of_one_line())
    }
}

/// One event as one line, with its line break.
pub(crate) fn line(entry: &Entry<'_>) -> Vec<u8> {
    let mut text = String::new();
    write_event(entry, Writer::new(&mut text));
    text.push('\n');
    text.into_bytes()
}

/// About so much an event takes.
const EVENT_BYTES: usize = 512;

/// What the last event had of its run and of who was signed in, which the next one most often has as well.
#[derive(Default)]
struct Common<'a> {
    /// Whose it is: run, invocation and identity.
    of: Option<(Option<&'a Run>, Id, u32)>,
    written: Rendered,
    second: Second,
}

impl<'a> Common<'a> {
    fn of(&mut self, entry: &Entry<'a>) -> &Rendered {
        let event = entry.event;
        let is_same = self.of.is_some_and(|(run, invocation, signed_in)| {
            let is_same_run = match (run, entry.run) {
                (Some(run), Some(other)) => std::ptr::eq(run, other),
                (run, other) => run.is_none() && other.is_none(),
            };
            is_same_run && (invocation, signed_in) == (event.invocation, event.signed_in)
        });
        if !is_same {
            self.of = Some((entry.run, event.invocation, event.signed_in));
            self.written = Rendered::new(|line| write_common(entry, line));
        }
        &self.written
    }
}

fn write_common(entry: &Entry<'_>, line: &mut Members<'_>) {
    let known = [("app", entry.app()), ("version", entry.version()), ("os", entry.os()), ("arch", entry.arch())];
    for (name, value) in known.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        line.member(name).str(value);
    }
    write_fields("\"facts\":", entry.facts(), line);
    write_origin(entry, line);
    line.member("invocation_id").id(entry.event.invocation);
}

/// An event with all that is known of it.
pub(crate) fn write_event(entry: &Entry<'_>, to: Writer<'_>) {
    write_event_like(&mut Common::default(), entry, to);
}

/// The same of one that may have much in `common` with the one before it.
fn write_event_like<'a>(common: &mut Common<'a>, entry: &Entry<'a>, to: Writer<'_>) {
    let event = entry.event;
    to.object(|line| {
        // In few pieces: what an event costs here is how many there are.
        let mut head = *br#""id":"00000000-0000-0000-0000-000000000000","time":"0000-00-00T00:00:00.000000Z","event":"#;
        head[6..42].copy_from_slice(&id_text(event.id));
        if let Some(time) = common.second.text_of(event.time) {
            head[52..79].copy_from_slice(&time);
            line.known(std::str::from_utf8(&head).unwrap_or_default()).str(&event.name);
        } else {
            line.member("id").id(event.id);
            line.member("time").time(event.time);
            line.member("event").str(&event.name);
        }
        line.known("\"kind\":").ascii(kind(&event.kind).as_bytes());
        line.members(common.of(entry));
        if let Some(call) = event.call {
            line.known("\"call_id\":").ascii(&hex_text(call.0.get()));
        }
        if let Some(parent) = event.parent {
            line.known("\"parent_call_id\":").ascii(&hex_text(parent.0.get()));
        }
        match &event.kind {
            EventKind::Start | EventKind::UsageReport => {}
            EventKind::Finish { outcome, duration, error, .. } => {
                line.known("\"outcome\":").ascii(outcome.as_str().as_bytes());
                line.known("\"is_error\":").bool(outcome.is_error());
                if let Some(duration) = duration {
                    line.known("\"duration_ns\":").uint(nanos(*duration));
                }
                if let Some(error) = error {
                    line.member("error").str(error.as_str());
                }
            }
            EventKind::Panic(_) | EventKind::ErrorReport(_) => write_fault(event.kind.fault(), line),
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
        write_fields("\"fields\":", entry.fields(), line);
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
        EventKind::ErrorReport(_) => "error",
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

/// A panic, or an error report.
fn write_fault(fault: Option<Fault<'_>>, line: &mut Members<'_>) {
    let Some(fault) = fault else { return };
    if let Some(Place { file, line: at, column }) = fault.place {
        line.member("place").object(|members| {
            members.member("file").text(file);
            members.member("line").plain(at);
            members.member("column").plain(column);
        });
    }
    if let Some(text) = fault.text {
        line.member(if fault.is_panic { "text" } else { "error" }).text(text);
    }
    if !fault.frames.is_empty() {
        line.member("frames").list(fault.frames, |frame, to| {
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
        line.known(name).object(|members| {
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
        Raw::Bool(value) => to.bool(*value),
        Raw::Int(value) => to.plain(value),
        Raw::UInt(value) => to.uint(*value),
        Raw::Float(value) => to.float(*value),
        Raw::Duration(value) => to.uint(nanos(*value)),
        Raw::Time(value) => to.time(*value),
        Raw::Id(value) => to.id(*value),
        Raw::Text(value) => to.str(value),
        Raw::List(values) => to.list(values, write_raw),
        Raw::Identifier(_, name) => to.text(name),
        Raw::Map(values) => to.object(|members| {
            for (name, value) in values {
                write_raw(value, members.member(name));
            }
        }),
    }
}
