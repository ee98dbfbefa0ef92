//! What others offer, set up as their documentation does, but for the network: what is exported is dropped, or kept in memory until it is
//! asked to go.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use fastrace::collector::{Config, Reporter, SpanContext, SpanRecord};
use fastrace::prelude::Span;
use opentelemetry::KeyValue;
use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _, LoggerProvider as _, Severity};
use opentelemetry::trace::{Span as _, Tracer as _, TracerProvider as _};
use opentelemetry_sdk::logs::{BatchLogProcessor, InMemoryLogExporter, SdkLogger, SdkLoggerProvider};
use opentelemetry_sdk::trace::{BatchSpanProcessor, InMemorySpanExporter, SdkTracer, SdkTracerProvider};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::subject::{Call, Started, all_arrived, work};

/// As many places as our queue has: theirs are 2048 unless told, and what does not fit is dropped, which is cheaper.
const PLACES: usize = 8192;

/// What came out at a client's other end.
static ARRIVED: AtomicU64 = AtomicU64::new(0);

/// That so many arrived for each call.
fn arrived(each: u64) -> Box<dyn FnMut(u64) -> Option<String>> {
    Box::new(move |calls| all_arrived(ARRIVED.load(Ordering::Relaxed), each * calls))
}

#[tracing::instrument(skip_all, fields(items = number))]
#[inline(never)]
fn traced(number: u64) -> Result<u64, u64> {
    work(number)
}

pub(crate) fn tracing_none() -> Started {
    Started::alone(traced)
}

pub(crate) fn tracing_registry() -> Started {
    tracing_subscriber::registry().init();
    Started::alone(traced)
}

fn tracer_provider() -> (SdkTracerProvider, InMemorySpanExporter) {
    let exporter = InMemorySpanExporter::default();
    let config = opentelemetry_sdk::trace::BatchConfigBuilder::default().with_max_queue_size(PLACES).build();
    let processor = BatchSpanProcessor::builder(exporter.clone()).with_batch_config(config).build();
    (SdkTracerProvider::builder().with_span_processor(processor).build(), exporter)
}

fn spans(call: Call, provider: SdkTracerProvider, exporter: InMemorySpanExporter) -> Started {
    let settle = move || {
        drop(provider.force_flush());
        ARRIVED.fetch_add(exporter.get_finished_spans().map_or(0, |spans| spans.len() as u64), Ordering::Relaxed);
        exporter.reset();
    };
    Started { call, settle: Box::new(settle), leave: || {}, check: arrived(1) }
}

pub(crate) fn tracing_opentelemetry() -> Started {
    let (provider, exporter) = tracer_provider();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("record"));
    tracing_subscriber::registry().with(layer).init();
    spans(traced, provider, exporter)
}

static TRACER: OnceLock<SdkTracer> = OnceLock::new();

pub(crate) fn opentelemetry_span() -> Started {
    let (provider, exporter) = tracer_provider();
    drop(TRACER.set(provider.tracer("record")));
    spans(with_span, provider, exporter)
}

#[inline(never)]
fn with_span(number: u64) -> Result<u64, u64> {
    let tracer = TRACER.get().expect("it is set");
    let mut span = tracer.start("sync");
    span.set_attribute(KeyValue::new("items", number.cast_signed()));
    let done = work(number);
    span.end();
    done
}

static LOGGER: OnceLock<SdkLogger> = OnceLock::new();

pub(crate) fn opentelemetry_logs() -> Started {
    let exporter = InMemoryLogExporter::default();
    let config = opentelemetry_sdk::logs::BatchConfigBuilder::default().with_max_queue_size(PLACES).build();
    let processor = BatchLogProcessor::builder(exporter.clone()).with_batch_config(config).build();
    let provider = SdkLoggerProvider::builder().with_log_processor(processor).build();
    drop(LOGGER.set(provider.logger("record")));
    let settle = move || {
        drop(provider.force_flush());
        ARRIVED.fetch_add(exporter.get_emitted_logs().map_or(0, |logs| logs.len() as u64), Ordering::Relaxed);
        exporter.reset();
    };
    Started { call: with_logs, settle: Box::new(settle), leave: || {}, check: arrived(2) }
}

#[inline(never)]
fn with_logs(number: u64) -> Result<u64, u64> {
    let logger = LOGGER.get().expect("it is set");
    let items = AnyValue::Int(number.cast_signed());
    let mut record = logger.create_log_record();
    record.set_event_name("sync.started");
    record.set_severity_number(Severity::Info);
    record.set_timestamp(std::time::SystemTime::now());
    record.add_attribute("items", items.clone());
    logger.emit(record);
    let began = Instant::now();
    let done = work(number);
    let mut record = logger.create_log_record();
    record.set_event_name("sync.finished");
    record.set_severity_number(Severity::Info);
    record.set_timestamp(std::time::SystemTime::now());
    record.add_attribute("items", items);
    record.add_attribute("duration", began.elapsed().as_secs_f64());
    logger.emit(record);
    done
}

/// The name of a root that is nobody's call.
const ROOT: &str = "calls";

struct Dropped;

impl Reporter for Dropped {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        ARRIVED.fetch_add(spans.iter().filter(|span| span.name != ROOT).count() as u64, Ordering::Relaxed);
    }
}

fn fastrace(call: Call) -> Started {
    fastrace::set_reporter(Dropped, Config::default());
    Started { call, settle: Box::new(fastrace::flush), leave: || {}, check: arrived(1) }
}

pub(crate) fn fastrace_root() -> Started {
    fastrace(with_root)
}

#[inline(never)]
fn with_root(number: u64) -> Result<u64, u64> {
    let root = Span::root("sync", SpanContext::random()).with_property(|| ("items", number.to_string()));
    let _guard = root.set_local_parent();
    work(number)
}

#[fastrace::trace(properties = { "items": "{number}" })]
#[inline(never)]
fn in_trace(number: u64) -> Result<u64, u64> {
    work(number)
}

pub(crate) fn fastrace_none() -> Started {
    Started { check: arrived(0), ..fastrace(in_trace) }
}

thread_local! {
    /// The trace that the calls are in, for so many of them.
    static TRACE: RefCell<Option<(u32, fastrace::local::LocalParentGuard, Span)>> = const { RefCell::new(None) };
}

pub(crate) fn fastrace_local() -> Started {
    let mut started = fastrace(in_trace_of_100);
    // Not when the thread has ended, where fastrace takes nothing any more.
    started.leave = || TRACE.with_borrow_mut(|trace| drop(trace.take()));
    let leave = started.leave;
    started.settle = Box::new(move || {
        leave();
        fastrace::flush();
    });
    started
}

/// A trace of a hundred calls, so that a hundredth of its root is in each.
#[inline(never)]
fn in_trace_of_100(number: u64) -> Result<u64, u64> {
    TRACE.with_borrow_mut(|trace| {
        if let Some((left @ 1.., ..)) = trace {
            *left -= 1;
        } else {
            drop(trace.take());
            let root = Span::root(ROOT, SpanContext::random());
            *trace = Some((99, root.set_local_parent(), root));
        }
    });
    in_trace(number)
}

/// Serialises envelopes on a thread of its own, as the transports of sentry do before they send them.
struct Serialises(crossbeam_channel::Sender<Said>);

#[allow(clippy::large_enum_variant, reason = "all but the last are envelopes")]
enum Said {
    Envelope(sentry::Envelope),
    Flush(crossbeam_channel::Sender<()>),
}

impl sentry::Transport for Serialises {
    fn send_envelope(&self, envelope: sentry::Envelope) {
        drop(self.0.try_send(Said::Envelope(envelope)));
    }

    fn flush(&self, timeout: Duration) -> bool {
        let (done, flushed) = crossbeam_channel::bounded(1);
        self.0.send(Said::Flush(done)).is_ok() && flushed.recv_timeout(timeout).is_ok()
    }
}

pub(crate) fn sentry() -> Started {
    let (sender, receiver) = crossbeam_channel::bounded(PLACES);
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        for said in receiver {
            match said {
                Said::Envelope(envelope) => {
                    bytes.clear();
                    let is_written = envelope.to_writer(&mut bytes).is_ok();
                    ARRIVED.fetch_add(u64::from(is_written), Ordering::Relaxed);
                }
                Said::Flush(done) => drop(done.send(())),
            }
        }
    });
    let options = sentry::ClientOptions::new().traces_sample_rate(1.0).transport(Arc::new(Serialises(sender)));
    let guard = sentry::init(("https://key@sentry.invalid/1", options));
    let guard = Rc::new(guard);
    let settle = move || {
        guard.flush(Some(Duration::from_secs(10)));
    };
    Started { call: with_transaction, settle: Box::new(settle), leave: || {}, check: arrived(1) }
}

#[inline(never)]
fn with_transaction(number: u64) -> Result<u64, u64> {
    let transaction = sentry::start_transaction(sentry::TransactionContext::new("sync", "command"));
    transaction.set_data("items", number.into());
    let done = work(number);
    transaction.finish();
    done
}

pub(crate) fn metrics_none() -> Started {
    Started::alone(with_metrics)
}

pub(crate) fn metrics() -> Started {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    drop(metrics::set_global_recorder(recorder));
    // What its exporter does every five seconds.
    let rendered = handle.clone();
    let check = move |calls: u64| {
        let text = rendered.render();
        let counted = text.lines().find_map(|line| line.strip_prefix("syncs ")?.parse().ok());
        all_arrived(counted.unwrap_or_default(), calls)
    };
    Started { call: with_metrics, settle: Box::new(move || handle.run_upkeep()), leave: || {}, check: Box::new(check) }
}

#[inline(never)]
fn with_metrics(number: u64) -> Result<u64, u64> {
    metrics::counter!("syncs").increment(1);
    let began = Instant::now();
    let done = work(number);
    metrics::histogram!("sync_seconds").record(began.elapsed());
    done
}

pub(crate) fn autometrics() -> Started {
    let settings = autometrics::settings::AutometricsSettings::builder().service_name("record").init();
    #[allow(
        clippy::redundant_closure_for_method_calls,
        reason = "the method's type is of a crate that is not named here"
    )]
    let check = |calls: u64| {
        let families = settings.prometheus_registry().gather();
        let counters =
            families.iter().flat_map(|family| family.get_metric()).map(|metric| metric.get_counter().get_value());
        let counted = counters.fold(0.0, f64::max);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of calls")]
        all_arrived(counted as u64, calls)
    };
    Started { check: Box::new(check), ..Started::alone(measured) }
}

#[autometrics::autometrics]
#[inline(never)]
fn measured(number: u64) -> Result<u64, u64> {
    work(number)
}
