//! A program that sends OTLP: `exporting ENDPOINT STATE_DIR WORD…`, where the words say what the sink is (`json`, `gzip`, `heed`) and what is
//! done (`work`, `fail`).
#![allow(clippy::print_stdout, reason = "a program that says what it did")]

use std::process::ExitCode;
use std::time::Duration;

use telemetry_runtime::{Development, Telemetry, app, record, sink, tracked};

#[tracked]
fn work() {
    record!(rows = 3);
    within();
}

#[tracked]
fn within() {}

#[tracked]
fn fail() -> Result<(), ()> {
    Err(())
}

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let [endpoint, state_dir, words @ ..] = words.as_slice() else { return ExitCode::from(2) };
    let is_said = |word: &str| words.iter().any(|said| said == word);
    let mut otlp = sink::Otlp::new(endpoint).header("authorization", "program-secret");
    if is_said("json") {
        otlp = otlp.json();
    }
    if is_said("gzip") {
        otlp = otlp.gzip();
    }
    if is_said("heed") {
        otlp = otlp.heed_otel_variables();
    }
    let telemetry = Telemetry::builder(app!("exporting"))
        .env_prefix("EXPORTING")
        .development(Development::Send)
        .state_dir(state_dir)
        // Nothing goes unless it is flushed.
        .batch_window(Duration::from_secs(3600))
        .sink(otlp)
        .start();
    for word in words {
        match word.as_str() {
            "work" => work(),
            "fail" => drop(fail()),
            _ => {}
        }
    }
    if let Err(error) = telemetry.flush(Duration::from_secs(60)) {
        println!("{error}");
    }
    let status = telemetry.status();
    println!("{status}");
    for problem in status.problems() {
        println!("problem: {problem}");
    }
    ExitCode::SUCCESS
}
