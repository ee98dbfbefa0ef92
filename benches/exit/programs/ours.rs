//! This framework: with its defaults, with a grace, with the detached sender; and a next run that records nothing.
//!
//! A detached sender knows no argument of the run that started it, so there it learns from a file beside the executable where
//! to send to.

use std::path::PathBuf;
use std::time::Duration;

use exit::{Told, done};
use telemetry_runtime::{Builder, Telemetry, app, sink, tracked};

#[tracked(event = "Ran", emit = finish, fields(marker = number))]
fn run(number: u32) {
    std::hint::black_box(number);
}

fn beside(name: &str) -> PathBuf {
    std::env::current_exe().unwrap_or_default().with_file_name(name)
}

fn telemetry() -> Builder<'static> {
    sending_to(&std::fs::read_to_string(beside("endpoint")).unwrap_or_default())
}

fn sending_to(url: &str) -> Builder<'static> {
    Telemetry::builder(app!("exit")).state_dir(beside("state")).sink(sink::Json::new(url))
}

fn main() {
    if beside("endpoint").exists() {
        Telemetry::detached_sender(telemetry);
    }
    let told = Told::new();
    let telemetry = sending_to(&told.url);
    let telemetry = match told.rest.first() {
        Some(grace) => telemetry.grace(Duration::from_millis(grace.parse().expect("milliseconds"))),
        None => telemetry,
    };
    let _telemetry = telemetry.start();
    let start = told.elapsed();
    told.events.for_each(run);
    done(start);
}
