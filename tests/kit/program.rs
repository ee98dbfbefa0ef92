//! A program as those have it who test it with the kit: `kitted [required | forget]`. Its usual endpoint is no loopback, and nobody's either.
#![allow(clippy::print_stdout, reason = "a program that says what it did")]

use std::time::Duration;

use telemetry_runtime::{ClosedEnum, Development, Identifier, Telemetry, app, record, sink, tracked};

const TIMEOUT: Duration = Duration::from_secs(30);

#[derive(ClosedEnum)]
enum PluginKind {
    Source,
}

#[tracked]
fn sync_tables(tables: usize) {
    record!(tables = tables);
}

fn main() {
    let word = std::env::args().nth(1);
    let events = sink::Json::new("http://me:secret@0.0.0.0:1/v1/events?key=secret").deletion("http://0.0.0.0:1/forget");
    let telemetry = Telemetry::builder(app!("kitted"))
        .env_prefix("KITTED")
        .development(Development::Send)
        .sink(events)
        .lasting_install_id();
    if word.as_deref() == Some("forget") {
        return match telemetry.control().forget(TIMEOUT) {
            Ok(receipt) => println!("{receipt}"),
            Err(error) => println!("{error}"),
        };
    }
    let telemetry = match word.as_deref() {
        Some("required") => telemetry.required_usage(sink::Usage::new("http://0.0.0.0:1/usage")),
        _ => telemetry,
    };
    let telemetry = telemetry.start();
    sync_tables(3);
    if word.as_deref() == Some("required") {
        telemetry.usage_meter(&Identifier::plugin("kitted/tables"), &PluginKind::Source).add(3);
        println!("{}", telemetry.status());
    }
    // A sink that fails is asked once more by each.
    let is_done = (0..5).any(|_| telemetry.flush(TIMEOUT).is_ok());
    println!("flushed: {is_done}, level: {}", telemetry.status().level());
}
