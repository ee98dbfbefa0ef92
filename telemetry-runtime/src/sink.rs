//! Where events go: a format and a transport, under a name.
//!
//! A sink's **name** is what its position in the spool is kept under, from one run to the next. Each kind of sink has a name of
//! its own; a program with two of one kind gives them names with `named`.
//!
//! ```
//! use telemetry_runtime::{Telemetry, app, sink};
//!
//! let builder = Telemetry::builder(app!())
//!     .sink(sink::PostHog::new("https://eu.i.posthog.com", "phc_1234"))
//!     .sink(sink::Sentry::new("https://key@sentry.example.org/42"))
//!     .sink(sink::JsonLines::file("events.jsonl"));
//! ```

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::endpoint::Endpoint;
use crate::env;
use crate::event::Event;
use crate::format::otlp::{Encoding, heed};
use crate::format::{self, Format};

pub use crate::endpoint::RootCerts;
pub use crate::format::otlp::Signal;
pub use crate::level::Kinds;

/// A place where events go. Made by [`Http`], [`JsonLines`] and [`Memory`].
pub struct Sink {
    pub(crate) name: String,
    pub(crate) kinds: Kinds,
    #[cfg(feature = "record")]
    pub(crate) target: Target,
}

impl Sink {
    /// One that goes where `target` says. A build that does not record has nothing of that in it.
    fn new(name: String, kinds: Kinds, target: impl FnOnce() -> Target) -> Self {
        #[cfg(not(feature = "record"))]
        drop(target);
        Self {
            name,
            kinds,
            #[cfg(feature = "record")]
            target: target(),
        }
    }

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
///
/// # A request
///
/// ```
/// use std::time::Duration;
/// use telemetry_runtime::sink::{self, Kinds};
/// use telemetry_runtime::{Telemetry, app};
///
/// let events = sink::Json::new("https://telemetry.example.org/v1/events")
///     .header("authorization", "Bearer 1234")            // kept from everybody who looks
///     .timeout(Duration::from_secs(5))
///     .kinds(Kinds::STATS | Kinds::LOSSES)
///     .named("events");                                  // its position on disk goes by this
/// let builder = Telemetry::builder(app!()).sink(events);
/// ```
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

    /// Gives a request up that was not answered in this time: about ten seconds unless told, and no longer. What it had in it is sent again
    /// later.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.endpoint.timeout = Some(timeout);
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
        Self::new(name, kinds, || Target::Http(endpoint, Box::new(format)))
    }
}

/// Batches of events as [CloudEvents] 1.0, posted over HTTP.
///
/// A batch is an array, sent as `application/cloudevents-batch+json`; the data of each is the event as [`Json`] has it:
///
/// ```json
/// [{
///   "specversion": "1.0",
///   "id": "01927d3e-0a5b-7c1d-8e2f-001122334455",
///   "source": "urn:telemetry:demo",
///   "type": "org.example.sync_finished",
///   "time": "2026-11-20T23:23:36.900001Z",
///   "datacontenttype": "application/json",
///   "dataschema": "https://telemetry.example.org/demo.schema.json",
///   "data": {"id": "01927d3e-0a5b-7c1d-8e2f-001122334455", "event": "Sync Finished", "kind": "finish", …}
/// }]
/// ```
///
/// An event that comes twice has the same `source` and `id`. One over 64 KiB, which not everything between must let through, is
/// rejected, and counted. The answers mean what they mean to [`Json`].
///
/// ```
/// use telemetry_runtime::{Telemetry, app, sink};
///
/// let events = sink::CloudEvents::new("https://broker.example.org/telemetry").type_prefix("org.example.");
/// let builder = Telemetry::builder(app!()).sink(events);
/// ```
///
/// [CloudEvents]: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
pub type CloudEvents = Http<format::CloudEvents>;

impl CloudEvents {
    /// A sink that posts to `url`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self::with_format(url, format::CloudEvents::new())
    }

    /// The URI that says where events come from, `urn:telemetry:<program>` unless told.
    #[must_use]
    pub fn source(self, uri: impl Into<String>) -> Self {
        Self { format: self.format.source(uri), ..self }
    }

    /// Where the schema of the data is published: that of the program's [`Catalogue`](crate::Catalogue).
    #[must_use]
    pub fn schema(self, uri: impl Into<String>) -> Self {
        Self { format: self.format.schema(uri), ..self }
    }

    /// What stands before the event's name, in small letters, in its type: `org.example.` makes `org.example.sync_finished`.
    #[must_use]
    pub fn type_prefix(self, prefix: impl Into<String>) -> Self {
        Self { format: self.format.type_prefix(prefix), ..self }
    }
}

/// Executions of commands as Hasura's command line sends them, or samples as its servers do: a request each, posted over HTTP.
///
/// ```json
/// {"topic": "cli", "data": {
///   "timestamp": "2019-01-21T11:36:07.867830Z",
///   "uuid": "e462ce20-42dd-40fd-9549-edfb92f80455",
///   "execution_id": "ddfa9c33-0693-457d-9026-c7f456c43322",
///   "version": "v0.4.27",
///   "command": "hasura version",
///   "is_error": false,
///   "os_platform": "linux", "os_arch": "amd64",
///   "server_uuid": "a4d66fb2-f88d-457b-8db1-ea7a0b57921d", "server_version": "v1.0.0-alpha36",
///   "payload": null
/// }}
/// ```
///
/// An execution is the finish of a call that is in no other, and where the program asks for those
/// ([`kinds`](Http::kinds)) a command line that was not understood. `uuid` is the install id and not there while somebody is signed in, `execution_id` the invocation's; the server's are
/// fields or facts of those names, and other fields are the `payload`, an object. No message of an error, no argument and no flag is sent. System and processor are spelt as
/// Go spells them. A call that was interrupted is no error.
///
/// The topic has `_test` behind it, unless the program's version is one of semver's and the build is no development build. The answers mean what they mean to [`Json`]; an
/// event that comes twice has the same `execution_id` and `timestamp`. `HASURA_ENDPOINT`, behind the program's prefix, stands in for the URL.
///
/// # Servers
///
/// With [`server`](Self::server), it is a server's [`Snapshot`](crate::Snapshot)s (and metrics), of which the fields are the `metrics`:
///
/// ```json
/// {"topic": "server_metrics_v2", "data": {
///   "timestamp": "2019-01-21T19:43:33.638380Z",
///   "db_uid": "dddff371-dab2-450f-9969-235bca66dab1",
///   "instance_uid": "6799360d-a431-40c5-9f68-24592a9f07df",
///   "version": "v1.0.0-alpha36",
///   "ci": "TRAVIS",
///   "metrics": {"tables": 2, "permissions": {"roles": 1, "select": 2}, …}
/// }}
/// ```
///
/// `instance_uid` is the run, and `db_uid` a field or fact of that name. With [`enterprise`](Self::enterprise), the data are `license_jti`, `client_id` and `metadata_db_uid`
/// (fields or facts), `instance_uid`, `sample_uid` (the event's id), `hasura_version` and `metrics`. What is not known of these is `null`. A version that is one of semver's
/// has a `v` before it, and any other text is as it is.
///
/// ```
/// use telemetry_runtime::{Telemetry, app, sink};
///
/// let builder = Telemetry::builder(app!()).sink(sink::Hasura::new("https://telemetry.example.org/v1/http", "cli"));
/// ```
pub type Hasura = Http<format::Hasura>;

impl Hasura {
    /// A sink that posts to `url` under a topic.
    #[must_use]
    pub fn new(url: impl Into<String>, topic: impl Into<String>) -> Self {
        Self::with_format(url, format::Hasura::new(topic))
    }

    /// Samples instead of executions: the program's snapshots, as the server sends them.
    #[must_use]
    pub fn server(self) -> Self {
        Self { format: self.format.server(), ..self }
    }

    /// Samples instead of executions, in the envelope of the enterprise edition.
    #[must_use]
    pub fn enterprise(self) -> Self {
        Self { format: self.format.enterprise(), ..self }
    }

    /// Only events of these names: for a program whose samples go by two sinks.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app, sink};
    ///
    /// let url = "https://telemetry.example.org/v1/http";
    /// let builder = Telemetry::builder(app!())
    ///     .sink(sink::Hasura::new(url, "server_metrics_v2").server().only(["server_metrics"]))
    ///     .sink(sink::Hasura::new(url, "server_metrics_ee").enterprise().only(["configuration", "source_metrics", "metrics"]));
    /// ```
    #[must_use]
    pub fn only(self, events: impl IntoIterator<Item = impl Into<Cow<'static, str>>>) -> Self {
        Self { format: self.format.only(events), ..self }
    }
}

/// Error reports as Hasura's console sends its runtime errors: a request each, posted over HTTP.
///
/// ```json
/// {"topic": "console", "data": {
///   "server_version": "2.0.0",
///   "event_type": "Main/RUN_TIME_ERROR",
///   "url": "/data/schema/SCHEMA_NAME/tables/TABLE_NAME/modify",
///   "console_mode": "cli",
///   "cli_uuid": "0e4e2e9b-7fc9-44b8-9d5c-955673e20e0b",
///   "server_uuid": "015a8f49-2fbd-4c41-8066-23f48d9c620a",
///   "data": {"message": "Uncaught TypeError: something is not a function", "stack": [" at main.js:1:3"]}
/// }}
/// ```
///
/// An error is what [`report_error!`](crate::report_error) reports, and `event_type` its event's name. `server_version`, `url`,
/// `console_mode`, `cli_uuid` and `server_uuid` are fields or facts of those names, of which `url` is best a [`template!`](crate::template); nothing else of the event
/// is sent, so no id of an installation or a person. `message` is there where the report declares `error_text`; `stack` is the calls that led there where it declares
/// `stack`, and else its place. A panic is not sent: it goes to another sink.
///
/// The topic has `_test` behind it in a development build. The answers mean what they mean to [`Json`]; there is nothing by which a receiver knows what comes twice.
/// `HASURA_ENDPOINT`, behind the program's prefix, stands in for the URL.
///
/// ```
/// use telemetry_runtime::{Telemetry, app, sink};
///
/// let builder = Telemetry::builder(app!()).sink(sink::HasuraConsole::new("https://telemetry.example.org/v1/http", "console"));
/// ```
pub type HasuraConsole = Http<format::HasuraConsole>;

impl HasuraConsole {
    /// A sink that posts to `url` under a topic.
    #[must_use]
    pub fn new(url: impl Into<String>, topic: impl Into<String>) -> Self {
        Self::with_format(url, format::HasuraConsole::new(topic))
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
/// `frames` (`function`, `file`, `line`, `module`, `offset`). An `error` ([`report_error!`](crate::report_error)) has a `place`, `error` where it declares `error_text`, and `frames`
/// where it declares `stack`. A `loss` has a `reason` and how many `events` will never arrive. `parent_call_id` is there for a call within a call, `facts` and `fields`
/// where there are any; the call that it names may be one of the run `parent_invocation_id`, which started or forked this one;
/// `first_invocation_id` is the first of the runs that started one another.
///
/// An `aggregate` (`#[tracked(aggregate)]`) has `since`, `calls`, of which `errors`, `panics` and `cancelled`, `duration_ns` of all together, and a `histogram`: pairs of
/// an upper bound in nanoseconds and the calls below it. A `snapshot` has its members as `fields`, which nest, and `since` where they are cumulative. A function
/// of which not every call is recorded has `sample_rate` and `limit` on its events, and `suppressed` where there were more since the last one.
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

/// OpenTelemetry's protocol over HTTP (OTLP/HTTP 1.x), in Protobuf or JSON: events as log records, calls as spans, what is counted and measured as metrics.
///
/// Each [`Signal`] is posted to an address of its own below the endpoint: `/v1/logs`, `/v1/traces` and `/v1/metrics`. In JSON, the logs
/// are
///
/// ```json
/// {"resourceLogs": [{
///   "resource": {"attributes": [
///     {"key": "service.name", "value": {"stringValue": "demo"}},
///     {"key": "service.instance.id", "value": {"stringValue": "0d7c3f5e-5f3a-4c38-9d0e-1c9b1f0a7a11"}},
///     {"key": "os.type", "value": {"stringValue": "linux"}},
///     {"key": "host.arch", "value": {"stringValue": "amd64"}},
///     {"key": "app.installation.id", "value": {"stringValue": "5b0c8a52-3f0e-4d55-9d0a-6c1e7a3f2b10"}},
///     {"key": "telemetry.fact.ci", "value": {"stringValue": "TRAVIS"}}
///   ]},
///   "scopeLogs": [{
///     "scope": {"name": "telemetry-runtime", "version": "0.1.0"},
///     "logRecords": [{
///       "timeUnixNano": "1795217016900001000", "observedTimeUnixNano": "1795217017123456000",
///       "severityNumber": 17, "severityText": "ERROR",
///       "eventName": "Sync Finished",
///       "attributes": [
///         {"key": "event.id", "value": {"stringValue": "01927d3e-0a5b-7c1d-8e2f-001122334455"}},
///         {"key": "telemetry.kind", "value": {"stringValue": "finish"}},
///         {"key": "telemetry.outcome", "value": {"stringValue": "error"}},
///         {"key": "telemetry.duration_ns", "value": {"intValue": "1503000"}},
///         {"key": "error.type", "value": {"stringValue": "_OTHER"}},
///         {"key": "rows", "value": {"intValue": "42"}}
///       ],
///       "traceId": "0d7c3f5e5f3a4c389d0e1c9b1f0a7a11", "spanId": "8a2b6c1d9e0f4a53"
///     }]
///   }]
/// }]}
/// ```
///
/// # What goes where
///
/// A **resource** is a run of the program, or the part of it in which nobody, or somebody, was signed in:
///
/// | Attribute | Is |
/// |---|---|
/// | `service.name`, `process.executable.name`, `service.version` | the program and its version |
/// | `service.instance.id` | the run |
/// | `os.type`, `host.arch` | as the conventions spell them: `darwin`, `amd64` |
/// | `telemetry.sdk.name`, `.language`, `.version` | `telemetry-runtime`, `rust`, our version |
/// | `app.installation.id`, `telemetry.install_id_kind` | the installation, where nobody is signed in, and how long its id lives |
/// | `deployment.environment.name` | `development` of a build for development, or a test; otherwise `production` |
/// | `telemetry.environment`, `telemetry.parent_invocation_id` | `cli`, `cloud` or `server`; the run that started this one |
/// | `cloud.platform`, `vcs.ref.head.revision`, `process.interactive` | the facts `faas`, `git_commit` and `interactive` |
/// | `telemetry.fact.<name>` | any other fact |
///
/// There is no `process.pid` and no `process.exit.code`, which the conventions for command-line programs ask for: an event knows neither.
/// There are never arguments.
///
/// A **log record** is an event. It has no body. Its severity is `FATAL` for a panic, `ERROR` for a call that failed and an error report, `WARN` for a usage error, `INFO`
/// for anything else.
///
/// | Attribute | Is |
/// |---|---|
/// | `event.id` | the event's id: one that comes twice has the same. OTLP itself removes no duplicates |
/// | `telemetry.kind`, `.outcome`, `.duration_ns` | as in [`Json`]; integer nanoseconds |
/// | `error.type` | `_OTHER` for an error, `panic` for a panic, what was wrong for a usage error |
/// | `exception.message` | what the error says, where the program or the user had that recorded |
/// | `exception.type`, `exception.stacktrace`, `code.file.path`, `code.line.number`, `code.column.number` | of a panic: `panic`, its frames, its place; of an error report: the event's name, and the same |
/// | `user.id`, `telemetry.team_id`, `telemetry.group.<kind>`, `telemetry.identity_source` | who is signed in, on events that are identifiable |
/// | `<name>` | a field. One that is called `code`, `error`, `event`, `exception`, `telemetry` or `user` is `field_<name>` |
///
/// Durations in fields are integer nanoseconds, times RFC 3339 texts; integers of more than 63 bits are texts.
///
/// A **span** is a call that ended: `INTERNAL`, named as its finish event without ` Finished`, with the attributes of that, from the call's begin to its end.
/// What the error says is the status' message. A call that was abandoned has no length. The trace's id is that of the first of the
/// runs that started one another, so that a program, its children and theirs are one trace.
///
/// | **Metric** | Is |
/// |---|---|
/// | `telemetry.events.lost` | by `reason`: a delta sum. Since when is not known, so a point starts where it ends |
/// | `telemetry.call.duration`, `.failures` | of functions that are only counted (`#[tracked(aggregate)]`), by `telemetry.event`: a delta histogram in seconds; a delta sum by `telemetry.outcome` |
/// | a counter's or gauge's name | with its labels: a cumulative sum since the run began; a gauge |
/// | `<snapshot>.<member>` | each number of a [`Snapshot`](crate::Snapshot): a gauge, with the words and ids in it as attributes. Durations, and times since 1970, in nanoseconds. The whole is a log record |
///
/// # What answers mean
///
/// | The receiver answers | and the batch |
/// |---|---|
/// | 200 to 299 | is delivered, but for as much as its `partialSuccess` says was rejected |
/// | 429, 502, 503, 504, or nothing | is kept, and tried again after a pause, or after the `Retry-After` |
/// | 400, 413, 422 | is halved until the event that is refused stands alone; that one is rejected, and counted |
/// | 500, 501, 505 to 599 | is rejected, and counted: the protocol has it that it must not be sent again |
/// | anything else, redirects too | is kept, and not tried again in this run |
///
/// Each signal is by itself: where a receiver takes traces alone, and answers 404 to logs, it gets the traces.
///
/// A request has 10,000 events or 4 MiB at most.
///
/// ```
/// use telemetry_runtime::{Telemetry, app, sink};
///
/// let builder = Telemetry::builder(app!())
///     .sink(sink::Otlp::new("https://otlp.example.org").header("authorization", "Bearer 1234"));
/// ```
pub type Otlp = Http<format::Otlp>;

impl Otlp {
    /// A sink that posts to the addresses below `endpoint`: `http://…`, or with the feature `tls` (a default) `https://…`. In Protobuf, all
    /// signals.
    ///
    /// An endpoint that is not absolute is reported when telemetry starts.
    #[must_use]
    pub fn new(endpoint: impl Into<String>) -> Self {
        Self::with_format(endpoint, format::Otlp::default())
    }

    /// Sends JSON instead.
    #[must_use]
    pub fn json(mut self) -> Self {
        self.format.set_encoding(Encoding::Json);
        self
    }

    /// Sends these signals alone. Without metrics, losses are log records.
    #[must_use]
    pub fn signals(mut self, signals: impl IntoIterator<Item = Signal>) -> Self {
        self.format.set_signals(signals);
        self
    }

    /// Has the variables by which users send OpenTelemetry where they want stand in for what the program says.
    ///
    /// Without this they are not looked at: who sets them for their own programs has not asked for a product's telemetry.
    ///
    /// | Variable | Says |
    /// |---|---|
    /// | `OTEL_EXPORTER_OTLP_ENDPOINT` | the endpoint of all signals |
    /// | `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT`, `…_TRACES_ENDPOINT`, `…_METRICS_ENDPOINT` | the whole URL of one |
    /// | `OTEL_EXPORTER_OTLP_HEADERS`, `…_LOGS_HEADERS` and so on | headers, as `name=value` between commas, percent-encoded |
    /// | `OTEL_EXPORTER_OTLP_PROTOCOL`, `…_LOGS_PROTOCOL` and so on | `http/protobuf` (unless said) or `http/json`; nothing else is spoken |
    ///
    /// They are read now, as they are. To the user's endpoint go the user's headers and none of the program's, nor its certificates and
    /// compression; without an endpoint of the user's, the other variables say nothing. What cannot be understood is reported when telemetry
    /// starts, and nothing is sent then.
    #[must_use]
    pub fn heed_otel_variables(mut self) -> Self {
        for signal in Signal::ALL {
            let names = ["ENDPOINT", "HEADERS", "PROTOCOL"].map(|what| env::otlp_names(signal.as_str(), what));
            self.endpoint.heeded.extend(names.into_iter().flatten());
            match heed(signal, |what| env::otlp(signal.as_str(), what)) {
                Ok(None) => {}
                Ok(Some((instead, encoding))) => {
                    self.endpoint.instead.push(instead);
                    self.format.heed(signal, encoding);
                }
                Err(problem) => self.endpoint.problem = Some(Box::new(problem)),
            }
        }
        self
    }
}

/// Events into a PostHog project, posted over HTTP to `/batch/`.
///
/// ```json
/// {
///   "api_key": "phc_…", "historical_migration": false, "sent_at": "2026-11-20T23:23:37.900001Z",
///   "batch": [{
///     "uuid": "01927d3e-0a5b-7c1d-8e2f-001122334455",
///     "event": "Sync Finished",
///     "distinct_id": "5b0c8a52-3f0e-4d55-9d0a-6c1e7a3f2b10",
///     "timestamp": "2026-11-20T23:23:36.900001Z",
///     "properties": {
///       "$process_person_profile": false, "$geoip_disable": true, "$ip": null,
///       "$lib": "telemetry-runtime", "$lib_version": "0.1.0",
///       "app": "demo", "version": "0.1.0", "os": "macos", "arch": "aarch64",
///       "kind": "finish", "invocation_id": "0d7c3f5e-5f3a-4c38-9d0e-1c9b1f0a7a11", "call_id": "8a2b6c1d9e0f4a53",
///       "environment": "cli", "install_id_kind": "lasting",
///       "outcome": "ok", "is_error": false, "duration_ns": 1503000,
///       "channel": "stable", "rows": 42
///     }
///   }]
/// }
/// ```
///
/// `distinct_id` is the user's id of an event that names somebody, or else the install id, or else the invocation's. Only of somebody who is named
/// is a profile made; the team and other groups are `$groups` (`team` and their kinds). PostHog is told to derive no place, and takes no address from the request.
///
/// A fact that is called as a property of ours (`app`, `arch`, `call_id`, `duration_ns`, `environment`, `error`, `events`, `first_invocation_id`, `identity_source`, `install_id_kind`, `invocation_id`,
/// `is_error`, `kind`, `os`, `outcome`, `parent_call_id`, `parent_invocation_id`, `place_column`, `place_file`, `place_line`, `reason`, `version`) is `fact_<name>`, and a
/// field that is called as one of those, or as a fact that is there, is `field_<name>`. Events of calls and of losses are sent, and panics only where [`kinds`](Http::kinds) says so. The project's key can only write; it is part of each body, and so of what users are shown.
///
/// | PostHog answers | and the batch |
/// |---|---|
/// | 200 to 299 | is delivered, as far as anybody can tell: what is dropped for a quota or a setting of the project's is answered so too |
/// | 408, 429, 500, 502, 503, 504, or nothing | is kept, and tried again after a pause |
/// | 400, 413 | is halved until the event that is refused stands alone; that one is rejected, and counted |
/// | anything else, 401 (a wrong key) and 402 (no quota) too | is kept, and not tried again in this run |
///
/// An event of more than 1 MB is rejected here, since there it would be dropped. One that comes twice has the same `uuid`.
///
/// The user's variables `POSTHOG_API_KEY` and `POSTHOG_HOST`, behind the program's prefix, stand in for what the program says.
///
/// ```
/// use telemetry_runtime::{Telemetry, app, sink};
///
/// let builder = Telemetry::builder(app!()).sink(sink::PostHog::new("https://eu.i.posthog.com", "phc_1234"));
/// ```
pub type PostHog = Http<format::PostHog>;

impl PostHog {
    /// A sink for the project with this key, on a host: `https://us.i.posthog.com`, `https://eu.i.posthog.com`, or one's own.
    #[must_use]
    pub fn new(host: impl Into<String>, api_key: impl Into<String>) -> Self {
        Self::with_format(host, format::PostHog::new(api_key))
    }
}

/// Events to a data plane of RudderStack, posted over HTTP to `/v1/batch`.
///
/// The messages are [`Segment`]'s, but for their times, and a channel:
///
/// ```json
/// {
///   "batch": [{
///     "type": "track",
///     "messageId": "01927d3e-0a5b-7c1d-8e2f-001122334455",
///     "anonymousId": "5b0c8a52-3f0e-4d55-9d0a-6c1e7a3f2b10",
///     "originalTimestamp": "2026-11-20T23:23:36.900001Z", "sentAt": "2026-11-20T23:23:37.900001Z", "channel": "server",
///     "event": "Sync Finished",
///     "properties": {
///       "arch": "aarch64", "kind": "finish",
///       "invocation_id": "0d7c3f5e-5f3a-4c38-9d0e-1c9b1f0a7a11", "call_id": "8a2b6c1d9e0f4a53",
///       "environment": "cli", "install_id_kind": "lasting",
///       "outcome": "ok", "is_error": false, "duration_ns": 1503000,
///       "channel": "stable", "rows": 42
///     },
///     "context": {
///       "ip": "0.0.0.0", "library": {"name": "telemetry-runtime", "version": "0.1.0"},
///       "app": {"name": "demo", "version": "0.1.0"}, "os": {"name": "macos"}
///     },
///     "integrations": {}
///   }],
///   "sentAt": "2026-11-20T23:23:37.900001Z"
/// }
/// ```
///
/// What answers mean, and all else, is as with [`Segment`], but for a batch: 512 KB at most. The user's variables `RUDDERSTACK_WRITE_KEY` and
/// `RUDDERSTACK_DATA_PLANE_URL`, behind the program's prefix, stand in for what the program says.
///
/// ```
/// use telemetry_runtime::{Telemetry, app, sink};
///
/// let builder =
///     Telemetry::builder(app!()).sink(sink::RudderStack::new("https://dataplane.example.org", "write-key"));
/// ```
pub type RudderStack = Http<format::RudderStack>;

impl RudderStack {
    /// A sink for the source with this write key, on the data plane at this URL.
    #[must_use]
    pub fn new(data_plane_url: impl Into<String>, write_key: impl Into<String>) -> Self {
        Self::with_format(data_plane_url, format::RudderStack::new(write_key))
    }

    /// Gives a property of ours (those that [`PostHog`] lists) another name, as reports have it that are there already. A name that is not
    /// to be had is reported when telemetry starts.
    ///
    /// ```
    /// use telemetry_runtime::sink;
    ///
    /// let events = sink::RudderStack::new("https://dataplane.example.org", "write-key")
    ///     .rename("invocation_id", "invocation_uuid")
    ///     .rename("duration_ns", "duration");
    /// ```
    #[must_use]
    pub fn rename(mut self, property: &'static str, name: &'static str) -> Self {
        self.format.renamed.push((property, name));
        self
    }
}

/// Events to Segment, posted over HTTP to `/v1/batch`, with the write key in a header that is shown to nobody.
///
/// ```json
/// {
///   "batch": [{
///     "type": "track",
///     "messageId": "01927d3e-0a5b-7c1d-8e2f-001122334455",
///     "anonymousId": "5b0c8a52-3f0e-4d55-9d0a-6c1e7a3f2b10",
///     "timestamp": "2026-11-20T23:23:36.900001Z",
///     "event": "Sync Finished",
///     "properties": {
///       "arch": "aarch64", "kind": "finish",
///       "invocation_id": "0d7c3f5e-5f3a-4c38-9d0e-1c9b1f0a7a11", "call_id": "8a2b6c1d9e0f4a53",
///       "environment": "cli", "install_id_kind": "lasting",
///       "outcome": "ok", "is_error": false, "duration_ns": 1503000,
///       "channel": "stable", "rows": 42
///     },
///     "context": {
///       "ip": "0.0.0.0", "library": {"name": "telemetry-runtime", "version": "0.1.0"},
///       "app": {"name": "demo", "version": "0.1.0"}, "os": {"name": "macos"}
///     },
///     "integrations": {}
///   }],
///   "sentAt": "2026-11-20T23:23:37.900001Z"
/// }
/// ```
///
/// Of an event that names somebody, `userId` stands in the place of `anonymousId`, and the team and other groups are `$groups` in the properties
/// (`team` and their kinds). In each batch an `identify` and a `group` for each of the groups (its kind is the trait `groupType`) come before the first event of each person; their `messageId`s are the
/// same for the same person and run. Without an install id `anonymousId` is the invocation's. The address of zeros is there so that none is taken from the request.
///
/// A fact that is called as a property of ours (`app`, `arch`, `call_id`, `duration_ns`, `environment`, `error`, `events`, `first_invocation_id`, `identity_source`, `install_id_kind`, `invocation_id`,
/// `is_error`, `kind`, `os`, `outcome`, `parent_call_id`, `parent_invocation_id`, `place_column`, `place_file`, `place_line`, `reason`, `version`) is `fact_<name>`, and a
/// field that is called as one of those, or as a fact that is there, is `field_<name>`. Events of calls and of losses are sent, and panics only where [`kinds`](Http::kinds) says so, with `place_file`, `place_line` and `place_column`.
///
/// | Segment answers | and the batch |
/// |---|---|
/// | 200 to 299 | is delivered, as far as anybody can tell: a wrong region is answered so too |
/// | 408, 429, 500 to 599, or nothing | is kept, and tried again after a pause |
/// | 400, 413 | is halved until the event that is refused stands alone; that one is rejected, and counted |
/// | anything else, 401 (a wrong key) too | is kept, and not tried again in this run |
///
/// A batch is of 500 KB and 2,500 messages at most, a message of 32 KB; an event of more is rejected, and counted. One that comes twice has the same `messageId`.
///
/// The user's variables `SEGMENT_WRITE_KEY` and `SEGMENT_URL`, behind the program's prefix, stand in for what the program says.
///
/// ```
/// use telemetry_runtime::{Telemetry, app, sink};
///
/// let builder = Telemetry::builder(app!()).sink(sink::Segment::new("write-key"));
/// ```
pub type Segment = Http<format::Segment>;

impl Segment {
    /// A sink for the source with this write key, at `https://api.segment.io`.
    #[must_use]
    pub fn new(write_key: impl Into<String>) -> Self {
        Self::with_format("https://api.segment.io", format::Segment::new(write_key))
    }

    /// Posts to another host: `https://events.eu1.segmentapis.com` for a workspace in Europe, whose events are lost anywhere else.
    #[must_use]
    pub fn at(mut self, url: impl Into<String>) -> Self {
        self.endpoint.url = url.into();
        self
    }

    /// Gives a property of ours another name, as that of [`RudderStack`] does.
    #[must_use]
    pub fn rename(mut self, property: &'static str, name: &'static str) -> Self {
        self.format.renamed.push((property, name));
        self
    }
}

/// Panics and error reports as errors of [Sentry](https://develop.sentry.dev/sdk/), with what was lost, and with [`sessions`](Self::sessions) the health of
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
/// for lists; one that is called as a tag of Sentry's own has `fact_` before its name. An error report ([`report_error!`](crate::report_error)) has the level `error` and the
/// mechanism `generic`, which was handled; its type is the event's name, its value what the error says where it declares `error_text`, and its fields are the context `fields`. There is no address, no host's name and no list of
/// packages; of events from native programs, Sentry does not take the address from the connection.
///
/// `environment` is `development` for a developer's build, or a test; otherwise what the program says that it runs as.
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

/// Executions of commands as TiDB Cloud's command line sends them, posted over HTTP.
///
/// ```json
/// [{"timestamp": "2023-02-03T01:33:49.384304Z", "source": "ticloud", "properties": {
///   "alias": "ls", "arch": "arm64", "auth_method": "api_key", "command": "ticloud-project-list", "duration": 871,
///   "flags": ["debug"], "git_commit": "dfdsfdsdfs", "interactive": false, "os": "darwin",
///   "result": "SUCCESS", "terminal": "tty", "version": "v0.0.1"
/// }}]
/// ```
///
/// An execution is the finish of a call that is in no other, and where the program asks for those
/// ([`kinds`](Http::kinds)) a command line that was not understood. `duration` is in milliseconds, `error` the first line of what the error says where that is recorded, `result`
/// is `SUCCESS`, `ERROR`, or not there where a call was interrupted. `alias`, `auth_method`, `flags`, `git_commit`, `installer`, `interactive`, `project_id` and
/// `terminal` are fields or facts of those names; without one, `auth_method` says how they are known who are signed in (`api_key`), on events that may say so. Other fields go with them, as `field_<name>` where one is called as a property above; other facts do not, and neither
/// does any id. System and processor are spelt as Go spells them.
///
/// The answers mean what they mean to [`Json`]. Nothing tells an event that comes twice but its `timestamp`. The user's variable `TICLOUD_ENDPOINT`,
/// behind the program's prefix, stands in for the URL.
///
/// ```
/// use telemetry_runtime::{Telemetry, app, sink};
///
/// let builder = Telemetry::builder(app!()).sink(sink::Ticloud::new("https://telemetry.example.org/report"));
/// ```
pub type Ticloud = Http<format::Ticloud>;

impl Ticloud {
    /// A sink that posts to `url`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self::with_format(url, format::Ticloud::new())
    }

    /// Sends an array of executions a request: the default.
    #[must_use]
    pub fn array(self) -> Self {
        Self { format: self.format.array(), ..self }
    }

    /// Sends one execution a request, and no array.
    #[must_use]
    pub fn single(self) -> Self {
        Self { format: self.format.single(), ..self }
    }

    /// Tells times with the offset of the system's time zone: `2023-02-03T09:33:49.384304+08:00`. That says roughly where on earth the user is.
    #[cfg(feature = "local-time")]
    #[must_use]
    pub fn local_time(self) -> Self {
        Self { format: self.format.local_time(), ..self }
    }
}

/// Usage that a program has to report, posted over HTTP: for [`Builder::required_usage`](crate::Builder::required_usage), and for nothing else.
///
/// A request is one report, what a [`UsageMeter`](crate::UsageMeter) gathered, with the names of `CloudQuery`'s document:
///
/// ```json
/// {
///   "request_id": "01927d3e-0a5b-7c1d-8e2f-001122334455",
///   "time": "2026-11-20T23:23:36.900001Z",
///   "app": "demo", "version": "0.1.0",
///   "plugin_name": "cloudquery/aws", "plugin_kind": "source",
///   "resource_count": 1200,
///   "tables": [{"table_name": "aws_ec2_instances", "resource_count": 700}, {"table_name": "aws_s3_buckets", "resource_count": 500}]
/// }
/// ```
///
/// or with those of its [plugin SDK](Self::plugin_sdk):
///
/// ```json
/// {
///   "request_id": "01927d3e-0a5b-7c1d-8e2f-001122334455",
///   "plugin_team": "cloudquery", "plugin_name": "aws", "plugin_kind": "source",
///   "rows": 1200,
///   "tables": [{"name": "aws_ec2_instances", "rows": 700}, {"name": "aws_s3_buckets", "rows": 500}]
/// }
/// ```
///
/// `tables` is there where tables were named, and 64 of them at most, and fewer where their names are long: more are another report. Rows that were counted without a table are in the sum alone. No
/// install id, no run, nobody and no other fact goes with it.
///
/// A report that is sent again, by this run or another, has the same `request_id` and the same rows: a receiver that takes each id once has each row once.
///
/// | The receiver answers | and the report |
/// |---|---|
/// | 200 to 299 | is delivered |
/// | 429, 503, or nothing | is kept, and tried again after a pause, or after the `Retry-After` |
/// | anything else, redirects too | is kept, and not tried again in this run |
///
/// By the headers `x-cq-batch-limit` (rows), `x-cq-minimum-update-interval` and `x-cq-maximum-update-interval` (seconds) of an answer of 200 to 299, the
/// receiver says what is gathered from then on in that run, within bounds: 1 to 1,000,000,000 rows, a second to an hour, and a second to a day.
pub type Usage = Http<format::Usage>;

impl Usage {
    /// A sink that posts to `url`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self::with_format(url, format::Usage::new())
    }

    /// Reports with the names of `CloudQuery`'s plugin SDK.
    #[must_use]
    pub fn plugin_sdk(self) -> Self {
        Self { format: self.format.plugin_sdk(), ..self }
    }

    /// What the names of the headers begin with by which the receiver says what is gathered: `x-cq-` unless told.
    #[must_use]
    pub fn pace_headers(self, prefix: impl Into<String>) -> Self {
        Self { format: self.format.pace_headers(prefix), ..self }
    }

    /// So many rows are a report: 1000 unless told.
    #[must_use]
    pub fn batch(mut self, rows: u64) -> Self {
        self.format.pace.batch = Some(rows);
        self
    }

    /// A report comes no sooner than `minimum` after the one before, and after `maximum` if any rows were added: 10 and 30 seconds unless
    /// told.
    #[must_use]
    pub fn every(self, minimum: Duration, maximum: Duration) -> Self {
        Self { format: self.format.every(minimum, maximum), ..self }
    }

    /// Reports rows by the thousand, as marketplaces sell them: rounded down while the program runs, what is over stays for the next
    /// report, and up at its end, once for each plugin and each process: a forked child rounds its own rows. Tables are not told then.
    #[must_use]
    pub fn in_thousands(mut self) -> Self {
        self.format.in_thousands = true;
        self
    }
}

/// Events as JSON, one a line, into a file or onto standard error.
///
/// ```
/// use telemetry_runtime::sink::{self, Kinds};
/// use telemetry_runtime::{Telemetry, app};
///
/// let builder = Telemetry::builder(app!())
///     .sink(sink::JsonLines::file("events.jsonl"))
///     .sink(sink::JsonLines::stderr().kinds(Kinds::ERRORS));
/// ```
#[derive(Debug)]
pub struct JsonLines(Sink);

impl JsonLines {
    /// Appends to a file, which is created (readable by its owner alone) if need be; seen from where the program starts.
    #[must_use]
    pub fn file(path: impl AsRef<Path>) -> Self {
        Self(Sink::new("json-lines".into(), Kinds::ALL, || Target::File(path.as_ref().to_owned())))
    }

    /// Prints to standard error, when a batch is sent: at the end of its window, or when the program flushes or shuts down.
    #[must_use]
    pub fn stderr() -> Self {
        Self(Sink::new("stderr".into(), Kinds::ALL, || Target::Stderr))
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
}

impl From<JsonLines> for Sink {
    fn from(sink: JsonLines) -> Self {
        sink.0
    }
}

/// Events kept in memory, for a program that shows what it would send. Clones share their events.
///
/// Tests of tracked functions do better with [`testing::capture`](crate::testing::capture), which needs no start.
///
/// ```
/// use telemetry_runtime::{Telemetry, app, sink};
///
/// let kept = sink::Memory::new();
/// let telemetry = Telemetry::builder(app!()).sink(kept.clone()).start();
/// // … the program, and once it has flushed:
/// let events = kept.events();
/// # assert!(events.is_empty());
/// ```
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
        Self::new("memory".into(), Kinds::ALL, || Target::Memory(memory))
    }
}
