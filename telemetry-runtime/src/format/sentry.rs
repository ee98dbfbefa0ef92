//! Sentry's envelopes: panics and error reports as events, outermost calls as sessions, losses as client reports.
//!
//! An envelope is lines: a header, then for each item a header of its own, with the item's length, and the item. There is no `dsn` in
//! the header, which would go before the key in `X-Sentry-Auth`, and `sent_at` stands in it once, where Sentry refuses two.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::event::{Event, EventKind, Fault, Outcome};
use crate::identity::Environment;
use crate::json::{Members, Writer};
use crate::level::Kinds;
use crate::limits;
use crate::loss::Loss;
use crate::trace::{Frame, Module};
use crate::value::{Id, Raw, Value, nanos, rfc3339};

use super::{Answer, Batch, Entry, Format, Limits, Part, Policy, Request, Stream, Verdict, json};

/// What we are called, as a client of Sentry's.
const CLIENT: &str = "telemetry-runtime";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The streams. Sentry says by category for how long it wants nothing, so what is of one category is one stream.
const ERRORS: &str = "errors";
const SESSIONS: &str = "sessions";
const REPORTS: &str = "reports";

/// Sentry takes so many sessions in an envelope.
const MOST_SESSIONS: usize = 100;
/// So much of an error event, and of all else that is small.
const MOST_BYTES: usize = 1024 * 1024;
/// For so long nothing is sent after a 429 that does not say for how long.
const USUAL_PAUSE: Duration = Duration::from_secs(60);

/// Tags that Sentry makes of an event itself: a fact of such a name goes by another.
const OWN_TAGS: [&str; 10] =
    ["dist", "environment", "filename", "function", "handled", "level", "mechanism", "release", "server_name", "user"];

/// Sentry's envelopes: see [`sink::Sentry`](crate::sink::Sentry).
#[derive(Clone)]
pub struct Sentry {
    /// The key that the DSN has; `None` where what was given is no DSN.
    key: Option<String>,
    /// Whether outermost calls are told as sessions.
    pub(crate) sessions: bool,
}

/// Without the key.
impl fmt::Debug for Sentry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sentry").field("sessions", &self.sessions).finish_non_exhaustive()
    }
}

impl Sentry {
    /// The format, and the URL that is posted to; an empty one where what is given is no DSN.
    pub(crate) fn new(dsn: &str) -> (Self, String) {
        let mut sentry = Self { key: None, sessions: false };
        let url = sentry.set_dsn(dsn);
        (sentry, url)
    }
}

impl Format for Sentry {
    fn name(&self) -> &'static str {
        "sentry"
    }

    fn kinds(&self) -> Kinds {
        let kinds = Kinds::ERRORS | Kinds::LOSSES;
        if self.sessions { kinds | Kinds::STARTS | Kinds::FINISHES } else { kinds }
    }

    fn streams(&self) -> Vec<Stream> {
        let stream = |name, kinds, events| Stream {
            name,
            path: "",
            kinds,
            limits: Limits { events, bytes: MOST_BYTES, event_bytes: MOST_BYTES },
        };
        let mut streams = vec![stream(ERRORS, Kinds::ERRORS, 1)];
        if self.sessions {
            streams.push(stream(SESSIONS, Kinds::STARTS | Kinds::FINISHES, MOST_SESSIONS));
        }
        // A report is a sum, and has no more lines than there are reasons.
        streams.push(stream(REPORTS, Kinds::LOSSES, Limits::USUAL.events));
        streams
    }

    fn request(&self, batch: &Batch<'_>) -> Option<Request> {
        let envelope = match batch.stream {
            SESSIONS => sessions(batch)?,
            REPORTS => report(batch)?,
            _ => error(batch)?,
        };
        let key = self.key.as_deref().unwrap_or_default();
        let auth = format!("Sentry sentry_version=7, sentry_client={CLIENT}/{VERSION}, sentry_key={key}");
        Some(Request::new("application/x-sentry-envelope", envelope.0).secret_header("x-sentry-auth", auth))
    }

    fn verdict(&self, answer: &Answer<'_>) -> Verdict {
        Policy::SENTRY.verdict(answer)
    }

    fn pauses(&self, answer: &Answer<'_>) -> Vec<(Option<&'static str>, Duration)> {
        match answer.header("x-sentry-rate-limits") {
            Some(said) => rate_limits(said),
            None if answer.status == 429 => vec![(None, answer.retry_after.unwrap_or(USUAL_PAUSE))],
            None => Vec::new(),
        }
    }

    fn variables(&self) -> Vec<(&'static str, Part)> {
        vec![("SENTRY_DSN", Part::Dsn)]
    }

    fn set_dsn(&mut self, dsn: &str) -> String {
        let (url, key) = taken_apart(dsn).unzip();
        self.key = key;
        url.unwrap_or_default()
    }

    fn check(&self) -> Result<(), &'static str> {
        self.key.as_ref().map(|_| ()).ok_or("a DSN, as https://PUBLIC_KEY@HOST/PROJECT_ID")
    }
}

/// The URL that is posted to and the key, of a DSN: `https://PUBLIC_KEY@HOST[:PORT][/PREFIX]/PROJECT_ID`. Old ones have a secret behind
/// the key, which nobody asks for any more.
fn taken_apart(dsn: &str) -> Option<(String, String)> {
    let (scheme, rest) = dsn.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))?;
    let (keys, place) = rest.split_once('@')?;
    let key = keys.split_once(':').map_or(keys, |(key, _)| key);
    let (place, project) = place.trim_end_matches('/').rsplit_once('/')?;
    let is_word =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_place = !place.is_empty()
        && !place.starts_with('/')
        && place.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'@'));
    (is_word(key) && is_word(project) && is_place).then(|| {
        let place = place.trim_end_matches('/');
        (format!("{scheme}://{place}/api/{project}/envelope/"), key.to_owned())
    })
}

/// What the header says of our streams, the longest of each: `seconds:category;category:scope:reason:…`, and more of these between
/// commas. No category is all of them; one that is not ours, and what is no such group, says nothing.
fn rate_limits(said: &str) -> Vec<(Option<&'static str>, Duration)> {
    let mut pauses: Vec<(Option<&'static str>, Duration)> = Vec::new();
    for group in said.split(',') {
        let mut parts = group.split(':').map(str::trim);
        let (Some(seconds), Some(categories)) = (parts.next(), parts.next()) else { continue };
        let seconds = seconds.parse::<f64>().ok().filter(|seconds| *seconds > 0.0);
        let Some(time) = seconds.map(|seconds| seconds.ceil().min(limits::LONGEST_RETRY_AFTER.as_secs_f64())) else {
            continue;
        };
        let time = Duration::from_secs_f64(time);
        let streams = categories.split(';').map(str::trim).filter_map(|category| match category {
            "" if categories.is_empty() => Some(None),
            "error" => Some(Some(ERRORS)),
            "session" => Some(Some(SESSIONS)),
            _ => None,
        });
        for stream in streams {
            match pauses.iter_mut().find(|(held, _)| *held == stream) {
                Some((_, longest)) => *longest = time.max(*longest),
                None => pauses.push((stream, time)),
            }
        }
    }
    pauses
}

/// An envelope in the making.
struct Envelope(String);

impl Envelope {
    fn new(event: Option<Id>, sent_at: SystemTime) -> Self {
        let mut text = String::new();
        Writer::new(&mut text).object(|header| {
            if let Some(id) = event {
                header.member("event_id").text(hex(id));
            }
            header.member("sent_at").text(rfc3339(sent_at));
            header.member("sdk").object(write_client);
        });
        text.push('\n');
        Self(text)
    }

    fn item(&mut self, kind: &str, write: impl FnOnce(&mut Members<'_>)) {
        let mut item = String::new();
        Writer::new(&mut item).object(write);
        Writer::new(&mut self.0).object(|header| {
            header.member("type").text(kind);
            header.member("length").plain(item.len());
        });
        self.0.push('\n');
        self.0.push_str(&item);
        self.0.push('\n');
    }
}

/// Who sends: us. Without `settings`, which Sentry's schema of events does not have, and which what checks by that refuses.
fn write_client(client: &mut Members<'_>) {
    client.member("name").text(CLIENT);
    client.member("version").text(VERSION);
}

/// An id without hyphens.
fn hex(id: Id) -> String {
    format!("{:032x}", id.0)
}

fn release(entry: &Entry<'_>) -> Option<String> {
    Some(format!("{}@{}", entry.app()?, entry.version()?))
}

/// The person or the installation; nothing where the run is all that is known.
fn distinct_id(entry: &Entry<'_>) -> Option<String> {
    let user = entry.event.identity().and_then(|identity| identity.user_id()).map(str::to_owned);
    user.or_else(|| entry.install_id().map(|id| id.to_string()))
}

/// The panic or the error report of a batch: an envelope has one event at most, and so has a batch of this stream.
fn error(batch: &Batch<'_>) -> Option<Envelope> {
    let (entry, fault) = batch.entries.iter().find_map(|entry| Some((entry, entry.event.kind.fault()?)))?;
    let mut envelope = Envelope::new(Some(entry.event.id), batch.sent_at);
    envelope.item("event", |event| write_fault(entry, fault, event));
    Some(envelope)
}

fn write_fault(entry: &Entry<'_>, fault: Fault<'_>, to: &mut Members<'_>) {
    let event = entry.event;
    to.member("event_id").text(hex(event.id));
    to.member("timestamp").text(rfc3339(event.time));
    // Of these, Sentry does not take the address from the connection, as it does of a browser's.
    to.member("platform").text("native");
    to.member("level").text(if fault.is_panic { "fatal" } else { "error" });
    if let Some(release) = release(entry) {
        to.member("release").text(release);
    }
    if let Some(environment) = environment(entry) {
        to.member("environment").text(environment);
    }
    let images = images(fault);
    to.member("exception").object(|exception| {
        let write = |fault, to: Writer<'_>| to.object(|value| write_exception(event, fault, &images, value));
        exception.member("values").list([fault], write);
    });
    if !images.is_empty() {
        to.member("debug_meta")
            .object(|debug| debug.member("images").list(&images, |image, to| write_image(image, to)));
    }
    to.member("fingerprint").list(fingerprint(event, fault), |part, to| to.text(part));
    write_contexts(entry, to.member("contexts"));
    let mut tags = entry.facts().filter_map(|(name, value)| Some((name, tag(value)?))).peekable();
    if tags.peek().is_some() {
        to.member("tags").object(|members| {
            for (name, value) in tags {
                let ours = if OWN_TAGS.contains(&name.as_ref()) { "fact_" } else { "" };
                members.member(&format!("{ours}{name}")).text(value);
            }
        });
    }
    if let Some(id) = distinct_id(entry) {
        to.member("user").object(|user| user.member("id").text(id));
    }
    to.member("sdk").object(write_client);
}

fn write_contexts(entry: &Entry<'_>, to: Writer<'_>) {
    to.object(|contexts| {
        let mut fields = entry.fields().peekable();
        if fields.peek().is_some() {
            contexts.member("fields").object(|members| {
                for (name, value) in fields {
                    json::write_value(value, members.member(name));
                }
            });
        }
        if let (Some(app), Some(version)) = (entry.app(), entry.version()) {
            contexts.member("app").object(|members| {
                members.member("app_name").text(app);
                members.member("app_version").text(version);
            });
        }
        if let Some(arch) = entry.arch() {
            contexts.member("device").object(|device| device.member("arch").text(arch));
        }
        if let Some(name) = entry.os() {
            contexts.member("os").object(|os| os.member("name").text(name));
        }
        if let Some(call) = entry.event.call {
            contexts.member("trace").object(|trace| {
                trace.member("trace_id").text(hex(entry.trace()));
                trace.member("span_id").text(call);
                if let Some(parent) = entry.event.parent {
                    trace.member("parent_span_id").text(parent);
                }
            });
        }
    });
}

/// What a fact is as a tag, which is a text; lists are none.
fn tag(value: &Value) -> Option<String> {
    match &value.0 {
        Raw::Absent | Raw::List(_) => None,
        Raw::Duration(duration) => Some(nanos(*duration).to_string()),
        Raw::Time(time) => Some(rfc3339(*time).to_string()),
        _ => Some(value.to_string()),
    }
}

/// What the fault is called.
fn exception_type<'a>(event: &'a Event, fault: Fault<'_>) -> &'a str {
    if fault.is_panic { "panic" } else { &event.name }
}

fn write_exception(event: &Event, fault: Fault<'_>, images: &[&Module], to: &mut Members<'_>) {
    to.member("type").text(exception_type(event, fault));
    match (fault.text, fault.place) {
        (Some(text), _) => to.member("value").text(text),
        // What it said is the program's, and may be what a user typed.
        (None, Some(place)) => to.member("value").text(format_args!("{}:{}", place.file, place.line)),
        (None, None) => {}
    }
    to.member("mechanism").object(|mechanism| {
        mechanism.member("type").text(if fault.is_panic { "panic" } else { "generic" });
        mechanism.member("handled").plain(!fault.is_panic);
    });
    if fault.frames.is_empty() {
        let Some(place) = fault.place else { return };
        write_frames(to, [place], |place, to| {
            to.object(|frame| {
                frame.member("filename").text(&place.file);
                frame.member("lineno").plain(place.line);
                frame.member("colno").plain(place.column);
                frame.member("in_app").plain(is_file_of_program(&place.file));
            });
        });
    } else {
        // Sentry has the outermost first.
        write_frames(to, fault.frames.iter().rev(), |frame, to| write_frame(frame, images, to));
    }
}

fn write_frames<T>(to: &mut Members<'_>, frames: impl IntoIterator<Item = T>, write: impl FnMut(T, Writer<'_>)) {
    to.member("stacktrace").object(|stacktrace| stacktrace.member("frames").list(frames, write));
}

fn write_frame(frame: &Frame, images: &[&Module], to: Writer<'_>) {
    to.object(|members| {
        if is_nameless(frame) {
            let image = images.iter().position(|image| is_in(frame, image));
            match image {
                Some(at) => {
                    members.member("instruction_addr").text(format_args!("{:#x}", frame.offset));
                    members.member("addr_mode").text(format_args!("rel:{at}"));
                }
                // In no module that could be found again, where an address says nothing.
                None => members.member("function").text("<unknown>"),
            }
            return;
        }
        if let Some(function) = &frame.function {
            members.member("function").text(function);
        }
        if let Some(file) = &frame.file {
            members.member("filename").text(file);
        }
        if let Some(line) = frame.line {
            members.member("lineno").plain(line);
        }
        members.member("in_app").plain(is_of_program(frame));
    });
}

fn is_nameless(frame: &Frame) -> bool {
    frame.function.is_none() && frame.file.is_none()
}

fn is_in(frame: &Frame, image: &Module) -> bool {
    frame.module.as_ref().is_some_and(|module| *module == image.build_id.to_string())
}

/// The modules that Sentry is to find names in: those of frames without any.
fn images(fault: Fault<'_>) -> Vec<&Module> {
    let mut nameless = fault.frames.iter().filter(|frame| is_nameless(frame)).peekable();
    if nameless.peek().is_none() {
        return Vec::new();
    }
    let nameless: Vec<&Frame> = nameless.collect();
    fault.trace.modules.iter().filter(|image| nameless.iter().any(|frame| is_in(frame, image))).collect()
}

fn write_image(image: &Module, to: Writer<'_>) {
    let build_id = image.build_id;
    to.object(|members| {
        members.member("type").text("elf");
        members.member("code_id").text(build_id);
        // It has to be there; the path of the file is the user's.
        members.member("code_file").text(build_id);
        members.member("debug_id").text(debug_id(build_id.bytes()));
        members.member("image_addr").text(format_args!("{:#x}", image.base));
    });
}

/// A build id as Breakpad has it: a UUID of its first 16 bytes, whose first three numbers have their bytes the other way round.
fn debug_id(build_id: &[u8]) -> Id {
    let mut bytes = [0; 16];
    for (byte, of_build_id) in bytes.iter_mut().zip(build_id) {
        *byte = *of_build_id;
    }
    for swapped in [0..4, 4..6, 6..8] {
        if let Some(number) = bytes.get_mut(swapped) {
            number.reverse();
        }
    }
    Id(u128::from_be_bytes(bytes))
}

/// What is the same for the same fault in every release: neither a line nor a hash.
fn fingerprint<'a>(event: &'a Event, fault: Fault<'a>) -> Vec<&'a str> {
    let of_program = fault.frames.iter().find(|frame| frame.function.is_some() && is_of_program(frame));
    let place = fault.place.map(|place| &*place.file);
    let file = of_program.and_then(|frame| frame.file.as_deref()).or(place);
    let function = of_program.and_then(|frame| frame.function.as_deref());
    // Sentry may find the names that we do not know, and then goes by them, too.
    let default = (function.is_none() && fault.frames.iter().any(is_nameless)).then_some("{{ default }}");
    [exception_type(event, fault)].into_iter().chain(file).chain(function).chain(default).collect()
}

/// Whether a frame is in the program's own source, as far as names tell.
fn is_of_program(frame: &Frame) -> bool {
    const OTHERS: [&str; 6] = ["std::", "core::", "alloc::", "telemetry_runtime::", "backtrace::", "__"];
    // Of an implementation, its type: `<alloc::boxed::Box<F> as core::ops::Fn>::call`.
    let is_others = |function: &str| OTHERS.iter().any(|other| function.trim_start_matches('<').starts_with(other));
    let function = frame.function.as_deref().unwrap_or_default();
    frame.file.as_deref().is_some_and(is_file_of_program) && !is_others(function)
}

/// Whether a source file, as `place` cuts its path, is the program's: not Rust's own, nor that of a package with a version.
fn is_file_of_program(file: &str) -> bool {
    let package = file.split_once('/').map_or("", |(package, _)| package);
    let version = |text: &str| text.rsplit_once('-').is_some_and(|(_, version)| is_version(version));
    // A version may have a hyphen itself: `foo-1.0.0-beta.2`.
    let has_version = version(package) || package.rsplit_once('-').is_some_and(|(package, _)| version(package));
    !(has_version || file.starts_with("library/"))
}

fn is_version(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit()) && text.contains('.')
}

/// What is known of a session: the last event of it, and whether the receiver has not heard of it before.
struct Session<'a> {
    id: Id,
    last: &'a Entry<'a>,
    init: bool,
}

/// The sessions of a batch, each once, with all that is known of it.
fn sessions(batch: &Batch<'_>) -> Option<Envelope> {
    let mut sessions: Vec<Session<'_>> = Vec::new();
    // Without a release there is no health of one.
    for entry in batch.entries.iter().filter(|entry| is_outermost(entry.event) && entry.has_run()) {
        let id = Id(entry.event.id.0 & !1);
        let known = sessions.iter_mut().find(|known| known.id == id);
        match (&entry.event.kind, known) {
            (EventKind::Start, Some(known)) => known.init = true,
            (EventKind::Finish { .. }, Some(known)) => known.last = entry,
            (EventKind::Start, None) => sessions.push(Session { id, last: entry, init: true }),
            (EventKind::Finish { started, .. }, None) => sessions.push(Session { id, last: entry, init: !started }),
            _ => {}
        }
    }
    if sessions.is_empty() {
        return None;
    }
    let mut envelope = Envelope::new(None, batch.sent_at);
    for session in &sessions {
        envelope.item("session", |to| session.write(to));
    }
    Some(envelope)
}

/// Whether an event is of a call that has no call round it, here or in the process that started this one.
fn is_outermost(event: &Event) -> bool {
    event.call.is_some() && event.parent.is_none()
}

impl Session<'_> {
    /// What does not change over a session (its id, whose it is, when it started, its release) is said the same way each time.
    fn write(&self, to: &mut Members<'_>) {
        let Self { id, last, init } = self;
        to.member("sid").text(id);
        if let Some(did) = distinct_id(last) {
            to.member("did").text(did);
        }
        if *init {
            to.member("init").plain(true);
        }
        // By the id, which start and finish have in common: a UUIDv7 begins with the time in milliseconds.
        let millis = u64::try_from(id.0 >> 80).unwrap_or_default();
        to.member("started").text(rfc3339(SystemTime::UNIX_EPOCH + Duration::from_millis(millis)));
        to.member("timestamp").text(rfc3339(last.event.time));
        let outcome = last.event.outcome();
        to.member("status").text(match outcome {
            None => "ok",
            // What was cancelled was so by the program.
            Some(Outcome::Ok | Outcome::Error | Outcome::Cancelled) => "exited",
            Some(Outcome::Panicked) => "crashed",
            Some(Outcome::Abandoned) => "abnormal",
        });
        to.member("errors").plain(u8::from(outcome.is_some_and(Outcome::is_error)));
        if let EventKind::Finish { duration: Some(duration), .. } = last.event.kind {
            to.member("duration").float(duration.as_secs_f64());
        }
        to.member("attrs").object(|attrs| {
            if let Some(release) = release(last) {
                attrs.member("release").text(release);
            }
            if let Some(environment) = environment(last) {
                attrs.member("environment").text(environment);
            }
            // Where there is none, Sentry takes the one that the request comes from.
            attrs.member("ip_address").text("0.0.0.0");
        });
    }
}

/// The losses of a batch, as one report.
fn report(batch: &Batch<'_>) -> Option<Envelope> {
    let losses = || {
        batch.entries.iter().filter_map(|entry| match &entry.event.kind {
            EventKind::Loss { reason, events } => Some((entry.event.time, *reason, *events)),
            _ => None,
        })
    };
    let last = losses().map(|(time, ..)| time).max()?;
    let sums = Loss::EACH.into_iter().filter_map(|reason| {
        let of_reason = losses().filter(|(_, other, _)| *other == reason);
        let events = of_reason.fold(0, |sum: u64, (.., events)| sum.saturating_add(events));
        (events > 0).then_some((reason, events))
    });
    let mut envelope = Envelope::new(None, batch.sent_at);
    envelope.item("client_report", |report| {
        report.member("timestamp").text(rfc3339(last));
        report.member("discarded_events").list(sums, |(reason, events), to| {
            to.object(|discarded| {
                discarded.member("reason").text(discard_reason(reason));
                discarded.member("category").text(if reason == Loss::TooManyPanics { "error" } else { "default" });
                // Sentry reads 32 bits of it.
                discarded.member("quantity").plain(events.min(u32::MAX.into()));
            });
        });
    });
    Some(envelope)
}

/// A reason in Sentry's words, where it has one.
fn discard_reason(reason: Loss) -> String {
    match reason {
        Loss::QueueFull => "queue_overflow".into(),
        Loss::SpoolFull | Loss::Evicted => "cache_overflow".into(),
        Loss::Rejected => "send_error".into(),
        other => other.to_string().replace(' ', "_"),
    }
}

/// What is a developer's is apart from what is its users'.
fn environment(entry: &Entry<'_>) -> Option<&'static str> {
    if entry.is_development() { Some("development") } else { entry.environment().map(Environment::as_str) }
}

#[cfg(test)]
#[cfg(feature = "record")]
mod tests;
