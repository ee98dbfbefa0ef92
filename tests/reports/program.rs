//! A program that reports errors where it handles them, as a console that shows a user's databases: `reporting ENDPOINT STATE_DIR WORD…`.
//!
//! `page NAME` fails to show what the user calls so, and reports it without a word of that; `told NAME` declares what the error says,
//! `long` one that says more than there is room for, `panicking` one that cannot be printed, and `silent` one that says nothing. `often` fails fifty times at one
//! place, `everywhere` at more places than a run may report, `within` in a tracked call, `expired` at a place that has expired, `expected`
//! as one expects it to, `ordered` says what is evaluated when, and `user` at a place that names a user. `flush` delivers, `abort` ends the program.
#![allow(clippy::print_stdout, clippy::panic, reason = "a program that says what it did, and is to fail")]

use std::fmt;
use std::io::ErrorKind;
use std::process::ExitCode;
use std::time::Duration;

use telemetry_runtime::{
    ClosedEnum, Development, Id, Identifier, Label, Telemetry, Template, app, label, report_error, sink, template,
    tracked,
};

#[derive(ClosedEnum)]
enum Mode {
    Cli,
}

#[derive(Debug)]
struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        assert!(self.0 != "panics", "as asked");
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

fn show(name: &str) -> Result<(), Failure> {
    Err(Failure(name.to_owned()))
}

/// A page of the console: the user's names are parts of its address, and their places are what is told.
fn page(name: &str) {
    if let Err(error) = show(name) {
        println!("cannot show {error}");
        report_error!(
            event = "Main/RUN_TIME_ERROR",
            purpose = "which pages fail",
            url: Template = template!("/data/schema/SCHEMA_NAME/tables/TABLE_NAME/modify"),
            console_mode: Mode = Mode::Cli,
            cli_uuid = uuid::uuid!("0e4e2e9b-7fc9-44b8-9d5c-955673e20e0b"),
            server_uuid = uuid::uuid!("015a8f49-2fbd-4c41-8066-23f48d9c620a"),
            server_version: Label = label!("2.0.0"),
            tries = 3,
            missing: Option<Id> = None::<Id>,
        );
    }
}

fn told(name: &str) {
    if let Err(error) = show(name) {
        report_error!(event = "Told", error_text = &error, tries = 1);
    }
}

fn boxed(name: &str) {
    let shown: Result<(), Box<dyn std::error::Error>> = show(name).map_err(Into::into);
    if let Err(error) = shown {
        report_error!(event = "Boxed", error_text = error);
    }
}

fn again() {
    report_error!(event = "Again");
}

/// A place each.
macro_rules! places {
    ($($digit:literal)+) => {
        $(report_error!(event = "Everywhere", place = $digit);)+
    };
}

fn everywhere() {
    for _ in 0..9 {
        // 128 places, of which each may say so nine times.
        places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31);
        places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31);
        places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31);
        places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31);
    }
}

#[tracked]
fn within() {
    again();
}

fn looked_at() -> u8 {
    println!("looked at");
    7
}

fn seen<T: fmt::Display>(value: T) -> T {
    println!("seen: {value}");
    value
}

/// Where names of the program's are such as a macro might have, and a value is no literal though it begins as one.
fn ordered() {
    #[allow(non_upper_case_globals, reason = "what is meant")]
    static report: u8 = 1;
    #[allow(non_upper_case_globals, reason = "what is meant")]
    const begun: u8 = 2;
    let tries = i64::from(report);
    report_error!(event = "Ordered", first = seen(begun), error_text = seen("text"), last = -tries);
}

fn failed(kind: ErrorKind) {
    match kind {
        ErrorKind::PermissionDenied | ErrorKind::ConnectionRefused => {}
        _ => report_error!(event = "Unexpected"),
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [endpoint, state_dir, words @ ..] = words.as_slice() else { return ExitCode::from(2) };
    let builder = Telemetry::builder(app!("reporting")).env_prefix("REPORTING").development(Development::Send);
    let builder = builder.state_dir(state_dir).batch_window(Duration::from_secs(3600));
    let telemetry = match endpoint.strip_prefix("console=") {
        Some(url) => builder.sink(sink::HasuraConsole::new(url, "console")),
        None => builder.sink(sink::Json::new(endpoint.as_str())),
    }
    .start();
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "page" => page(words.next().unwrap_or_default()),
            "told" => told(words.next().unwrap_or_default()),
            "boxed" => boxed(words.next().unwrap_or_default()),
            "long" => told(&"é".repeat(10_000)),
            "silent" => told(""),
            "panicking" => told("panics"),
            "ordered" => ordered(),
            "often" => (0..50).for_each(|_| again()),
            "everywhere" => everywhere(),
            "within" => within(),
            "expired" => report_error!(event = "Expired", expires = "2020-01", seen = looked_at()),
            "lasting" => report_error!(event = "Lasting", expires = "9999-12-31", owner = "pages", seen = looked_at()),
            "expected" => failed(ErrorKind::PermissionDenied),
            "unexpected" => failed(ErrorKind::OutOfMemory),
            "user" => {
                report_error!(event = "Of User", user = Identifier::user("alice"), plugin = Identifier::plugin("aws"));
            }
            "flush" => drop(telemetry.flush(Duration::from_secs(60))),
            "abort" => std::process::abort(),
            other => panic!("{other}"),
        }
    }
    ExitCode::SUCCESS
}
