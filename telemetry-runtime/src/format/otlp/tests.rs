//! What goes on the wire, read by the official schema.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

use std::borrow::Cow;
use std::collections::HashSet;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::aggregate::Aggregate;
use crate::codec::tests::event as any_event;
use crate::event::{CallId, ErrorReport, ErrorText, Event, EventKind, Misuse, NamedValue, Outcome, Panic, Place, Run};
use crate::identity::{Environment, Identity, InstallIdKind};
use crate::loss::Loss;
use crate::thinning::Thinning;
use crate::trace::Frame;
use crate::value::{Raw, Value};

use super::encode::Any;
use super::metrics::{Data, HistogramPoint, Metric, Number, NumberPoint, Temporality};
use super::schema::Schema;
use super::*;

const RUN: Id = Id(0x0d7c_3f5e_5f3a_4c38_9d0e_1c9b_1f0a_7a11);
const INSTALL: Id = Id(0x5b0c_8a52_3f0e_4d55_9d0a_6c1e_7a3f_2b10);
const EVENT: Id = Id(0x0192_7d3e_0a5b_7c1d_8e2f_0011_2233_4455);

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn run(facts: Vec<NamedValue>) -> Run {
    Run {
        invocation: RUN,
        app: "demo".into(),
        version: "0.1.0".into(),
        os: "macos".into(),
        arch: "aarch64".into(),
        facts,
        install_id: Some(INSTALL),
        install_id_kind: InstallIdKind::Lasting,
        environment: Some(Environment::Cli),
        parent: None,
        trace: None,
        is_development: false,
    }
}

fn event(name: &'static str, kind: EventKind) -> Event {
    Event {
        id: EVENT,
        invocation: RUN,
        time: at(1_544_712_661),
        name: name.into(),
        kind,
        call: call(0xeee1_9b7e_c3c1_b174),
        parent: None,
        fields: Vec::new(),
        thinning: Thinning::NONE,
        signed_in: 0,
        identity: None,
    }
}

fn call(id: u64) -> Option<CallId> {
    NonZeroU64::new(id).map(CallId)
}

fn finish(outcome: Outcome) -> EventKind {
    EventKind::Finish { outcome, duration: Some(Duration::from_secs(1)), error: None, started: true }
}

fn field(name: &'static str, value: Raw) -> NamedValue {
    (Cow::Borrowed(name), Value(value))
}

fn message(signal: Signal) -> &'static str {
    match signal {
        Signal::Logs => "ExportLogsServiceRequest",
        Signal::Traces => "ExportTraceServiceRequest",
        Signal::Metrics => "ExportMetricsServiceRequest",
    }
}

/// The request of a batch, as JSON; that Protobuf says the same by the official schema is seen to. `None` where there is none.
fn sent(signal: Signal, entries: &[Entry<'_>]) -> Option<Json> {
    let batch = Batch::new(entries, at(1_544_712_662), signal.as_str());
    let mut format = Otlp::default();
    let binary = format.request(&batch);
    format.set_encoding(Encoding::Json);
    let json = format.request(&batch);
    let (Some(binary), Some(json)) = (&binary, &json) else {
        assert_eq!(binary, json);
        return None;
    };
    assert_eq!((binary.content_type, json.content_type), ("application/x-protobuf", "application/json"));
    assert_eq!(binary.shown(), json.body(), "what people see is what goes");
    let json: Json = serde_json::from_slice(json.body()).unwrap();
    assert_eq!(Schema::official().decode(message(signal), binary.body()), json);
    Some(json)
}

/// Attributes as an object, where each name stands once.
fn object(attributes: &Json) -> Json {
    let attributes = attributes.as_array().map_or(&[][..], Vec::as_slice);
    let object: serde_json::Map<_, _> = (attributes.iter())
        .map(|attribute| (attribute["key"].as_str().unwrap().to_owned(), attribute["value"].clone()))
        .collect();
    assert_eq!(object.len(), attributes.len(), "{attributes:?}");
    object.into()
}

fn text(text: &str) -> Json {
    json!({"stringValue": text})
}

/// The tool of these tests, tested: the official examples, as they are in opentelemetry-proto's folder `examples`, come back.
#[test]
fn official_examples_are_messages_of_the_schema() {
    let schema = Schema::official();
    let logs = (Signal::Logs, include_str!("official/logs.json"));
    let traces = (Signal::Traces, include_str!("official/trace.json"));
    for (signal, example) in [logs, traces] {
        let ids_in_small_letters = example
            .replace("5B8EFFF798038103D269B633813FC60C", "5b8efff798038103d269b633813fc60c")
            .replace("EEE19B7EC3C1B17", "eee19b7ec3c1b17");
        let example: Json = serde_json::from_str(&ids_in_small_letters).unwrap();
        assert_eq!(schema.decode(message(signal), &schema.encode(message(signal), &example)), example);
    }
}

/// "I am a Counter", "I am a Gauge" and "I am a Histogram" of the official `examples/metrics.json`.
#[test]
fn metrics_are_written_as_the_official_example_has_them() {
    let time = 1_544_712_660_300_000_000;
    let attributes = |name: &'static str| vec![(name.into(), Any::Text("some value".into()))];
    let counter =
        NumberPoint { attributes: attributes("my.counter.attr"), start: Some(time), time, value: Number::Double(5.0) };
    let gauge = NumberPoint { attributes: attributes("my.gauge.attr"), start: None, time, value: Number::Double(10.0) };
    let histogram = HistogramPoint {
        attributes: attributes("my.histogram.attr"),
        start: time,
        time,
        count: 2,
        sum: 2.0,
        range: Some((0.0, 2.0)),
        counts: vec![1, 1],
        bounds: vec![1.0],
    };
    let temporality = Temporality::Delta;
    let data = [
        ("my.counter", "I am a Counter", Data::Sum { points: vec![counter], temporality, is_monotonic: true }),
        ("my.gauge", "I am a Gauge", Data::Gauge(vec![gauge])),
        ("my.histogram", "I am a Histogram", Data::Histogram { points: vec![histogram], temporality }),
    ];
    let example: Json = serde_json::from_str(include_str!("official/metrics.json")).unwrap();
    for ((name, description, data), example) in
        data.into_iter().zip(example["resourceMetrics"][0]["scopeMetrics"][0]["metrics"].as_array().unwrap())
    {
        let metric = Metric { name: name.into(), description, unit: "1", data };
        let mut json = String::new();
        Writer::new(&mut json).object(|members| metric.write(&mut Fields::Json(members)));
        assert_eq!(serde_json::from_str::<Json>(&json).unwrap(), *example);
        let mut binary = Vec::new();
        metric.write(&mut Fields::Protobuf(&mut binary));
        assert_eq!(Schema::official().decode("Metric", &binary), *example);
    }
    assert_eq!(Temporality::Cumulative as u8, 2, "AGGREGATION_TEMPORALITY_CUMULATIVE");
}

/// The span of the official `examples/trace.json`, made of a call with its ids and times.
#[test]
fn a_call_is_the_official_examples_span() {
    let mut example: Json = serde_json::from_str(include_str!("official/trace.json")).unwrap();
    let example = &mut example["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    // Ours is none of a server, and has attributes of its own.
    example["kind"] = 1.into();
    example["name"] = "Sync".into();
    for name in ["traceId", "spanId", "parentSpanId"] {
        example[name] = example[name].as_str().unwrap().to_lowercase().into();
    }
    let trace = Id(0x5b8e_fff7_9803_8103_d269_b633_813f_c60c);
    let mut event = event("Sync Finished", finish(Outcome::Ok));
    event.invocation = trace;
    event.parent = call(0xeee1_9b7e_c3c1_b173);
    event.fields = vec![field("rows", Raw::UInt(42))];
    let run = Run { invocation: trace, ..run(Vec::new()) };
    let mut sent = sent(Signal::Traces, &[Entry::new(&event, Some(&run))]).unwrap();
    let span = &mut sent["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    assert_eq!(object(&span["attributes"])["rows"], json!({"intValue": "42"}));
    span["attributes"] = example["attributes"].clone();
    assert_eq!(span, example);
}

#[test]
fn an_event_is_a_log_record_of_its_runs_resource() {
    let facts = vec![
        field("ci", Raw::Text("TRAVIS".into())),
        field("faas", Raw::Text("aws_lambda".into())),
        field("git_commit", Raw::Text("abc1234".into())),
        field("interactive", Raw::Bool(false)),
        field("terminal", Raw::Absent),
    ];
    let run = run(facts);
    let mut event = event(
        "Sync Finished",
        EventKind::Finish {
            outcome: Outcome::Error,
            duration: Some(Duration::from_micros(1503)),
            error: Some(ErrorText("disk full".into())),
            started: true,
        },
    );
    event.fields = vec![
        field("rows", Raw::UInt(42)),
        field("most", Raw::UInt(u64::MAX)),
        field("least", Raw::Int(i64::MIN)),
        field("wait", Raw::Duration(Duration::from_millis(1500))),
        field("since", Raw::Time(at(1_544_712_660))),
        field("share", Raw::Float(0.5)),
        field("none", Raw::Absent),
        field("tables", Raw::List(vec![Raw::Text("a".into()), Raw::Text("b".into())])),
        field("event", Raw::Bool(true)),
        field("field_event", Raw::Bool(false)),
    ];
    let sent = sent(Signal::Logs, &[Entry::new(&event, Some(&run))]).unwrap();
    let resource = &sent["resourceLogs"][0];
    assert_eq!(
        object(&resource["resource"]["attributes"]),
        json!({
            "service.name": text("demo"),
            "service.version": text("0.1.0"),
            "service.instance.id": text("0d7c3f5e-5f3a-4c38-9d0e-1c9b1f0a7a11"),
            "process.executable.name": text("demo"),
            "os.type": text("darwin"),
            "host.arch": text("arm64"),
            "telemetry.sdk.name": text("telemetry-runtime"),
            "telemetry.sdk.language": text("rust"),
            "telemetry.sdk.version": text(env!("CARGO_PKG_VERSION")),
            "app.installation.id": text("5b0c8a52-3f0e-4d55-9d0a-6c1e7a3f2b10"),
            "telemetry.install_id_kind": text("lasting"),
            "deployment.environment.name": text("production"),
            "telemetry.environment": text("cli"),
            "telemetry.fact.ci": text("TRAVIS"),
            "cloud.platform": text("aws_lambda"),
            "vcs.ref.head.revision": text("abc1234"),
            "process.interactive": {"boolValue": false},
        })
    );
    let scope = &resource["scopeLogs"][0];
    assert_eq!(scope["scope"], json!({"name": "telemetry-runtime", "version": env!("CARGO_PKG_VERSION")}));
    let mut record = scope["logRecords"][0].clone();
    assert_eq!(
        object(&record["attributes"]),
        json!({
            "event.id": text("01927d3e-0a5b-7c1d-8e2f-001122334455"),
            "telemetry.kind": text("finish"),
            "telemetry.outcome": text("error"),
            "telemetry.duration_ns": {"intValue": "1503000"},
            "error.type": text("_OTHER"),
            "exception.message": text("disk full"),
            "rows": {"intValue": "42"},
            "most": text("18446744073709551615"),
            "least": {"intValue": "-9223372036854775808"},
            "wait": {"intValue": "1500000000"},
            "since": text("2018-12-13T14:51:00.000000Z"),
            "share": {"doubleValue": 0.5},
            "tables": {"arrayValue": {"values": [text("a"), text("b")]}},
            "field_event": {"boolValue": true},
            "field_field_event": {"boolValue": false},
        })
    );
    record["attributes"].take();
    assert_eq!(
        record,
        json!({
            "timeUnixNano": "1544712661000000000",
            "observedTimeUnixNano": "1544712662000000000",
            "severityNumber": 17,
            "severityText": "ERROR",
            "eventName": "Sync Finished",
            "attributes": null,
            "traceId": "0d7c3f5e5f3a4c389d0e1c9b1f0a7a11",
            "spanId": "eee19b7ec3c1b174",
        })
    );
}

#[test]
fn each_kind_has_its_severity_and_its_words() {
    let frame = |function: Option<&str>| Frame {
        function: function.map(Into::into),
        file: function.map(|_| "src/lib.rs".into()),
        line: function.map(|_| 7),
        module: Some("c0ffee".into()),
        offset: 255,
    };
    let panic = Panic {
        place: Some(Place { file: "src/lib.rs".into(), line: 7, column: 9 }),
        frames: vec![frame(Some("demo::sync")), frame(None)],
        ..Panic::default()
    };
    let report =
        ErrorReport { place: panic.place.clone(), text: Some(ErrorText("no table".into())), ..ErrorReport::default() };
    let lost = EventKind::Loss { reason: Loss::SpoolFull, events: 3 };
    let kinds = [
        (EventKind::Start, (9, "INFO"), json!({"telemetry.kind": text("start")})),
        (
            EventKind::UsageError { reason: Misuse::UnknownArgument },
            (13, "WARN"),
            json!({"telemetry.kind": text("usage_error"), "error.type": text("unknown-argument")}),
        ),
        (
            EventKind::Panic(Box::new(panic)),
            (21, "FATAL"),
            json!({
                "telemetry.kind": text("panic"),
                "exception.type": text("panic"),
                "exception.stacktrace":
                    text("   0: demo::sync\n             at src/lib.rs:7\n   1: c0ffee+0xff\n"),
                "code.file.path": text("src/lib.rs"),
                "code.line.number": {"intValue": "7"},
                "code.column.number": {"intValue": "9"},
            }),
        ),
        (
            EventKind::ErrorReport(Box::new(report)),
            (17, "ERROR"),
            json!({
                "telemetry.kind": text("error"),
                "exception.type": text("x"),
                "exception.message": text("no table"),
                "code.file.path": text("src/lib.rs"),
                "code.line.number": {"intValue": "7"},
                "code.column.number": {"intValue": "9"},
            }),
        ),
        (
            lost,
            (13, "WARN"),
            json!({
                "telemetry.kind": text("loss"),
                "telemetry.loss.reason": text("spool full"),
                "telemetry.loss.events": {"intValue": "3"},
            }),
        ),
    ];
    for (kind, (number, word), mut expected) in kinds {
        let event = Event { call: None, ..event("x", kind) };
        let sent = sent(Signal::Logs, &[Entry::new(&event, None)]).unwrap();
        let record = &sent["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0];
        assert_eq!((record["severityNumber"].as_u64(), record["severityText"].as_str()), (Some(number), Some(word)));
        assert!(record.get("traceId").is_none() && record.get("spanId").is_none(), "it is of no call: {record}");
        expected["event.id"] = text(&EVENT.to_string());
        assert_eq!(object(&record["attributes"]), expected);
    }
}

#[test]
fn spans_say_how_their_calls_ended() {
    let span = |event: &Event, trace: Option<Id>| {
        let run = Run { parent: Some(Id(0xdef)), trace, ..run(Vec::new()) };
        let sent = sent(Signal::Traces, &[Entry::new(event, Some(&run))])?;
        Some(sent["resourceSpans"][0]["scopeSpans"][0]["spans"][0].clone())
    };
    let ended = |outcome| span(&event("Sync Finished", finish(outcome)), None).unwrap();
    for (outcome, error) in [(Outcome::Error, "_OTHER"), (Outcome::Panicked, "panic")] {
        let span = ended(outcome);
        assert_eq!((&span["status"], &object(&span["attributes"])["error.type"]), (&json!({"code": 2}), &text(error)));
    }
    for outcome in [Outcome::Ok, Outcome::Cancelled, Outcome::Abandoned] {
        let span = ended(outcome);
        assert!(span.get("status").is_none() && object(&span["attributes"]).get("error.type").is_none(), "{span}");
    }
    let error = Some(ErrorText("disk full".into()));
    let failed = EventKind::Finish { outcome: Outcome::Error, duration: None, error, started: true };
    let failed = span(&event("Done", failed), None).unwrap();
    assert_eq!((&failed["name"], &failed["status"]), (&json!("Done"), &json!({"message": "disk full", "code": 2})));
    let abandoned = EventKind::Finish { outcome: Outcome::Abandoned, duration: None, error: None, started: true };
    let abandoned = span(&event("Sync Finished", abandoned), None).unwrap();
    assert_eq!(abandoned["startTimeUnixNano"], abandoned["endTimeUnixNano"]);
    assert_eq!(object(&abandoned["attributes"])["telemetry.outcome"], text("abandoned"));
    // A child is in the trace of the run that started it, and so are its log records.
    let child = span(&event("Sync Finished", finish(Outcome::Ok)), Some(Id(0xabc))).unwrap();
    assert_eq!(child["traceId"], "00000000000000000000000000000abc");
    // What is no end of a call, or of a trace that would have no id, is no span.
    assert_eq!(span(&event("Sync Started", EventKind::Start), None), None);
    assert_eq!(span(&Event { call: None, ..event("Sync Finished", finish(Outcome::Ok)) }, None), None);
    assert_eq!(span(&event("Sync Finished", finish(Outcome::Ok)), Some(Id(0))), None);
}

/// Counters are sums since the run began, gauges are as they were, and of a snapshot each number is a gauge; of calls that are only
/// counted, how long they took is a histogram.
#[test]
fn what_the_program_counts_are_metrics() {
    let run = run(Vec::new());
    let text = |text: &'static str| Raw::Text(text.into());
    let series = |value: Raw, label: Option<&'static str>| {
        let label = label.map(|label| (Cow::Borrowed("status"), text(label)));
        Raw::Map(label.into_iter().chain([(Cow::Borrowed("value"), value)]).collect())
    };
    let snapshot = |is_metrics, fields| {
        let since = Some(at(1_544_712_600));
        Event { call: None, fields, ..event("server_metrics", EventKind::Snapshot { since, is_metrics }) }
    };
    let metrics = snapshot(
        true,
        vec![
            field("requests", Raw::List(vec![series(Raw::UInt(3), Some("ok")), series(Raw::UInt(4), Some("failed"))])),
            field("connections", Raw::List(vec![series(Raw::Int(-2), None)])),
        ],
    );
    let permissions = Raw::Map(vec![("roles".into(), Raw::UInt(6)), ("kind".into(), text("postgres"))]);
    let sample = snapshot(
        false,
        vec![
            field("views", Raw::UInt(9)),
            field("backend", text("postgres")),
            field("permissions", permissions),
            field("started", Raw::Time(at(1_544_712_600))),
            field("took", Raw::Duration(Duration::from_micros(7))),
        ],
    );
    let aggregate = Aggregate {
        calls: 5,
        errors: 2,
        panics: 0,
        cancelled: 0,
        duration: Duration::from_millis(1500),
        histogram: vec![(1000, 3), (4000, 2)],
        since: at(1_544_712_600),
    };
    let hot = Event { call: None, ..event("Parse Finished", EventKind::Aggregate(Box::new(aggregate))) };
    let events = [metrics, sample, hot];
    let entries = events.each_ref().map(|event| Entry::new(event, Some(&run)));
    let sent = sent(Signal::Metrics, &entries).unwrap();
    let found = sent["resourceMetrics"][0]["scopeMetrics"][0]["metrics"].as_array().unwrap();
    let find = |name: &str| found.iter().find(|metric| metric["name"] == name).unwrap_or(&Json::Null);
    let status = |status: &str| json!([{"key": "status", "value": {"stringValue": status}}]);
    let (start, time) = ("1544712600000000000", "1544712661000000000");
    assert_eq!(
        find("requests")["sum"],
        json!({
            "dataPoints": [
                {"attributes": status("ok"), "startTimeUnixNano": start, "timeUnixNano": time, "asInt": "3"},
                {"attributes": status("failed"), "startTimeUnixNano": start, "timeUnixNano": time, "asInt": "4"},
            ],
            "aggregationTemporality": 2,
            "isMonotonic": true,
        })
    );
    assert_eq!(find("connections")["gauge"]["dataPoints"], json!([{"timeUnixNano": time, "asInt": "-2"}]));
    for (name, unit, value) in [
        ("server_metrics.views", "1", "9"),
        ("server_metrics.permissions.roles", "1", "6"),
        ("server_metrics.started", "ns", start),
        ("server_metrics.took", "ns", "7000"),
    ] {
        assert_eq!(find(name)["unit"], unit, "{name}");
        let attributes = json!([{"key": "backend", "value": {"stringValue": "postgres"}}]);
        let points = json!([{"attributes": attributes, "timeUnixNano": time, "asInt": value}]);
        assert_eq!(find(name)["gauge"]["dataPoints"], points, "{name}");
    }
    let histogram = &find("telemetry.call.duration")["histogram"]["dataPoints"][0];
    assert_eq!((&histogram["count"], &histogram["sum"]), (&json!("5"), &json!(1.5)));
    assert_eq!(histogram["explicitBounds"], json!([0.000_001, 0.000_004]));
    assert_eq!(histogram["bucketCounts"], json!(["3", "2", "0"]));
    let failures = &find("telemetry.call.failures")["sum"]["dataPoints"];
    assert_eq!((failures.as_array().unwrap().len(), &failures[0]["asInt"]), (1, &json!("2")));
    assert_eq!(found.len(), 8, "and no more: {found:?}");
}

#[test]
fn losses_are_a_metric() {
    let run = run(Vec::new());
    let loss = |reason, events| Event { call: None, ..event("Lost", EventKind::Loss { reason, events }) };
    let events = [loss(Loss::SpoolFull, 3), loss(Loss::Rejected, 4)];
    let entries = events.each_ref().map(|event| Entry::new(event, Some(&run)));
    let sent = sent(Signal::Metrics, &entries).unwrap();
    let point = |reason: &str, events: &str| {
        json!({
            "attributes": [{"key": "reason", "value": {"stringValue": reason}}],
            "startTimeUnixNano": "1544712661000000000",
            "timeUnixNano": "1544712661000000000",
            "asInt": events,
        })
    };
    assert_eq!(
        sent["resourceMetrics"][0]["scopeMetrics"][0]["metrics"],
        json!([{
            "name": "telemetry.events.lost",
            "description": "Events that will never arrive",
            "unit": "{event}",
            "sum": {
                "dataPoints": [point("spool full", "3"), point("rejected", "4")],
                "aggregationTemporality": 1,
                "isMonotonic": true,
            },
        }])
    );
}

/// Who is signed in is on the record, and no installation is on its resource.
#[test]
fn nobody_is_named_with_an_installation() {
    let run = run(Vec::new());
    let identity = Identity::user("4b1d").team("acme").group("project", "p1");
    let start = || event("Sync Started", EventKind::Start);
    let named = Event { signed_in: 1, identity: Some(Arc::new(identity)), ..start() };
    let unknown = Event { signed_in: crate::event::UNKNOWN, ..start() };
    let events = [start(), named, start(), unknown];
    let entries = events.each_ref().map(|event| Entry::new(event, Some(&run)));
    let sent = sent(Signal::Logs, &entries).unwrap();
    let [anonymous, signed_in] = sent["resourceLogs"].as_array().unwrap().as_slice() else { panic!("{sent}") };
    let parts = |resource: &Json| {
        let records = resource["scopeLogs"][0]["logRecords"].as_array().unwrap();
        let records: Vec<_> = records.iter().map(|record| object(&record["attributes"])).collect();
        (object(&resource["resource"]["attributes"]), records)
    };
    let (resource, records) = parts(anonymous);
    assert_eq!(resource["app.installation.id"], text(&INSTALL.to_string()));
    assert!(records.len() == 2 && records.iter().all(|record| record.get("user.id").is_none()), "{records:?}");
    let (resource, records) = parts(signed_in);
    assert!(resource.get("app.installation.id").is_none(), "{resource}");
    assert_eq!(resource["telemetry.install_id_kind"], text("none"));
    let [named, unknown] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!((&named["user.id"], &named["telemetry.team_id"]), (&text("4b1d"), &text("acme")));
    assert_eq!(named["telemetry.group.project"], text("p1"));
    assert_eq!(named["telemetry.identity_source"], text("login"));
    assert!(unknown.get("user.id").is_none(), "{unknown}");
}

#[test]
fn each_signal_has_its_kinds_and_its_path() {
    let streams = |signals: &[Signal]| {
        let mut format = Otlp::default();
        format.set_signals(signals.iter().copied());
        let streams = format.streams().into_iter();
        streams.map(|stream| (stream.name, stream.path, stream.kinds)).collect::<Vec<_>>()
    };
    let traces = ("traces", "/v1/traces", Kinds::FINISHES);
    let recorded = Kinds::STARTS | Kinds::FINISHES | Kinds::USAGE_ERRORS | Kinds::SNAPSHOTS | Kinds::ERRORS;
    assert_eq!(
        streams(&[Signal::Metrics, Signal::Traces, Signal::Logs]),
        [
            ("logs", "/v1/logs", recorded),
            traces,
            ("metrics", "/v1/metrics", Kinds::LOSSES | Kinds::AGGREGATES | Kinds::SNAPSHOTS)
        ]
    );
    assert_eq!(Otlp::default().streams().len(), 3);
    // What is lost is told somewhere.
    assert_eq!(streams(&[Signal::Logs]), [("logs", "/v1/logs", Kinds::ALL)]);
    assert_eq!(streams(&[Signal::Traces]), [traces]);
}

#[test]
fn a_partial_success_is_one() {
    let verdict = |status, content_type: &str, body: &[u8]| {
        let headers = [("content-type".to_owned(), content_type.to_owned())];
        Otlp::default().verdict(&Answer::new(status, None, &headers, body))
    };
    let rejected = br#"{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"no"}}"#;
    let partly = Verdict::Partly { rejected: 2, why: "no".into() };
    assert_eq!(verdict(200, "application/json", rejected), partly);
    assert_eq!(verdict(200, "application/x-protobuf", b"\x0a\x06\x08\x02\x12\x02no"), partly);
    for (content_type, body) in [
        ("text/plain", &rejected[..]),
        ("application/x-protobuf", rejected),
        ("application/json", br#"{"partialSuccess":{"errorMessage":"a warning"}}"#),
        ("application/json", b"{}"),
        ("application/json", b""),
    ] {
        assert_eq!(verdict(200, content_type, body), Verdict::Accepted);
    }
    assert_eq!(verdict(400, "application/json", rejected), Verdict::Split);
}

fn some_run() -> impl Strategy<Value = Option<Run>> {
    let install_id = prop::option::of((1..u128::MAX).prop_map(Id));
    let run = (install_id, prop::option::of(any::<u128>().prop_map(Id)), prop::sample::select(&InstallIdKind::ALL[..]));
    prop::option::of(run.prop_map(|(install_id, parent, install_id_kind)| Run {
        install_id,
        install_id_kind,
        parent,
        is_development: parent.is_some(),
        ..run_with_everything()
    }))
}

fn run_with_everything() -> Run {
    run(vec![
        field("plugins", Raw::List(vec![Raw::Text("aws@1.2.3".into()), Raw::Absent])),
        field("n", Raw::Float(f64::NAN)),
    ])
}

fn some_identity() -> impl Strategy<Value = Option<Arc<Identity>>> {
    prop::option::of(any::<bool>().prop_map(|is_team| {
        let identity = if is_team { Identity::service_account("secret-team") } else { Identity::user("secret-user") };
        Arc::new(identity.group("project", "secret-group"))
    }))
}

proptest! {
    /// Whatever happened: both encodings carry the same message of the official schema, with every event in it that its signal has, and
    /// nobody named beside an installation.
    #[test]
    fn every_batch_is_the_same_message_in_both_encodings(
        events in prop::collection::vec((any_event(), some_identity(), any::<bool>()), 1..8),
        run in some_run(),
        signal in prop::sample::select(Signal::ALL.to_vec()),
    ) {
        let kinds = Otlp::default().kinds_of(signal);
        let events: Vec<Event> = (events.into_iter())
            .map(|(event, identity, is_of_run)| {
                let signed_in = if identity.is_some() { 1 } else { event.signed_in };
                let invocation = if is_of_run { RUN } else { event.invocation };
                let mut names = HashSet::new();
                let fields = event.fields.into_iter().filter(|(name, _)| names.insert(name.clone())).collect();
                Event { invocation, fields, signed_in, identity, ..event }
            })
            .filter(|event| kinds.contains(event.kind.kind()))
            .collect();
        let entries: Vec<_> = events.iter().map(|event| Entry::new(event, run.as_ref())).collect();
        let Some(sent) = sent(signal, &entries) else {
            prop_assert!(entries.iter().all(|entry| !signal.has(entry)));
            return Ok(());
        };
        let (resources, scopes) = signal.names();
        let records = match signal {
            Signal::Logs => "logRecords",
            Signal::Traces => "spans",
            Signal::Metrics => "metrics",
        };
        let mut count = 0;
        for resource in sent[resources].as_array().map_or(&[][..], Vec::as_slice) {
            let attributes = object(&resource["resource"]["attributes"]);
            let is_installation = attributes.get("app.installation.id").is_some();
            prop_assert!(!(is_installation && resource.to_string().contains("secret-")), "{}", resource);
            let records = resource[scopes][0][records].as_array().unwrap();
            prop_assert!(!records.is_empty());
            if signal == Signal::Metrics {
                // Each event has one point in one of these two.
                let points = |metric: &Json| match metric["name"].as_str() {
                    Some("telemetry.events.lost") => metric["sum"]["dataPoints"].as_array().unwrap().len(),
                    Some("telemetry.call.duration") => metric["histogram"]["dataPoints"].as_array().unwrap().len(),
                    _ => 0,
                };
                count += records.iter().map(points).sum::<usize>();
            } else {
                for record in records {
                    object(&record["attributes"]);
                }
                count += records.len();
            }
        }
        let is_snapshot = |entry: &&Entry<'_>| matches!(entry.event.kind, EventKind::Snapshot { .. });
        let expected = entries.iter().filter(|entry| signal.has(entry) && (signal != Signal::Metrics || !is_snapshot(entry)));
        prop_assert_eq!(count, expected.count());
    }
}
