//! What is counted or left out in hot functions comes out right: every call is in exactly one aggregate, and of what is not
//! recorded it is said how much that is.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use telemetry_tests::Receiver;
use tempfile::TempDir;

struct Hot {
    folder: TempDir,
    interval: &'static str,
}

impl Hot {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), interval: "3600000" }
    }

    fn command(&self, endpoint: &str, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hot"));
        command.arg(endpoint).arg(self.folder.path().join("state")).args(words.split_whitespace()).env_clear();
        command.env("HOT_INTERVAL", self.interval);
        command
    }

    fn run(&self, endpoint: &str, words: &str) -> Output {
        self.command(endpoint, words).output().unwrap()
    }

    /// What arrives of a run, if not by itself then by the next one.
    fn events_of(&self, words: &str) -> Vec<Value> {
        self.run(&nobody(), words);
        let receiver = Receiver::start();
        self.run(&receiver.url(), "deliver");
        receiver.accepted()
    }
}

/// A port that nobody listens on.
fn nobody() -> String {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    format!("http://127.0.0.1:{port}/")
}

fn of_kind<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event["kind"] == kind).collect()
}

/// The numbers of all aggregates of a name together: calls, errors, panics and those in the histogram.
fn sums(events: &[Value], name: &str) -> [u64; 4] {
    let mut sums = [0; 4];
    for event in of_kind(events, "aggregate").into_iter().filter(|event| event["event"] == name) {
        let histogram = event["histogram"].as_array().unwrap().iter().map(|pair| pair[1].as_u64().unwrap()).sum();
        let told = ["calls", "errors", "panics"].map(|key| event[key].as_u64().unwrap());
        for (sum, number) in sums.iter_mut().zip(told.into_iter().chain([histogram])) {
            *sum += number;
        }
    }
    sums
}

const MILLION: [u64; 4] = [1_000_000, 1_000, 10, 1_000_000];

/// However the process ends, but for a kill and an abort.
#[test]
fn a_million_calls_of_four_threads_are_all_counted() {
    for words in ["storm end", "storm exit", "storm panic", "storm", "storm deliver abort"] {
        let events = Hot::new().events_of(words);
        assert_eq!(sums(&events, "Row Finished"), MILLION, "{words}");
        let aggregates = of_kind(&events, "aggregate");
        assert_eq!(aggregates.len(), 1, "{words}: one event for all");
        let [bounds, total] = [&aggregates[0]["histogram"], &aggregates[0]["duration_ns"]];
        let bounds: Vec<_> = bounds.as_array().unwrap().iter().map(|pair| pair[0].as_u64().unwrap()).collect();
        assert!(bounds.is_sorted() && bounds[0] >= 64, "{bounds:?}");
        assert!(total.as_u64().unwrap() > 0);
    }
}

#[test]
fn a_flush_tells_and_delivers_what_is_counted() {
    let receiver = Receiver::start();
    let told = Hot::new().run(&receiver.url(), "calls=7 deliver counts calls=5 deliver counts deliver counts");
    let counts = String::from_utf8(told.stdout).unwrap();
    let lines: Vec<_> = counts.lines().collect();
    let balanced = |n: u64| format!("{n} recorded, {n} delivered, 0 rejected, 0 pending");
    assert_eq!(lines, [balanced(1), balanced(2), balanced(2)]);
    let events = receiver.accepted();
    let calls: Vec<_> = events.iter().map(|event| event["calls"].as_u64().unwrap()).collect();
    assert_eq!(calls, [7, 5], "each says what came since the one before");
    assert_eq!(events[1]["since"].as_str().unwrap().cmp(events[0]["time"].as_str().unwrap()), std::cmp::Ordering::Less);
}

/// Nobody asks for it: the interval is over, and then the batch window.
#[test]
fn an_interval_tells_by_itself() {
    let hot = Hot { interval: "20", ..Hot::new() };
    let receiver = Receiver::start();
    let mut child = hot.command(&receiver.url(), "calls=9 hang").spawn().unwrap();
    receiver.wait_for_events(1);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(sums(&receiver.accepted(), "Row Finished"), [9, 0, 0, 9]);
}

/// The stated exception: what was told before is safe, what was counted since is not.
#[test]
fn a_kill_costs_what_was_counted_since_it_was_last_told() {
    let (hot, receiver) = (Hot::new(), Receiver::start());
    let mut child =
        hot.command(&receiver.url(), "calls=100 deliver calls=11 hang").stdout(Stdio::piped()).spawn().unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    assert!(stdout.lines().any(|line| line.unwrap() == "hang"), "it ended early");
    child.kill().unwrap();
    child.wait().unwrap();
    hot.run(&receiver.url(), "deliver");
    assert_eq!(sums(&receiver.accepted(), "Row Finished"), [100, 0, 0, 100]);
}

/// A child counts what it calls itself; what was counted before is its parent's.
#[test]
fn parent_and_child_count_apart() {
    let events = Hot::new().events_of("fork");
    let mut calls: Vec<_> = events.iter().map(|event| (event["calls"].as_u64().unwrap(), event)).collect();
    calls.sort_by_key(|(calls, _)| *calls);
    let [(2, child), (3, parent)] = calls[..] else { panic!("{calls:?}") };
    assert_ne!(child["invocation_id"], parent["invocation_id"]);
    assert_eq!(child["parent_invocation_id"], parent["invocation_id"]);
}

#[test]
fn at_level_none_nothing_is_counted_and_nothing_is_there() {
    let hot = Hot::new();
    let ran = hot.command(&nobody(), "storm end").env("HOT_TELEMETRY_LEVEL", "none").status().unwrap();
    assert!(ran.success());
    assert!(!hot.folder.path().join("state").exists());
    let ran = hot.command(&nobody(), "storm end").env("HOT_TELEMETRY_LEVEL", "errors").status().unwrap();
    assert!(ran.success());
    assert_eq!(sums(&hot.events_of(""), "Row Finished"), [0; 4], "these are stats");
}

/// What is only counted is as if it were not tracked to what is recorded round it and in it.
#[test]
fn a_counted_call_is_no_parent_and_takes_no_fields() {
    let events = Hot::new().events_of("inside");
    assert_eq!(sums(&events, "Generic Finished"), [2, 0, 0, 2], "whatever the type, it is one function");
    let named = |name: &str| events.iter().find(|event| event["event"] == name).unwrap();
    let around = named("Around Finished");
    assert_eq!(named("Recorded Finished")["parent_call_id"], around["call_id"]);
    assert_eq!(around["fields"]["from"], 6);
}

/// A tenth of 10,000: by chance, less than 800 or more than 1,200 come once in many times the age of the universe.
#[test]
fn a_sample_is_recorded_whole_and_says_how_large_it_is() {
    let events = Hot::new().events_of("chosen=10000");
    assert!((800..1200).contains(&events.len()), "{}", events.len());
    for event in &events {
        assert_eq!((&event["event"], &event["sample_rate"]), (&"Chosen Finished".into(), &0.1.into()));
        assert_eq!(event["fields"]["rows"], 3);
    }
}

/// What is over the limit is counted in the books, and those balance.
#[test]
fn what_is_over_the_limit_is_counted() {
    let receiver = Receiver::start();
    let told = Hot::new().run(&receiver.url(), "limited=10 deliver counts");
    let counts = String::from_utf8(told.stdout).unwrap();
    assert_eq!(counts, "13 recorded, 6 delivered, 0 rejected, 0 pending; 7 lost: limited\n");
    let events = receiver.accepted();
    let [starts, finishes, losses] = ["start", "finish", "loss"].map(|kind| of_kind(&events, kind));
    assert_eq!((starts.len(), finishes.len()), (3, 3));
    assert!(starts.iter().chain(&finishes).all(|event| event["limit"] == "3/h" && event["suppressed"].is_null()));
    let [loss] = losses[..] else { panic!("{losses:?}") };
    assert_eq!((&loss["reason"], &loss["events"]), (&"limited".into(), &7.into()));
}

/// The next call that is recorded says how many were not, so that a receiver can add up.
#[test]
fn what_was_over_the_limit_is_said_by_the_next_call() {
    let receiver = Receiver::start();
    let told = Hot::new().run(&receiver.url(), "again deliver");
    let calls: u64 = String::from_utf8(told.stdout).unwrap().trim().parse().unwrap();
    let events = receiver.accepted();
    let starts = of_kind(&events, "start");
    let [first, second] = starts[..] else { panic!("{starts:?}") };
    assert_eq!(first["suppressed"], Value::Null);
    let suppressed = second["suppressed"].as_u64().unwrap_or(0);
    assert_eq!(suppressed + 2, calls);
    let lost: u64 = of_kind(&events, "loss").iter().map(|loss| loss["events"].as_u64().unwrap()).sum();
    assert_eq!(lost, suppressed, "each is in the books once");
    assert!(of_kind(&events, "finish").iter().all(|finish| finish["suppressed"].is_null()), "it is said once");
}
