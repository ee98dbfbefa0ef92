//! What was recorded outlives its process.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::machine::Machine;
use crate::receiver::{Answer, Receiver};

/// `kill -9` right after the command returned, before anything could be delivered: the next run delivers it.
#[test]
fn the_next_run_delivers_what_a_killed_one_recorded() {
    let machine = Machine::new();
    machine.write([("data/a.csv", "id,name\n1,Ada\n")]);

    let never_answers = Receiver::start(|_| Answer::Never);
    let mut killed = machine
        .quickstart(["sync", "nowhere", "out"])
        .env("QUICKSTART_ENDPOINT", never_answers.url())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // `main` prints the error when the tracked function has returned it, and goes on to deliver, which cannot end well.
    let mut stderr = BufReader::new(killed.stderr.take().unwrap()).lines();
    assert!(stderr.any(|line| line.unwrap().starts_with("error: ")));
    killed.kill().unwrap();
    let status = killed.wait().unwrap();
    assert_eq!(status.code(), None, "it ended before it was killed: {status}");

    let next = machine.run("sync data out --show json");
    assert_eq!(next.code, Some(0), "{next:?}");
    let mut by_invocation: HashMap<String, Vec<Value>> = HashMap::new();
    for event in next.events() {
        let ended = if event["outcome"].is_null() { event["event"].clone() } else { event["outcome"].clone() };
        by_invocation.entry(event["invocation_id"].to_string()).or_default().push(ended);
    }
    let mut runs: Vec<_> = by_invocation.into_values().collect();
    runs.sort_by_key(Vec::len);
    let expected: [&[&str]; 2] = [&["Sync Started", "error"], &["Sync Started", "Convert Table Started", "ok", "ok"]];
    assert_eq!(runs, expected.map(|run| run.iter().map(|&word| Value::from(word)).collect::<Vec<_>>()), "{next:?}");

    let third = machine.run("tables data --show json");
    assert_eq!(third.events().len(), 2, "nothing is delivered twice: {third:?}");
    never_answers.stop();
}
