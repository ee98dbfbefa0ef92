//! Our client, in a process of its own, sends to the receiver.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use serde_json::json;
use telemetry_runtime::{Development, Telemetry, app, record, sink, tracked};
use tempfile::TempDir;

use crate::common::{Program, ask, count, report};

#[tracked]
fn sync_tables(rows: u64) -> Result<(), String> {
    record!(rows = rows);
    if rows == 0 { Err("no rows".into()) } else { Ok(()) }
}

/// Runs [`a_client`] in a process of its own.
fn client(what: &str, state: &Path, url: &str) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "client::a_client", "--nocapture"]);
    command.env("CLIENT_DOES", what).env("CLIENT_STATE", state).env("CLIENT_URL", url);
    for name in ["DO_NOT_TRACK", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

#[test]
#[ignore = "the others start it, as the client"]
fn a_client() {
    let variable = |name| std::env::var(name).unwrap();
    let (url, state) = (variable("CLIENT_URL"), variable("CLIENT_STATE"));
    let builder = Telemetry::builder(app!())
        .env_prefix("CLIENT")
        .development(Development::Send)
        .state_dir(state)
        .lasting_install_id();
    let to = sink::Json::new(format!("{url}/v1/events")).gzip().deletion(format!("{url}/v1/deletions"));
    let builder = builder.sink(to);
    match variable("CLIENT_DOES").as_str() {
        "schema" => std::fs::write(&url, builder.catalogue().to_json_schema()).unwrap(),
        "forget" => drop(builder.control().forget(Duration::from_secs(30)).unwrap()),
        _ => {
            let guard = builder.start();
            for rows in 0..50 {
                drop(sync_tables(rows));
            }
            guard.shutdown(Duration::from_secs(30)).unwrap();
        }
    }
}

#[test]
fn what_our_client_sends_is_stored_and_is_in_its_catalogue() {
    let home = TempDir::new().unwrap();
    let (store, state) = (home.path().join("store.db"), home.path().join("state"));
    let schema = home.path().join("schema.json");
    client("schema", &state, schema.to_str().unwrap());
    let program = Program::storing(&store, &["--catalogue", schema.to_str().unwrap()]);
    client("work", &state, &program.url);
    client("work", &state, &program.url);
    assert_eq!(ask(&store, "SELECT detail FROM quarantine"), [""; 0]);
    let report = report(&store, &["--since", "1h"]);
    let finish = &report["events"][0];
    assert_eq!((&finish["event"], &finish["count"]), (&json!("Sync Tables Finished"), &json!(100)));
    assert_eq!((&finish["errors"], &finish["error_rate"]), (&json!(2), &json!(0.02)));
    assert_eq!(finish["outcomes"], json!({"error": 2, "ok": 98}));
    assert!(finish["duration"]["p50_ns"].as_u64() <= finish["duration"]["p99_ns"].as_u64());
    assert_eq!((&report["apps"][0]["runs"], &report["apps"][0]["installs"]), (&json!(2), &json!(1)));
    assert_eq!(ask(&store, "SELECT count(DISTINCT id) FROM events"), ["200"]);

    client("forget", &state, &program.url);
    assert_eq!(count(&store, "events"), "0");
    assert!(program.stop().is_empty());
}
