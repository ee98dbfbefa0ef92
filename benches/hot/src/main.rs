//! What a call of a hot function costs, in nanoseconds, over the bare function: `hot`.
//!
//! Each way is measured in ten rounds that take turns, so that what else the machine does hits all alike; the least and the median round
//! are printed.
#![allow(clippy::print_stdout, reason = "a program that says what it measured")]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use telemetry_runtime::{Development, Telemetry, app, sink, tracked};

#[inline(never)]
fn bare(number: u64) -> Result<u64, u64> {
    if number == u64::MAX { Err(number) } else { Ok(black_box(number)) }
}

#[tracked(aggregate)]
#[inline(never)]
fn counted(number: u64) -> Result<u64, u64> {
    if number == u64::MAX { Err(number) } else { Ok(black_box(number)) }
}

#[tracked(sample = 0.000_000_001)]
#[inline(never)]
fn not_chosen(number: u64) -> Result<u64, u64> {
    if number == u64::MAX { Err(number) } else { Ok(black_box(number)) }
}

#[tracked(limit = "1/day")]
#[inline(never)]
fn over_the_limit(number: u64) -> Result<u64, u64> {
    if number == u64::MAX { Err(number) } else { Ok(black_box(number)) }
}

#[tracked]
#[inline(never)]
fn recorded(number: u64) -> Result<u64, u64> {
    if number == u64::MAX { Err(number) } else { Ok(black_box(number)) }
}

type Call = fn(u64) -> Result<u64, u64>;

fn two_clocks(number: u64) -> Result<u64, u64> {
    let began = Instant::now();
    let _ = black_box(bare(number));
    black_box(began.elapsed());
    Ok(number)
}

const WAYS: [(&str, Call, u32); 6] = [
    ("bare", bare, 1_000_000),
    ("two looks at the clock", two_clocks, 1_000_000),
    ("aggregate", counted, 1_000_000),
    ("sample, not chosen", not_chosen, 1_000_000),
    ("limit, over it", over_the_limit, 1_000_000),
    ("recorded", recorded, 2_000),
];

fn time(call: Call, calls: u32) -> f64 {
    let began = Instant::now();
    for number in 0..u64::from(calls) {
        let _ = black_box(call(black_box(number)));
    }
    began.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
}

fn rounds(heading: &str, ways: &[(&str, Call, u32)]) {
    let mut times = vec![Vec::new(); ways.len()];
    for _ in 0..10 {
        for ((_, call, calls), times) in ways.iter().zip(&mut times) {
            times.push(time(*call, *calls));
        }
    }
    println!("{heading:<24} {:>8} {:>8}", "least", "median");
    for ((name, ..), times) in ways.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        println!("  {name:<22} {:>8.1} {:>8.1}", times[0], times[5]);
    }
}

fn main() -> ExitCode {
    rounds("ns a call, off", &WAYS);
    let state = std::env::temp_dir().join(format!("hot-{}", std::process::id()));
    let telemetry = Telemetry::builder(app!())
        .development(Development::Send)
        .state_dir(&state)
        .batch_window(Duration::from_secs(3600))
        .sink(sink::Memory::new())
        .start();
    rounds("ns a call, on", &WAYS);
    for threads in [2, 4] {
        let each: Vec<f64> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(|| time(counted, 1_000_000))).collect();
            threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
        });
        println!("aggregate, {threads} threads at once: {each:.1?}");
    }
    println!("{}", telemetry.status().counts());
    drop(telemetry);
    if std::fs::remove_dir_all(&state).is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
