//! What was recorded arrives, once, whatever happens to the process that recorded it and to the receiver.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

mod decision;
mod endings;
mod panics;
mod program;
mod short;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use telemetry_tests::{Receiver, Reply};
use tempfile::TempDir;

use crate::program::{Commands, ids, losses, names, nobody};

const WORK: [&str; 2] = ["Work Started", "Work Finished"];

/// `kill -9`, `process::exit`, `abort`, a panic, and the plain end without a grace: the next run delivers.
#[test]
fn what_was_recorded_outlives_every_way_out() {
    for end in ["hang", "exit", "abort", "panic", ""] {
        let commands = Commands::new();
        let receiver = Receiver::start();
        if end == "hang" {
            let mut child = commands.start(&receiver.url(), "work hang");
            child.kill().unwrap();
            child.wait().unwrap();
        } else {
            commands.run(&receiver.url(), &format!("work {end}"));
        }
        assert_eq!(receiver.requests().len(), 0, "{end}: it was to die before it could send");
        let expected: Vec<_> = WORK.into_iter().chain((end == "panic").then_some("Panic")).collect();
        for _ in 0..2 {
            commands.run(&receiver.url(), "flush");
            assert_eq!(names(&receiver.accepted()), expected, "{end}: all of it, and nothing twice");
        }
    }
}

/// CW-27.
#[test]
fn an_outage_loses_nothing() {
    let commands = Commands::new();
    let down = nobody();
    for _ in 0..3 {
        let said = commands.say(&down, "work flush");
        assert!(said.contains("2 telemetry events are still to be delivered; they are kept for later"), "{said}");
    }
    let receiver = Receiver::start();
    commands.run(&receiver.url(), "work flush");
    let accepted = receiver.accepted();
    assert_eq!(accepted.len(), 8);
    assert_eq!(ids(&accepted).len(), 8);
    let runs: HashSet<_> = accepted.iter().map(|event| event["invocation_id"].as_str().unwrap()).collect();
    assert_eq!(runs.len(), 4);
}

#[test]
fn a_busy_receiver_gets_the_same_events_later() {
    for status in [429, 500, 503] {
        let commands = Commands::new();
        let receiver = Receiver::scripted([Reply::Status(status), Reply::Status(200)]);
        commands.run(&receiver.url(), "work flush flush");
        let [refused, accepted] = receiver.requests().try_into().unwrap();
        assert_eq!((refused.status, accepted.status), (status, 200));
        assert_eq!(refused.body["events"], accepted.body["events"], "{status}: same ids, same times, same order");
    }
}

#[test]
fn a_receiver_that_names_a_time_is_left_alone_until_then() {
    let commands = Commands::new();
    let receiver = Receiver::scripted([Reply::RetryAfter(429, 3600), Reply::Status(200)]);
    commands.run(&receiver.url(), "work flush work flush flush");
    assert_eq!(receiver.requests().len(), 1);
}

#[test]
fn a_batch_that_is_too_large_is_halved_until_it_fits() {
    let commands = Commands::new();
    let receiver = Receiver::scripted([Reply::AtMost(3)]);
    let said = commands.say(&receiver.url(), "work work work work work flush status");
    assert!(said.contains("10 recorded, 10 delivered, 0 rejected, 0 pending"), "{said}");
    let accepted = receiver.accepted();
    assert_eq!((accepted.len(), ids(&accepted).len()), (10, 10));
}

#[test]
fn an_event_that_is_refused_costs_itself_and_is_counted() {
    let commands = Commands::new();
    let receiver = Receiver::scripted([Reply::Without("poison")]);
    let said = commands.say(&receiver.url(), "work work poison work flush status");
    assert!(said.contains("8 recorded, 7 delivered, 1 rejected, 0 pending"), "{said}");
    let accepted = receiver.accepted();
    let expected = ["Work Started", "Work Finished"]
        .repeat(2)
        .into_iter()
        .chain(["Poison Started"])
        .chain(WORK)
        .chain(["Events Lost"]);
    assert_eq!(names(&accepted), expected.collect::<Vec<_>>());
    assert_eq!(losses(&accepted), [("rejected", 1)], "the receiver is told");
    commands.run(&receiver.url(), "flush");
    assert_eq!(receiver.accepted().len(), 8, "what is refused for good is not tried again");
}

#[test]
fn a_closed_door_keeps_the_events_for_a_later_run() {
    let commands = Commands::new();
    let closed = Receiver::scripted([Reply::Status(401)]);
    commands.run(&closed.url(), "work flush flush");
    assert_eq!(closed.requests().len(), 1, "it is not asked again in this run");
    let open = Receiver::start();
    commands.run(&open.url(), "flush");
    assert_eq!(names(&open.accepted()), WORK);
}

#[test]
fn a_redirect_is_not_followed() {
    let commands = Commands::new();
    let moved = Receiver::scripted([Reply::Status(302)]);
    let said = commands.say(&moved.url(), "work flush");
    assert!(said.contains("2 telemetry events are still to be delivered"), "{said}");
    assert_eq!(moved.requests().len(), 1);
}

#[test]
fn many_processes_at_once_deliver_every_event_once() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    let url = receiver.url();
    std::thread::scope(|scope| {
        for number in 0..24 {
            let (commands, url) = (&commands, &url);
            // Some die with what they recorded, while others already adopt it.
            scope.spawn(move || commands.run(url, if number % 3 == 0 { "work abort" } else { "work nested flush" }));
        }
    });
    commands.run(&url, "flush");
    let accepted = receiver.accepted();
    assert_eq!(ids(&accepted).len(), 8 * 2 + 16 * 6);
    let slots = segments(&commands.spool()).count();
    assert!(slots <= 24, "{slots} slots for 24 processes at once");
}

#[test]
fn threads_record_side_by_side() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    commands.run(&receiver.url(), "threads flush");
    let accepted = receiver.accepted();
    assert_eq!(ids(&accepted).len(), 128);
    let mut calls: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for event in &accepted {
        calls.entry(event["call_id"].as_str().unwrap()).or_default().push(event["kind"].as_str().unwrap());
    }
    assert!(calls.values().all(|kinds| *kinds == ["start", "finish"]), "each call starts and finishes once, in order");
    let batches = receiver.requests();
    assert_eq!(batches.iter().map(|batch| batch.events().len()).collect::<Vec<_>>(), [128]);
}

#[test]
fn a_call_within_a_call_names_it() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    commands.run(&receiver.url(), "nested fail flush");
    let accepted = receiver.accepted();
    let expected =
        ["Nested Started", "Work Started", "Work Finished", "Nested Finished", "Fail Started", "Fail Finished"];
    assert_eq!(names(&accepted), expected);
    assert_eq!(accepted[1]["parent_call_id"], accepted[0]["call_id"]);
    assert_eq!(accepted[0].get("parent_call_id"), None);
    assert_eq!(accepted[5]["is_error"], true);
}

#[test]
fn where_nothing_can_be_written_events_go_from_memory() {
    let commands = Commands::new();
    std::fs::write(commands.state(), "in the way").unwrap();
    let receiver = Receiver::scripted([Reply::Status(503), Reply::Status(200)]);
    let said = commands.say(&receiver.url(), "work flush work flush status");
    assert!(said.contains("4 recorded, 4 delivered, 0 rejected, 0 pending"), "{said}");
    assert_eq!(ids(&receiver.accepted()).len(), 4);
    assert_eq!(std::fs::read_to_string(commands.state()).unwrap(), "in the way");
}

/// Every single byte of a dead process's segment, flipped: the damage costs one event and never a run.
#[test]
fn a_damaged_byte_costs_one_event() {
    let commands = Commands::new();
    commands.run(&nobody(), "work");
    let segment = commands.spool().join("segment-00");
    let sound = std::fs::read(&segment).unwrap();
    for at in 0..sound.len() {
        let mut damaged = sound.clone();
        damaged[at] ^= 1 << (at % 8);
        std::fs::write(&segment, damaged).unwrap();
        let receiver = Receiver::start();
        let said = commands.say(&receiver.url(), "flush status");
        assert!(!receiver.accepted().is_empty(), "byte {at} of {}", sound.len());
        assert!(said.ends_with("status\n"), "byte {at}: {said}");
        assert_eq!(std::fs::metadata(&segment).unwrap().len(), 0, "byte {at}: nothing is owed any more");
    }
}

#[test]
fn a_sink_that_is_down_holds_no_other_back() {
    let commands = Commands::new();
    let file = commands.folder.path().join("events.jsonl");
    for _ in 0..3 {
        commands.command(&nobody(), "work flush").env("COMMANDS_FILE", &file).output().unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap();
    assert_eq!(written.lines().count(), 6, "once each, though the other sink makes them wait");
    let receiver = Receiver::start();
    commands.command(&receiver.url(), "flush").env("COMMANDS_FILE", &file).output().unwrap();
    assert_eq!(receiver.accepted().len(), 6);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), written);
}

#[test]
fn with_two_sinks_a_slot_is_used_again_as_well() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    let file = commands.folder.path().join("events.jsonl");
    let run = || {
        commands.command(&receiver.url(), "work flush").env("COMMANDS_FILE", &file).output().unwrap();
        size(&commands.spool())
    };
    let once = run();
    assert_eq!([run(), run(), run()], [once; 3]);
}

#[test]
fn a_receiver_that_refuses_everything_does_not_cost_everything() {
    let commands = Commands::new();
    let receiver = Receiver::scripted([Reply::Status(400)]);
    let said = commands.say(&receiver.url(), "threads flush status");
    assert!(said.contains("8 rejected, 120 pending"), "{said}");
    let asked = receiver.requests().len();
    assert!(asked < 40, "{asked} requests");
    let open = Receiver::start();
    commands.run(&open.url(), "flush");
    let (lost, kept): (Vec<Value>, Vec<Value>) = open.accepted().into_iter().partition(|event| event["kind"] == "loss");
    assert_eq!(ids(&kept).len(), 120, "what was not refused one by one is kept");
    assert_eq!(losses(&lost), [("rejected", 8)]);
}

/// What an earlier run left in the slot that this one takes does not wait for the batch window: runs may be shorter than that.
#[test]
fn what_was_left_goes_as_soon_as_it_is_found() {
    let commands = Commands::new();
    commands.run(&nobody(), "work");
    let receiver = Receiver::start();
    // Its batch window is an hour, and it never flushes.
    let mut child = commands.start(&receiver.url(), "work hang");
    receiver.wait_for_requests(1);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(names(&receiver.accepted()).starts_with(&WORK));
}

#[test]
fn status_says_why_nothing_arrives() {
    let closed = Receiver::scripted([Reply::Status(404)]);
    let commands = Commands::new();
    let said = commands.say(&closed.url(), "work flush status");
    assert!(
        said.contains("\nsink json: answered 404\nevents: 2 recorded, 0 delivered, 0 rejected, 2 pending\n"),
        "{said}"
    );
    assert!(said.contains(&format!("\nspool: {}\n", commands.spool().display())), "{said}");
    let said = Commands::new().say(&nobody(), "status work flush status");
    assert!(said.contains("\nsink json: nothing sent yet\n"), "{said}");
    assert!(said.contains("\nsink json: no answer: "), "{said}");
}

/// Where the spool is does not depend on where the program goes.
#[test]
fn the_spool_stays_where_it_was_at_the_start() {
    let folder = TempDir::new().unwrap();
    let program = env!("CARGO_BIN_EXE_commands");
    let run = |words: &str| {
        let mut command = Command::new(program);
        command.arg(nobody()).arg("state").args(words.split_whitespace()).env_clear().current_dir(&folder);
        command.output().unwrap()
    };
    run("away work");
    assert!(folder.path().join("state/spool-1/segment-00").exists());
}

#[test]
fn a_torn_end_costs_what_was_torn() {
    let commands = Commands::new();
    commands.run(&nobody(), "work");
    let segment = commands.spool().join("segment-00");
    let sound = std::fs::read(&segment).unwrap();
    std::fs::write(&segment, &sound[..sound.len() - 5]).unwrap();
    let receiver = Receiver::start();
    commands.run(&receiver.url(), "work flush");
    let accepted = receiver.accepted();
    // Which of the two runs' goes first is a matter of which thread is faster.
    let mut told: Vec<_> =
        accepted.iter().map(|event| (event["event"].as_str().unwrap(), event["outcome"].as_str())).collect();
    told.sort_unstable();
    let finished = [("Work Finished", Some("abandoned")), ("Work Finished", Some("ok"))];
    let started = [("Work Started", None), ("Work Started", None)];
    assert_eq!(told, [&[("Events Lost", None)][..], &finished, &started].concat());
    assert_eq!(losses(&accepted), [("damaged", 1)]);
}

#[test]
fn a_slot_that_was_delivered_whole_is_used_again() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    commands.run(&receiver.url(), "work flush");
    let once = size(&commands.spool());
    for _ in 0..5 {
        commands.run(&receiver.url(), "work flush");
    }
    assert_eq!(size(&commands.spool()), once, "the spool does not grow with the number of runs");
    assert_eq!(receiver.accepted().len(), 12);
}

fn segments(folder: &Path) -> impl Iterator<Item = std::fs::DirEntry> {
    let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    files.filter(|file| file.file_name().to_string_lossy().starts_with("segment-"))
}

/// What all segments hold.
fn size(folder: &Path) -> u64 {
    segments(folder).map(|segment| segment.metadata().unwrap().len()).sum()
}

/// CW-13: at level `none` nothing is made, not even a folder.
#[test]
fn at_none_nothing_is_touched() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    for (name, value) in
        [("COMMANDS_TELEMETRY_LEVEL", "none"), ("DO_NOT_TRACK", "1"), ("COMMANDS_TELEMETRY_LEVEL", "loud")]
    {
        let output = commands.command(&receiver.url(), "work flush").env(name, value).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "work\nflush\n", "{name}={value}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{name}={value}");
        assert!(!commands.state().exists(), "{name}={value}");
    }
    assert_eq!(receiver.requests().len(), 0);
}

/// CL-02, TI-05, TI-06, TI-08, TI-11, TI-17, TI-19, TI-21.
#[test]
fn a_batch_says_what_it_is() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    commands.run(&receiver.url(), "work flush");
    let [request] = receiver.requests().try_into().unwrap();
    let header = |name: &str| request.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    assert_eq!(header("content-type"), Some("application/json"));
    assert!(header("user-agent").unwrap().starts_with("telemetry-runtime/"));
    let sent_at = request.body["sent_at"].as_str().unwrap();
    let [start, finish] = request.events() else { panic!("{:?}", request.body) };
    for event in [start, finish] {
        assert!(event["time"].as_str().unwrap() <= sent_at);
        let said = ["app", "version", "os", "arch"].map(|name| event[name].as_str().unwrap());
        assert_eq!(said, ["commands", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH]);
    }
    assert_eq!((start.get("outcome"), start.get("duration_ns")), (None, None), "that is not known yet");
    assert_eq!((&finish["outcome"], &finish["is_error"]), (&"ok".into(), &false.into()));
    assert!(finish["duration_ns"].as_u64().is_some_and(|nanoseconds| nanoseconds > 0), "{finish}");
    assert_eq!(finish["fields"]["rows"], 3);
}

#[test]
fn a_bad_setting_is_named_and_nothing_runs_on_it() {
    let commands = Commands::new();
    for (endpoint, problem) in [
        ("not a url", "telemetry endpoint `not a url` (from sink json): expected an absolute http:// or https:// URL"),
        ("ftp://example.org/", "telemetry endpoint `ftp://example.org/` (from sink json): expected an absolute"),
        ("/v1/events", "telemetry endpoint `/v1/events` (from sink json): expected an absolute"),
        (
            "http://127.0.0.1:99999/",
            "telemetry endpoint `http://127.0.0.1:99999/` (from sink json): expected an absolute",
        ),
        (
            "ftp://me:secret@example.org/?key=1",
            "telemetry endpoint `ftp://…@example.org/?…` (from sink json): expected an absolute",
        ),
    ] {
        let output = commands.run(endpoint, "work status");
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains(problem), "{said}");
        assert!(output.status.success() && output.stderr.is_empty());
        assert!(!commands.state().exists());
    }
}
