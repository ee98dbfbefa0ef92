//! Every way that a process can end, and what the next one makes of it.

use std::collections::{BTreeMap, HashMap};
use std::process::Stdio;

use serde_json::Value;
use telemetry_tests::{Receiver, Reply};

use crate::program::{Commands, ids, names, nobody};

/// The outcome of each call, by the name of its events.
fn outcomes(events: &[Value]) -> BTreeMap<&str, Vec<&str>> {
    let mut outcomes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for event in events.iter().filter(|event| event["kind"] == "finish") {
        outcomes.entry(event["event"].as_str().unwrap()).or_default().push(event["outcome"].as_str().unwrap());
    }
    outcomes
}

#[test]
fn a_call_that_the_process_did_not_live_to_end_is_abandoned_once() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    let mut child = commands.start(&receiver.url(), "work stuck hang");
    child.kill().unwrap();
    child.wait().unwrap();
    // The slot is taken by the next one that records, and read by the next one that does not.
    for words in ["work flush", "flush"] {
        commands.run(&receiver.url(), words);
        let accepted = receiver.accepted();
        let outcomes = outcomes(&accepted);
        assert_eq!(outcomes["Stuck Finished"], ["abandoned"]);
        assert_eq!(outcomes["Stuck Within"], ["abandoned"], "of its start nobody was told");
        assert_eq!(outcomes["Work Finished"], ["ok", "ok"]);
        assert_eq!(ids(&accepted).len(), accepted.len());
        assert_eq!(accepted.len(), 7);
    }
    let accepted = receiver.accepted();
    let [start, finish] =
        ["Stuck Started", "Stuck Finished"].map(|name| accepted.iter().find(|event| event["event"] == name).unwrap());
    assert_eq!(finish["invocation_id"], start["invocation_id"], "it is the dead run's");
    assert_eq!(finish["call_id"], start["call_id"]);
    assert_eq!(finish["fields"], start["fields"]);
    assert_eq!((finish.get("duration_ns"), &finish["is_error"]), (None, &Value::Bool(false)));
    assert_eq!(finish["app"], "commands");
}

/// A start and its outcome have ids that belong together, so that two that report the same outcome are told apart from none.
#[test]
fn an_outcome_has_the_id_that_follows_its_starts() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    commands.run(&receiver.url(), "nested flush");
    let accepted = receiver.accepted();
    let mut by_call: HashMap<&str, Vec<u128>> = HashMap::new();
    for event in &accepted {
        let id = u128::from_str_radix(&event["id"].as_str().unwrap().replace('-', ""), 16).unwrap();
        by_call.entry(event["call_id"].as_str().unwrap()).or_default().push(id);
    }
    assert_eq!(by_call.len(), 2);
    assert!(by_call.values().all(|ids| ids[0] % 2 == 0 && ids[1] == ids[0] + 1), "{by_call:?}");
}

/// A process that moves from one segment to another takes its open calls along.
#[test]
fn a_call_outlives_the_segment_that_it_began_in() {
    for reachable in [true, false] {
        let commands = Commands::new();
        let receiver = Receiver::start();
        let url = if reachable { receiver.url() } else { nobody() };
        let mut command = commands.command(&url, "long");
        assert!(command.env("COMMANDS_WINDOW", "5").output().unwrap().status.success());
        commands.run(&receiver.url(), "flush");
        let accepted = receiver.accepted();
        assert_eq!(outcomes(&accepted)["Long Finished"], ["ok"], "reachable: {reachable}");
        assert!(outcomes(&accepted)["Work Finished"].iter().all(|outcome| *outcome == "ok"));
        assert_eq!(ids(&accepted).len(), accepted.len());
    }
}

#[test]
fn a_call_that_is_abandoned_in_another_segment_is_abandoned_once() {
    for reachable in [true, false] {
        let commands = Commands::new();
        let receiver = Receiver::start();
        let url = if reachable { receiver.url() } else { nobody() };
        let mut command = commands.command(&url, "long_stuck");
        let mut child = command.env("COMMANDS_WINDOW", "5").stdout(Stdio::piped()).spawn().unwrap();
        let mut said = std::io::BufReader::new(child.stdout.as_mut().unwrap());
        std::io::BufRead::read_line(&mut said, &mut String::new()).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        commands.run(&receiver.url(), "flush");
        commands.run(&receiver.url(), "flush");
        let accepted = receiver.accepted();
        let mut once = HashMap::new();
        for event in &accepted {
            once.insert(event["id"].as_str().unwrap(), event.clone());
        }
        let once: Vec<Value> = once.into_values().collect();
        assert_eq!(outcomes(&once)["Long Stuck Finished"], ["abandoned"], "reachable: {reachable}");
        assert_eq!(outcomes(&once)["Long Finished"], ["ok"]);
        assert!(outcomes(&once)["Work Finished"].iter().all(|outcome| *outcome == "ok"));
    }
}

/// `process::exit` runs no destructor, and so not the guard's.
#[test]
fn exit_grants_the_grace_as_well() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    let mut command = commands.command(&receiver.url(), "work exit");
    let output = command.env("COMMANDS_GRACE", "60000").output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(names(&receiver.accepted()), ["Work Started", "Work Finished"]);
}

#[test]
fn what_is_queued_is_on_disk_before_the_end() {
    for end in ["", "exit", "panic"] {
        let commands = Commands::new();
        let receiver = Receiver::start();
        let mut command = commands.command(&receiver.url(), &format!("threads {end}"));
        command.env("COMMANDS_RECORDING", "queued").output().unwrap();
        assert_eq!(receiver.requests().len(), 0);
        commands.run(&receiver.url(), "flush");
        let accepted = receiver.accepted();
        assert_eq!(accepted.iter().filter(|event| event["kind"] != "panic").count(), 128, "{end}");
    }
}

/// The stated window is a few milliseconds: what was queued gets onto the disk while the program goes on.
#[test]
fn what_is_queued_gets_onto_the_disk_by_itself() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    let mut command = commands.command(&receiver.url(), "threads hang");
    let mut child = command.env("COMMANDS_RECORDING", "queued").stdout(Stdio::null()).spawn().unwrap();
    let segment = commands.spool().join("segment-00");
    let names = |bytes: &[u8]| bytes.windows(13).filter(|window| window == b"Work Finished").count();
    // A start says the name of its finish as well.
    while names(&std::fs::read(&segment).unwrap_or_default()) < 128 {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    commands.run(&receiver.url(), "flush");
    assert_eq!(ids(&receiver.accepted()).len(), 128);
}

#[test]
fn what_is_synced_arrives_like_the_rest() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    commands.command(&receiver.url(), "nested flush").env("COMMANDS_RECORDING", "synced").output().unwrap();
    assert_eq!(receiver.accepted().len(), 4);
}

/// Parent and child both record, each under an id of its own, and each call ends in the process that it began in.
#[cfg(unix)]
#[test]
fn after_a_fork_both_go_on() {
    for mode in ["direct", "queued"] {
        let commands = Commands::new();
        let receiver = Receiver::start();
        let run = |words: &str| {
            let mut command = commands.command(&receiver.url(), words);
            let output = command.env("COMMANDS_RECORDING", mode).output().unwrap();
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        // The child says what it does as well, before the parent, which waits for it.
        assert_eq!(run("work fork work"), "work\nfork\nwork\nfork\nwork\n");
        run("flush");
        let accepted = receiver.accepted();
        let mut runs: HashMap<&str, Vec<&str>> = HashMap::new();
        for event in &accepted {
            runs.entry(event["invocation_id"].as_str().unwrap()).or_default().push(event["event"].as_str().unwrap());
        }
        let mut counts: Vec<_> = runs.values().map(Vec::len).collect();
        counts.sort_unstable();
        assert_eq!(counts, [2, 4], "{mode}");
        assert_eq!(ids(&accepted).len(), 6);
    }
}

#[cfg(unix)]
#[test]
fn a_forked_child_delivers_by_itself_and_nothing_twice() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    let said = commands.say(&receiver.url(), "work flush fork work flush status");
    assert_eq!(said.matches("4 recorded, 4 delivered, 0 rejected, 0 pending").count(), 1, "the parent's: {said}");
    assert_eq!(said.matches("2 recorded, 2 delivered, 0 rejected, 0 pending").count(), 1, "the child's: {said}");
    let accepted = receiver.accepted();
    assert_eq!((accepted.len(), ids(&accepted).len()), (6, 6));
}

#[cfg(unix)]
#[test]
fn a_call_is_finished_by_the_process_that_began_it() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    commands.run(&receiver.url(), "fork_within work flush");
    commands.run(&receiver.url(), "flush");
    let accepted = receiver.accepted();
    assert_eq!(outcomes(&accepted)["Fork Within Finished"], ["ok"]);
    assert_eq!(outcomes(&accepted)["Work Finished"], ["ok", "ok"]);
    let parents: Vec<_> = accepted.iter().filter_map(|event| event.get("parent_call_id")).collect();
    assert_eq!(parents, [] as [&Value; 0], "no call of the child is within one of its parent's");
}

/// A child that outlives its parent does not hold what the parent recorded.
#[cfg(unix)]
#[test]
fn a_daemon_does_not_hold_its_parents_events_back() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    let mut child =
        commands.command(&receiver.url(), "work away work daemon work hang").stdout(Stdio::piped()).spawn().unwrap();
    // The parent is gone when `daemon` returns; the child hangs until its input ends.
    child.wait().unwrap();
    let mut said = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while line != "hang\n" {
        line.clear();
        assert!(std::io::BufRead::read_line(&mut said, &mut line).unwrap() > 0, "it ended early");
    }
    commands.run(&receiver.url(), "flush");
    // The child may have taken the parent's slot over, and deliver what is in it, and its own.
    receiver.wait_for_events(4);
    let accepted = receiver.accepted();
    let runs: BTreeMap<&str, usize> = accepted.iter().fold(BTreeMap::new(), |mut runs, event| {
        *runs.entry(event["invocation_id"].as_str().unwrap()).or_default() += 1;
        runs
    });
    assert!(runs.values().any(|events| *events == 4), "the parent's: {runs:?}");
    // A child of nobody, that is to be ended all the same.
    let daemon = std::fs::read_to_string(commands.state().join("daemon")).unwrap();
    assert!(std::process::Command::new("kill").args(["-9", daemon.trim()]).status().unwrap().success());
}

/// Ten thousand runs in an outage make about ten requests: a failure is remembered by the runs that follow.
#[test]
fn an_outage_is_remembered_over_runs() {
    let commands = Commands::new();
    let receiver = Receiver::scripted([Reply::Status(503)]);
    for _ in 0..40 {
        commands.command(&receiver.url(), "work").env("COMMANDS_GRACE", "20").output().unwrap();
    }
    let asked = receiver.requests().len();
    assert!((1..=10).contains(&asked), "{asked} requests in 40 runs");
    let open = Receiver::start();
    commands.run(&open.url(), "flush");
    assert_eq!(ids(&open.accepted()).len(), 80);
}

#[test]
fn a_time_that_a_receiver_names_is_remembered_over_runs() {
    let commands = Commands::new();
    let receiver = Receiver::scripted([Reply::RetryAfter(429, 3600), Reply::Status(200)]);
    for _ in 0..5 {
        commands.run(&receiver.url(), "work flush");
    }
    assert_eq!(receiver.requests().len(), 1);
}

#[test]
fn a_closed_door_is_remembered_as_an_outage_is() {
    let commands = Commands::new();
    let receiver = Receiver::scripted([Reply::Status(401)]);
    for _ in 0..20 {
        commands.command(&receiver.url(), "work").env("COMMANDS_GRACE", "20").output().unwrap();
    }
    let asked = receiver.requests().len();
    assert!((1..=10).contains(&asked), "{asked} requests in 20 runs");
}
