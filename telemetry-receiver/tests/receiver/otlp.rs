//! OTLP, and the tables file.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{Program, post};

fn metric(name: &str, table: &str, client: &str, value: u64) -> Value {
    json!({"name": name, "sum": {"aggregationTemporality": 2, "isMonotonic": true, "dataPoints": [{
        "asInt": value.to_string(), "timeUnixNano": "1700000000000000000",
        "attributes": [
            {"key": "sync.table.name", "value": {"stringValue": table}},
            {"key": "sync.table.client_id", "value": {"stringValue": client}},
        ],
    }]}})
}

fn request(metrics: &[Value]) -> Value {
    json!({"resourceMetrics": [{"resource": {"attributes": []}, "scopeMetrics": [{"scope": {"name": "sync"}, "metrics": metrics}]}]})
}

/// CW-29: unfinished tables first.
#[test]
fn the_tables_file_is_as_it_was() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("tables.txt");
    let program = Program::serve(&["--tables", file.to_str().unwrap(), "--tables-every", "1h"]);
    assert!(fs::read_to_string(&file).unwrap().contains("| Table |"), "from the start on");
    let second = 1_000_000_000;
    let start = 1_795_000_000 * second;
    let answer = program.post(
        "/v1/metrics",
        &request(&[
            metric("sync.table.start_time", "aws_ec2_instances", "eu-1", start),
            metric("sync.table.end_time", "aws_ec2_instances", "eu-1", start + 65 * second),
            metric("sync.table.resources", "aws_ec2_instances", "eu-1", 1234),
            metric("sync.table.errors", "aws_ec2_instances", "eu-1", 2),
            metric("sync.table.panics", "aws_ec2_instances", "eu-1", 1),
            metric("sync.table.duration", "aws_s3_buckets", "us-1", 1500),
            metric("sync.table.resources", "aws_s3_buckets", "us-1", 7),
            metric("sync.table.resources", "unfinished", "us-1", 3),
        ]),
    );
    assert_eq!((answer.status, answer.media_type.as_str(), answer.text()), (200, "application/json", "{}"));
    program.stop();
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text, include_str!("tables.txt"), "\n{text}");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "nothing else is left");
}

/// CW-29.
#[test]
fn the_tables_file_is_written_while_it_runs() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("tables.txt");
    let program = Program::serve(&[
        "--tables",
        file.to_str().unwrap(),
        "--tables-every",
        "20ms",
        "--metric-prefix",
        "sync.table.",
    ]);
    assert_eq!(program.post("/v1/metrics", &request(&[metric("sync.table.errors", "users", "", 5)])).status, 200);
    let until = Instant::now() + Duration::from_secs(60);
    while !fs::read_to_string(&file).unwrap().contains("users") {
        assert!(Instant::now() < until, "it is not written");
        std::thread::yield_now();
    }
}

#[test]
fn what_is_not_taken_is_said_in_the_answer() {
    let program = Program::serve(&[]);
    let other = json!({"name": "latency", "histogram": {"dataPoints": [{"count": "1"}, {"count": "2"}]}});
    let metrics = request(&[metric("sync.table.errors", "a", "", 1), metric("http.requests", "a", "", 1), other]);
    let answer = program.post("/v1/metrics", &metrics);
    let said: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(said["partialSuccess"]["rejectedDataPoints"], json!("3"));
    let spans = json!({"resourceSpans": [{"scopeSpans": [{"spans": [{}, {}]}]}]});
    let said: Value = serde_json::from_slice(&program.post("/v1/traces", &spans).body).unwrap();
    assert_eq!(said["partialSuccess"]["rejectedSpans"], json!("2"));
    // The same in protobuf: a resource with a scope with two log records.
    let logs = [0x0a, 0x06, 0x12, 0x04, 0x12, 0x00, 0x12, 0x00];
    let answer = post(&format!("{}/v1/logs", program.url), "application/x-protobuf", None, &logs);
    assert_eq!((answer.status, answer.media_type.as_str()), (200, "application/x-protobuf"));
    // A partial success (field 1) with 2 (field 1) and a text.
    assert_eq!((answer.body[0], &answer.body[2..5]), (0x0a, &[0x08, 0x02, 0x12][..]));
}

#[test]
fn what_is_no_otlp_is_refused_in_the_type_that_it_came_in() {
    let program = Program::serve(&[]);
    for path in ["/v1/metrics", "/v1/traces", "/v1/logs"] {
        let url = format!("{}{path}", program.url);
        let answer = post(&url, "application/json", None, b"[");
        assert_eq!((answer.status, answer.media_type.as_str()), (400, "application/json"));
        assert_eq!(serde_json::from_slice::<Value>(&answer.body).unwrap()["code"], json!(3));
        let answer = post(&url, "application/x-protobuf", None, b"\xff\xff");
        assert_eq!((answer.status, answer.media_type.as_str()), (400, "application/x-protobuf"));
        assert_eq!(answer.body[..2], [0x08, 3]);
        assert_eq!(post(&url, "text/plain", None, b"").status, 415);
        assert_eq!(post(&url, "application/x-protobuf", None, b"").status, 200, "nothing is something");
    }
}
