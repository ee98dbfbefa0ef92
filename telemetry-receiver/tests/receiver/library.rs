//! The receiver as a part of another program.

use std::fs;
use std::sync::{Arc, Mutex};

use serde_json::json;
use telemetry_receiver::{Receiver, Report};
use tempfile::TempDir;

use crate::common::{batch, finish, post};

#[test]
fn a_program_can_have_its_own() {
    let home = TempDir::new().unwrap();
    let (store, tables) = (home.path().join("store.db"), home.path().join("tables.txt"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let running = Receiver::builder()
        .store(&store)
        .tables(&tables)
        .on_event({
            let seen = Arc::clone(&seen);
            move |event| seen.lock().unwrap().push(event.to_owned())
        })
        .start()
        .unwrap();
    let send = |path: &str, body: serde_json::Value| {
        post(&format!("{}{path}", running.url()), "application/json", None, body.to_string().as_bytes()).status
    };
    let event = finish("ok", 5);
    for _ in 0..2 {
        assert_eq!(send("/v1/events", batch(&[event.clone(), json!(1)])), 200);
    }
    assert_eq!(*seen.lock().unwrap(), [event.to_string()], "once, and before the answer");
    let counts = running.counts();
    assert_eq!((counts.stored, counts.duplicates, counts.quarantined), (1, 2, 1));
    let point = json!({"asInt": 1, "attributes": [{"key": "sync.table.name", "value": {"stringValue": "users"}}]});
    let metric = json!({"name": "sync.table.errors", "gauge": {"dataPoints": [point]}});
    assert_eq!(send("/v1/metrics", json!({"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]})), 200);
    assert!(!fs::read_to_string(&tables).unwrap().contains("users"));
    running.write_tables().unwrap();
    assert!(fs::read_to_string(&tables).unwrap().contains("users"));
    let report = running.report(None).unwrap();
    assert_eq!(report, Report::of_store(&store, None).unwrap(), "the same from another connection");
    assert_eq!(report.events[0].duration.unwrap().p99_ns, 5);
    let url = running.url();
    assert_eq!(running.stop().unwrap().points, 1);
    assert!(ureq::post(format!("{url}/v1/events")).send("").is_err(), "it listens no more");
}
