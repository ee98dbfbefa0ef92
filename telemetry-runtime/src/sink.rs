//! Where events go: a format and a transport, under a name.
//!
//! A sink's **name** is what its position in the spool is kept under, from one run to the next. Each kind of sink has a name of
//! its own; a program with two of one kind gives them names with `named`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::endpoint::Endpoint;
use crate::event::Event;
use crate::format::{self, Format};

pub use crate::endpoint::RootCerts;
pub use crate::level::Kinds;

/// A place where events go. Made by [`Http`], [`JsonLines`] and [`Memory`].
pub struct Sink {
    pub(crate) name: String,
    pub(crate) kinds: Kinds,
    pub(crate) target: Target,
}

impl Sink {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// Its name; an endpoint and its headers may hold secrets.
impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The transport, and what it needs to know. The format goes with it.
pub(crate) enum Target {
    Http(Endpoint, Box<dyn Format>),
    File(PathBuf),
    Stderr,
    Memory(Memory),
}

/// Batches of events in some [`Format`], posted over HTTP. [`Json`] and the other names of this module are this, with a format of ours.
///
/// What is sent is sent in the background, from the disk; the answers mean what the format says. A request that is not answered is
/// given up after some ten seconds.
///
/// # What the user's environment says
///
/// | Variable | Says |
/// |---|---|
/// | `https_proxy` for `https://…`, `http_proxy` for `http://…`, `all_proxy` for both | the proxy to go through: `http://` or `https://` (by `CONNECT`), `socks4://`, `socks4a://`, `socks5://`, `socks5h://`, with `user:password@` where it asks for it |
/// | `no_proxy` | hosts to ask directly, with all below them, between commas; `*` for all |
/// | `SSL_CERT_FILE`, `SSL_CERT_DIR` | whose certificates to trust: see [`RootCerts`] |
///
/// A proxy's variable may be in capitals too. If it cannot be read, or if its proxy does not answer, events are kept for later: nothing
/// goes around a proxy.
pub struct Http<F> {
    name: Option<String>,
    kinds: Option<Kinds>,
    endpoint: Endpoint,
    pub(crate) format: F,
}

/// Its name; an endpoint, its headers and keys may hold secrets.
impl<F> fmt::Debug for Http<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<F: Format> Http<F> {
    /// A sink that posts to `url`: `http://…`, or with the feature `tls` (a default) `https://…`.
    ///
    /// A URL that is not absolute is reported when telemetry starts.
    #[must_use]
    pub fn with_format(url: impl Into<String>, format: F) -> Self {
        Self { name: None, kinds: None, endpoint: Endpoint::new(url.into()), format }
    }

    /// Adds a header to every request.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.endpoint.headers.push((name.into(), value.into()));
        self
    }

    /// Whose certificates an `https://` receiver may have; [`RootCerts::Bundled`] unless told.
    #[must_use]
    pub fn root_certs(mut self, root_certs: RootCerts) -> Self {
        self.endpoint.root_certs = root_certs;
        self
    }

    /// Sends batches compressed, as `content-encoding: gzip`: a hundred events of one kind are 2 KB then, and 30 KB otherwise.
    ///
    /// A receiver that cannot read them is to answer 415, and then gets them as they are. One that answers 400 or 422 to the first of
    /// them gets that one as it is, too, and the following ones if it takes it.
    #[cfg(feature = "gzip")]
    #[must_use]
    pub fn gzip(mut self) -> Self {
        self.endpoint.gzip = true;
        self
    }

    /// Where the receiver takes requests for deletion: a `POST` of `{"install_id":"…"}` with this sink's headers, answered with 200 to 299
    /// once what was received under that id is gone, or will be. [`Control::forget`](crate::Control::forget) asks there.
    ///
    /// The receiver must not take such a request as proof of who asks: an id can be known to others.
    #[must_use]
    pub fn deletion(mut self, url: impl Into<String>) -> Self {
        self.endpoint.deletion = Some(url.into());
        self
    }

    /// Gives the sink a name of its own; that of its format unless told.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// The kinds of events that it gets; what its format is for, unless told.
    ///
    /// ```
    /// use telemetry_runtime::sink::{self, Kinds};
    ///
    /// let errors = sink::Json::new("https://telemetry.example.org/errors").named("errors").kinds(Kinds::ERRORS);
    /// ```
    #[must_use]
    pub fn kinds(self, kinds: Kinds) -> Self {
        Self { kinds: Some(kinds), ..self }
    }
}

impl<F: Format> From<Http<F>> for Sink {
    fn from(Http { name, kinds, endpoint, format }: Http<F>) -> Self {
        let name = name.unwrap_or_else(|| format.name().to_owned());
        let kinds = kinds.unwrap_or_else(|| format.kinds());
        Self { name, kinds, target: Target::Http(endpoint, Box::new(format)) }
    }
}

/// Batches of events as plain JSON, posted over HTTP.
///
/// A batch is one object, sent as `application/json`:
///
/// ```json
/// {
///   "sent_at": "2026-11-20T23:23:37.123456Z",
///   "events": [{
///     "id": "01927d3e-0a5b-7c1d-8e2f-001122334455",
///     "time": "2026-11-20T23:23:36.900001Z",
///     "event": "Sync Finished",
///     "kind": "finish",
///     "app": "demo", "version": "0.1.0", "os": "linux", "arch": "x86_64",
///     "facts": {"channel": "stable", "ci": "TRAVIS", "interactive": false},
///     "install_id": "5b0c8a52-3f0e-4d55-9d0a-6c1e7a3f2b10", "install_id_kind": "lasting",
///     "environment": "cli",
///     "invocation_id": "0d7c3f5e-5f3a-4c38-9d0e-1c9b1f0a7a11",
///     "call_id": "8a2b6c1d9e0f4a53",
///     "parent_call_id": "1f0e2d3c4b5a6978",
///     "outcome": "error", "is_error": true, "duration_ns": 1503000,
///     "fields": {"rows": 42, "wait": 1500000000}
///   }]
/// }
/// ```
///
/// A `start` event has no `outcome`, `is_error` and `duration_ns`; a finish that is `abandoned` (the process ended without saying; the
/// next run tells) has no `duration_ns`. A `panic` has a `place` (`file`, `line`, `column`) and, with the feature `backtrace`,
/// `frames` (`function`, `file`, `line`, `module`, `offset`); while the user asks for debug telemetry `text`, what it says. A `loss` has a `reason` and how many `events` will never arrive. `parent_call_id` is there for a call within a call, `facts` and `fields`
/// where there are any; the call that it names may be one of the run `parent_invocation_id`, which started or forked this one.
///
/// `install_id_kind` is `lasting`, `inherited`, `ephemeral` or `none`. While somebody is signed in it is `none` and there is no `install_id`;
/// events that are `identifiable` then have `identity_source` (`login`, `api_key`, `service_account`) and of `user_id`, `team_id` and `groups` (an object) what is known.
/// `environment` is `cli`, `cloud` or `server`, where the program says so. Durations are nanoseconds, times RFC 3339 in UTC, floats that are no numbers `null`. An event that comes
/// twice has the same `id`.
///
/// | The receiver answers | and the batch |
/// |---|---|
/// | 200 to 299 | is delivered |
/// | 408, 425, 429, 500 to 599, or nothing | is kept, and tried again after a pause, or after the `Retry-After` (seconds or a time, a day at most) |
/// | 400, 413, 422 | is halved until the event that is refused stands alone; that one is rejected, and counted |
/// | 415 to a compressed one | is sent again at once as it is, and so are all that follow in this run |
/// | anything else, redirects too | is kept, and not tried again in this run |
///
/// [`Status::sinks`](crate::Status::sinks) says what the last answer was.
///
/// Of an answer only the status and the headers `Retry-After` and `Date` are looked at.
///
/// ```
/// use telemetry_runtime::{Telemetry, app, sink};
///
/// let builder = Telemetry::builder(app!())
///     .sink(sink::Json::new("https://telemetry.example.org/v1/events").header("authorization", "Bearer 1234"));
/// ```
pub type Json = Http<format::Json>;

impl Json {
    /// A sink that posts to `url`: `http://…`, or with the feature `tls` (a default) `https://…`.
    ///
    /// A URL that is not absolute is reported when telemetry starts.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self::with_format(url, format::Json)
    }
}

/// Panics as errors of [Sentry](https://develop.sentry.dev/sdk/), with what was lost, and with [`sessions`](Self::sessions) the health of
/// releases, in Sentry's envelopes, posted over HTTP.
///
/// A panic is an envelope of its own, sent as `application/x-sentry-envelope`; here with line breaks in its last line:
///
/// ```json
/// {"event_id": "01927d3e0a5b7c1d8e2f001122334455", "sent_at": "2026-11-20T23:23:37.123456Z", "sdk": {…}}
/// {"type": "event", "length": 1234}
/// {
///   "event_id": "01927d3e0a5b7c1d8e2f001122334455", "timestamp": "2026-11-20T23:23:36.900001Z",
///   "platform": "native", "level": "fatal", "release": "demo@0.1.0", "environment": "cli",
///   "exception": {"values": [{
///     "type": "panic", "value": "src/main.rs:3",
///     "mechanism": {"type": "panic", "handled": false},
///     "stacktrace": {"frames": [
///       {"function": "demo::main", "filename": "src/main.rs", "lineno": 3, "in_app": true},
///       {"instruction_addr": "0x1234", "addr_mode": "rel:0"}
///     ]}
///   }]},
///   "debug_meta": {"images": [{
///     "type": "elf", "code_id": "f1c3bcc0…", "code_file": "f1c3bcc0…",
///     "debug_id": "c0bcc3f1-9827-fe65-3058-404b2831d9e6", "image_addr": "0x55d0c0a00000"
///   }]},
///   "fingerprint": ["panic", "src/main.rs", "demo::main"],
///   "contexts": {
///     "app": {"app_name": "demo", "app_version": "0.1.0"}, "device": {"arch": "x86_64"}, "os": {"name": "linux"},
///     "trace": {"trace_id": "0d7c3f5e5f3a4c389d0e1c9b1f0a7a11", "span_id": "8a2b6c1d9e0f4a53"}
///   },
///   "tags": {"channel": "stable", "ci": "TRAVIS", "interactive": "false"},
///   "user": {"id": "5b0c8a52-3f0e-4d55-9d0a-6c1e7a3f2b10"},
///   "sdk": {"name": "telemetry-runtime", "version": "0.1.0"}
/// }
/// ```
///
/// `value` is the place, or what the panic says where the user asks for debug telemetry. A frame whose name the program does not know has
/// its address in one of the `images`, so that Sentry can find the name in debug files that were uploaded; that and the functions'
/// names need the feature `backtrace`. Without it, the one frame is the place. `fingerprint` is the innermost function of the program's own, or the file alone, so
/// that a fault is one issue over all releases. `trace` is there in a call. `user` is who is signed in, or else the installation. Facts are `tags`, but
/// for lists; one that is called as a tag of Sentry's own has `fact_` before its name. There is no address, no host's name and no list of
/// packages; of events from native programs, Sentry does not take the address from the connection.
///
/// What was lost is a `client_report`, by reason: `queue_overflow`, `cache_overflow` and `send_error` as Sentry has them, and our own words for
/// others. The category is `error` for panics, and `default` where the kind of event is not known.
///
/// Of the usual kinds, start and finish events are none: Sentry has no place for them but for sessions. Sentry keeps one of two events with the same
/// `event_id`; a report and a session that come twice count twice.
///
/// The DSN is not kept whole: the key in it goes into the header `X-Sentry-Auth`, which is shown to nobody. The user's variable
/// `<PREFIX>_SENTRY_DSN` stands in for it. One that is none is reported when telemetry starts.
///
/// | The receiver answers | and the batch |
/// |---|---|
/// | 200 to 299 | is delivered |
/// | 408, 429, 500 to 599, or nothing | is kept, and tried again after a pause, after the `Retry-After`, or for 429 without either, after a minute |
/// | 400, 413 | is halved; what is refused alone is rejected, and counted |
/// | anything else, redirects too | is kept, and not tried again in this run |
///
/// `X-Sentry-Rate-Limits` on any answer, 200 too, holds back what it names and nothing else, for a day at most: `error` panics, `session`
/// sessions, no category all.
///
/// ```
/// use telemetry_runtime::{Telemetry, app, sink};
///
/// let builder = Telemetry::builder(app!())
///     .sink(sink::Sentry::new("https://0123456789abcdef@sentry.example.org/42").sessions());
/// ```
pub type Sentry = Http<format::Sentry>;

impl Sentry {
    /// A sink that posts to the project of a DSN, `https://PUBLIC_KEY@HOST[:PORT][/PREFIX]/PROJECT_ID`.
    ///
    /// What is no DSN is reported when telemetry starts, without being repeated.
    #[must_use]
    pub fn new(dsn: impl AsRef<str>) -> Self {
        let (format, url) = format::Sentry::new(dsn.as_ref());
        Self::with_format(url, format)
    }

    /// Tells each outermost call as a session, for the health of releases: of how many runs one was without a fault.
    ///
    /// ```json
    /// {
    ///   "sid": "01927d3e-0a5b-7c1d-8e2f-001122334454", "did": "5b0c8a52-3f0e-4d55-9d0a-6c1e7a3f2b10", "init": true,
    ///   "started": "2026-11-20T23:23:35.397000Z", "timestamp": "2026-11-20T23:23:36.900001Z",
    ///   "status": "exited", "errors": 1, "duration": 1.503,
    ///   "attrs": {"release": "demo@0.1.0", "environment": "cli", "ip_address": "0.0.0.0"}
    /// }
    /// ```
    ///
    /// A call that has begun is `ok`; one that has ended `exited`, with an error counted where it returned one, and so is one that was cancelled;
    /// `crashed` where it panicked, which is an error, too; `abnormal` where the process ended without saying. Where start and end go
    /// together, they are one. `did` is the user or the installation; where neither is known it is left out. A call within another, also within one of the process
    /// that started this one, is part of that session. Of a sink with [`kinds`](Self::kinds) of its own, start and finish events have to be among them.
    #[must_use]
    pub fn sessions(mut self) -> Self {
        self.format.sessions = true;
        self
    }
}

/// Events as JSON, one a line, into a file or onto standard error.
#[derive(Debug)]
pub struct JsonLines(Sink);

impl JsonLines {
    /// Appends to a file, which is created (readable by its owner alone) if need be; seen from where the program starts.
    #[must_use]
    pub fn file(path: impl AsRef<Path>) -> Self {
        Self::of("json-lines", Target::File(path.as_ref().to_owned()))
    }

    /// Prints to standard error, when a batch is sent: at the end of its window, or when the program flushes or shuts down.
    #[must_use]
    pub fn stderr() -> Self {
        Self::of("stderr", Target::Stderr)
    }

    /// Gives the sink a name of its own; `json-lines` or `stderr` unless told.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self(Sink { name: name.into(), ..self.0 })
    }

    /// The kinds of events that it gets; all unless told.
    #[must_use]
    pub fn kinds(self, kinds: Kinds) -> Self {
        Self(Sink { kinds, ..self.0 })
    }

    fn of(name: &str, target: Target) -> Self {
        Self(Sink { name: name.into(), kinds: Kinds::ALL, target })
    }
}

impl From<JsonLines> for Sink {
    fn from(sink: JsonLines) -> Self {
        sink.0
    }
}

/// Events kept in memory, for a program that shows what it would send. Clones share their events.
///
/// Tests of tracked functions do better with [`testing::capture`](crate::testing::capture), which needs no start.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Vec<Event>>>);

impl Memory {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The events that have been delivered so far.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.lock().clone()
    }

    pub(crate) fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Event>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memory({} events)", self.lock().len())
    }
}

impl From<Memory> for Sink {
    fn from(memory: Memory) -> Self {
        Self { name: "memory".into(), kinds: Kinds::ALL, target: Target::Memory(memory) }
    }
}
