//! What is known of an event and of its run, under the names of the semantic conventions where they have one.

use std::borrow::Cow;
use std::fmt::{Display, Write as _};

use crate::event::{EventKind, NamedValue, Outcome, Panic};
use crate::thinning::Thinning;
use crate::trace::Frame;
use crate::value::{Raw, Value, nanos, rfc3339};

use super::super::Entry;
use super::encode::{Any, Attribute};

/// Attributes as they come together.
#[derive(Debug, Default)]
pub(super) struct Attributes<'a>(pub(super) Vec<Attribute<'a>>);

impl<'a> Attributes<'a> {
    fn push(&mut self, name: impl Into<Cow<'a, str>>, value: Any<'a>) {
        self.0.push((name.into(), value));
    }

    fn word(&mut self, name: &'static str, word: impl Into<Cow<'a, str>>) {
        self.push(name, Any::Text(word.into()));
    }

    fn shown(&mut self, name: impl Into<Cow<'a, str>>, value: impl Display) {
        self.push(name, Any::Text(value.to_string().into()));
    }

    fn int(&mut self, name: &'static str, value: impl Into<i64>) {
        self.push(name, Any::Int(value.into()));
    }
}

/// What the run's resource is: the program, the installation where there is one, and the machine as far as it is known.
pub(super) fn of_run<'a>(entry: &Entry<'a>) -> Attributes<'a> {
    let mut to = Attributes::default();
    if let Some(app) = entry.app() {
        to.word("service.name", app);
        to.word("process.executable.name", app);
    }
    if let Some(version) = entry.version() {
        to.word("service.version", version);
    }
    to.shown("service.instance.id", entry.event.invocation);
    if let Some(os) = entry.os() {
        to.word("os.type", os_type(os));
    }
    if let Some(arch) = entry.arch() {
        to.word("host.arch", host_arch(arch));
    }
    to.word("telemetry.sdk.name", super::SCOPE);
    to.word("telemetry.sdk.language", "rust");
    to.word("telemetry.sdk.version", super::VERSION);
    if let Some(id) = entry.install_id() {
        to.shown("app.installation.id", id);
    }
    if let Some(kind) = entry.install_id_kind() {
        to.word("telemetry.install_id_kind", kind.as_str());
    }
    if entry.has_run() {
        to.word("deployment.environment.name", if entry.is_development() { "development" } else { "production" });
    }
    if let Some(environment) = entry.environment() {
        to.word("telemetry.environment", environment.as_str());
    }
    if let Some(parent) = entry.parent_invocation() {
        to.shown("telemetry.parent_invocation_id", parent);
    }
    for (name, value) in entry.facts() {
        let (name, value) = of_fact(name, value);
        to.push(name, value);
    }
    to
}

/// As the conventions spell the operating systems that Rust spells otherwise.
fn os_type(os: &str) -> &str {
    match os {
        "macos" | "ios" | "tvos" | "watchos" | "visionos" => "darwin",
        "android" => "linux",
        "dragonfly" => "dragonflybsd",
        "illumos" => "solaris",
        os => os,
    }
}

/// As the conventions spell the processors that Rust spells otherwise.
fn host_arch(arch: &str) -> &str {
    match arch {
        "x86_64" => "amd64",
        "aarch64" | "arm64ec" => "arm64",
        "arm" => "arm32",
        "powerpc" => "ppc32",
        "powerpc64" => "ppc64",
        arch => arch,
    }
}

/// A fact of the context by its name in the conventions, if it has one there; any other under a prefix.
fn of_fact<'a>(name: &'a str, value: &'a Value) -> Attribute<'a> {
    let name = match name {
        "faas" => "cloud.platform".into(),
        "git_commit" => "vcs.ref.head.revision".into(),
        "interactive" => "process.interactive".into(),
        name => format!("telemetry.fact.{name}").into(),
    };
    (name, of_value(&value.0))
}

/// All that an event says, but for its name, its time and where in a trace it stands.
pub(super) fn of_event<'a>(entry: &Entry<'a>) -> Attributes<'a> {
    let event = entry.event;
    let mut to = Attributes::default();
    to.shown("event.id", event.id);
    match &event.kind {
        EventKind::Start => to.word("telemetry.kind", "start"),
        EventKind::Finish { outcome, duration, .. } => {
            to.word("telemetry.kind", "finish");
            to.word("telemetry.outcome", outcome.as_str());
            if let Some(duration) = duration {
                to.push("telemetry.duration_ns", of_unsigned(nanos(*duration)));
            }
            match outcome {
                // Which error it was is not known.
                Outcome::Error => to.word("error.type", "_OTHER"),
                Outcome::Panicked => to.word("error.type", "panic"),
                Outcome::Ok | Outcome::Cancelled | Outcome::Abandoned => {}
            }
        }
        EventKind::Panic(panic) => {
            to.word("telemetry.kind", "panic");
            of_panic(panic, &mut to);
        }
        EventKind::Loss { reason, events } => {
            to.word("telemetry.kind", "loss");
            to.shown("telemetry.loss.reason", reason);
            to.push("telemetry.loss.events", of_unsigned(*events));
        }
        EventKind::UsageError { reason } => {
            to.word("telemetry.kind", "usage_error");
            to.word("error.type", reason.as_str());
        }
        EventKind::Snapshot { since, .. } => {
            to.word("telemetry.kind", "snapshot");
            if let Some(since) = since {
                to.shown("telemetry.since", rfc3339(*since));
            }
        }
        EventKind::UsageReport => to.word("telemetry.kind", "usage_report"),
        EventKind::Aggregate(aggregate) => {
            to.word("telemetry.kind", "aggregate");
            to.push("telemetry.calls", of_unsigned(aggregate.calls));
            to.push("telemetry.duration_ns", of_unsigned(nanos(aggregate.duration)));
        }
    }
    let Thinning { sample_rate, limit, suppressed } = event.thinning;
    if let Some(rate) = sample_rate {
        to.push("telemetry.sample_rate", Any::Double(rate));
    }
    if let Some(limit) = limit {
        to.shown("telemetry.rate_limit", limit);
    }
    if suppressed > 0 {
        to.push("telemetry.suppressed_calls", of_unsigned(suppressed));
    }
    of_identity(entry, &mut to);
    to.0.extend(entry.fields().map(of_field));
    to
}

fn of_identity<'a>(entry: &Entry<'a>, to: &mut Attributes<'a>) {
    let Some(identity) = entry.event.identity() else { return };
    to.word("telemetry.identity_source", identity.source.as_str());
    if let Some(user) = identity.user_id() {
        to.word("user.id", user);
    }
    if let Some(team) = identity.team_id() {
        to.word("telemetry.team_id", team);
    }
    for (kind, id) in identity.groups() {
        to.push(format!("telemetry.group.{kind}"), Any::Text(id.into()));
    }
}

fn of_panic<'a>(panic: &'a Panic, to: &mut Attributes<'a>) {
    to.word("exception.type", "panic");
    if let Some(place) = &panic.place {
        to.word("code.file.path", &*place.file);
        to.int("code.line.number", place.line);
        to.int("code.column.number", place.column);
    }
    if !panic.frames.is_empty() {
        to.word("exception.stacktrace", stacktrace(&panic.frames));
    }
}

/// The frames as Rust prints them; of one that has no name, where it lies in which module.
fn stacktrace(frames: &[Frame]) -> String {
    let mut text = String::new();
    for (at, frame) in frames.iter().enumerate() {
        // Writing to a string does not fail.
        let _ = match (&frame.function, &frame.module) {
            (Some(function), _) => writeln!(text, "{at:4}: {function}"),
            (None, Some(module)) => writeln!(text, "{at:4}: {module}+{:#x}", frame.offset),
            (None, None) => writeln!(text, "{at:4}: {:#x}", frame.offset),
        };
        if let Some(file) = &frame.file {
            let line = frame.line.map(|line| format!(":{line}")).unwrap_or_default();
            let _ = writeln!(text, "             at {file}{line}");
        }
    }
    text
}

/// What our own attributes begin with: where names are taken apart at their dots, a field of that name would be in their way.
const NAMESPACES: [&str; 6] = ["code", "error", "event", "exception", "telemetry", "user"];

/// A field under its own name, but for one that is in the way of ours: that is `field_` and its name.
fn of_field((name, value): &NamedValue) -> Attribute<'_> {
    let bare = name.trim_start_matches("field_");
    let name = if NAMESPACES.contains(&bare) { format!("field_{name}").into() } else { Cow::Borrowed(&**name) };
    (name, of_value(&value.0))
}

pub(super) fn of_value(value: &Raw) -> Any<'_> {
    match value {
        Raw::Absent => Any::Nothing,
        Raw::Bool(value) => Any::Bool(*value),
        Raw::Int(value) => Any::Int(*value),
        Raw::UInt(value) => of_unsigned(*value),
        Raw::Float(value) => Any::Double(*value),
        Raw::Duration(value) => of_unsigned(nanos(*value)),
        Raw::Time(value) => Any::Text(rfc3339(*value).to_string().into()),
        Raw::Id(value) => Any::Text(value.to_string().into()),
        Raw::Text(value) => Any::Text(Cow::Borrowed(value)),
        Raw::List(values) => Any::List(values.iter().map(of_value).collect()),
        Raw::Identifier(_, name) => Any::Text(Cow::Borrowed(name)),
        Raw::Map(members) => {
            Any::Map(members.iter().map(|(name, value)| (Cow::Borrowed(&**name), of_value(value))).collect())
        }
    }
}

/// An integer; beyond 63 bits, for which there is no type, its digits.
fn of_unsigned(value: u64) -> Any<'static> {
    i64::try_from(value).map_or_else(|_| Any::Text(value.to_string().into()), Any::Int)
}
