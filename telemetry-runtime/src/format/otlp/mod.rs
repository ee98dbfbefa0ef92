//! OTLP over HTTP: a run as a resource, an event as a log record, a call as a span, losses as a metric.
//!
//! The messages are described here and in the files below, once for both encodings; how they get onto the wire is in `encode`. Numbers
//! and names are those of opentelemetry-proto.

mod answer;
mod attributes;
mod encode;
mod heed;
mod logs;
mod metrics;
#[cfg(all(test, feature = "record"))]
mod schema;
#[cfg(all(test, feature = "record"))]
mod tests;
mod traces;

use std::collections::HashMap;
use std::time::SystemTime;

use crate::json::Writer;
use crate::level::Kinds;
use crate::value::{Id, nanos};

use super::{Answer, Batch, Entry, Format, Limits, Part, Policy, Request, Stream, Verdict};
use answer::PartialSuccess;
use encode::{Fields, write_attributes};

pub(crate) use heed::heed;

/// The instrumentation scope, and the SDK.
const SCOPE: &str = "telemetry-runtime";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The specification recommends that receivers take 64 MiB; an earlier one said 20.
const LIMITS: Limits = Limits { events: 10_000, bytes: 4 * 1024 * 1024, event_bytes: 4 * 1024 * 1024 };

/// OTLP over HTTP: see [`sink::Otlp`](crate::sink::Otlp).
#[derive(Clone, Debug)]
pub struct Otlp {
    signals: Vec<Signal>,
    encoding: Encoding,
    /// What the user's variables say of single signals.
    heeded: Vec<(Signal, Encoding)>,
}

/// What OTLP tells apart, each by an address of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Signal {
    /// Every event, as a log record: but for losses, where those are metrics.
    Logs,
    /// Every call that ended, as a span.
    Traces,
    /// How many events were lost.
    Metrics,
}

/// How messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Protobuf,
    Json,
}

impl Signal {
    /// Whether an event of its kinds has something to say in it.
    fn has(self, entry: &Entry<'_>) -> bool {
        match self {
            Self::Logs => true,
            Self::Traces => traces::Place::of(entry).is_some(),
            Self::Metrics => !metrics::of(&[entry]).is_empty(),
        }
    }

    pub(crate) const ALL: [Self; 3] = [Self::Logs, Self::Traces, Self::Metrics];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Logs => "logs",
            Self::Traces => "traces",
            Self::Metrics => "metrics",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Logs => "/v1/logs",
            Self::Traces => "/v1/traces",
            Self::Metrics => "/v1/metrics",
        }
    }

    /// What of the signal there is for each resource, and for each scope: the names in JSON.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Logs => ("resourceLogs", "scopeLogs"),
            Self::Traces => ("resourceSpans", "scopeSpans"),
            Self::Metrics => ("resourceMetrics", "scopeMetrics"),
        }
    }
}

impl Encoding {
    const fn content_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }
}

impl Default for Otlp {
    /// All signals, in Protobuf.
    fn default() -> Self {
        Self { signals: Signal::ALL.into(), encoding: Encoding::Protobuf, heeded: Vec::new() }
    }
}

impl Otlp {
    pub(crate) fn set_encoding(&mut self, encoding: Encoding) {
        self.encoding = encoding;
    }

    pub(crate) fn set_signals(&mut self, signals: impl IntoIterator<Item = Signal>) {
        let signals: Vec<_> = signals.into_iter().collect();
        self.signals = Signal::ALL.into_iter().filter(|signal| signals.contains(signal)).collect();
    }

    /// Has one signal written as the user's variables say.
    pub(crate) fn heed(&mut self, signal: Signal, encoding: Encoding) {
        self.heeded.push((signal, encoding));
    }

    fn encoding_of(&self, signal: Signal) -> Encoding {
        let heeded = self.heeded.iter().find(|(heeded, _)| *heeded == signal);
        heeded.map_or(self.encoding, |(_, encoding)| *encoding)
    }

    fn kinds_of(&self, signal: Signal) -> Kinds {
        match signal {
            Signal::Logs if self.signals.contains(&Signal::Metrics) => {
                Kinds::STARTS | Kinds::FINISHES | Kinds::USAGE_ERRORS | Kinds::SNAPSHOTS | Kinds::ERRORS
            }
            Signal::Logs => Kinds::ALL,
            Signal::Traces => Kinds::FINISHES,
            Signal::Metrics => Kinds::LOSSES | Kinds::AGGREGATES | Kinds::SNAPSHOTS,
        }
    }
}

impl Format for Otlp {
    fn name(&self) -> &'static str {
        "otlp"
    }

    fn streams(&self) -> Vec<Stream> {
        let stream = |signal: &Signal| Stream {
            name: signal.as_str(),
            path: signal.path(),
            kinds: self.kinds_of(*signal),
            limits: LIMITS,
        };
        self.signals.iter().map(stream).collect()
    }

    /// `Export…ServiceRequest`, shown as JSON where it is none.
    fn request(&self, batch: &Batch<'_>) -> Option<Request> {
        let signal = Signal::ALL.into_iter().find(|signal| signal.as_str() == batch.stream)?;
        let runs = runs(signal, batch.entries);
        if runs.is_empty() {
            return None;
        }
        let observed = nanos_since_epoch(batch.sent_at);
        let encoding = self.encoding_of(signal);
        let request = match encoding {
            Encoding::Protobuf => {
                let mut body = Vec::new();
                write_request(signal, &runs, observed, &mut Fields::Protobuf(&mut body));
                Request::new(encoding.content_type(), body).shown_as(json(signal, &runs, observed))
            }
            Encoding::Json => Request::new(encoding.content_type(), json(signal, &runs, observed)),
        };
        Some(request)
    }

    /// By the specification, what it does not list must not be sent again; but an answer that is about us and not about the events
    /// keeps them.
    fn verdict(&self, answer: &Answer<'_>) -> Verdict {
        match Policy::OTLP.verdict(answer) {
            Verdict::Accepted => match PartialSuccess::read(answer.header("content-type"), answer.body) {
                Some(PartialSuccess { rejected: rejected @ 1.., why }) => Verdict::Partly { rejected, why },
                _ => Verdict::Accepted,
            },
            verdict => verdict,
        }
    }

    fn variables(&self) -> Vec<(&'static str, Part)> {
        vec![("OTLP_ENDPOINT", Part::Url)]
    }
}

fn json(signal: Signal, runs: &[Vec<&Entry<'_>>], observed: u64) -> String {
    let mut text = String::new();
    Writer::new(&mut text).object(|members| write_request(signal, runs, observed, &mut Fields::Json(members)));
    text
}

/// `Export…ServiceRequest { Resource… { resource, Scope… { scope, records } } }`: the signals differ in the records alone.
fn write_request(signal: Signal, runs: &[Vec<&Entry<'_>>], observed: u64, to: &mut Fields<'_, '_>) {
    let (resources, scopes) = signal.names();
    to.messages(1, resources, runs, |entries, to| {
        to.message(1, "resource", |to| {
            let attributes = entries.first().map(|entry| attributes::of_run(entry).0);
            write_attributes(1, &attributes.unwrap_or_default(), to);
        });
        to.messages(2, scopes, [entries], |entries, to| {
            to.message(1, "scope", |to| {
                to.text(1, "name", SCOPE);
                to.text(2, "version", VERSION);
            });
            match signal {
                Signal::Logs => to.messages(2, "logRecords", entries, |entry, to| logs::write(entry, observed, to)),
                Signal::Traces => {
                    let spans = entries.iter().filter_map(|entry| Some((entry, traces::Place::of(entry)?)));
                    to.messages(2, "spans", spans, |(entry, place), to| traces::write(entry, place, to));
                }
                Signal::Metrics => {
                    to.messages(2, "metrics", metrics::of(entries), |metric, to| metric.write(to));
                }
            }
        });
    });
}

/// The entries of each run, in the order of the runs' first ones. What a run recorded while somebody was signed in stands apart: the
/// installation is said with the run, and must not be said of that.
fn runs<'b, 'a>(signal: Signal, entries: &'b [Entry<'a>]) -> Vec<Vec<&'b Entry<'a>>> {
    let mut runs: Vec<Vec<_>> = Vec::new();
    let mut places = HashMap::new();
    let wanted = entries.iter().filter(|entry| signal.has(entry));
    for entry in wanted {
        let place = *places.entry((entry.event.invocation, entry.install_id())).or_insert_with(|| {
            runs.push(Vec::new());
            runs.len() - 1
        });
        if let Some(run) = runs.get_mut(place) {
            run.push(entry);
        }
    }
    runs
}

/// A trace's id: the bytes of a run's.
type TraceId = [u8; 16];

/// The trace of all runs that started one another. An id of zeros is none.
fn trace_id(entry: &Entry<'_>) -> Option<TraceId> {
    let run = entry.trace();
    (run != Id(0)).then(|| run.0.to_be_bytes())
}

/// Nanoseconds since 1970; a clock that is before that says 0.
fn nanos_since_epoch(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, nanos)
}
