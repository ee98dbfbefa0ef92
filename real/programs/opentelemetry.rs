//! OpenTelemetry's own client: `with-opentelemetry ENDPOINT` sends a log record, a span and a sum over OTLP/HTTP in protobuf, and
//! ends as its documentation ends.

use opentelemetry::KeyValue;
use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _, LoggerProvider as _, Severity};
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::{Span as _, SpanBuilder, SpanKind, Status, Tracer as _, TracerProvider as _};
use opentelemetry_otlp::{LogExporter, MetricExporter, Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};
use opentelemetry_sdk::trace::SdkTracerProvider;

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let endpoint = std::env::args().nth(1).ok_or("an endpoint")?;
    let resource = Resource::builder()
        .with_service_name("control")
        .with_attribute(KeyValue::new("service.version", "1.2.3"))
        .build();
    let logs = LogExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{endpoint}/v1/logs"))
        .build()?;
    let logs = SdkLoggerProvider::builder().with_resource(resource.clone()).with_batch_exporter(logs).build();
    let spans = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{endpoint}/v1/traces"))
        .build()?;
    let spans = SdkTracerProvider::builder().with_resource(resource.clone()).with_batch_exporter(spans).build();
    let sums = MetricExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_temporality(Temporality::Delta)
        .with_endpoint(format!("{endpoint}/v1/metrics"))
        .build()?;
    let sums =
        SdkMeterProvider::builder().with_resource(resource).with_reader(PeriodicReader::builder(sums).build()).build();

    let logger = logs.logger("control");
    let mut record = logger.create_log_record();
    record.set_event_name("Control Finished");
    record.set_timestamp(std::time::SystemTime::now());
    record.set_severity_number(Severity::Info);
    record.set_severity_text("INFO");
    record.add_attribute("event.id", "control-1");
    record.add_attribute("rows", AnyValue::Int(42));
    record.add_attribute("share", AnyValue::Double(1.5));
    record.add_attribute("dry_run", AnyValue::Boolean(true));
    logger.emit(record);

    let builder = SpanBuilder::from_name("Control")
        .with_kind(SpanKind::Internal)
        .with_attributes([KeyValue::new("event.id", "control-2"), KeyValue::new("rows", 42)]);
    let mut span = spans.tracer("control").build(builder);
    span.set_status(Status::error("failed"));
    span.end();

    let lost = sums.meter("control").u64_counter("control.lost").with_unit("{event}").build();
    lost.add(3, &[KeyValue::new("reason", "queue full")]);

    logs.shutdown()?;
    spans.shutdown()?;
    sums.shutdown()?;
    Ok(())
}
