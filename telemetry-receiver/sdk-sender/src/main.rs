//! `sdk-sender URL proto|json none|gzip`: the official OpenTelemetry client sends metrics of two tables, a span and a log record.

use std::error::Error;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use opentelemetry::KeyValue;
use opentelemetry::logs::{LogRecord, Logger, LoggerProvider};
use opentelemetry::metrics::MeterProvider;
use opentelemetry::trace::{Tracer, TracerProvider};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{
    Compression, LogExporter, MetricExporter, Protocol, SpanExporter, WithExportConfig, WithHttpConfig,
};
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;

#[derive(Debug)]
struct Client(ureq::Agent);

#[async_trait]
impl HttpClient for Client {
    /// Blocks: the client calls it on a thread of its own.
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (head, body) = request.into_parts();
        let answer = self.0.run(Request::from_parts(head, body.to_vec()))?;
        let (head, mut body) = answer.into_parts();
        println!("{}", head.status.as_u16());
        Ok(Response::from_parts(head, body.read_to_vec()?.into()))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let [url, protocol, compression] = words.as_slice() else {
        return Err("expected URL proto|json none|gzip".into());
    };
    let protocol = if protocol == "json" { Protocol::HttpJson } else { Protocol::HttpBinary };
    let client = || Client(ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into());
    macro_rules! exporter {
        ($exporter:ident, $path:literal) => {{
            let builder = $exporter::builder().with_http().with_http_client(client());
            let builder = builder.with_endpoint(format!("{url}{}", $path)).with_protocol(protocol);
            if compression == "gzip" { builder.with_compression(Compression::Gzip) } else { builder }.build()?
        }};
    }

    let metrics = SdkMeterProvider::builder().with_periodic_exporter(exporter!(MetricExporter, "/v1/metrics")).build();
    let meter = metrics.meter("io.cloudquery");
    let of =
        |table: &'static str| [KeyValue::new("sync.table.name", table), KeyValue::new("sync.table.client_id", "eu-1")];
    let add = |name: &'static str, unit: &'static str, table: &'static str, value: u64| {
        meter.u64_counter(name).with_unit(unit).build().add(value, &of(table));
    };
    let start = 1_795_000_000_000_000_000;
    add("sync.table.start_time", "ns", "users", start);
    add("sync.table.end_time", "ns", "users", start + 90_000_000_000);
    add("sync.table.duration", "ms", "users", 89_500);
    add("sync.table.resources", "/{tot}", "users", 40);
    // A total goes out twice, and replaces what was there.
    metrics.force_flush()?;
    add("sync.table.resources", "/{tot}", "users", 2);
    add("sync.table.errors", "/{tot}", "users", 1);
    meter.f64_gauge("sync.table.resources").build().record(7.0, &of("accounts"));
    meter.u64_histogram("latency").build().record(5, &[]);
    metrics.shutdown()?;

    let traces = SdkTracerProvider::builder().with_simple_exporter(exporter!(SpanExporter, "/v1/traces")).build();
    traces.tracer("sender").in_span("work", |_| ());
    traces.shutdown()?;

    let logs = SdkLoggerProvider::builder().with_simple_exporter(exporter!(LogExporter, "/v1/logs")).build();
    let logger = logs.logger("sender");
    let mut record = logger.create_log_record();
    record.set_body("said".into());
    logger.emit(record);
    logs.shutdown()?;
    Ok(())
}
