//! The ways to know of a call, and the call itself.

use std::hint::black_box;
use std::time::Instant;

use crate::ours;
#[cfg(feature = "peers")]
use crate::{hand, peers};

/// What is called: the bare function, or the same one with somebody watching.
pub type Call = fn(u64) -> Result<u64, u64>;

/// One way to know of a call.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// Its name on the command line.
    pub name: &'static str,
    /// … and in tables.
    pub title: &'static str,
    /// What it makes of a call.
    pub makes: &'static str,
    /// So many calls in a row fit into what it queues: it is given time after them.
    pub burst: u32,
    /// So many bursts are measured back to back.
    pub bursts: u32,
    /// Makes it ready.
    pub start: fn() -> Started,
}

/// A subject that is ready to be called.
pub struct Started {
    /// The function.
    pub call: Call,
    /// Waits until nothing of it is on its way.
    pub settle: Box<dyn FnMut()>,
    /// What a thread does before it ends.
    pub leave: fn(),
    /// Says, when all has settled after so many calls, what went wrong, if anything did that would make another thing of what was measured.
    pub check: Box<dyn FnMut(u64) -> Option<String>>,
}

impl Started {
    /// A function that has nobody behind it.
    #[must_use]
    pub fn alone(call: Call) -> Self {
        Self { call, settle: Box::new(|| {}), leave: || {}, check: Box::new(|_| None) }
    }
}

/// That so many arrived where so many should have.
pub(crate) fn all_arrived(arrived: u64, expected: u64) -> Option<String> {
    (arrived != expected).then(|| format!("{arrived} arrived of {expected}"))
}

impl std::fmt::Debug for Started {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Started").finish_non_exhaustive()
    }
}

/// What the function does, in every subject.
///
/// # Errors
///
/// Never, as it is called; which the compiler does not know.
#[inline(always)]
#[allow(clippy::inline_always, reason = "it is the body of each subject's function")]
pub fn work(number: u64) -> Result<u64, u64> {
    if number == u64::MAX { Err(number) } else { Ok(black_box(number)) }
}

/// The bare function.
///
/// # Errors
///
/// As [`work`].
#[inline(never)]
pub fn bare(number: u64) -> Result<u64, u64> {
    work(number)
}

/// The function, with its duration taken.
#[inline(never)]
fn clock(number: u64) -> Result<u64, u64> {
    let began = Instant::now();
    let done = work(number);
    black_box(began.elapsed());
    done
}

/// Calls that cost next to nothing.
const LIGHT: (u32, u32) = (10_000, 10);
/// Calls that leave something behind, but nothing on the disk.
#[cfg(feature = "peers")]
const USUAL: (u32, u32) = (1_000, 8);
/// Calls that fill a segment.
const ON_DISK: (u32, u32) = (1_000, 3);

const fn subject(
    name: &'static str,
    title: &'static str,
    makes: &'static str,
    (burst, bursts): (u32, u32),
    start: fn() -> Started,
) -> Subject {
    Subject { name, title, makes, burst, bursts, start }
}

/// The bare function, and this framework in each of its states.
const OURS: &[Subject] = &[
    subject("bare", "bare call", "nothing", LIGHT, || Started::alone(bare)),
    subject("clock", "two looks at the clock", "a duration that nobody is told", LIGHT, || Started::alone(clock)),
    subject("closed-plain", "ours, level `none`, no field", "nothing", LIGHT, ours::closed_plain),
    subject("closed", "ours, level `none`", "nothing; its field is not evaluated", LIGHT, ours::closed),
    subject("errors", "ours, level `errors`, call succeeds", "nothing", LIGHT, ours::errors),
    subject("direct", "ours, direct", "start and finish, 1 field on each, on disk", ON_DISK, ours::direct),
    subject(
        "direct-8",
        "ours, direct, 8 fields",
        "start and finish, 8 fields on each, on disk",
        ON_DISK,
        ours::direct_8,
    ),
    subject("queued", "ours, queued", "start and finish, 1 field on each, on disk within 5 ms", ON_DISK, ours::queued),
    subject(
        "queued-8",
        "ours, queued, 8 fields",
        "start and finish, 8 fields on each, on disk within 5 ms",
        ON_DISK,
        ours::queued_8,
    ),
    subject("aggregate", "ours, `aggregate`", "count and sum of durations", LIGHT, ours::aggregate),
];

/// What ours is compared with.
#[cfg(feature = "peers")]
const PEERS: &[Subject] = &[
    subject("appends", "two appends by hand", "120 bytes twice, on disk", ON_DISK, hand::appends),
    subject(
        "hand-json",
        "serde_json and a channel, by hand",
        "two events: struct to JSON text, sent to a thread that writes a file",
        USUAL,
        hand::json,
    ),
    subject(
        "hand-typed",
        "a struct and a channel, by hand",
        "two events: struct sent to a thread that makes JSON of it and writes a file",
        USUAL,
        hand::typed,
    ),
    subject(
        "hand-counted",
        "the same, with ids that are counted",
        "as above, but of a random base and a count, as ours are",
        USUAL,
        hand::typed_and_counted,
    ),
    subject("tracing-none", "tracing 0.1.44, no subscriber", "nothing", LIGHT, peers::tracing_none),
    subject(
        "tracing-registry",
        "tracing, registry only",
        "a span that is made and forgotten; its field is read by nobody",
        USUAL,
        peers::tracing_registry,
    ),
    subject(
        "tracing-otel",
        "tracing-opentelemetry 0.34.0",
        "one span, 1 attribute; batch processor, exporter in memory",
        USUAL,
        peers::tracing_opentelemetry,
    ),
    subject(
        "otel-logs",
        "opentelemetry_sdk 0.33.1, logs",
        "two log records, 1 attribute and 2; batch processor, exporter in memory",
        USUAL,
        peers::opentelemetry_logs,
    ),
    subject(
        "otel-span",
        "opentelemetry_sdk 0.33.1, span",
        "one span, 1 attribute; batch processor, exporter in memory",
        USUAL,
        peers::opentelemetry_span,
    ),
    subject(
        "fastrace-root",
        "fastrace 0.7.19, a root each",
        "one trace of one span, 1 property; a reporter that drops it",
        USUAL,
        peers::fastrace_root,
    ),
    subject(
        "fastrace-local",
        "fastrace, `#[trace]` in a root",
        "one span in a trace that is there, 1 property; a reporter that drops it",
        USUAL,
        peers::fastrace_local,
    ),
    subject("fastrace-none", "fastrace, no root", "nothing", LIGHT, peers::fastrace_none),
    subject(
        "sentry",
        "sentry 0.49.5, a transaction",
        "one transaction, 1 datum; a transport that serialises it on a thread of its own",
        (200, 8),
        peers::sentry,
    ),
    subject("metrics-none", "metrics 0.24.6, no recorder", "nothing", LIGHT, peers::metrics_none),
    subject("metrics", "metrics, Prometheus recorder", "a counter and a histogram of durations", USUAL, peers::metrics),
    subject(
        "autometrics",
        "autometrics 3.0.0, prometheus",
        "a counter and a histogram of durations",
        USUAL,
        peers::autometrics,
    ),
    subject("uuid", "two random UUIDs by hand", "two ids (`Uuid::new_v4`), nothing else", USUAL, || {
        Started::alone(hand::two_ids)
    }),
];

#[cfg(not(feature = "peers"))]
const PEERS: &[Subject] = &[];

/// All of them, in the order of the tables.
pub fn all() -> impl Iterator<Item = &'static Subject> {
    OURS.iter().chain(PEERS)
}

/// The subject of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Subject> {
    all().find(|subject| subject.name == name)
}
