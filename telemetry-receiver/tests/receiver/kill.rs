//! What was answered is stored, whatever ends the receiver.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::mpsc;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{Program, ask, batch, count, finish};

const EVENTS: u64 = 300;

/// A batch of events that are all of one run, so that they can be counted.
fn numbered(number: usize) -> Value {
    let events: Vec<_> = (0..EVENTS)
        .map(|event| {
            let mut finish = finish("ok", event);
            finish["invocation_id"] = json!(format!("batch-{number}"));
            finish
        })
        .collect();
    batch(&events)
}

#[test]
fn a_kill_leaves_no_half_batch_and_loses_nothing_that_was_answered() {
    let home = TempDir::new().unwrap();
    let store = home.path().join("store.db");
    let batches: Vec<_> = (0..90).map(numbered).collect();
    let answered = Mutex::new(Vec::new());
    for (round, after) in [(0, 4), (1, 9), (2, 14)] {
        let program = Program::storing(&store, &[]);
        let url = format!("{}/v1/events", program.url);
        let (told, tell) = mpsc::channel();
        std::thread::scope(|scope| {
            for sender in 0..3 {
                let (url, told, batches, answered) = (&url, told.clone(), &batches, &answered);
                scope.spawn(move || {
                    let agent = ureq::Agent::new_with_config(ureq::Agent::config_builder().proxy(None).build());
                    for number in (round * 30..(round + 1) * 30).filter(|number| number % 3 == sender) {
                        let request = agent.post(url).header("content-type", "application/json");
                        if request.send(batches[number].to_string()).is_err() {
                            return;
                        }
                        answered.lock().unwrap().push(number);
                        // Nobody listens after the kill.
                        let _unheard = told.send(());
                    }
                });
            }
            // The others are in the middle of a batch then.
            drop(told);
            assert_eq!(tell.iter().take(after).count(), after);
            program.kill();
        });
        let stored = ask(&store, "SELECT invocation_id || ' ' || count(*) FROM events GROUP BY invocation_id");
        assert!(stored.iter().all(|batch| batch.ends_with(&format!(" {EVENTS}"))), "{stored:?}");
        for number in answered.lock().unwrap().iter() {
            assert!(stored.contains(&format!("batch-{number} {EVENTS}")), "{number} was answered, and is lost");
        }
        assert!(stored.len() < batches.len(), "it was killed before the end");
    }
    // Whoever was not answered sends again, and all is there once.
    let program = Program::storing(&store, &[]);
    for batch in &batches {
        assert_eq!(program.post("/v1/events", batch).status, 200);
    }
    program.stop();
    assert_eq!(count(&store, "events"), (90 * EVENTS).to_string());
}

#[test]
fn what_is_under_way_when_it_is_terminated_is_stored_and_answered() {
    let home = TempDir::new().unwrap();
    let store = home.path().join("store.db");
    let program = Program::storing(&store, &[]);
    let body = batch(&[finish("ok", 1)]).to_string();
    let mut socket = TcpStream::connect(program.address()).unwrap();
    let head = format!(
        "POST /v1/events HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).unwrap();
    let mut answer = BufReader::new(socket.try_clone().unwrap());
    let mut line = String::new();
    answer.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 100"), "{line}");
    // It waits for the body, and is told to end.
    program.terminate();
    let refused = || TcpStream::connect(program.address()).is_err();
    while !refused() {
        std::thread::yield_now();
    }
    socket.write_all(body.as_bytes()).unwrap();
    let mut rest = String::new();
    answer.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("HTTP/1.1 200"), "{rest}");
    assert_eq!(program.ends_well(), "");
    assert_eq!(count(&store, "events"), "1");
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1, "the log is in the store");
}
