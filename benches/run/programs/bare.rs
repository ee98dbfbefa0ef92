//! A program without telemetry, that does what the other one does.

use std::time::Duration;

use run::{most_memory, now, own_memory, paced, process_cpu, say, told, work};

#[inline(never)]
fn sync(number: u64) -> u64 {
    work(number)
}

fn main() {
    let told = told();
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    match told.as_slice() {
        ["once", _, _, lives] => {
            sync(1);
            std::thread::sleep(Duration::from_millis(lives.parse().expect("milliseconds")));
            say("done", now().as_nanos());
        }
        ["rate", _, _, events, millis] => {
            let (events, millis): (u64, u64) = (events.parse().expect("a rate"), millis.parse().expect("a time"));
            let before = process_cpu();
            let calls = paced(events / 2, Duration::from_millis(millis), |number| _ = sync(number));
            say("cpu", (process_cpu() - before).as_nanos());
            say("recorded", calls * 2);
            say("own_memory", own_memory());
            say("memory", most_memory());
        }
        _ => panic!("{told:?}"),
    }
}
