//! The events that the receiver got, as the snapshots beside this file have them.

use std::collections::HashSet;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::machine::{Machine, Run};

const GOOD: &str = "id,name\n1,Ada\n2,Grace\n";
const BROKEN_HEADER: &str = "id,id\n1,2\n";

/// CQ-13.
#[test]
fn a_run_without_arguments() {
    let machine = Machine::new();
    let run = machine.run("--show json");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_snapshot!(masked(&run.events()));
}

/// CQ-14, CW-19.
#[test]
fn a_sync_that_fails_in_a_table() {
    let machine = Machine::new();
    machine.write([("data/a.csv", GOOD), ("data/b.csv", BROKEN_HEADER), ("data/c.csv", GOOD)]);
    let run = machine.run("sync data out --show json");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_snapshot!(masked(&run.events()));
}

#[test]
fn a_sync_that_fails_before_its_first_table() {
    let machine = Machine::new();
    machine.write([("empty/notes.txt", "no table")]);
    let missing = machine.run("sync nowhere out --show json");
    let empty = machine.run("sync empty out --show json");
    assert_eq!([missing.code, empty.code], [Some(1), Some(1)], "{missing:?} {empty:?}");
    assert_eq!(masked(&missing.events()), masked(&empty.events()));
    assert_snapshot!(masked(&missing.events()));
}

#[test]
fn a_sync_that_panics() {
    let machine = Machine::new();
    machine.write([("data/a.csv", GOOD), ("data/b.csv", GOOD)]);
    let run = machine.run("sync data out --panic-after 1 --show json");
    assert_eq!(run.code, Some(101), "{run:?}");
    assert!(run.stderr.contains("a bug after 1 tables"), "the panic says what it would say without telemetry: {run:?}");
    assert_snapshot!(masked(&run.events()));
}

/// CW-14, CL-01, CQ-17.
#[test]
fn the_other_commands() {
    let machine = Machine::new();
    let runs = ["init data --show json", "init data --show json", "tables data --show json"].map(|it| machine.run(it));
    assert_eq!(runs.each_ref().map(|run| run.code), [Some(0), Some(1), Some(0)], "{runs:?}");
    let shown = runs.each_ref().map(|run| masked(&run.events()));
    assert_snapshot!(shown.join("\n\n"));
}

/// CL-06: a table's call names the sync's call as its parent, and its own events name no other call.
#[test]
fn calls_nest() {
    let events = Machine::new().run("--show json").events();
    let of = |name: &str| events.iter().filter(|event| event["event"] == name).cloned().collect::<Vec<_>>();
    let [sync] = of("Sync Started").try_into().unwrap();
    let starts = of("Convert Table Started");
    assert_eq!(starts.len(), 3);
    for (start, finish) in starts.iter().zip(of("Convert Table Finished")) {
        assert_eq!(start["parent_call_id"], sync["call_id"]);
        assert_eq!(finish["parent_call_id"], sync["call_id"]);
        assert_eq!(start["call_id"], finish["call_id"]);
        assert_ne!(start["call_id"], sync["call_id"]);
    }
    assert_eq!(sync.get("parent_call_id"), None);
}

/// The events of a run have one invocation id, and another run has another.
#[test]
fn a_run_is_one_invocation() {
    let machine = Machine::new();
    let invocations = [machine.run("--show json"), machine.run("--show json")].map(|run| {
        let ids: HashSet<_> = run.events().iter().map(|event| event["invocation_id"].to_string()).collect();
        assert_eq!(ids.len(), 1, "{run:?}");
        ids
    });
    assert_ne!(invocations[0], invocations[1]);
}

/// Without `--show`, the person reads what was sent, where it is kept and how to turn it off; and stdout stays the
/// command's.
#[test]
fn the_person_is_shown_what_was_sent() {
    let machine = Machine::new();
    let run = machine.run("");
    let mut rows = run.stderr.lines().skip_while(|line| !line.trim().starts_with("event ")).skip(1);
    for event in events_in_order(&machine.run("--show json")) {
        let row = rows.next().unwrap_or_default();
        assert!(row.trim_start().starts_with(&event), "`{event}` in {row:?} of {}", run.stderr);
    }
    let spool = machine.home().join("state");
    for shown in [
        "--telemetry-level none",
        "QUICKSTART_TELEMETRY_LEVEL=none",
        "DO_NOT_TRACK=1",
        "http://127.0.0.1:",
        "bad_rows=4",
        "format=json",
        spool.to_str().unwrap(),
    ] {
        assert!(run.stderr.contains(shown), "{shown}: {}", run.stderr);
    }
    for only_on_stderr in ["Sync Started", "telemetry", "127.0.0.1"] {
        assert!(!run.stdout.contains(only_on_stderr), "{only_on_stderr}: {}", run.stdout);
    }
}

/// … and what is to be learnt of it: how often, how often with an error, how long. The receiver's store stays for those who want to look.
#[test]
fn the_person_is_shown_the_receivers_report() {
    let machine = Machine::new();
    machine.write([("data/a.csv", GOOD), ("data/b.csv", BROKEN_HEADER)]);
    let run = machine.run("sync data out");
    assert_eq!(run.code, Some(1), "{run:?}");
    let rows = run.stderr.lines().filter(|line| line.starts_with("| "));
    let mut rows = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    assert_eq!(rows.next().unwrap()[1..9], ["Event", "Kind", "Count", "Errors", "Outcomes", "p50", "p90", "p99"]);
    let tables = rows.next().unwrap();
    assert_eq!(tables[1..6], ["Convert Table Finished", "finish", "2", "1 (50.0 %)", "error 1, ok 1"]);
    assert!(tables[6..9].iter().all(|duration| duration.ends_with('s')), "{tables:?}");
    assert!(run.stderr.contains("| quickstart |") && !run.stderr.contains("Kept apart"), "{}", run.stderr);

    let store = run.stderr.split_once("--store ").unwrap().1.split_once('`').unwrap().0;
    let report = telemetry_receiver::Report::of_store(store, None).unwrap();
    assert!(run.stderr.contains(&report.to_string()), "{report}");
    for words in ["tables data --show json", "tables data --show none", "tables data --telemetry-level none"] {
        let run = machine.run(words);
        assert!(!format!("{run:?}").contains("--store"), "{words}: {run:?}");
    }
}

fn events_in_order(run: &Run) -> Vec<String> {
    run.events().iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect()
}

/// One event a line. What differs between runs and machines is checked for its form and then masked; calls are numbered in
/// the order of their first event.
fn masked(events: &[Value]) -> String {
    let mut ids = HashSet::new();
    let mut calls = Vec::new();
    let mut number = |call: &Value| {
        assert!(is_hex(call, 16), "{call}");
        if !calls.contains(call) {
            calls.push(call.clone());
        }
        json!(calls.iter().position(|known| known == call).unwrap() + 1)
    };
    let lines = events.iter().map(|event| {
        let mut event = event.clone();
        assert!(ids.insert(event["id"].to_string()), "an id that was used before: {event}");
        assert!(is_uuid(&event["id"], '7'), "{event}");
        assert!(is_hex(&event["invocation_id"], 32), "{event}");
        assert!(is_time(&event["time"]), "{event}");
        assert_eq!(event["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(event["os"], std::env::consts::OS);
        assert_eq!(event["arch"], std::env::consts::ARCH);
        assert!(is_hex(&event["install_id"], 32), "{event}");
        // Whether it lasts, and what is known of the context, is the machine's that the tests run on.
        assert!(["lasting", "ephemeral"].contains(&event["install_id_kind"].as_str().unwrap()), "{event}");
        assert_eq!(event["facts"]["interactive"], false, "{event}");
        for key in ["id", "invocation_id", "install_id", "install_id_kind", "facts", "time", "version", "os", "arch"] {
            event[key] = json!("…");
        }
        for key in ["call_id", "parent_call_id"] {
            if let Some(call) = event.get(key).cloned() {
                event[key] = number(&call);
            }
        }
        if let Some(duration) = event.get("duration_ns") {
            assert!(duration.is_u64(), "{event}");
            event["duration_ns"] = json!("…");
        }
        if let Some(place) = event.get_mut("place") {
            assert!(place["line"].is_u64() && place["column"].is_u64(), "{event}");
            (place["line"], place["column"]) = (json!("…"), json!("…"));
        }
        event.to_string()
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_hex(value: &Value, digits: usize) -> bool {
    let text = value.as_str().unwrap_or_default().replace('-', "");
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn is_uuid(value: &Value, version: char) -> bool {
    let groups: Vec<_> = value.as_str().unwrap_or_default().split('-').map(str::len).collect();
    is_hex(value, 32) && groups == [8, 4, 4, 4, 12] && value.as_str().unwrap().chars().nth(14) == Some(version)
}

/// RFC 3339 in UTC with microseconds.
fn is_time(value: &Value) -> bool {
    let form = |c: char| if c.is_ascii_digit() { '0' } else { c };
    value.as_str().unwrap_or_default().chars().map(form).collect::<String>() == "0000-00-00T00:00:00.000000Z"
}
