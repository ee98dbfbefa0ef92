//! A program whose commands are the words it is called with, for tests that end it in every way there is.
//!
//! `commands ENDPOINT STATE_DIR WORD…`, where `work` runs a tracked function, `poison` one whose event a receiver may refuse,
//! `nested` one within another, `threads` sixty-four on four threads, `away` changes the working folder, `flush` delivers, and `hang`, `exit`, `abort` and `panic`
//! end it. After each word it prints the word, so that whoever reads knows that the command has returned.
#![allow(clippy::print_stdout, clippy::panic, reason = "a program that says what it did, and is to die")]

use std::process::ExitCode;
use std::time::Duration;

use telemetry_runtime::{Development, Telemetry, app, record, sink, tracked};

#[tracked]
fn work() {
    record!(rows = 3);
}

#[tracked]
fn poison() {
    record!(poison = true);
}

#[tracked]
fn nested() {
    work();
}

#[tracked]
fn fail() -> Result<(), ()> {
    Err(())
}

/// The sink, as `COMMANDS_GZIP`, `COMMANDS_PLATFORM_ROOTS` and `COMMANDS_ROOT_CERTS` (a PEM file) have it.
fn json(endpoint: String) -> sink::Json {
    let mut json = sink::Json::new(endpoint).header("x-api-key", "header-secret");
    if std::env::var_os("COMMANDS_GZIP").is_some() {
        json = json.gzip();
    }
    if std::env::var_os("COMMANDS_PLATFORM_ROOTS").is_some() {
        json = json.root_certs(sink::RootCerts::Platform);
    }
    if let Some(path) = std::env::var_os("COMMANDS_ROOT_CERTS") {
        json = json.root_certs(sink::RootCerts::Pem(path.into()));
    }
    json
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(endpoint), Some(state_dir)) = (arguments.next(), arguments.next()) else {
        return ExitCode::from(2);
    };
    let mut builder = Telemetry::builder(app!("commands"))
        .env_prefix("COMMANDS")
        // The tests are a debug build, and their receivers are on loopback.
        .development(Development::Send)
        .state_dir(state_dir)
        // Nothing goes unless it is flushed, so that a test can say what is where.
        .batch_window(Duration::from_secs(3600))
        .sink(json(endpoint));
    if let Some(path) = std::env::var_os("COMMANDS_FILE") {
        builder = builder.sink(sink::JsonLines::file(path));
    }
    let telemetry = builder.start();
    for word in arguments {
        match word.as_str() {
            "work" => work(),
            "poison" => poison(),
            "nested" => nested(),
            "fail" => drop(fail()),
            "threads" => std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| (0..16).for_each(|_| work()));
                }
            }),
            "away" => drop(std::env::set_current_dir("/")),
            "flush" => match telemetry.flush(Duration::from_secs(60)) {
                Ok(()) => {}
                Err(error) => println!("{error}"),
            },
            "status" => println!("{}\n{:?}", telemetry.status(), telemetry.status().counts()),
            "hang" => loop {
                println!("hang");
                std::thread::park();
            },
            "exit" => std::process::exit(3),
            "abort" => std::process::abort(),
            "panic" => panic!("as asked"),
            _ => return ExitCode::from(2),
        }
        println!("{word}");
    }
    ExitCode::SUCCESS
}
