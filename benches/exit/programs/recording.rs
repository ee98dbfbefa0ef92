//! What a call costs that records two events: `recording SUBJECT URL FOLDER PREPARE`.
//!
//! SUBJECT is `ours`; `appends`, which writes as much to a file by hand; or `clock`, which does nothing between two looks at the
//! clock, and so shows what the machine makes of everybody. PREPARE is `full`, where the calls are counted from when there is no room for them.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::time::{Duration, Instant};

use telemetry_runtime::{Guard, Loss, Telemetry, app, sink, tracked};

#[tracked(fields(items = number))]
fn sync(number: u32) {
    std::hint::black_box(number);
}

/// Prints how long the calls took, in nanoseconds: `cost PATTERN CALLS P50 P99 P99.9 MAX`.
fn report(pattern: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let at = |thousandths: usize| took[(took.len() * thousandths / 1000).min(took.len() - 1)].as_nanos();
    println!("cost {pattern} {} {} {} {} {}", took.len(), at(500), at(990), at(999), at(1000));
}

fn measure(mut call: impl FnMut(u32)) {
    let mut timed = |number| {
        let began = Instant::now();
        call(number);
        began.elapsed()
    };
    // The first opens the file.
    report("first", vec![timed(0)]);
    let isolated = (0..3000).map(|number| {
        std::thread::sleep(Duration::from_millis(1));
        timed(number)
    });
    report("isolated", isolated.collect());
    let bursts = (0..10_000).map(|number| {
        if number % 100 == 0 {
            std::thread::sleep(Duration::from_millis(20));
        }
        timed(number)
    });
    report("bursts", bursts.collect());
}

/// Records until something is lost, in three rounds of the worker's, which may make room once or twice.
fn fill(telemetry: &Guard) {
    let lost = || {
        let counts = telemetry.status().counts();
        [Loss::SpoolFull, Loss::QueueFull].map(|loss| counts.lost(loss)).iter().sum::<u64>()
    };
    for _ in 0..3 {
        let before = lost();
        while lost() == before {
            (0..1000).for_each(sync);
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [subject, url, folder, prepare] = arguments.as_slice() else { panic!("SUBJECT URL FOLDER PREPARE") };
    match subject.as_str() {
        "clock" => measure(|number| {
            std::hint::black_box(number);
        }),
        "appends" => {
            let mut file = None;
            measure(|_| {
                let file = file.get_or_insert_with(|| {
                    let path = std::path::Path::new(folder).join("appends");
                    OpenOptions::new().append(true).create(true).open(path).expect("a file")
                });
                for _ in 0..2 {
                    file.write_all(&[b'x'; 120]).expect("an append");
                }
            });
        }
        _ => {
            let telemetry = Telemetry::builder(app!("exit")).state_dir(folder).sink(sink::Json::new(url)).start();
            if prepare == "full" {
                fill(&telemetry);
            }
            measure(sync);
            println!("counts {}", telemetry.status().counts());
        }
    }
}
