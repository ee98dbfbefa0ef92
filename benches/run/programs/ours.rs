//! A program with this framework: a short one, and one that records at a rate.

use std::path::Path;
use std::time::{Duration, Instant};

use run::{most_memory, now, own_memory, paced, process_cpu, say, thread_cpu, told, work};
use telemetry_runtime::{Counts, Development, Guard, Loss, Recording, Telemetry, app, sink, tracked};

#[tracked(fields(items = number))]
#[inline(never)]
fn sync(number: u64) -> u64 {
    work(number)
}

fn main() {
    let told = told();
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    match told.as_slice() {
        ["once", url, state, lives] => {
            let (began, cpu) = (Instant::now(), thread_cpu());
            let telemetry = start(url, Path::new(state), Recording::Direct);
            let (start, cpu) = (began.elapsed(), thread_cpu() - cpu);
            sync(1);
            std::thread::sleep(Duration::from_millis(lives.parse().expect("milliseconds")));
            say("start", start.as_nanos());
            say("start_cpu", cpu.as_nanos());
            say("done", now().as_nanos());
            drop(telemetry);
        }
        ["rate", url, state, events, millis] => {
            let (events, millis): (u64, u64) = (events.parse().expect("a rate"), millis.parse().expect("a time"));
            rate(&start(url, Path::new(state), Recording::Queued), events / 2, Duration::from_millis(millis));
        }
        _ => panic!("{told:?}"),
    }
}

fn start(url: &str, state: &Path, recording: Recording) -> Guard {
    let telemetry = Telemetry::builder(app!("run")).development(Development::Send).recording(recording);
    telemetry.state_dir(state).sink(sink::Json::new(url)).start()
}

fn lost(counts: &Counts) -> u64 {
    Loss::ALL.iter().map(|loss| counts.lost(*loss)).sum()
}

/// Records so many calls a second for so long, and says what became of them, and at which cost.
fn rate(telemetry: &Guard, calls: u64, time: Duration) {
    // Whatever is done once is done before.
    paced(calls.min(1000), Duration::from_millis(300), |number| _ = sync(number));
    let _ = telemetry.flush(Duration::from_secs(10));
    let before = telemetry.status().counts();
    let (began, cpu, own) = (Instant::now(), process_cpu(), thread_cpu());
    paced(calls, time / 2, |number| _ = sync(number));
    let half = (began.elapsed(), telemetry.status().counts());
    paced(calls, time / 2, |number| _ = sync(number));
    let (took, after) = (began.elapsed(), telemetry.status().counts());
    let (own, own_memory) = (thread_cpu() - own, own_memory());
    let _ = telemetry.flush(Duration::from_secs(60));
    let (all, cpu) = (began.elapsed(), process_cpu() - cpu);
    let status = telemetry.status();
    let counts = status.counts();
    let recorded = after.recorded - before.recorded;
    say("recorded", recorded);
    say("rate", per_second(recorded, took));
    say("arriving", per_second(after.delivered - half.1.delivered, took - half.0));
    say("arriving_all", per_second(counts.delivered - before.delivered, all));
    say("waiting", after.pending);
    say("lost", lost(&counts) - lost(&before));
    say("pending", counts.pending);
    say("said_delivered", counts.delivered);
    say("own_cpu", own.as_nanos());
    say("cpu", cpu.as_nanos());
    say("own_memory", own_memory);
    say("memory", most_memory());
    for loss in Loss::ALL.iter().copied().filter(|loss| counts.lost(*loss) > 0) {
        say("lost_as", format_args!("{loss}: {}", counts.lost(loss)));
    }
    if status.recording() != Recording::Queued || !status.problems().is_empty() {
        say("problem", format_args!("{:?}, {:?}", status.recording(), status.problems()));
    }
}

fn per_second(events: u64, time: Duration) -> u64 {
    let nanos = time.as_nanos().max(1);
    u64::try_from(u128::from(events) * 1_000_000_000 / nanos).unwrap_or_default()
}
