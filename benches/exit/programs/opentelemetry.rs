//! OpenTelemetry logs over OTLP/HTTP, through the batch processor, and with the `shutdown` that its documentation ends with.

use exit::{MARKER, Told, done};
use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _, LoggerProvider as _};
use opentelemetry_otlp::{LogExporter, Protocol, WithExportConfig as _};
use opentelemetry_sdk::logs::SdkLoggerProvider;

fn main() {
    let told = Told::new();
    let exporter = LogExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/logs", told.url))
        .build()
        .expect("an exporter");
    let provider = SdkLoggerProvider::builder().with_batch_exporter(exporter).build();
    let logger = provider.logger("exit");
    let start = told.elapsed();
    for event in told.events {
        let mut record = logger.create_log_record();
        record.set_body(AnyValue::from(format!("{MARKER} {event}")));
        logger.emit(record);
    }
    done(start);
    // Nobody is told: a program's telemetry is not its user's concern.
    drop(provider.shutdown());
}
