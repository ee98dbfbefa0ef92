//! Garbage, bombs and slow clients: answered, bounded, and never fatal.

use std::cell::RefCell;
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::common::{Program, batch, finish, post};

const PATHS: [&str; 5] = ["/v1/events", "/v1/deletions", "/v1/metrics", "/v1/traces", "/v1/logs"];

fn exchange(program: &Program, bytes: &[u8]) -> String {
    let mut socket = TcpStream::connect(program.address()).unwrap();
    // It may hang up on what it has seen so far.
    drop(socket.write_all(bytes));
    drop(socket.shutdown(Shutdown::Write));
    let mut answer = Vec::new();
    drop(socket.read_to_end(&mut answer));
    String::from_utf8_lossy(&answer).into_owned()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// The most memory that it ever had, in MiB.
fn peak(program: &Program) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", program.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib / 1024)
}

/// A batch as text, in which some bytes were changed.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let damage = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    let body = batch(&[finish("ok", 1), json!({"kind": "loss", "events": -1}), json!(null)]).to_string().into_bytes();
    damage.prop_map(move |damage| {
        let mut body = body.clone();
        for (index, byte) in damage {
            *index.get_mut(&mut body) = byte;
        }
        body
    })
}

#[test]
fn no_body_is_fatal() {
    let program = Program::serve(&["--most-body", "64KiB"]);
    let bodies = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..300),
        damaged(),
        "[\\[\\]{}\":,0-9a-z]{0,80}".prop_map(String::into_bytes)
    ];
    let types =
        prop::sample::select(vec!["application/json", "application/json", "application/x-protobuf", "text/plain"]);
    // What it says it is compressed with, and whether it is.
    let encodings = vec![(None, false), (None, false), (Some("gzip"), true), (Some("gzip"), false), (Some("br"), true)];
    let encodings = prop::sample::select(encodings);
    let seen = RefCell::new(Vec::new());
    let mut runner = TestRunner::new(Config { failure_persistence: None, cases: 400, ..Config::default() });
    runner
        .run(
            &(prop::sample::select(PATHS.to_vec()), bodies, types, encodings),
            |(path, body, media_type, (encoding, is_packed))| {
                let body = if is_packed { gzip(&body) } else { body };
                let answer = post(&format!("{}{path}", program.url), media_type, encoding, &body);
                prop_assert!([200, 400, 413, 415].contains(&answer.status), "{:?}", answer);
                seen.borrow_mut().push(answer.status);
                Ok(())
            },
        )
        .unwrap();
    for status in [200, 400, 415] {
        assert!(seen.borrow().contains(&status), "no case was answered with {status}");
    }
    assert_eq!(program.post("/v1/events", &batch(&[finish("ok", 1)])).status, 200);
    program.stop();
}

#[test]
fn no_bytes_on_a_connection_are_fatal() {
    let program = Program::serve(&[]);
    let mut runner = TestRunner::new(Config { failure_persistence: None, cases: 200, ..Config::default() });
    let head = "POST /v1/events HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n12345";
    let heads = proptest::collection::vec((0..head.len(), any::<u8>()), 1..4).prop_map(move |damage| {
        let mut head = head.as_bytes().to_vec();
        for (position, byte) in damage {
            head[position] = byte;
        }
        head
    });
    let bytes = prop_oneof![proptest::collection::vec(any::<u8>(), 0..300), heads];
    runner
        .run(&bytes, |bytes| {
            let answer = exchange(&program, &bytes);
            prop_assert!(answer.is_empty() || answer.starts_with("HTTP/1."), "{answer}");
            Ok(())
        })
        .unwrap();
    for (head, expected) in [
        ("GARBAGE\r\n\r\n", "HTTP/1.1 400"),
        ("POST /v1/events HTTP/1.1\r\ncontent-length: x\r\n\r\n", "HTTP/1.1 400"),
        ("POST /v1/events HTTP/1.1\r\ncontent-length: 10\r\n\r\n123", "HTTP/1.1 400"),
        ("POST /v1/events HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 400"),
    ] {
        let answer = exchange(&program, head.as_bytes());
        assert!(answer.starts_with(expected), "{head}: {answer}");
    }
    let endless = format!("POST /v1/events HTTP/1.1\r\na: {}", "x".repeat(1 << 20));
    let answer = exchange(&program, endless.as_bytes());
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    assert_eq!(program.post("/v1/events", &batch(&[finish("ok", 1)])).status, 200);
}

#[test]
fn no_bomb_takes_more_than_its_bound() {
    let program = Program::serve(&["--most-body", "1MiB"]);
    let bomb = gzip(&vec![b' '; 256 << 20]);
    assert!(bomb.len() < 1 << 20);
    for path in PATHS {
        let url = format!("{}{path}", program.url);
        assert_eq!(post(&url, "application/json", Some("gzip"), &bomb).status, 413);
        assert_eq!(post(&url, "application/json", None, &vec![b' '; 3 << 20]).status, 413);
    }
    // A length that nobody could take, and JSON that is nested as deeply as it is long.
    let answer = exchange(
        &program,
        b"POST /v1/events HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 70000000000000\r\n\r\nx",
    );
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let deep = "[".repeat(1 << 20);
    assert_eq!(post(&format!("{}/v1/events", program.url), "application/json", None, deep.as_bytes()).status, 400);
    for (events, status) in [(50_000, 200), (50_001, 413), ((1 << 19) - 100, 413)] {
        let events = format!(r#"{{"sent_at": "2026-11-20T23:23:37Z", "events": [{}0]}}"#, "0,".repeat(events - 1));
        let answer = post(&format!("{}/v1/events", program.url), "application/json", None, events.as_bytes());
        assert_eq!(answer.status, status, "{answer:?}");
    }
    // What takes the most for the fewest bytes: metrics with nothing in them.
    let metrics =
        format!(r#"{{"resourceMetrics": [{{"scopeMetrics": [{{"metrics": [{}{{}}]}}]}}]}}"#, "{},".repeat(330_000));
    assert_eq!(post(&format!("{}/v1/metrics", program.url), "application/json", None, metrics.as_bytes()).status, 200);
    assert_eq!(program.post("/v1/events", &batch(&[finish("ok", 1)])).status, 200);
    if let Some(peak) = peak(&program) {
        assert!(peak < 128, "{peak} MiB");
    }
}

#[test]
fn a_client_that_waits_is_not_waited_for() {
    let program = Program::serve(&[]);
    let mut idle: Vec<_> = (0..20).map(|_| TcpStream::connect(program.address()).unwrap()).collect();
    for socket in &mut idle {
        socket.write_all(b"POST /v1/events HTTP/1.1\r\nho").unwrap();
    }
    assert_eq!(program.post("/v1/events", &batch(&[finish("ok", 1)])).status, 200, "others are served");
    for mut socket in idle {
        let mut answer = String::new();
        // It ends: with an answer or without.
        drop(socket.read_to_string(&mut answer));
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}

#[test]
fn whoever_is_slow_makes_nobody_wait_for_ever() {
    let program = Program::serve(&[]);
    let slow: Vec<_> = (0..8)
        .map(|_| {
            let mut socket = TcpStream::connect(program.address()).unwrap();
            let head = "POST /v1/events HTTP/1.1\r\ncontent-length: 10\r\nexpect: 100-continue\r\n\r\n";
            socket.write_all(head.as_bytes()).unwrap();
            let mut begun = [0; 12];
            socket.read_exact(&mut begun).unwrap();
            assert_eq!(&begun, b"HTTP/1.1 100");
            socket
        })
        .collect();
    // As many as there may be at once are waited for.
    let answer = program.post("/v1/events", &batch(&[finish("ok", 1)]));
    assert_eq!((answer.status, answer.text()), (503, "Too many requests at once.\n"));
    for mut socket in slow {
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        assert!(answer.contains("HTTP/1.1 408"), "{answer}");
    }
    assert_eq!(program.post("/v1/events", &batch(&[finish("ok", 1)])).status, 200);
}
