//! That a program's own numbers arrive as its source says them, on a timer that nobody feels: snapshots and metrics.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

use std::collections::{BTreeSet, HashSet};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use boon::{Compiler, Schemas};
use serde_json::{Value, json};
use telemetry_tests::Receiver;
use tempfile::TempDir;

/// A folder for state, and the program that uses it.
struct Sampled(TempDir);

impl Sampled {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn folder(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, endpoint: &str, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sampled"));
        command.arg(endpoint).arg(self.folder().join("state")).args(words.split_whitespace());
        command.env_clear().current_dir(self.folder());
        command
    }

    /// Runs, which shows nothing but the words that it prints, and returns what it printed.
    fn say(&self, endpoint: &str, words: &str) -> String {
        said(self.command(endpoint, words).output().unwrap())
    }

    /// Starts, and waits until it has done all but the last word.
    fn start(&self, endpoint: &str, words: &str) -> Child {
        let mut child = self.command(endpoint, words).stdout(Stdio::piped()).spawn().unwrap();
        let last = words.split_whitespace().last().unwrap();
        let stdout = BufReader::new(child.stdout.as_mut().unwrap());
        assert!(stdout.lines().any(|line| line.unwrap() == last), "it ended early");
        child
    }
}

fn said(output: Output) -> String {
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The snapshots that came of these words.
fn snapshots_of(words: &str) -> Vec<Value> {
    let (sampled, receiver) = (Sampled::new(), Receiver::start());
    sampled.say(&receiver.url(), &format!("{words} flush"));
    snapshots(&receiver.accepted())
}

fn snapshots(events: &[Value]) -> Vec<Value> {
    events.iter().filter(|event| event["kind"] == "snapshot").cloned().collect()
}

fn named(events: &[Value], name: &str) -> Vec<Value> {
    events.iter().filter(|event| event["event"] == name).cloned().collect()
}

fn texts<'a>(events: &'a [Value], key: &str) -> HashSet<&'a str> {
    events.iter().map(|event| event[key].as_str().unwrap()).collect()
}

fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// HA-06: the metrics of Hasura's documents, key for key, members inside members.
#[test]
fn a_servers_sample_is_the_documents() {
    let events = snapshots_of("server");
    let metrics = json!({
        "views": 1,
        "tables": 2,
        "functions": 1,
        "permissions": {"roles": 1, "delete": 2, "insert": 1, "select": 2, "update": 2},
        "relationships": {"auto": 2, "manual": 0},
        "event_triggers": 0,
        "remote_schemas": 1
    });
    assert_eq!(events.len(), 1);
    assert_eq!((&events[0]["event"], &events[0]["fields"]), (&json!("server_metrics"), &metrics));
    assert_eq!(events[0].get("since"), None, "these numbers are of now");
}

/// HA-04: a database has an id of its own, which all instances tell, and each instance has another one.
#[test]
fn a_store_and_an_instance_have_an_id_each() {
    let (sampled, receiver) = (Sampled::new(), Receiver::start());
    let id = "dddff371-dab2-450f-9969-235bca66dab1";
    for _ in 0..2 {
        said(sampled.command(&receiver.url(), "server flush").env("SAMPLED_DB", id).output().unwrap());
    }
    let events = snapshots(&receiver.accepted());
    assert_eq!(events.iter().map(|event| &event["fields"]["db_uid"]).collect::<Vec<_>>(), [id, id]);
    assert_eq!(texts(&events, "invocation_id").len(), 2);
}

/// HA-08, HA-11: the configuration sample of Hasura's documents; a version is any text, as a number.
#[test]
fn a_configuration_is_the_documents() {
    let events = snapshots_of("configuration");
    let metrics = json!({
        "api_limits_enabled": true,
        "api_limits_roles_with_limits": 0,
        "api_limits_rate_limits": 0,
        "api_limits_depth_limits": 0,
        "api_limits_node_limits": 0,
        "api_limits_time_limits": 0,
        "api_limits_batch_limits": 0,
        "prometheus_endpoint_enabled": false,
        "prometheus_secret_enabled": false,
        "otel_enabled": false,
        "otel_traces_enabled": false,
        "allow_list_roles": 0,
        "logs_http_response_log_enabled": false,
        "logs_api_limit_log_enabled": false,
        "logs_live_query_poller_log_enabled": false,
        "logs_caching_log_enabled": false,
        "logs_tracing_log_enabled": true,
        "logs_metrics_log_enabled": false,
        "logs_health_check_log_enabled": false,
        "rate_limiting_enabled": false,
        "caching_enabled": false,
        "remote_schemas": 0,
        "actions_synchronous": 0,
        "actions_asynchronous": 0,
        "actions_query": 0,
        "actions_type_relationships": 0,
        "actions_custom_types": 0,
        "resource_cpu": 2048,
        "resource_memory": 0,
        "resource_checker_error_code": "CPU_MEMORY_INCONCLUSIVE",
        "jwt_secrets_configured": 2,
        "admin_secrets_configured": 2
    });
    assert_eq!((&events[0]["version"], &events[0]["fields"]), (&json!("12345"), &metrics));
}

/// HA-09, HA-07: a sample of each source, each with an id of its own by which a receiver knows it again.
#[test]
fn each_source_has_a_sample_of_its_own() {
    let events = snapshots_of("sources");
    let metrics = |backend: &str| {
        json!({
            "backend_type": backend,
            "read_replicas": 0,
            "health_check_enabled": false,
            "tables": 0,
            "views": 0,
            "enum_tables": 0,
            "relationships_manual": 0,
            "relationships_auto": 0,
            "permissions_select": 0,
            "permissions_insert": 0,
            "permissions_update": 0,
            "permissions_delete": 0,
            "permissions_roles": 0,
            "event_triggers": 0,
            "functions": 0,
            "native_queries": 0,
            "query_tags_enabled": false,
            "connection_templates_enabled": false
        })
    };
    let fields: Vec<_> = events.iter().map(|event| event["fields"].clone()).collect();
    assert_eq!(fields, [metrics("postgres"), metrics("mssql")]);
    assert_eq!(texts(&events, "id").len(), 2);
    assert_eq!(texts(&events, "invocation_id").len(), 1);
}

/// HA-10: the series of Hasura's documents: an array of labelled values each.
#[test]
fn metrics_are_the_documents_series() {
    let events = snapshots_of("count");
    let value = json!([{"value": 1}]);
    let mut expected = json!({
        "hasura_cron_events_invocation_total": [{"status": "success", "value": 1}],
        "hasura_event_invocations_total": [{"status": "success", "value": 1}],
        "hasura_graphql_requests_total": [{"operation_type": "query", "response_status": "failed", "value": 1}],
        "hasura_postgres_connections": [{"role": "primary", "source_name": "default", "value": 1}]
    });
    for name in [
        "hasura_action_request_bytes_total",
        "hasura_action_response_bytes_total",
        "hasura_active_subscriptions",
        "hasura_event_trigger_http_workers",
        "hasura_events_fetched_per_batch",
        "hasura_event_trigger_request_bytes_total",
        "hasura_event_trigger_response_bytes_total",
        "hasura_http_connections",
        "hasura_http_request_bytes_total",
        "hasura_http_response_bytes_total",
        "hasura_metadata_resource_version",
        "hasura_scheduled_trigger_request_bytes_total",
        "hasura_scheduled_trigger_response_bytes_total",
        "hasura_websocket_connections",
        "hasura_websocket_messages_received_bytes_total",
        "hasura_websocket_messages_sent_bytes_total",
    ] {
        expected[name] = value.clone();
    }
    assert_eq!(events.len(), 1);
    assert_eq!((&events[0]["event"], &events[0]["fields"]), (&json!("metrics"), &expected));
    // What is counted is counted from some time before it was told.
    let (since, time) = (events[0]["since"].as_str().unwrap(), events[0]["time"].as_str().unwrap());
    assert!(since <= time && since.ends_with('Z'), "{since} {time}");
}

/// What did not change is not told again, and what did is told whole; 0 says something where it was not always.
#[test]
fn metrics_are_told_when_they_change() {
    let events = snapshots_of("flush count flush flush count rest flush");
    let told = |name: &str| events.iter().map(|event| event["fields"][name][0]["value"].clone()).collect::<Vec<_>>();
    assert_eq!(told("hasura_http_request_bytes_total"), [1, 2]);
    assert_eq!(told("hasura_active_subscriptions"), [1, 0]);
    assert_eq!(texts(&events, "since").len(), 1);
}

/// Whatever ends the program in order, what it counted is on disk by then.
#[test]
fn metrics_are_told_at_the_end() {
    for (end, code) in [("end", 0), ("", 0), ("exit", 3)] {
        let (sampled, receiver) = (Sampled::new(), Receiver::start());
        let output = sampled.command(&receiver.url(), &format!("count {end}")).output().unwrap();
        assert_eq!((output.status.code(), receiver.requests().len()), (Some(code), 0), "{end}");
        sampled.say(&receiver.url(), "flush");
        assert_eq!(snapshots(&receiver.accepted()).len(), 1, "{end}");
    }
}

/// … and once an interval, of a program that nobody flushes and that does not end.
#[test]
fn metrics_are_told_from_time_to_time() {
    let (sampled, receiver) = (Sampled::new(), Receiver::start());
    let mut command = sampled.command(&receiver.url(), "count hang");
    command.env("SAMPLED_METRICS", "10").env("SAMPLED_WINDOW", "10").env("SAMPLED_EVENT", "1").stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    receiver.wait_for_events(1);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(receiver.accepted()[0]["event"], "runtime metrics");
}

/// Of labels whose words nobody knew there are so many, and the rest is counted together: none is lost.
#[test]
fn series_are_bounded() {
    let events = snapshots_of("many");
    let series = events[0]["fields"]["sources_total"].as_array().unwrap();
    assert_eq!(series.len(), 64);
    let counted: u64 = series.iter().map(|series| series["value"].as_u64().unwrap()).sum();
    assert_eq!(counted, 100);
    let sources: HashSet<_> = series.iter().filter_map(|series| series["source"].as_str()).collect();
    assert!(sources.len() == 63 && sources.iter().all(|source| source.len() == 32), "{sources:?}");
    assert_eq!(series[63], json!({"other": true, "value": 37}));
}

/// HA-03: a program is asked for its snapshots from time to time, for as long as it runs.
#[test]
fn a_provider_is_asked_from_time_to_time() {
    let (sampled, receiver) = (Sampled::new(), Receiver::start());
    sampled.say(&receiver.url(), "provide asked flush");
    let events = snapshots(&receiver.accepted());
    let backends: Vec<_> = events.iter().map(|event| event["fields"]["backend_type"].as_str().unwrap()).collect();
    assert!(backends.len() >= 4 && backends[..4] == ["postgres", "mssql", "postgres", "mssql"], "{backends:?}");
    assert_eq!(texts(&events, "id").len(), events.len());
}

/// CW-03 … CW-06: where no stats are collected, nobody is asked, and nothing is said of what was counted.
#[test]
fn at_a_level_without_stats_nobody_is_asked() {
    for (level, is_asked) in [("none", false), ("errors", false), ("stats", true), ("all", true)] {
        let (sampled, receiver) = (Sampled::new(), Receiver::start());
        // Whoever was to be asked at once is asked before the worker delivers.
        let mut command = sampled.command(&receiver.url(), "provide flush server count flush counts");
        let said = said(command.env("SAMPLED_TELEMETRY_LEVEL", level).output().unwrap());
        // The thread of the provider may not have come to it yet where it is asked; where it is not, there is none.
        assert!(is_asked || said.contains("provided 0,"), "{level}: {said}");
        let names = named(&receiver.accepted(), "server_metrics").len() + named(&receiver.accepted(), "metrics").len();
        assert_eq!(names, if is_asked { 2 } else { 0 }, "{level}");
    }
}

/// A provider that panics is not asked again, shows nothing, and changes nothing for others or for the program.
#[test]
fn a_provider_that_panics_harms_nobody() {
    let (sampled, receiver) = (Sampled::new(), Receiver::start());
    let said = sampled.say(&receiver.url(), "panicking provide asked asked flush counts");
    assert!(said.contains("panicking 1\n"), "{said}");
    let accepted = receiver.accepted();
    assert!(named(&accepted, "source_metrics").len() >= 4, "{accepted:?}");
    assert_eq!(named(&accepted, "Panic"), Vec::<Value>::new(), "it is no panic of the program's");
}

/// A provider that hangs is asked once, and neither others, nor the worker, nor the end wait for it.
#[test]
fn a_provider_that_hangs_harms_nobody() {
    let (sampled, receiver) = (Sampled::new(), Receiver::start());
    let said = sampled.say(&receiver.url(), "hanging provide asked asked flush counts end");
    assert!(said.contains("hanging 1,"), "{said}");
    assert!(named(&receiver.accepted(), "source_metrics").len() >= 4);
}

/// `kill -9`: what was given by then is there for the next run, each sample once.
#[test]
fn a_kill_costs_no_sample_that_was_given() {
    let (sampled, receiver) = (Sampled::new(), Receiver::start());
    let mut child = sampled.start(&receiver.url(), "provide asked asked hang");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(receiver.requests().len(), 0);
    sampled.say(&receiver.url(), "flush");
    sampled.say(&receiver.url(), "flush");
    let events = named(&receiver.accepted(), "source_metrics");
    // It was asked six times, and the last answer may not have been recorded.
    assert!(events.len() >= 10, "{}", events.len());
    assert_eq!(texts(&events, "id").len(), events.len());
}

/// A forked child has no providers, and no numbers but its own events.
#[cfg(unix)]
#[test]
fn a_forked_child_gives_no_snapshots() {
    let (sampled, receiver) = (Sampled::new(), Receiver::start());
    let said = sampled.say(&receiver.url(), "provide asked count fork server sources provide flush counts");
    assert_eq!(said.matches("counts\n").count(), 2, "both came to their ends: {said}");
    let events = snapshots(&receiver.accepted());
    assert_eq!(texts(&events, "invocation_id").len(), 1, "{events:?}");
    assert_eq!(named(&events, "server_metrics").len(), 1);
    assert_eq!(named(&events, "metrics").len(), 1);
}

/// Children that are made while threads of providers begin and end come to their ends.
#[cfg(unix)]
#[test]
fn forks_and_providers_do_not_meet() {
    let (sampled, receiver) = (Sampled::new(), Receiver::start());
    let providers = "provide ".repeat(8);
    let said = sampled.say(&receiver.url(), &format!("{providers} asked forks counts flush"));
    assert!(said.ends_with("flush\n"), "{said}");
    assert_eq!(texts(&snapshots(&receiver.accepted()), "invocation_id").len(), 1);
}

/// One that is larger than any receiver takes is lost, and counted; the next one is not.
#[test]
fn one_that_is_too_large_is_counted() {
    let (sampled, receiver) = (Sampled::new(), Receiver::start());
    sampled.say(&receiver.url(), "huge flush");
    let accepted = receiver.accepted();
    let lost = named(&accepted, "Events Lost");
    assert_eq!((&lost[0]["reason"], &lost[0]["events"]), (&json!("too large"), &json!(1)));
    let kept = named(&accepted, "huge");
    assert_eq!((kept.len(), kept[0]["fields"]["words"].as_array().unwrap().len()), (1, 4));
}

/// An event that has expired is not asked for.
#[test]
fn what_has_expired_is_not_asked_for() {
    let (sampled, receiver) = (Sampled::new(), Receiver::start());
    let said = sampled.say(&receiver.url(), "expired provide asked flush");
    assert!(!said.contains("was asked"), "{said}");
    assert_eq!(named(&receiver.accepted(), "expired"), Vec::<Value>::new());
}

/// CQ-02: nobody is named in a snapshot, however deep it stands; what stands beside stays.
#[test]
fn nobody_is_named_in_a_snapshot() {
    let events = snapshots_of("secret");
    assert_eq!(events[0]["fields"], json!({"inside": [{"rows": 3}]}));
    assert!(!json!(events).to_string().contains("secret-"));
}

/// CW-21, CW-22, CW-23, CW-24: what each table came to, of which client, from when to when, in a local file and nowhere else.
#[test]
fn what_each_table_came_to_goes_to_a_file() {
    let (sampled, receiver) = (Sampled::new(), Receiver::start());
    let file = sampled.folder().join("tables.jsonl");
    said(sampled.command(&receiver.url(), "tables flush").env("SAMPLED_FILE", &file).output().unwrap());
    let lines = std::fs::read_to_string(file).unwrap();
    let events: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [done, open] = events.try_into().unwrap();
    let of_table = ["client_id", "errors", "name", "resources", "start_time"];
    assert_eq!(keys(&open["fields"]), BTreeSet::from(of_table));
    assert_eq!(keys(&done["fields"]), of_table.into_iter().chain(["end_time"]).collect());
    assert_eq!(done["fields"]["start_time"], "2026-11-18T11:06:40.000000Z");
    assert_eq!(done["fields"]["end_time"], "2026-11-18T11:06:41.000000Z");
    assert_eq!((&done["fields"]["resources"], &open["fields"]["resources"]), (&json!(3), &json!(1)));
    assert_eq!(done["fields"]["client_id"], open["fields"]["client_id"]);
    assert!(done["since"].is_string(), "they are counted from the start");
    assert_eq!(receiver.requests().len(), 0);
}

/// What is sent is what the schema says, and the page says it to users.
#[test]
fn the_catalogue_has_them() {
    let (sampled, receiver) = (Sampled::new(), Receiver::start());
    let words = "server configuration sources tables huge count many rest flush";
    sampled.say(&receiver.url(), words);
    let catalogue = |form: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_sampled")).args([form, form]).output().unwrap();
        said(output)
    };
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("schema.json", serde_json::from_str(&catalogue("schema")).unwrap()).unwrap();
    let schema = compiler.compile("schema.json", &mut schemas).unwrap();
    let complaint = |body: &Value| schemas.validate(body, schema).err().map(|error| format!("{error:#}"));
    for request in receiver.requests() {
        assert_eq!(complaint(&request.body), None, "{}", request.body);
    }
    let server = named(&receiver.accepted(), "server_metrics").remove(0);
    let valid = json!({"sent_at": server["time"], "events": [server]});
    assert_eq!(complaint(&valid), None);
    for (path, value) in [
        ("/events/0/fields/permissions/owner", json!("ada")),
        ("/events/0/fields/permissions/roles", json!("ada")),
        ("/events/0/fields/permissions", json!(1)),
        ("/events/0/since", json!("yesterday")),
        ("/events/0/kind", json!("start")),
    ] {
        let (parent, key) = path.rsplit_once('/').unwrap();
        let mut body = valid.clone();
        body.pointer_mut(parent).unwrap()[key] = value;
        assert!(complaint(&body).is_some(), "{body}");
    }
    let page = catalogue("page");
    for row in [
        "| `server_metrics` | snapshot | anonymous | stats | how large databases are | server team | – | `sampled::ServerMetrics` |",
        "| `server_metrics` | snapshot | `relationships` | {auto: unsigned, manual: unsigned} | anonymous |",
        "| `metrics` | snapshot | `hasura_event_invocations_total` | list of {other: boolean, status: one of \"failed\", \"success\", value: unsigned} | anonymous |",
        "| `metrics` | snapshot | `hasura_http_connections` | list of {value: integer} | anonymous |",
        "| `metrics` | snapshot | `sources_total` | list of {other: boolean, source: hash, value: unsigned} | anonymous |",
        "| `expired` | snapshot | anonymous | stats | – | – | 2020-01 | `sampled::Expired` |",
        "hasura_action_request_bytes_total: how much actions ask for; hasura_http_request_bytes_total: how much is asked for |",
        "| `secret` | snapshot | `inside` | list of {rows: unsigned, user: identifier} | identifying |",
    ] {
        assert!(page.contains(row), "{row}\n{page}");
    }
}
