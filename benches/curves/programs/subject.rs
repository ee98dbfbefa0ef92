//! What is measured, each in a process of its own:
//!
//! - `subject calls NAME CALLS`: so many calls of a function
//! - `subject threads NAME THREADS`: CPU time of so many threads that call at once
//! - `subject process FOLDER URL`: a run that records one call and waits to be let go
//! - `subject fill FOLDER URL CALLS`: a run that records so many calls, and sends nothing
//! - `subject start FOLDER URL`: a start and the first call
//! - `subject deliver FOLDER URL SINKS`: sends what waits to so many sinks
//! - `subject waiting FOLDER URL`: how many events wait

use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use record::measure;
use record::ours::started;
use record::subject::{Call, Started, Subject, work};
use rustix::time::{ClockId, clock_gettime};
use telemetry_runtime::{Builder, Development, Guard, Level, Loss, Recording, Telemetry, app, sink, tracked};

/// What a program does whose telemetry has these functions.
fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["calls", name, calls] => measure::calls(find(name), number(calls)),
        ["threads", name, threads] => {
            let subject = find(name);
            let threads = number(threads) as usize;
            println!("cpu {}", measure::cpu_at_once(subject, threads, subject.bursts) / f64::from(subject.burst));
        }
        ["process", folder, url] => process(folder.as_ref(), url),
        ["fill", folder, url, calls] => {
            let telemetry = telemetry(folder.as_ref(), url, 1).start();
            for number in 0..number(calls).into() {
                let _ = sync(number);
            }
            let counts = telemetry.status().counts();
            let lost: u64 = Loss::ALL.iter().map(|loss| counts.lost(*loss)).sum();
            println!("recorded {}", counts.recorded - lost);
        }
        ["start", folder, url] => drop(begin(folder.as_ref(), url)),
        ["deliver", folder, url, sinks] => {
            let telemetry = telemetry(folder.as_ref(), url, number(sinks)).start();
            telemetry.flush(Duration::from_secs(600)).expect("all of it is sent");
        }
        ["waiting", folder, url] => {
            println!("waiting {}", telemetry(folder.as_ref(), url, 1).control().status().waiting());
        }
        other => panic!("not known: {other:?}"),
    }
}

fn number(text: &str) -> u32 {
    text.parse().expect("a number")
}

/// A program's telemetry, which sends when it is asked to.
fn telemetry<'a>(folder: &Path, url: &str, sinks: u32) -> Builder<'a> {
    let builder = Telemetry::builder(app!("curves"))
        .development(Development::Send)
        .flag(Level::All)
        .state_dir(folder)
        .batch_window(Duration::from_hours(1));
    let sinks = (0..sinks).map(|number| sink::Json::new(url).named(format!("sink-{number}")));
    sinks.fold(builder, Builder::sink)
}

/// What is counted of a start.
#[inline(never)]
fn begin(folder: &Path, url: &str) -> Guard {
    let telemetry = telemetry(folder, url, 1).start();
    let _ = sync(1);
    telemetry
}

/// Starts, records, says so, and ends when it is let go; says what CPU time that took, in nanoseconds.
fn process(folder: &Path, url: &str) {
    let telemetry = begin(folder, url);
    println!("ready");
    let _ = std::io::stdin().read(&mut [0]);
    drop(telemetry);
    let used = clock_gettime(ClockId::ProcessCPUTime);
    println!("cpu {}", used.tv_sec * 1_000_000_000 + used.tv_nsec);
}

#[tracked(fields(items = number))]
#[inline(never)]
fn sync(number: u64) -> Result<u64, u64> {
    work(number)
}

#[tracked(aggregate)]
#[inline(never)]
fn counted(number: u64) -> Result<u64, u64> {
    work(number)
}

#[tracked]
#[inline(never)]
fn fields_0(number: u64) -> Result<u64, u64> {
    work(number)
}

/// Functions with so many fields.
macro_rules! with_fields {
    ($($name:ident: $($field:ident)+;)+) => {$(
        #[tracked(fields($($field = number),+))]
        #[inline(never)]
        fn $name(number: u64) -> Result<u64, u64> {
            work(number)
        }
    )+};
}

with_fields! {
    fields_1: a;
    fields_2: a b;
    fields_4: a b c d;
    fields_8: a b c d e f g h;
    fields_16: a b c d e f g h i j k l m n o p;
}

/// A call within a call, so many deep.
#[tracked]
#[inline(never)]
fn nested(calls: u32, number: u64) -> Result<u64, u64> {
    if calls > 1 { nested(calls - 1, number) } else { work(number) }
}

fn nested_in<const CALLS: u32>(number: u64) -> Result<u64, u64> {
    nested(CALLS, number)
}

const fn subject(name: &'static str, burst: u32, bursts: u32, start: fn() -> Started) -> Subject {
    Subject { name, title: "", makes: "", burst, bursts, start }
}

/// What is counted on its own thread: nothing is sent meanwhile, which would take valgrind most of the time.
fn alone(recording: Recording, sinks: usize, call: Call) -> Started {
    Started { settle: Box::new(|| {}), ..started(Level::All, recording, sinks, call, None) }
}

fn direct(call: Call) -> Started {
    alone(Recording::Direct, 1, call)
}

fn queued(call: Call) -> Started {
    alone(Recording::Queued, 1, call)
}

fn with_sinks(sinks: usize) -> Started {
    alone(Recording::Direct, sinks, sync)
}

/// Bursts are of threads: what eight of them record fits into the queue, and into a segment.
const SUBJECTS: &[Subject] = &[
    subject("direct", 1000, 5, || started(Level::All, Recording::Direct, 1, sync, Some(2))),
    subject("queued", 500, 9, || started(Level::All, Recording::Queued, 1, sync, Some(2))),
    subject("aggregate", 100_000, 5, || started(Level::All, Recording::Direct, 1, counted, None)),
    subject("direct-fields-0", 0, 0, || direct(fields_0)),
    subject("direct-fields-1", 0, 0, || direct(fields_1)),
    subject("direct-fields-2", 0, 0, || direct(fields_2)),
    subject("direct-fields-4", 0, 0, || direct(fields_4)),
    subject("direct-fields-8", 0, 0, || direct(fields_8)),
    subject("direct-fields-16", 0, 0, || direct(fields_16)),
    subject("queued-fields-0", 0, 0, || queued(fields_0)),
    subject("queued-fields-1", 0, 0, || queued(fields_1)),
    subject("queued-fields-2", 0, 0, || queued(fields_2)),
    subject("queued-fields-4", 0, 0, || queued(fields_4)),
    subject("queued-fields-8", 0, 0, || queued(fields_8)),
    subject("queued-fields-16", 0, 0, || queued(fields_16)),
    subject("nesting-1", 0, 0, || direct(nested_in::<1>)),
    subject("nesting-2", 0, 0, || direct(nested_in::<2>)),
    subject("nesting-4", 0, 0, || direct(nested_in::<4>)),
    subject("nesting-8", 0, 0, || direct(nested_in::<8>)),
    subject("nesting-16", 0, 0, || direct(nested_in::<16>)),
    subject("nesting-32", 0, 0, || direct(nested_in::<32>)),
    subject("sinks-1", 0, 0, || with_sinks(1)),
    subject("sinks-2", 0, 0, || with_sinks(2)),
    subject("sinks-3", 0, 0, || with_sinks(3)),
    subject("sinks-4", 0, 0, || with_sinks(4)),
    subject("sinks-5", 0, 0, || with_sinks(5)),
];

fn find(name: &str) -> &'static Subject {
    SUBJECTS.iter().find(|subject| subject.name == name).unwrap_or_else(|| panic!("no subject is called {name}"))
}
