//! Plain JSON: a batch as one object, or an event a line.
//!
//! Every event says of itself which program and run it comes from, so that a line stands alone. Absent values are absent keys.
//! Durations are integer nanoseconds, times RFC 3339 in UTC with microseconds, floats that are not finite `null`.

use std::sync::Arc;
use std::time::SystemTime;

use crate::event::{Event, EventKind, NamedValue, Panic, Run};
use crate::identity::InstallIdKind;
use crate::json::{Members, Writer};
use crate::value::{Raw, nanos, rfc3339};

/// An event and the run that it belongs to, if that is known.
pub(crate) type Told<'a> = (&'a Event, Option<&'a Arc<Run>>);

/// `{"sent_at": …, "events": […]}`, stamped with the time of sending so that a receiver can correct a wrong clock.
pub(crate) fn batch(events: &[Told<'_>], sent_at: SystemTime) -> Vec<u8> {
    let mut text = String::new();
    Writer::new(&mut text).object(|batch| {
        batch.member("sent_at").text(rfc3339(sent_at));
        batch.member("events").list(events, |told, to| write_event(*told, to));
    });
    text.into_bytes()
}

/// One event as one line, with its line break.
pub(crate) fn line(event: Told<'_>) -> Vec<u8> {
    let mut text = String::new();
    write_event(event, Writer::new(&mut text));
    text.push('\n');
    text.into_bytes()
}

fn write_event((event, run): Told<'_>, to: Writer<'_>) {
    to.object(|line| {
        line.member("id").text(event.id);
        line.member("time").text(rfc3339(event.time));
        line.member("event").text(&event.name);
        line.member("kind").text(match event.kind {
            EventKind::Start => "start",
            EventKind::Finish { .. } => "finish",
            EventKind::Loss { .. } => "loss",
            EventKind::Panic(_) => "panic",
            EventKind::UsageError { .. } => "usage_error",
        });
        if let Some(run) = run {
            line.member("app").text(&run.app);
            line.member("version").text(&run.version);
            line.member("os").text(&run.os);
            line.member("arch").text(&run.arch);
            write_fields("facts", &run.facts, line);
        }
        write_origin(event, run.map(AsRef::as_ref), line);
        line.member("invocation_id").text(event.invocation);
        if let Some(call) = event.call {
            line.member("call_id").text(call);
        }
        if let Some(parent) = event.parent {
            line.member("parent_call_id").text(parent);
        }
        match &event.kind {
            EventKind::Start => {}
            EventKind::Finish { outcome, duration, error } => {
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
        }
        write_fields("fields", &event.fields, line);
    });
}

/// Whom the event is of. An install id goes with it only where nobody was signed in.
fn write_origin(event: &Event, run: Option<&Run>, line: &mut Members<'_>) {
    if let Some(run) = run {
        let kind = if event.signed_in == 0 { run.install_id_kind } else { InstallIdKind::None };
        if let Some(id) = run.install_id.filter(|_| kind != InstallIdKind::None) {
            line.member("install_id").text(id);
        }
        line.member("install_id_kind").text(kind);
        if let Some(environment) = run.environment {
            line.member("environment").text(environment);
        }
        if let Some(parent) = run.parent {
            line.member("parent_invocation_id").text(parent);
        }
    }
    let Some(identity) = &event.identity else { return };
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

fn write_panic(panic: &Panic, line: &mut Members<'_>) {
    if let Some(place) = &panic.place {
        line.member("place").object(|members| {
            members.member("file").text(&place.file);
            members.member("line").plain(place.line);
            members.member("column").plain(place.column);
        });
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

fn write_fields(name: &str, fields: &[NamedValue], line: &mut Members<'_>) {
    if !fields.is_empty() {
        line.member(name).object(|members| {
            for (name, value) in fields.iter().filter(|(_, value)| !value.is_absent()) {
                write_value(&value.0, members.member(name));
            }
        });
    }
}

fn write_value(value: &Raw, to: Writer<'_>) {
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
        Raw::List(values) => to.list(values, write_value),
        Raw::Identifier(_, name) => to.text(name),
    }
}
