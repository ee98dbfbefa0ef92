//! OTLP as receivers get it from real programs: where each signal goes, in which encoding, and what comes of the answers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

use std::process::Command;
use std::sync::mpsc::{Receiver as Inbox, channel};

use serde_json::Value;
use telemetry_tests::{Receiver, Request};
use tempfile::TempDir;
use tiny_http::{Header, Response, Server};

/// Runs the program in an environment of nothing but these variables, and says what it printed.
fn say(folder: &TempDir, endpoint: &str, words: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_exporting"));
    command.arg(endpoint).arg(folder.path().join("state")).args(words.split_whitespace()).env_clear();
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let (said, errors) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success() && errors.is_empty(), "{} {errors}\n{said}", output.status);
    assert!(!said.contains("secret"), "{said}");
    said
}

fn run(endpoint: &str, words: &str, variables: &[(&str, &str)]) -> String {
    say(&TempDir::new().unwrap(), endpoint, words, variables)
}

/// A receiver's address without a path.
fn base(receiver: &Receiver) -> String {
    receiver.url().strip_suffix("/v1/events").unwrap().to_owned()
}

fn paths(receiver: &Receiver) -> Vec<String> {
    receiver.requests().into_iter().map(|request| request.path).collect()
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

/// Calls are spans within each other, and log records that name them.
#[test]
fn each_signal_goes_to_its_address() {
    let receiver = Receiver::start();
    let said = run(&base(&receiver), "json work fail", &[]);
    assert!(said.contains("6 recorded, 9 delivered, 0 rejected, 0 pending"), "{said}");
    let requests = receiver.requests();
    let [logs, traces] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!((logs.path.as_str(), traces.path.as_str()), ("/v1/logs", "/v1/traces"));
    assert_eq!(header(logs, "content-type"), Some("application/json"));
    let records = logs.body["resourceLogs"][0]["scopeLogs"][0]["logRecords"].as_array().unwrap();
    let names: Vec<_> = records.iter().map(|record| record["eventName"].as_str().unwrap()).collect();
    let expected =
        ["Work Started", "Within Started", "Within Finished", "Work Finished", "Fail Started", "Fail Finished"];
    assert_eq!(names, expected);
    let spans = traces.body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap();
    let [within, work, fail] = spans.as_slice() else { panic!("{spans:?}") };
    assert_eq!((&within["name"], &work["name"], &fail["name"]), (&"Within".into(), &"Work".into(), &"Fail".into()));
    assert_eq!((&within["parentSpanId"], work.get("parentSpanId")), (&work["spanId"], None));
    assert!(work["status"].is_null() && fail["status"]["code"] == 2, "{spans:?}");
    let trace = &within["traceId"];
    assert!(spans.iter().chain(records).all(|of| of["traceId"] == *trace), "{requests:?}");
    assert_eq!((&records[2]["spanId"], &records[3]["spanId"]), (&within["spanId"], &work["spanId"]));
    let nanos = |value: &Value| value.as_str().unwrap().parse::<u64>().unwrap();
    assert!(nanos(&work["startTimeUnixNano"]) <= nanos(&work["endTimeUnixNano"]));
}

/// A user who sends their own programs' telemetry somewhere has not asked for a product's.
#[test]
fn the_users_variables_say_nothing_to_a_program_that_does_not_heed_them() {
    let (ours, theirs) = (Receiver::start(), Receiver::start());
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*base(&theirs)),
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", &theirs.url()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=user-secret"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
    ];
    run(&base(&ours), "json work", &variables);
    assert_eq!((paths(&ours), paths(&theirs)), (vec!["/v1/logs".into(), "/v1/traces".into()], Vec::new()));
    for request in ours.requests() {
        assert_eq!(header(&request, "authorization"), Some("program-secret"));
        assert_eq!(header(&request, "x-api-key"), None);
    }
}

/// What is said of one receiver is not told to another.
#[test]
fn a_program_that_heeds_the_users_variables_sends_where_they_say() {
    let (ours, theirs) = (Receiver::start(), Receiver::start());
    let of_user = [
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=user%20secret, x-tenant=t"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
    ];
    let base_url = base(&theirs);
    let said = run(&base(&ours), "heed work", &[&of_user[..], &[("OTEL_EXPORTER_OTLP_ENDPOINT", &base_url)]].concat());
    assert_eq!((paths(&theirs), paths(&ours)), (vec!["/v1/logs".into(), "/v1/traces".into()], Vec::new()), "{said}");
    for request in theirs.requests() {
        assert_eq!(header(&request, "authorization"), None);
        assert_eq!(header(&request, "content-type"), Some("application/json"));
        assert_eq!((header(&request, "x-api-key"), header(&request, "x-tenant")), (Some("user secret"), Some("t")));
    }
    // One signal alone; the other stays where the program has it.
    let (ours, theirs) = (Receiver::start(), Receiver::start());
    let url = format!("{}/mine?key=1", base(&theirs));
    let variables = [&of_user[..], &[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &*url)]].concat();
    run(&base(&ours), "json heed work", &variables);
    assert_eq!((paths(&theirs), paths(&ours)), (vec!["/mine?key=1".into()], vec!["/v1/logs".into()]));
    let requests = ours.requests();
    assert_eq!(header(&requests[0], "authorization"), Some("program-secret"));
    assert_eq!(header(&requests[0], "x-api-key"), None);
}

/// The program's own variable is the one that is meant.
#[test]
fn the_programs_variable_outranks_them() {
    let (ours, theirs, meant) = (Receiver::start(), Receiver::start(), Receiver::start());
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*base(&theirs)),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        ("EXPORTING_OTLP_ENDPOINT", &base(&meant)),
    ];
    run(&base(&ours), "json heed work", &variables);
    assert_eq!((paths(&meant).len(), paths(&ours).len(), paths(&theirs).len()), (2, 0, 0));
}

#[test]
fn what_cannot_be_heeded_is_said_and_nothing_is_sent() {
    for (name, value, expected) in [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "expected `http/protobuf` or `http/json`"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "user-secret", "expected `name=value` between commas"),
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "collector:4318", "expected an absolute"),
    ] {
        let (ours, theirs) = (Receiver::start(), Receiver::start());
        let said = run(&base(&ours), "heed work", &[("OTEL_EXPORTER_OTLP_ENDPOINT", &base(&theirs)), (name, value)]);
        let problems: Vec<_> = said.lines().filter(|line| line.starts_with("problem: ")).collect();
        let [problem] = problems.as_slice() else { panic!("{said}") };
        assert!(problem.contains(name) && problem.contains(expected), "{said}");
        assert_eq!(paths(&ours).len() + paths(&theirs).len(), 0, "{said}");
    }
}

/// A request's headers, names in lower case, and its body.
type Taken = (Vec<(String, String)>, Vec<u8>);

/// A receiver that takes the bytes as they are, and answers each request with these.
fn answering(content_type: &'static str, answer: &'static [u8]) -> (String, Inbox<Taken>) {
    let server = Server::http("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.server_addr().to_ip().unwrap());
    let (sender, inbox) = channel();
    std::thread::spawn(move || {
        for mut request in server.incoming_requests() {
            let mut body = Vec::new();
            request.as_reader().read_to_end(&mut body).unwrap();
            let headers = request.headers().iter();
            let headers =
                headers.map(|header| (header.field.to_string().to_lowercase(), header.value.to_string())).collect();
            let content_type = Header::from_bytes("content-type", content_type).unwrap();
            drop(request.respond(Response::from_data(answer).with_header(content_type)));
            if sender.send((headers, body)).is_err() {
                return;
            }
        }
    });
    (url, inbox)
}

/// `partial_success { rejected_… = 1, error_message = "no" }` counts one of each request's events as rejected, and does not send
/// them again. The ledger has in words what went in Protobuf.
#[test]
fn what_a_receiver_rejects_of_a_request_is_counted() {
    let (url, inbox) = answering("application/x-protobuf", b"\x0a\x06\x08\x01\x12\x02no");
    let folder = TempDir::new().unwrap();
    let said = say(&folder, &url, "work gzip", &[]);
    assert!(said.contains("4 recorded, 4 delivered, 2 rejected, 0 pending"), "{said}");
    assert!(said.contains("answered 200, 1 refused: no"), "{said}");
    // What was to be told of that has been told by then.
    say(&folder, &url, "gzip", &[]);
    let ledger = std::fs::read_to_string(folder.path().join("state/spool-1/ledger")).unwrap();
    let noted = ledger.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let bodies: Vec<_> = noted.filter(|line| line["request"].is_string() && line["body"].is_object()).collect();
    let [logs, traces, metrics] = bodies.as_slice() else { panic!("{ledger}") };
    assert!(logs["body"]["resourceLogs"].is_array() && traces["body"]["resourceSpans"].is_array(), "{ledger}");
    let lost = &metrics["body"]["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0];
    assert_eq!((&lost["name"], &lost["sum"]["dataPoints"][0]["asInt"]), (&"telemetry.events.lost".into(), &"2".into()));
    for noted in &bodies {
        let (headers, body) = inbox.recv().unwrap();
        let has = |name: &str, value: &str| headers.iter().any(|(other, said)| other == name && said == value);
        assert!(has("content-type", "application/x-protobuf") && has("content-encoding", "gzip"), "{headers:?}");
        let mut binary = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&body[..]), &mut binary).unwrap();
        // A message that has everything in its first field, with texts as they are.
        assert_eq!(binary.first(), Some(&0x0a));
        let run = noted["body"].to_string();
        let run = run.split("service.instance.id").nth(1).unwrap().split('"').nth(6).unwrap();
        assert!(binary.windows(36).any(|window| window == run.as_bytes()), "{run}");
    }
    assert!(inbox.try_recv().is_err(), "nothing is sent again");
}
