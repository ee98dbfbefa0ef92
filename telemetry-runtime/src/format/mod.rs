//! Wire formats: pure functions from a batch of events to the body of a request, and what the answers to it mean.
//!
//! A format never sees the disk or the network. What it makes is written to the ledger, shown by inspect mode and posted by the
//! sink, so what users see is what is sent whoever wrote the format.
//!
//! ```
//! use telemetry_runtime::format::{Batch, Entry, Format, Limits, Request, Stream};
//! use telemetry_runtime::sink;
//!
//! /// A line of tab-separated words for each event.
//! struct Tabs;
//!
//! impl Format for Tabs {
//!     fn name(&self) -> &'static str {
//!         "tabs"
//!     }
//!
//!     fn streams(&self) -> Vec<Stream> {
//!         vec![Stream::all(Limits::USUAL.events(500).bytes(64 * 1024))]
//!     }
//!
//!     fn request(&self, batch: &Batch<'_>) -> Option<Request> {
//!         let line = |entry: &Entry<'_>| format!("{}\t{}\n", entry.event.id, entry.event.name);
//!         let body: String = batch.entries.iter().map(line).collect();
//!         Some(Request::new("text/tab-separated-values", body))
//!     }
//! }
//!
//! let sink = sink::Http::with_format("https://telemetry.example.org/tabs", Tabs);
//! ```

mod cloudevents;
mod execution;
mod hasura;
mod hasura_console;
pub(crate) mod json;
mod key;
pub(crate) mod otlp;
mod policy;
mod posthog;
mod properties;
mod segment;
mod sentry;
mod spelling;
mod ticloud;
mod usage;

use std::time::{Duration, SystemTime};

use crate::event::{Event, EventKind, NamedValue, Run};
use crate::identity::{Environment, InstallIdKind};
use crate::level::Kinds;
use crate::value::Id;

pub use self::cloudevents::CloudEvents;
pub use self::hasura::Hasura;
pub use self::hasura_console::HasuraConsole;
pub use self::json::Json;
pub use self::otlp::Otlp;
pub use self::policy::Policy;
pub use self::posthog::PostHog;
pub use self::segment::{RudderStack, Segment};
pub use self::sentry::Sentry;
pub use self::ticloud::Ticloud;
pub use self::usage::Usage;
pub(crate) use self::usage::{PLUGIN_KIND, PLUGIN_NAME, Pace, RESOURCE_COUNT, TABLE_NAME, TABLES, USAGE_REPORT};

/// From events to requests, and from answers to what becomes of the events. To be implemented for a receiver of one's own; two methods are
/// all that has to be said, and later versions add none without a default. The [module](self) has an example.
///
/// Everything here is pure: the same events, time and answer give the same result, on whichever thread. Where [`request`](Self::request) panics,
/// the batch is halved until the event that it cannot do with stands alone; that one is rejected, and counted. Where what reads an answer
/// panics, the answer means what it usually does.
pub trait Format: Send + Sync + 'static {
    /// What a sink of this format is called where its program does not name it: its position in the spool is kept under this name.
    fn name(&self) -> &'static str;

    /// The kinds of events that a sink of this format takes where its program does not say.
    fn kinds(&self) -> Kinds {
        Kinds::ALL
    }

    /// The ways that events take to the receiver: one, with every kind, unless the receiver has an address for each signal, or
    /// takes some things only apart from others.
    ///
    /// Each has a name of its own, a position of its own in the spool, and pauses of its own: an event of a kind that two streams take
    /// goes out twice, once in each, and one that fails holds no other back.
    fn streams(&self) -> Vec<Stream> {
        vec![Stream::all(Limits::default())]
    }

    /// The request for a batch, which holds at least one event, and none but those of its stream's kinds; `None` if the receiver
    /// is to have nothing of them.
    fn request(&self, batch: &Batch<'_>) -> Option<Request>;

    /// What an answer means for the batch.
    fn verdict(&self, answer: &Answer<'_>) -> Verdict {
        Policy::USUAL.verdict(answer)
    }

    /// For how long the receiver asks not to be sent the events of a stream, whatever the verdict: by the stream's name, or `None`
    /// for all of them.
    fn pauses(&self, answer: &Answer<'_>) -> Vec<(Option<&'static str>, Duration)> {
        let _ = answer;
        Vec::new()
    }

    /// How often the receiver asks to be told of required usage from now on; what it says nothing of stays. Of the one format that there is
    /// for that, and heeded of no other.
    #[doc(hidden)]
    fn pace(&self, answer: &Answer<'_>) -> Pace {
        let _ = answer;
        Pace::default()
    }

    /// The user's variables that stand in for what the program says, without the program's prefix and the underscore behind it:
    /// `RUDDERSTACK_WRITE_KEY`.
    fn variables(&self) -> Vec<(&'static str, Part)> {
        Vec::new()
    }

    /// Takes another key, which a variable named.
    fn set_key(&mut self, key: String) {
        drop(key);
    }

    /// Takes another address with a key in it, which a variable named; says which URL that is to be posted to.
    fn set_dsn(&mut self, dsn: &str) -> String {
        dsn.to_owned()
    }

    /// Whether the format can do with what it was given; telemetry does not start where it cannot.
    ///
    /// # Errors
    ///
    /// What was to be given in its place.
    fn check(&self) -> Result<(), &'static str> {
        Ok(())
    }
}

/// The variables of ours that name a URL, without the program's prefix: where one is set, its sink sends in development too.
pub(crate) const URL_VARIABLES: [&str; 8] = [
    "HASURA_ENDPOINT",
    "OTLP_ENDPOINT",
    "POSTHOG_HOST",
    "RUDDERSTACK_DATA_PLANE_URL",
    "SEGMENT_URL",
    "SENTRY_DSN",
    "TELEMETRY_ENDPOINT",
    "TICLOUD_ENDPOINT",
];

/// What of a sink a user's variable may stand in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The URL that is posted to.
    Url,
    /// The key by which the receiver knows the program.
    Key,
    /// Both in one text, as Sentry writes it.
    Dsn,
}

/// One of the ways that events take to a receiver: see [`Format::streams`].
///
/// ```
/// use telemetry_runtime::format::{Limits, Stream};
/// use telemetry_runtime::sink::Kinds;
///
/// // Errors have an address of their own, `/errors` behind the sink's URL.
/// let rest = Stream::new("rest", "", Kinds::STATS | Kinds::LOSSES, Limits::USUAL);
/// let errors = Stream::new("errors", "/errors", Kinds::ERRORS, Limits::USUAL.events(1));
/// assert_eq!((errors.path, errors.limits.events), ("/errors", 1));
/// # drop(rest);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stream {
    /// What it is called beside the sink's name, where there is more than one.
    pub name: &'static str,
    /// What is put behind the sink's URL.
    pub path: &'static str,
    /// The kinds of events that it carries.
    pub kinds: Kinds,
    /// How large one of its requests may be.
    pub limits: Limits,
}

impl Stream {
    /// One of several, by what it is called, what is put behind the sink's URL, and which events take it. Its position in the spool is kept
    /// under the name, which so has to be the same in every version of the program.
    #[must_use]
    pub const fn new(name: &'static str, path: &'static str, kinds: Kinds, limits: Limits) -> Self {
        Self { name, path, kinds, limits }
    }

    /// The only one: everything, at the sink's own URL.
    #[must_use]
    pub const fn all(limits: Limits) -> Self {
        Self { name: "", path: "", kinds: Kinds::ALL, limits }
    }
}

/// The events of some kinds on one stream to one sink: what a position in the spool is kept for. Stats, errors and losses are apart, so
/// that what the level no longer allows waits without holding up the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Track {
    /// What the position is kept under.
    pub(crate) key: String,
    pub(crate) kinds: Kinds,
    pub(crate) stream: Stream,
}

impl Track {
    const PARTS: [(&str, Kinds); 4] =
        [("", Kinds::STATS), (", errors", Kinds::ERRORS), (", losses", Kinds::LOSSES), (", required", Kinds::REQUIRED)];

    /// All of a sink's, that takes these kinds.
    pub(crate) fn of(sink: &str, takes: Kinds, streams: &[Stream]) -> Vec<Self> {
        let mut tracks = Vec::new();
        for stream in streams {
            let way = if stream.name.is_empty() { "" } else { " " };
            for (part, kinds) in Self::PARTS {
                let kinds = kinds.and(stream.kinds).and(takes);
                if kinds != Kinds::NONE {
                    tracks.push(Self { key: format!("{sink}{way}{}{part}", stream.name), kinds, stream: *stream });
                }
            }
        }
        tracks
    }

    /// What is known of a track by its key alone.
    pub(crate) fn heard_of(key: &str) -> Self {
        let part = Self::PARTS.iter().rev().find(|(part, _)| key.ends_with(part));
        let kinds = part.map_or(Kinds::STATS, |(_, kinds)| *kinds);
        Self { key: key.to_owned(), kinds, stream: Stream::all(Limits::USUAL) }
    }
}

/// How large a request may be. What is larger is sent in parts; a single event that is too large is rejected, and counted.
///
/// ```
/// use telemetry_runtime::format::Limits;
///
/// let limits = Limits::USUAL.events(500).bytes(64 * 1024).event_bytes(32 * 1024);
/// assert_eq!((limits.events, limits.bytes, limits.event_bytes), (500, 65_536, 32_768));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Events in it.
    pub events: usize,
    /// Bytes of its body, before compression.
    pub bytes: usize,
    /// Bytes of a body with a single event in it.
    pub event_bytes: usize,
}

impl Limits {
    /// Those of a receiver of which nothing else is known: 1,000 events or 1 MiB, of which one event may be all.
    pub const USUAL: Self = Self { events: 1000, bytes: 1024 * 1024, event_bytes: 1024 * 1024 };

    /// With so many events in a request at most.
    #[must_use]
    pub const fn events(self, events: usize) -> Self {
        Self { events, ..self }
    }

    /// With so many bytes in a body at most, before compression.
    #[must_use]
    pub const fn bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// With so many bytes at most in a body that has a single event.
    #[must_use]
    pub const fn event_bytes(self, event_bytes: usize) -> Self {
        Self { event_bytes, ..self }
    }
}

impl Default for Limits {
    /// The usual ones.
    fn default() -> Self {
        Self::USUAL
    }
}

/// Events on their way to one sink.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Batch<'a> {
    /// The events, in the order of recording.
    pub entries: &'a [Entry<'a>],
    /// When the request is made, by the wall clock of the machine.
    pub sent_at: SystemTime,
    /// The [`Stream`] that they go by.
    pub stream: &'static str,
}

impl<'a> Batch<'a> {
    pub(crate) const fn new(entries: &'a [Entry<'a>], sent_at: SystemTime, stream: &'static str) -> Self {
        Self { entries, sent_at, stream }
    }
}

/// An event, and what is known of the run of the program that recorded it, which may have been an earlier one.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Entry<'a> {
    /// The event.
    pub event: &'a Event,
    run: Option<&'a Run>,
}

impl<'a> Entry<'a> {
    pub(crate) const fn new(event: &'a Event, run: Option<&'a Run>) -> Self {
        Self { event, run }
    }

    /// Whether anything is known of the run; it is not where the disk lost it.
    #[must_use]
    pub const fn has_run(&self) -> bool {
        self.run.is_some()
    }

    /// The program's name.
    #[must_use]
    pub fn app(&self) -> Option<&'a str> {
        self.run.map(|run| &*run.app)
    }

    /// The program's version: an opaque text.
    #[must_use]
    pub fn version(&self) -> Option<&'a str> {
        self.run.map(|run| &*run.version)
    }

    /// The operating system, as Rust spells it.
    #[must_use]
    pub fn os(&self) -> Option<&'a str> {
        self.run.map(|run| &*run.os)
    }

    /// The processor architecture, as Rust spells it.
    #[must_use]
    pub fn arch(&self) -> Option<&'a str> {
        self.run.map(|run| &*run.arch)
    }

    /// What is known of the context, and what the program states of itself, without what is absent.
    pub fn facts(&self) -> impl Iterator<Item = &'a NamedValue> + use<'a> {
        let facts = self.run.map_or(&[][..], |run| &run.facts);
        facts.iter().filter(|(_, value)| !value.is_absent())
    }

    /// The event's fields, without what is absent.
    pub fn fields(&self) -> impl Iterator<Item = &'a NamedValue> + use<'a> {
        self.event.fields.iter().filter(|(_, value)| !value.is_absent())
    }

    /// The installation; `None` where there is none, and of events that were recorded while somebody was signed in.
    #[must_use]
    pub fn install_id(&self) -> Option<Id> {
        self.run.and_then(|run| run.install_id).filter(|_| self.install_id_kind() != Some(InstallIdKind::None))
    }

    /// How long the install id lives; [`InstallIdKind::None`] while somebody was signed in.
    #[must_use]
    pub fn install_id_kind(&self) -> Option<InstallIdKind> {
        let kind = if self.event.signed_in == 0 { self.run?.install_id_kind } else { InstallIdKind::None };
        Some(kind)
    }

    /// The first of the runs that started one another, if that is another one.
    #[must_use]
    pub fn first_invocation(&self) -> Option<Id> {
        self.run?.trace
    }

    /// The first of the runs that started one another, or this one: what the traces of all of them go by.
    #[must_use]
    pub fn trace(&self) -> Id {
        self.run.map_or(self.event.invocation, Run::trace)
    }

    /// Whether it was a build for development, or a test, that recorded it.
    #[must_use]
    pub fn is_development(&self) -> bool {
        self.run.is_some_and(|run| run.is_development)
    }

    /// What the program ran as, where it says so.
    #[must_use]
    pub fn environment(&self) -> Option<Environment> {
        self.run?.environment
    }

    /// The run that started this one, or that this one was forked from.
    #[must_use]
    pub fn parent_invocation(&self) -> Option<Id> {
        self.run?.parent
    }

    /// How many bytes of texts there are in it, about.
    pub(crate) fn text_bytes(&self) -> usize {
        let values = self.fields().chain(self.facts()).map(|(name, value)| name.len() + value.text_bytes());
        let error = match &self.event.kind {
            EventKind::Finish { error: Some(error), .. } => error.as_str().len(),
            EventKind::Aggregate(aggregate) => aggregate.histogram.len() * 42,
            kind => kind
                .fault()
                .map_or(0, |fault| fault.frames.len() * 256 + fault.text.map_or(0, |text| text.as_str().len())),
        };
        self.event.name.len() + error + values.sum::<usize>()
    }

    /// Whoever the event is of, by an id of theirs: the user, or else the installation, or else the run alone.
    #[must_use]
    pub fn distinct_id(&self) -> String {
        let user = self.event.identity().and_then(|identity| identity.user_id());
        user.map_or_else(|| self.install_id().unwrap_or(self.event.invocation).to_string(), str::to_owned)
    }
}

/// A request that is to be made: always a `POST`.
///
/// ```
/// use telemetry_runtime::format::Request;
///
/// let request = Request::new("application/x-protobuf", [0x0A, 0x00])
///     .header("x-schema", "3")
///     .secret_header("authorization", "Bearer 1234")     // shown to nobody
///     .shown_as("one empty message");                    // … and of the body, this
/// assert_eq!(request.body(), [0x0A, 0x00]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub(crate) content_type: &'static str,
    /// Name, value, and whether it is secret.
    pub(crate) headers: Vec<(&'static str, String, bool)>,
    pub(crate) body: Vec<u8>,
    shown: Option<String>,
    /// The body is JSON without a line break, which nobody has to look for.
    is_one_line: bool,
}

impl Request {
    /// A request with this body.
    #[must_use]
    pub fn new(content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { content_type, headers: Vec::new(), body: body.into(), shown: None, is_one_line: false }
    }

    /// Adds a header, which users are shown.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into(), false));
        self
    }

    /// Adds a header whose value is shown to nobody.
    #[must_use]
    pub fn secret_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into(), true));
        self
    }

    /// Says in words what is in a body that is no text: for the ledger, and for whoever looks.
    #[must_use]
    pub fn shown_as(mut self, text: impl Into<String>) -> Self {
        self.shown = Some(text.into());
        self
    }

    /// Says of a body that was made by [`json`](crate::json) that it is that.
    pub(crate) fn of_one_line(self) -> Self {
        Self { is_one_line: true, ..self }
    }

    /// Whether the body can stand in a line of JSON as it is.
    pub(crate) fn is_one_line(&self) -> bool {
        let body = self.shown();
        let is_json = body.starts_with(b"{") || body.starts_with(b"[");
        self.is_one_line && self.shown.is_none()
            || is_json && !body.contains(&b'\n') && std::str::from_utf8(body).is_ok()
    }

    /// The body as people read it.
    pub(crate) fn shown(&self) -> &[u8] {
        self.shown.as_ref().map_or(&self.body, |shown| shown.as_bytes())
    }

    /// The body, before compression.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// What a receiver answered to a request.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Answer<'a> {
    /// The status.
    pub status: u16,
    /// For how long the receiver asks to be left alone, a day at most, if it says so by `Retry-After`.
    pub retry_after: Option<Duration>,
    /// The first 64 KiB of the body.
    pub body: &'a [u8],
    headers: &'a [(String, String)],
}

impl<'a> Answer<'a> {
    pub(crate) const fn new(
        status: u16,
        retry_after: Option<Duration>,
        headers: &'a [(String, String)],
        body: &'a [u8],
    ) -> Self {
        Self { status, retry_after, body, headers }
    }

    /// A header, by its name in small letters.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// What becomes of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The receiver has it. (That it also keeps it is not known: some answer 200 to what they drop.)
    Accepted,
    /// The receiver has it but for so many events, which it will never take, and says why.
    Partly {
        /// How many.
        rejected: u64,
        /// Why, in the receiver's words.
        why: String,
    },
    /// Not now: the events stay, and so long is to pass if the receiver said so.
    Later(Option<Duration>),
    /// Not in one piece: half of it may go, down to the one event that is refused.
    Split,
    /// Not ever: it is rejected, and counted.
    Refused,
    /// Not from us, not there: the events stay for a later run, and this one does not ask again.
    Closed,
}
