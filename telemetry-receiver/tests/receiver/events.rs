//! Our plain JSON: stored once, kept apart, bounded, deleted, reported.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{INSTALL, Program, ask, batch, count, finish, id, post, report, run};

/// A catalogue with one event.
fn catalogue() -> Value {
    let text = json!({"type": "string"});
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": ["sent_at", "events"],
        "additionalProperties": false,
        "properties": {"sent_at": text, "events": {"type": "array", "items": {"anyOf": [{
            "type": "object", "required": ["id", "time", "event", "kind", "invocation_id", "outcome", "is_error"],
            "additionalProperties": false,
            "properties": {
                "id": text, "time": text, "event": {"const": "Sync Finished"}, "kind": {"const": "finish"}, "app": text,
                "version": text, "install_id": text, "install_id_kind": {"enum": ["lasting"]}, "invocation_id": text,
                "call_id": {"type": "string", "pattern": "^[0-9a-f]{16}$"}, "outcome": {"enum": ["ok", "error"]},
                "is_error": {"type": "boolean"}, "duration_ns": {"type": "integer", "minimum": 0},
                "fields": {"type": "object", "additionalProperties": false, "properties": {"rows": {"type": "integer"}}},
            },
        }]}}},
    })
}

#[test]
fn an_event_that_comes_again_is_stored_once() {
    let home = TempDir::new().unwrap();
    let store = home.path().join("store.db");
    let (first, second) = (finish("ok", 1), finish("ok", 2));
    let program = Program::storing(&store, &[]);
    for events in [&[first.clone()][..], &[first.clone(), second.clone()], &[second.clone(), second.clone()]] {
        let answer = program.post("/v1/events", &batch(events));
        assert_eq!((answer.status, answer.text()), (200, "{}"));
    }
    assert_eq!(count(&store, "events"), "2", "while it runs");
    program.stop();
    let program = Program::storing(&store, &[]);
    assert_eq!(program.post("/v1/events", &batch(std::slice::from_ref(&first))).status, 200);
    program.stop();
    assert_eq!(ask(&store, "SELECT body FROM events ORDER BY seq"), [first.to_string(), second.to_string()]);
    assert_eq!(ask(&store, "SELECT count FROM totals WHERE name = 'duplicates'"), ["4"], "also over runs");
}

#[test]
fn a_compressed_batch_is_a_batch() {
    let home = TempDir::new().unwrap();
    let store = home.path().join("store.db");
    let program = Program::storing(&store, &[]);
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(batch(&[finish("ok", 1)]).to_string().as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let url = format!("{}/v1/events", program.url);
    assert_eq!(post(&url, "application/json; charset=utf-8", Some("gzip"), &packed).status, 200);
    assert_eq!(post(&url, "application/json", Some("br"), &packed).status, 415);
    assert_eq!(post(&url, "application/json", Some("gzip"), &packed[..packed.len() - 9]).status, 400);
    assert_eq!(count(&store, "events"), "1");
}

#[test]
fn what_is_unknown_or_invalid_is_kept_apart_with_the_reason() {
    let home = TempDir::new().unwrap();
    let (store, file) = (home.path().join("store.db"), home.path().join("catalogue.json"));
    fs::write(&file, catalogue().to_string()).unwrap();
    let changed = |path: &str, value: Value| {
        let mut event = finish("ok", 1);
        let (parent, name) = path.rsplit_once('/').unwrap();
        event.pointer_mut(parent).unwrap()[name] = value;
        event
    };
    let mut without_outcome = finish("ok", 1);
    without_outcome.as_object_mut().unwrap().remove("outcome");
    let large = changed("/fields/rows", json!("x".repeat(70_000)));
    let wrong = [
        (changed("/event", json!("Sync Ended")), "unknown_event", "`Sync Ended` (finish)"),
        (changed("/kind", json!("start")), "unknown_event", "`Sync Finished` (start)"),
        (changed("/fields/path", json!("/home/ada")), "invalid", "/fields: `path` is not in the catalogue"),
        (changed("/fields/rows", json!("many")), "invalid", "/fields/rows: want integer, but got string"),
        (changed("/call_id", json!("ada")), "invalid", "/call_id: has another form"),
        (without_outcome, "invalid", "the event: `outcome` is missing"),
        (changed("/id", json!("1")), "not_an_event", "`id`: expected a UUID"),
        (changed("/time", json!("yesterday")), "not_an_event", "`time`: expected a time as RFC 3339 has it"),
        (large, "too_large", "over 65536 bytes"),
        (json!("word"), "not_an_event", "expected an object"),
    ];
    let mut events: Vec<_> = wrong.iter().map(|(event, ..)| event.clone()).collect();
    events.push(finish("error", 2));
    let program = Program::storing(&store, &["--catalogue", file.to_str().unwrap()]);
    for _ in 0..2 {
        let answer = program.post("/v1/events", &batch(&events));
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    assert_eq!(count(&store, "events"), "1");
    let kept = ask(&store, "SELECT reason || ' - ' || detail FROM quarantine ORDER BY seq");
    let expected: Vec<_> = wrong.iter().map(|(_, reason, detail)| format!("{reason} - {detail}")).collect();
    assert_eq!(kept, expected);
    let bodies = ask(&store, "SELECT coalesce(body, '') FROM quarantine ORDER BY seq");
    assert_eq!(bodies[0], wrong[0].0.to_string());
    assert_eq!(bodies[8], "", "what is too large is not kept");
    let quarantined = &report(&store, &[])["quarantined"];
    assert_eq!(quarantined.as_array().unwrap().len(), wrong.len());
    assert!(
        quarantined
            .as_array()
            .unwrap()
            .contains(&json!({"reason": "invalid", "detail": "/call_id: has another form", "events": 1}))
    );
}

#[test]
fn what_is_kept_apart_is_bounded() {
    let home = TempDir::new().unwrap();
    let store = home.path().join("store.db");
    let program = Program::storing(&store, &[]);
    let wrong: Vec<_> = (0..1500).map(|number| json!({"number": number})).collect();
    assert_eq!(program.post("/v1/events", &batch(&wrong)).status, 200);
    assert_eq!(count(&store, "quarantine"), "1000");
    assert_eq!(ask(&store, "SELECT body FROM quarantine ORDER BY seq LIMIT 1"), [r#"{"number":500}"#], "the oldest go");
}

#[test]
fn what_is_no_batch_is_refused() {
    let program = Program::serve(&[]);
    let url = |path: &str| format!("{}{path}", program.url);
    for body in ["", "{", "[]", "{}", r#"{"events": []}"#, r#"{"sent_at": "now", "events": []}"#] {
        let answer = post(&url("/v1/events"), "application/json", None, body.as_bytes());
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.text().starts_with("expected"), "{body}: {answer:?}");
    }
    for body in ["{}", r#"{"install_id": "ada"}"#, r#"{"install_id": 1}"#] {
        assert_eq!(post(&url("/v1/deletions"), "application/json", None, body.as_bytes()).status, 400, "{body}");
    }
    // What a page in a browser can send without asking.
    let text = batch(&[finish("ok", 1)]).to_string();
    for path in ["/v1/events", "/v1/deletions"] {
        assert_eq!(post(&url(path), "text/plain", None, text.as_bytes()).status, 415);
    }
    assert_eq!(post(&url("/"), "application/json", None, b"{}").status, 404);
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
    let got = agent.get(url("/v1/events")).call().unwrap();
    assert_eq!((got.status().as_u16(), got.headers()["allow"].to_str().unwrap()), (405, "POST"));
}

#[test]
fn what_is_to_be_deleted_is_in_no_file_any_more() {
    let home = TempDir::new().unwrap();
    let store = home.path().join("store.db");
    let other = "9e107d9d-372b-4b68-98d7-000000000001";
    let mut of_other = finish("ok", 1);
    of_other["install_id"] = json!(other);
    let apart = json!({"install_id": INSTALL, "kind": 1});
    let events = [finish("ok", 1), of_other, finish("error", 2), apart, json!([{"deep": INSTALL.to_uppercase()}])];
    let program = Program::storing(&store, &[]);
    assert_eq!(program.post("/v1/events", &batch(&events)).status, 200);
    assert_eq!(program.post("/v1/deletions", &json!({"install_id": INSTALL.to_uppercase()})).text(), "{}");
    let everything = || -> String {
        let files = fs::read_dir(home.path()).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap());
        files.map(|bytes| String::from_utf8_lossy(&bytes).to_lowercase()).collect()
    };
    assert_eq!(ask(&store, "SELECT install_id FROM events"), [other]);
    assert!(everything().contains(other) && !everything().contains(INSTALL));
    // Once more, as `DELETE`, and for an id that nobody has: the answer does not tell.
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
    for (id, left) in [(INSTALL, "1"), (other, "0")] {
        let request = agent.delete(format!("{}/v1/deletions", program.url)).header("content-type", "application/json");
        let mut answer = request.force_send_body().send(json!({"install_id": id}).to_string()).unwrap();
        assert_eq!((answer.status().as_u16(), answer.body_mut().read_to_string().unwrap().as_str()), (200, "{}"));
        assert_eq!(count(&store, "events"), left);
    }
    program.stop();
    assert!(!everything().contains(other));
}

#[test]
fn a_store_stays_within_its_bounds() {
    let home = TempDir::new().unwrap();
    let store = home.path().join("store.db");
    let program = Program::storing(&store, &["--most-bytes", "1MiB"]);
    let mut last = Value::Null;
    for _ in 0..30 {
        let events: Vec<_> = (0..200).map(|number| finish("ok", number)).collect();
        last = events[199]["id"].clone();
        assert_eq!(program.post("/v1/events", &batch(&events)).status, 200);
        assert!(fs::metadata(&store).unwrap().len() <= 1 << 20);
    }
    program.stop();
    let stored: u64 = count(&store, "events").parse().unwrap();
    let gone: u64 = ask(&store, "SELECT count FROM totals WHERE name = 'crowded_out'")[0].parse().unwrap();
    assert_eq!(stored + gone, 30 * 200);
    assert!(stored > 500, "{stored}");
    let newest = ask(&store, "SELECT json_extract(body, '$.id') FROM events ORDER BY seq DESC LIMIT 1");
    assert_eq!(newest, [last.as_str().unwrap()]);
    // By age, too. They came before this start.
    Program::storing(&store, &["--keep", "1ns"]).stop();
    assert_eq!(count(&store, "events"), "0");
    assert_eq!(ask(&store, "SELECT count FROM totals WHERE name = 'expired'"), [stored.to_string()]);
}

#[test]
fn a_report_has_the_figures_that_one_computes_by_hand() {
    let home = TempDir::new().unwrap();
    let store = home.path().join("store.db");
    let program = Program::storing(&store, &[]);
    // Durations 1 to 9 ms of calls that went well, 100 ms of one that did not, none of two that were abandoned.
    let mut events: Vec<_> = (1..=9).rev().map(|millis| finish("ok", millis * 1_000_000)).collect();
    events.push(finish("error", 100_000_000));
    for _ in 0..2 {
        let mut abandoned = finish("abandoned", 0);
        abandoned.as_object_mut().unwrap().remove("duration_ns");
        abandoned["version"] = json!("0.2.0");
        abandoned["invocation_id"] = json!("run-2");
        events.push(abandoned);
    }
    for (reason, lost) in [("full", 3), ("full", 4), ("age", 1)] {
        let time = "2026-11-20T23:23:36.000000Z";
        let loss = json!({"id": id(), "time": time, "event": "Telemetry Lost", "kind": "loss", "invocation_id": "run-3", "reason": reason, "events": lost});
        events.push(loss);
    }
    events.push(json!({"id": "none"}));
    assert_eq!(program.post("/v1/events", &batch(&events)).status, 200);
    let report = report(&store, &[]);
    assert_eq!(
        report["events"],
        json!([
            {"event": "Sync Finished", "kind": "finish", "count": 12, "errors": 3, "error_rate": 0.25,
             "outcomes": {"abandoned": 2, "error": 1, "ok": 9},
             "duration": {"measured": 10, "p50_ns": 5_000_000, "p90_ns": 9_000_000, "p99_ns": 100_000_000}},
            {"event": "Telemetry Lost", "kind": "loss", "count": 3, "errors": 0, "error_rate": null, "outcomes": {}, "duration": null},
        ])
    );
    assert_eq!(
        report["apps"],
        json!([
            {"app": null, "version": null, "events": 3, "runs": 1, "installs": 0},
            {"app": "demo", "version": "0.1.0", "events": 10, "runs": 1, "installs": 1},
            {"app": "demo", "version": "0.2.0", "events": 2, "runs": 1, "installs": 1},
        ])
    );
    assert_eq!(report["losses"], json!([{"reason": "age", "events": 1}, {"reason": "full", "events": 7}]));
    assert_eq!(
        report["quarantined"],
        json!([{"reason": "not_an_event", "detail": "`id`: expected a UUID", "events": 1}])
    );
    let output = run(&["report", "--store", store.to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    let expected = include_str!("report.txt");
    assert_eq!(text, expected, "\n{text}");
}

/// What stands for many calls counts as many, and a snapshot is an event as others are.
#[test]
fn numbers_of_the_program_are_stored_and_reported() {
    let home = TempDir::new().unwrap();
    let store = home.path().join("store.db");
    let program = Program::storing(&store, &[]);
    let time = "2026-11-20T23:23:36.000000Z";
    let aggregate = |calls: u64, errors: u64| {
        json!({"id": id(), "time": time, "event": "Parse Finished", "kind": "aggregate", "since": time, "calls": calls, "errors": errors,
               "panics": 0, "cancelled": 0, "duration_ns": 5_000_000, "histogram": []})
    };
    let snapshot =
        json!({"id": id(), "time": time, "event": "server_metrics", "kind": "snapshot", "fields": {"tables": 7}});
    let mut partial = aggregate(1, 0);
    partial.as_object_mut().unwrap().remove("calls");
    let answer =
        program.post("/v1/events", &batch(&[aggregate(1_000_000, 10), aggregate(3_000_000, 30), snapshot, partial]));
    assert_eq!(answer.status, 200);
    let report = report(&store, &[]);
    assert_eq!(
        report["events"],
        json!([
            {"event": "Parse Finished", "kind": "aggregate", "count": 4_000_000, "errors": 40, "error_rate": 0.00001, "outcomes": {}, "duration": null},
            {"event": "server_metrics", "kind": "snapshot", "count": 1, "errors": 0, "error_rate": null, "outcomes": {}, "duration": null},
        ])
    );
    let why = "`calls` or `errors` is missing";
    assert_eq!(report["quarantined"], json!([{"reason": "not_an_event", "detail": why, "events": 1}]));
}

/// A sender whose clock is wrong says by how much: its events are where they belong.
#[test]
fn since_is_by_this_machine_s_clock() {
    let home = TempDir::new().unwrap();
    let store = home.path().join("store.db");
    let program = Program::storing(&store, &[]);
    let sent = |time: &str, sent_at: &str| {
        let mut event = finish("ok", 1);
        event["time"] = json!(time);
        assert_eq!(program.post("/v1/events", &json!({"sent_at": sent_at, "events": [event]})).status, 200);
    };
    sent("1999-12-31T23:00:00.000000Z", "2000-01-01T00:00:00.000000Z");
    sent("2040-01-01T00:00:00.000000Z", "2040-01-03T00:00:00.000000Z");
    let events = |since: &str| report(&store, &["--since", since])["events"][0]["count"].clone();
    assert_eq!(events("2h"), json!(1));
    assert_eq!(events("3d"), json!(2));
    assert_eq!(events("10m"), Value::Null);
}

#[test]
fn what_cannot_be_stored_now_is_to_come_again() {
    let home = TempDir::new().unwrap();
    let store = home.path().join("store.db");
    let program = Program::storing(&store, &[]);
    let other = rusqlite::Connection::open(&store).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let event = batch(&[finish("ok", 1)]);
    let answer = program.post("/v1/events", &event);
    assert_eq!((answer.status, answer.text()), (503, "Nothing can be stored now.\n"));
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(program.post("/v1/events", &event).status, 200);
    assert_eq!(count(&store, "events"), "1");
    assert_eq!(program.stop(), "telemetry-receiver: the store: database is locked\n");
}
