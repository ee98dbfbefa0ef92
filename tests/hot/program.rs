//! A program with hot functions, for the tests beside it: `hot ENDPOINT STATE_DIR WORD…`, done one after another.
//!
//! | Word | Does |
//! |---|---|
//! | `storm` | a million calls on four threads, of which 1,000 fail and 10 panic |
//! | `calls=N` | so many calls on this thread |
//! | `chosen=N` | so many calls of a function of which a tenth is recorded |
//! | `limited=N` | so many calls of a function of which three an hour are recorded |
//! | `again` | calls of a function of which one a second is recorded, until that was two; says how many calls there were |
//! | `inside` | an aggregated call in a recorded one, with a recorded one in it |
//! | `fork` | a child that makes two calls more, and ends by `exit`, while its parent waits |
//! | `deliver`, `counts` | delivers; says what came of everything |
//! | `end` | ends telemetry |
//! | `exit`, `abort`, `panic`, `hang` | end it, or wait to be killed |
#![allow(clippy::print_stdout, clippy::panic, reason = "a program that says what it did, and is to die")]

use std::panic::catch_unwind;
use std::process::ExitCode;
use std::time::Duration;

use telemetry_runtime::{Development, Guard, Loss, Telemetry, app, record, sink, tracked};
use telemetry_tests::forked;

#[tracked(aggregate, purpose = "how long rows take")]
fn row(number: u64) -> Result<u64, String> {
    assert!(number % 100_000 != 99_999, "as asked");
    if number % 1000 == 500 {
        return Err("as asked".to_owned());
    }
    Ok(number)
}

#[tracked(aggregate)]
fn generic<T: Copy>(value: T) -> T {
    recorded(1);
    record!(from = "inside".len());
    value
}

#[tracked(fields(number = number))]
fn recorded(number: u64) {}

#[tracked]
fn around() {
    generic(1_u8);
    generic("two kinds");
}

#[tracked(sample = 0.1, emit = finish)]
fn chosen() {
    record!(rows = 3);
}

#[tracked(limit = "3/h")]
fn limited() {}

#[tracked(limit = "1/s")]
fn each_second() {}

fn again(telemetry: &Guard) {
    let is_second = || telemetry.status().counts().recorded - telemetry.status().counts().lost(Loss::Limited) >= 4;
    let mut calls = 0;
    while !is_second() {
        each_second();
        calls += 1;
    }
    println!("{calls}");
}

fn calls(numbers: std::ops::Range<u64>) {
    for number in numbers {
        // What it returns, and whether it does, is the test's business.
        drop(catch_unwind(|| row(number)));
    }
}

fn storm() {
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || calls(thread * 250_000..(thread + 1) * 250_000));
        }
    });
}

fn fork() {
    calls(0..3);
    if forked() {
        calls(0..2);
        std::process::exit(0);
    }
}

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let (Some(endpoint), Some(state)) = (words.next(), words.next()) else { return ExitCode::FAILURE };
    let interval = std::env::var("HOT_INTERVAL").ok().and_then(|millis| millis.parse().ok());
    // What it panics with is of no interest here.
    std::panic::set_hook(Box::new(|_| {}));
    let mut telemetry = Some(
        Telemetry::builder(app!("hot"))
            .env_prefix("HOT")
            .development(Development::Send)
            .state_dir(state)
            .batch_window(Duration::from_millis(10))
            .aggregate_interval(interval.map_or(Duration::from_secs(3600), Duration::from_millis))
            .sink(sink::Json::new(endpoint))
            .start(),
    );
    for word in words {
        let (word, count) = word.split_once('=').map_or((&*word, 0), |(word, n)| (word, n.parse().unwrap_or(0)));
        match word {
            "storm" => storm(),
            "calls" => calls(0..count),
            "chosen" => (0..count).for_each(|_| chosen()),
            "limited" => (0..count).for_each(|_| limited()),
            "again" => drop(telemetry.as_ref().map(again)),
            "inside" => around(),
            "fork" => fork(),
            "deliver" => drop(telemetry.as_ref().map(|telemetry| telemetry.flush(Duration::from_secs(30)))),
            "counts" => {
                if let Some(telemetry) = &telemetry {
                    println!("{}", telemetry.status().counts());
                }
            }
            "end" => drop(telemetry.take()),
            "exit" => std::process::exit(0),
            "abort" => std::process::abort(),
            "panic" => panic!("as asked"),
            "hang" => {
                println!("hang");
                loop {
                    std::thread::park();
                }
            }
            _ => return ExitCode::FAILURE,
        }
    }
    ExitCode::SUCCESS
}
