//! What goes to Sentry, against its documents.

use std::num::NonZeroU64;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::codec::tests::event as any_event;
use crate::event::{CallId, ErrorReport, ErrorText, Panic, Place, Run};
use crate::identity::{Environment, Identity, InstallIdKind};
use crate::thinning::Thinning;
use crate::trace::{BuildId, Trace};

const SENT_AT: SystemTime = SystemTime::UNIX_EPOCH;

fn at(rfc3339: &str) -> SystemTime {
    humantime::parse_rfc3339(rfc3339).unwrap()
}

fn run(app: &str, version: &str) -> Run {
    Run {
        trace: None,
        is_development: false,
        invocation: Id(7),
        app: app.to_owned().into(),
        version: version.to_owned().into(),
        os: "linux".into(),
        arch: "x86_64".into(),
        facts: Vec::new(),
        install_id: Some(Id(8)),
        install_id_kind: InstallIdKind::Lasting,
        environment: Some(Environment::Cli),
        parent: None,
    }
}

fn event(id: u128, time: &str, kind: EventKind) -> Event {
    Event {
        id: Id(id),
        invocation: Id(7),
        time: at(time),
        name: "Any".into(),
        kind,
        call: None,
        parent: None,
        fields: Vec::new(),
        thinning: Thinning::NONE,
        signed_in: 0,
        identity: None,
    }
}

fn sentry() -> Sentry {
    let (sentry, url) = Sentry::new("https://e12d836b15bb49d7bbf99e64295d995b:@sentry.io/42");
    assert_eq!(url, "https://sentry.io/api/42/envelope/");
    Sentry { sessions: true, ..sentry }
}

/// The header, and the items with their types.
fn envelope(text: &[u8]) -> (Json, Vec<(String, Json)>) {
    let text = std::str::from_utf8(text).unwrap();
    let mut lines = text.strip_suffix('\n').unwrap().split('\n');
    let header = serde_json::from_str(lines.next().unwrap()).unwrap();
    let mut items = Vec::new();
    while let Some(head) = lines.next() {
        let head: Json = serde_json::from_str(head).unwrap();
        let item = lines.next().unwrap();
        assert_eq!(head["length"], item.len());
        items.push((head["type"].as_str().unwrap().to_owned(), serde_json::from_str(item).unwrap()));
    }
    (header, items)
}

fn sent(stream: &'static str, entries: &[Entry<'_>]) -> Option<(Json, Vec<(String, Json)>)> {
    let request = sentry().request(&Batch::new(entries, SENT_AT, stream))?;
    Some(envelope(request.body()))
}

/// The one item of a batch.
fn item(stream: &'static str, entries: &[Entry<'_>]) -> Json {
    let (_, items) = sent(stream, entries).unwrap();
    let [(_, item)] = &items[..] else { panic!("{items:?}") };
    item.clone()
}

fn panic_event(panic: Panic) -> Event {
    event(0x0192_7d3e_0a5b_7c1d_8e2f_0011_2233_4455, "2026-11-20T23:23:36.900001Z", EventKind::Panic(Box::new(panic)))
}

fn frame(function: &str, file: &str, line: u32) -> Frame {
    Frame { function: Some(function.into()), file: Some(file.into()), line: Some(line), ..Frame::default() }
}

/// The event that was sent by hand to Bugsink (which checks events against Sentry's schema) and to Relay's normaliser, which took it without an error.
#[test]
fn a_panic_is_the_event_that_real_receivers_took() {
    let taken = json!({
        "event_id": "01927d3e0a5b7c1d8e2f001122334455", "timestamp": "2026-11-20T23:23:36.900001Z",
        "platform": "native", "level": "fatal", "release": "probe@1.2.3",
        "exception": {"values": [{
            "type": "panic", "value": "index out of bounds", "mechanism": {"type": "panic", "handled": false},
            "stacktrace": {"frames": [{"function": "main", "filename": "src/main.rs", "lineno": 3, "in_app": true}]}
        }]}
    });
    let panic = Panic {
        place: Some(Place { file: "src/main.rs".into(), line: 3, column: 5 }),
        frames: vec![frame("main", "src/main.rs", 3)],
        text: Some(ErrorText("index out of bounds".into())),
        ..Panic::default()
    };
    let (event, run) = (panic_event(panic), run("probe", "1.2.3"));
    let entries = [Entry::new(&event, Some(&run))];
    let (header, items) = sent(ERRORS, &entries).unwrap();
    let [(kind, item)] = &items[..] else { panic!("{items:?}") };
    assert_eq!(kind, "event");
    for (name, value) in taken.as_object().unwrap() {
        assert_eq!(item[name], *value, "{name}");
    }
    let sdk = json!({"name": CLIENT, "version": VERSION});
    let expected = json!({"event_id": taken["event_id"], "sent_at": "1970-01-01T00:00:00.000000Z", "sdk": sdk});
    assert_eq!(header, expected);
    let mut item = item.as_object().unwrap().clone();
    item.retain(|name, _| taken.get(name).is_none());
    let rest = json!({
        "environment": "cli",
        "fingerprint": ["panic", "src/main.rs", "main"],
        "contexts": {
            "app": {"app_name": "probe", "app_version": "1.2.3"},
            "device": {"arch": "x86_64"},
            "os": {"name": "linux"},
        },
        "user": {"id": "00000000-0000-0000-0000-000000000008"},
        "sdk": sdk,
    });
    assert_eq!(Json::Object(item), rest);
}

#[test]
fn the_key_is_in_a_header_that_nobody_is_shown() {
    let event = panic_event(Panic::default());
    let request = sentry().request(&Batch::new(&[Entry::new(&event, None)], SENT_AT, ERRORS)).unwrap();
    let auth =
        "Sentry sentry_version=7, sentry_client=telemetry-runtime/0.1.0, sentry_key=e12d836b15bb49d7bbf99e64295d995b";
    assert_eq!(request.headers, [("x-sentry-auth", auth.to_owned(), true)]);
    assert_eq!(request.content_type, "application/x-sentry-envelope");
    assert!(!format!("{:?} {}", sentry(), String::from_utf8(request.body).unwrap()).contains("e12d836b"));
}

/// Sentry names what we cannot: <https://develop.sentry.dev/sdk/data-model/event-payloads/debugmeta/> has this build id and what
/// comes of it.
#[test]
fn a_frame_without_a_name_has_its_address_in_an_image() {
    let build_id: Vec<u8> = (0..20)
        .map(|at| u8::from_str_radix(&"f1c3bcc0279865fe3058404b2831d9e64135386c"[at * 2..at * 2 + 2], 16).unwrap())
        .collect();
    let nameless =
        Frame { module: Some("f1c3bcc0279865fe3058404b2831d9e64135386c".into()), offset: 0x1234, ..Frame::default() };
    let unknown = Frame { offset: 0x7fff_0000_1234, ..Frame::default() };
    let modules = vec![
        Module { build_id: BuildId::new(&[1; 20]).unwrap(), base: 1 },
        Module { build_id: BuildId::new(&build_id).unwrap(), base: 0x55d0_c0a0_0000 },
    ];
    let panic = Panic {
        place: Some(Place { file: "src/main.rs".into(), line: 3, column: 5 }),
        frames: vec![nameless, unknown],
        trace: Trace { modules, frames: Vec::new() },
        ..Panic::default()
    };
    let event = panic_event(panic);
    let item = item(ERRORS, &[Entry::new(&event, None)]);
    let exception = &item["exception"]["values"][0];
    let frames = json!([{"function": "<unknown>"}, {"instruction_addr": "0x1234", "addr_mode": "rel:0"}]);
    assert_eq!(exception["stacktrace"]["frames"], frames, "oldest first");
    assert_eq!(exception["value"], "src/main.rs:3");
    let image = json!({
        "type": "elf", "code_id": "f1c3bcc0279865fe3058404b2831d9e64135386c", "code_file": "f1c3bcc0279865fe3058404b2831d9e64135386c",
        "debug_id": "c0bcc3f1-9827-fe65-3058-404b2831d9e6", "image_addr": "0x55d0c0a00000"
    });
    assert_eq!(item["debug_meta"]["images"], json!([image]));
    assert_eq!(item["fingerprint"], json!(["panic", "src/main.rs", "{{ default }}"]));
}

#[test]
fn the_fingerprint_is_of_the_innermost_function_of_the_program() {
    let place = || Some(Place { file: "library/core/src/option.rs".into(), line: 972, column: 5 });
    let frames = vec![
        frame("core::option::unwrap_failed", "library/core/src/option.rs", 2072),
        frame("other::f", "other-1.0.0-beta.2/src/lib.rs", 1),
        frame("<demo::Tables as core::iter::traits::iterator::Iterator>::next", "src/tables.rs", 12),
        frame("demo::main", "src/main.rs", 3),
        frame("std::rt::lang_start", "library/std/src/rt.rs", 205),
    ];
    let panic = Panic { place: place(), frames, ..Panic::default() };
    let function = "<demo::Tables as core::iter::traits::iterator::Iterator>::next";
    let event = panic_event(panic);
    assert_eq!(fingerprint(&event, event.kind.fault().unwrap()), ["panic", "src/tables.rs", function]);
    let item = item(ERRORS, &[Entry::new(&event, None)]);
    let frames = item["exception"]["values"][0]["stacktrace"]["frames"].as_array().unwrap();
    let in_app: Vec<_> = frames.iter().map(|frame| frame["in_app"].as_bool().unwrap()).collect();
    assert_eq!(in_app, [false, true, true, false, false]);
    let event = panic_event(Panic { place: place(), ..Panic::default() });
    assert_eq!(fingerprint(&event, event.kind.fault().unwrap()), ["panic", "library/core/src/option.rs"]);
}

/// As Sentry's documents have it (<https://develop.sentry.dev/sdk/data-model/event-payloads/exception/>): what is handled and goes on is
/// an `error` of the mechanism `generic`; the fields are a context of their own.
#[test]
fn an_error_report_is_an_error_that_was_handled() {
    let report = ErrorReport {
        place: Some(Place { file: "src/pages.rs".into(), line: 12, column: 9 }),
        text: Some(ErrorText("no table x".into())),
        ..ErrorReport::default()
    };
    let fields = vec![
        ("url".into(), Value(Raw::Text("/tables/TABLE_NAME".into()))),
        ("tries".into(), Value(Raw::UInt(3))),
        ("none".into(), Value(Raw::Absent)),
    ];
    let with = |report: ErrorReport| {
        let kind = EventKind::ErrorReport(Box::new(report));
        let event =
            Event { name: "Main/RUN_TIME_ERROR".into(), fields: fields.clone(), ..panic_event(Panic::default()) };
        item(ERRORS, &[Entry::new(&Event { kind, ..event }, Some(&run("demo", "0.1.0")))])
    };
    let item = with(report.clone());
    let frames = json!([{"filename": "src/pages.rs", "lineno": 12, "colno": 9, "in_app": true}]);
    let exception = json!({
        "type": "Main/RUN_TIME_ERROR", "value": "no table x",
        "mechanism": {"type": "generic", "handled": true},
        "stacktrace": {"frames": frames},
    });
    assert_eq!(item["exception"], json!({"values": [exception]}));
    assert_eq!(item["level"], "error");
    assert_eq!(item["fingerprint"], json!(["Main/RUN_TIME_ERROR", "src/pages.rs"]));
    assert_eq!(item["contexts"]["fields"], json!({"url": "/tables/TABLE_NAME", "tries": 3}));
    let item = with(ErrorReport { text: None, ..report });
    assert_eq!(item["exception"]["values"][0]["value"], "src/pages.rs:12");
}

#[test]
fn files_of_packages_with_versions_and_of_rust_are_not_the_programs() {
    for (file, is_of_program) in [
        ("src/main.rs", true),
        ("main.rs", true),
        ("crates/one/src/lib.rs", true),
        ("my-crate/src/lib.rs", true),
        ("library/std/src/rt.rs", false),
        ("foo-1.2.3/src/lib.rs", false),
        ("foo-bar-0.1.0-alpha.1/src/lib.rs", false),
    ] {
        assert_eq!(is_file_of_program(file), is_of_program, "{file}");
    }
}

#[test]
fn where_there_are_no_frames_the_place_is_one() {
    let place = Some(Place { file: "src/main.rs".into(), line: 3, column: 5 });
    let event = panic_event(Panic { place, ..Panic::default() });
    let item = item(ERRORS, &[Entry::new(&event, None)]);
    let frames = json!([{"filename": "src/main.rs", "lineno": 3, "colno": 5, "in_app": true}]);
    assert_eq!(item["exception"]["values"][0]["stacktrace"]["frames"], frames);
}

#[test]
fn facts_are_tags_and_the_call_is_the_trace() {
    let text = |text: &'static str| Value(Raw::Text(text.into()));
    let list = Value(Raw::List(vec![Raw::Bool(true)]));
    let facts = vec![
        ("channel".into(), text("stable")),
        ("interactive".into(), Value(Raw::Bool(false))),
        ("cores".into(), Value(Raw::UInt(8))),
        ("release".into(), text("nightly")),
        ("plugins".into(), list),
    ];
    let run = Run { facts, ..run("demo", "0.1.0") };
    let call = |id| NonZeroU64::new(id).map(CallId);
    let event = Event { call: call(0x8a2b), parent: call(0x1f0e), ..panic_event(Panic::default()) };
    let item = item(ERRORS, &[Entry::new(&event, Some(&run))]);
    let tags = json!({"channel": "stable", "interactive": "false", "cores": "8", "fact_release": "nightly"});
    assert_eq!(item["tags"], tags);
    let trace = json!({
        "trace_id": "00000000000000000000000000000007", "span_id": "0000000000008a2b", "parent_span_id": "0000000000001f0e"
    });
    assert_eq!(item["contexts"]["trace"], trace);
}

/// No event with both.
#[test]
fn who_is_signed_in_stands_in_for_the_installation() {
    let run = run("demo", "0.1.0");
    let signed_in =
        Event { signed_in: 1, identity: Some(Arc::new(Identity::user("4b1d"))), ..panic_event(Panic::default()) };
    assert_eq!(item(ERRORS, &[Entry::new(&signed_in, Some(&run))])["user"], json!({"id": "4b1d"}));
    let of_nobody = Event { signed_in: 1, ..panic_event(Panic::default()) };
    assert_eq!(item(ERRORS, &[Entry::new(&of_nobody, Some(&run))]).get("user"), None);
}

/// The id of a start.
const SID: u128 = 0x0170_201b_2d80_7000_8000_0000_0000_0000;
const STARTED: &str = "2020-02-07T14:16:00Z";

fn session(id: u128, time: &str, kind: EventKind) -> Event {
    Event { call: NonZeroU64::new(1).map(CallId), ..event(id, time, kind) }
}

fn finish(outcome: Outcome, seconds: Option<u64>, started: bool) -> EventKind {
    EventKind::Finish { outcome, duration: seconds.map(Duration::from_secs), error: None, started }
}

/// As <https://develop.sentry.dev/sdk/telemetry/sessions/> has it: a session of a minute, told once.
#[test]
fn a_call_that_has_ended_is_the_session_of_the_documents() {
    let millis = at(STARTED).duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
    let sid = millis << 80 | 7 << 76 | 2 << 62;
    let run = run("my-project-name", "1.0.0");
    let start = session(sid, STARTED, EventKind::Start);
    let end = session(sid | 1, "2020-02-07T14:17:00Z", finish(Outcome::Ok, Some(60), true));
    let (header, items) = sent(SESSIONS, &[Entry::new(&start, Some(&run)), Entry::new(&end, Some(&run))]).unwrap();
    assert_eq!(header.get("event_id"), None);
    let expected = json!({
        "sid": Id(sid).to_string(), "did": "00000000-0000-0000-0000-000000000008", "init": true,
        "started": "2020-02-07T14:16:00.000000Z", "timestamp": "2020-02-07T14:17:00.000000Z",
        "duration": 60, "status": "exited", "errors": 0,
        "attrs": {"release": "my-project-name@1.0.0", "environment": "cli", "ip_address": "0.0.0.0"}
    });
    let normal = |item: &Json| item.to_string().replace("60.0", "60");
    let [(kind, item)] = &items[..] else { panic!("{items:?}") };
    assert_eq!((kind.as_str(), normal(item)), ("session", normal(&expected)));
}

#[test]
fn a_session_is_begun_once_and_says_each_time_when_it_did() {
    let run = run("demo", "0.1.0");
    let start = session(SID, STARTED, EventKind::Start);
    let begun = item(SESSIONS, &[Entry::new(&start, Some(&run))]);
    assert_eq!((&begun["init"], &begun["status"], begun.get("duration")), (&json!(true), &json!("ok"), None));
    for (outcome, status, errors) in [
        (Outcome::Ok, "exited", 0),
        (Outcome::Error, "exited", 1),
        (Outcome::Cancelled, "exited", 0),
        (Outcome::Panicked, "crashed", 1),
        (Outcome::Abandoned, "abnormal", 0),
    ] {
        for started in [true, false] {
            let end = session(SID | 1, "2020-02-07T14:17:00Z", finish(outcome, None, started));
            let ended = item(SESSIONS, &[Entry::new(&end, Some(&run))]);
            assert_eq!((&ended["status"], &ended["errors"]), (&json!(status), &json!(errors)));
            assert_eq!(ended.get("init"), (!started).then_some(&json!(true)), "{outcome}");
            for immutable in ["sid", "did", "started", "attrs"] {
                assert_eq!(ended[immutable], begun[immutable], "{immutable}");
            }
        }
    }
}

#[test]
fn calls_within_calls_and_what_is_of_no_release_are_no_sessions() {
    let run = run("demo", "0.1.0");
    let within = Event { parent: NonZeroU64::new(2).map(CallId), ..session(SID, STARTED, EventKind::Start) };
    assert_eq!(sent(SESSIONS, &[Entry::new(&within, Some(&run))]), None);
    let start = session(SID, STARTED, EventKind::Start);
    assert_eq!(sent(SESSIONS, &[Entry::new(&start, None)]), None);
}

/// As <https://develop.sentry.dev/sdk/telemetry/client-reports/> has it, with what Sentry's words are for, and that a quantity has 32 bits in Relay.
#[test]
fn losses_are_the_client_report_of_the_documents() {
    let lost = |reason, events| event(1, STARTED, EventKind::Loss { reason, events });
    let events = [
        lost(Loss::QueueFull, 20),
        lost(Loss::QueueFull, 3),
        lost(Loss::SpoolFull, u64::MAX),
        lost(Loss::SpoolFull, 1),
        lost(Loss::Rejected, 2),
        lost(Loss::TooManyPanics, 20),
        lost(Loss::Damaged, 0),
    ];
    let entries: Vec<_> = events.iter().map(|event| Entry::new(event, None)).collect();
    let discarded = |reason: &str, category: &str, quantity: u32| json!({"reason": reason, "category": category, "quantity": quantity});
    let expected = json!({"timestamp": "2020-02-07T14:16:00.000000Z", "discarded_events": [
        discarded("queue_overflow", "default", 23),
        discarded("cache_overflow", "default", u32::MAX),
        discarded("too_many_panics", "error", 20),
        discarded("send_error", "default", 2),
    ]});
    assert_eq!(item(REPORTS, &entries), expected);
    for reason in Loss::EACH {
        assert!(discard_reason(reason).bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
    }
}

#[test]
fn a_dsn_says_where_to_post_and_by_which_key() {
    for (dsn, url, key) in [
        ("https://key@sentry.io/42", "https://sentry.io/api/42/envelope/", "key"),
        ("https://key:secret@sentry.io/42", "https://sentry.io/api/42/envelope/", "key"),
        ("http://key@127.0.0.1:8411/1", "http://127.0.0.1:8411/api/1/envelope/", "key"),
        ("https://key@[::1]:9000/a/b/42/", "https://[::1]:9000/a/b/api/42/envelope/", "key"),
    ] {
        assert_eq!(taken_apart(dsn), Some((url.to_owned(), key.to_owned())), "{dsn}");
    }
    for none in [
        "",
        "key",
        "https://sentry.io/42",
        "https://@sentry.io/42",
        "https://key@sentry.io",
        "https://key@sentry.io/",
        "https://key@/42",
        "https://key@sentry.io/42?x=1",
        "https://a, sentry_key=b@sentry.io/42",
        "ftp://key@sentry.io/42",
        "https://key@sentry.io/4 2",
        "https://key@sentry.io/\n/42",
    ] {
        assert_eq!(taken_apart(none), None, "{none}");
    }
}

fn pauses(status: u16, retry_after: Option<u64>, said: Option<&str>) -> Vec<(Option<&'static str>, u64)> {
    let headers: Vec<_> = said.map(|said| ("x-sentry-rate-limits".to_owned(), said.to_owned())).into_iter().collect();
    let answer = Answer::new(status, retry_after.map(Duration::from_secs), &headers, &[]);
    sentry().pauses(&answer).into_iter().map(|(stream, time)| (stream, time.as_secs())).collect()
}

/// The examples of <https://develop.sentry.dev/sdk/expected-features/rate-limiting/>, and Bugsink's.
#[test]
fn rate_limits_hold_what_they_name() {
    for status in [200, 429, 503] {
        let said = |said| pauses(status, Some(2700), Some(said));
        assert_eq!(said("60:transaction:key, 2700:default;error;security:organization"), [(Some(ERRORS), 2700)]);
        assert_eq!(said("60::organization, 2700::organization"), [(None, 2700)]);
        assert_eq!(said("2700:metric_bucket:organization:quota_exceeded:custom"), []);
        assert_eq!(said("60::key, 86400:transaction;span:organization"), [(None, 60)]);
        assert_eq!(said("86400:transaction;span:organization"), []);
        assert_eq!(said("60:error;session:key,0.5:error:key"), [(Some(ERRORS), 60), (Some(SESSIONS), 60)]);
        assert_eq!(said("1.5:session"), [(Some(SESSIONS), 2)]);
        assert_eq!(said("1e300:error:key"), [(Some(ERRORS), limits::LONGEST_RETRY_AFTER.as_secs())]);
        for junk in ["", ",", "60", "soon:error:key", "-1:error:key", "NaN::key", "0:error:key", ":::", "60:;:key"] {
            assert_eq!(said(junk), [], "{junk}");
        }
    }
}

#[test]
fn a_429_that_does_not_say_for_how_long_is_a_minute() {
    assert_eq!(pauses(429, None, None), [(None, 60)]);
    assert_eq!(pauses(429, Some(5), None), [(None, 5)]);
    assert_eq!(pauses(200, None, None), []);
    assert_eq!(pauses(503, Some(5), None), [], "that is the verdict's");
}

proptest! {
    #[test]
    fn no_header_is_too_odd(said in "([0-9.eE+-]{0,6}[:;, ](error|session|[a-z]{0,4})?[:;, ]?){0,5}|.{0,60}", status in 100_u16..600) {
        for (stream, seconds) in pauses(status, None, Some(&said)) {
            prop_assert!(seconds <= 86_400 && stream.is_none_or(|stream| [ERRORS, SESSIONS].contains(&stream)));
        }
    }

    #[test]
    fn no_text_is_too_odd_for_a_dsn(dsn in "(https?://)?[ -~]{0,20}@?[ -~]{0,20}|.{0,40}") {
        if let Some((url, key)) = taken_apart(&dsn) {
            prop_assert!(url.ends_with("/envelope/") && !url.contains(['@', ' ', '\n']), "{} {}", url, key);
            prop_assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
        }
    }

    /// Whatever is recorded, what is sent is an envelope, with no more in it than Sentry takes.
    #[test]
    fn every_batch_is_an_envelope(events in prop::collection::vec(any_event(), 1..12), has_run in any::<bool>()) {
        let run = run("demo", "0.1.0");
        let run = has_run.then_some(&run);
        for stream in sentry().streams() {
            let of_stream = events.iter().filter(|event| stream.kinds.contains(event.kind.kind()));
            let entries: Vec<_> = of_stream.take(stream.limits.events).map(|event| Entry::new(event, run)).collect();
            if entries.is_empty() {
                continue;
            }
            let Some(request) = sentry().request(&Batch::new(&entries, SENT_AT, stream.name)) else {
                prop_assert_eq!(stream.name, SESSIONS);
                continue;
            };
            let (header, items) = envelope(request.body());
            let expected = [(ERRORS, "event"), (SESSIONS, "session"), (REPORTS, "client_report")];
            prop_assert_eq!(header.get("event_id").is_some(), stream.name == ERRORS);
            for (kind, item) in &items {
                prop_assert!(expected.contains(&(stream.name, kind)), "{} in {}", kind, stream.name);
                let most = if stream.name == REPORTS { 4096 } else { MOST_BYTES };
                prop_assert!(item.to_string().len() <= most);
                let mut own = item.clone();
                // What the program's own fields hold may be nothing, within others.
                own["contexts"].as_object_mut().and_then(|contexts| contexts.remove("fields"));
                prop_assert!(stream.name != ERRORS || !own.to_string().contains("null"), "{}", item);
                prop_assert!(stream.name == ERRORS || !item.to_string().contains("null"), "{}", item);
            }
            let most = if stream.name == SESSIONS { MOST_SESSIONS } else { 1 };
            prop_assert!(items.len() <= most);
        }
    }
}
