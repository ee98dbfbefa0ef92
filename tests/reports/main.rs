//! That errors arrive which a program reports where it handles them: by their place and their fields, and with their words only where
//! its author declares that.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use telemetry_runtime::{EventKind, report_error, testing};
use telemetry_tests::Receiver;
use tempfile::TempDir;

const SECRET: &str = "sesame-open-thyself";

/// A folder for state, and a receiver.
struct Scene {
    home: TempDir,
    receiver: Receiver,
}

impl Scene {
    fn new() -> Self {
        Self { home: TempDir::new().unwrap(), receiver: Receiver::start() }
    }

    fn command(&self, endpoint: &str, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reporting"));
        command.arg(endpoint).arg(self.home.path().join("state")).args(words.split_whitespace());
        command.env_clear().current_dir(self.home.path());
        command
    }

    fn run(&self, words: &str) -> Output {
        self.command(&self.receiver.url(), words).output().unwrap()
    }

    /// The reports among what arrived.
    fn reports(&self) -> Vec<Value> {
        self.receiver.accepted().into_iter().filter(|event| event["kind"] == "error").collect()
    }
}

/// The reports that come of these words.
fn reports_of(words: &str) -> Vec<Value> {
    let scene = Scene::new();
    let output = scene.run(&format!("{words} flush"));
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    scene.reports()
}

fn is_in_a_file_of(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).any(|path| {
        if path.is_dir() {
            return is_in_a_file_of(&path, text);
        }
        std::fs::read(path).unwrap().windows(text.len()).any(|window| window == text.as_bytes())
    })
}

/// HA-12, HA-13, HA-15: by its place in the source and its fields, in which the words for a user's names stand as they are.
#[test]
fn a_report_is_its_place_and_its_fields() {
    let reports = reports_of("page customers");
    let [report] = &reports[..] else { panic!("{reports:#?}") };
    assert_eq!(report["event"], "Main/RUN_TIME_ERROR");
    let fields = json!({
        "url": "/data/schema/SCHEMA_NAME/tables/TABLE_NAME/modify", "console_mode": "cli", "server_version": "2.0.0", "tries": 3,
        "cli_uuid": "0e4e2e9b-7fc9-44b8-9d5c-955673e20e0b", "server_uuid": "015a8f49-2fbd-4c41-8066-23f48d9c620a",
    });
    assert_eq!(report["fields"], fields);
    let line = include_str!("program.rs").lines().position(|line| line.trim() == "report_error!(").unwrap() + 1;
    let place = &report["place"];
    assert!(place["file"].as_str().unwrap().ends_with("reports/program.rs"), "{place}");
    assert_eq!((&place["line"], &place["column"]), (&json!(line), &json!(9)));
    assert!(
        report.get("error").is_none() && report.get("frames").is_none() && report.get("call_id").is_none(),
        "{report:#}"
    );
}

/// Content: nowhere unless the author declares it, not even while the user asks for the texts of errors.
#[test]
fn what_an_error_says_is_nowhere_unless_it_is_declared() {
    for (word, is_told) in [("page", false), ("told", true), ("boxed", true)] {
        for debug in [None, Some(("REPORTING_DEBUG_TELEMETRY", "yes"))] {
            let scene = Scene::new();
            let words = format!("{word} {SECRET}");
            let kept = scene.command("http://127.0.0.1:9", &words).envs(debug).output().unwrap();
            assert!(kept.status.success(), "{kept:?}");
            assert_eq!(is_in_a_file_of(scene.home.path(), SECRET), is_told, "in the spool: {word}");
            scene.command(&scene.receiver.url(), &format!("{words} flush")).envs(debug).output().unwrap();
            assert_eq!(scene.reports().len(), 2, "{word}");
            let sent = format!("{:?}", scene.receiver.requests());
            assert_eq!(sent.contains(SECRET), is_told, "{sent}");
        }
    }
    let texts = |words: &str| reports_of(words).iter().map(|report| report["error"].clone()).collect::<Vec<_>>();
    assert_eq!(texts("told one boxed two"), ["one", "two"]);
    assert_eq!(texts("long"), ["é".repeat(2048)], "4 KiB");
    assert_eq!(texts("silent panicking"), [Value::Null, Value::Null], "the report goes without");
}

#[test]
fn each_level_has_its_kinds() {
    for (level, expected) in [
        ("none", &[][..]),
        ("errors", &["error"]),
        ("stats", &["finish", "start"]),
        ("all", &["error", "finish", "start"]),
    ] {
        let scene = Scene::new();
        let mut command = scene.command(&scene.receiver.url(), "within expired flush");
        command.env("REPORTING_TELEMETRY_LEVEL", level).output().unwrap();
        let told = scene.receiver.accepted();
        let mut kinds: Vec<_> = told.iter().map(|event| event["kind"].as_str().unwrap()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, expected, "{level}");
    }
}

#[test]
fn a_report_in_a_call_names_it() {
    let scene = Scene::new();
    scene.run("within flush");
    let told = scene.receiver.accepted();
    let call = |kind: &str| told.iter().find(|event| event["kind"] == kind).unwrap()["call_id"].as_str();
    assert!(call("error").is_some() && call("error") == call("start"), "{told:#?}");
}

/// Whatever comes next: it is on disk.
#[test]
fn a_report_outlives_its_process() {
    let scene = Scene::new();
    let output = scene.run("unexpected abort");
    assert!(!output.status.success() && scene.receiver.requests().is_empty());
    scene.run("flush");
    assert_eq!(scene.reports().len(), 1);
}

/// One place has ten a minute, which fifty at once may meet the end of.
#[test]
fn what_happens_again_and_again_is_counted() {
    let scene = Scene::new();
    scene.run("often flush");
    let reports = scene.reports();
    assert!(reports.iter().all(|report| report["event"] == "Again" && report["limit"] == "10/min"), "{reports:#?}");
    assert!((10..=20).contains(&reports.len()), "{reports:#?}");
    let lost = |reason: &str| {
        let told = scene.receiver.accepted();
        let losses = told.iter().filter(|event| event["kind"] == "loss" && event["reason"] == reason);
        losses.map(|loss| loss["events"].as_u64().unwrap()).sum::<u64>()
    };
    scene.run("flush");
    assert_eq!(reports.len() as u64 + lost("limited"), 50);
}

#[test]
fn a_run_reports_so_much_and_no_more() {
    let reports = reports_of("everywhere");
    assert_eq!(reports.len(), 1000, "of 9 × 128");
}

#[test]
fn what_has_expired_is_not_even_looked_at() {
    let scene = Scene::new();
    let output = scene.run("expired flush");
    assert_eq!((String::from_utf8_lossy(&output.stdout).as_ref(), scene.reports().len()), ("", 0));
    let output = scene.run("lasting flush");
    assert_eq!((String::from_utf8_lossy(&output.stdout).as_ref(), scene.reports().len()), ("looked at\n", 1));
}

/// CloudQuery's program tells cancelled, unauthorised and unreachable apart from the rest, and reports the rest.
#[test]
fn what_is_expected_is_not_reported() {
    assert_eq!(reports_of("expected"), [Value::Null; 0]);
    assert_eq!(reports_of("unexpected expected").len(), 1);
}

#[test]
fn no_report_names_a_user() {
    let reports = reports_of("user");
    assert_eq!(reports[0]["fields"], json!({"plugin": "aws"}));
}

/// HA-14: the sample's keys and no others.
#[test]
fn a_console_sends_a_request_for_each() {
    let scene = Scene::new();
    let output = scene.command(&format!("console={}", scene.receiver.url()), "page customers told x flush").output();
    assert!(output.unwrap().status.success());
    let bodies: Vec<Value> = scene.receiver.requests().into_iter().map(|request| request.body).collect();
    let [page, told] = &bodies[..] else { panic!("{bodies:#?}") };
    let stack = page["data"]["data"]["stack"][0].as_str().unwrap();
    assert!(stack.starts_with(" at ") && stack.contains("reports/program.rs:"), "{stack}");
    let expected = json!({
        "event_type": "Main/RUN_TIME_ERROR", "server_version": "2.0.0", "console_mode": "cli",
        "url": "/data/schema/SCHEMA_NAME/tables/TABLE_NAME/modify",
        "cli_uuid": "0e4e2e9b-7fc9-44b8-9d5c-955673e20e0b", "server_uuid": "015a8f49-2fbd-4c41-8066-23f48d9c620a",
        "data": {"stack": [stack]},
    });
    assert_eq!((&page["topic"], &page["data"]), (&told["topic"], &expected));
    assert_eq!((&told["data"]["event_type"], &told["data"]["data"]["message"]), (&json!("Told"), &json!("x")));
}

#[test]
fn a_test_sees_them_all() {
    let ((), events) = testing::capture(|| {
        for _ in 0..20 {
            report_error!(event = "In A Test", error_text = "x", rows = 7, stack);
        }
    });
    assert_eq!(events.len(), 20);
    let EventKind::ErrorReport(report) = &events[0].kind else { panic!("{events:?}") };
    assert_eq!(report.text.as_ref().map(ToString::to_string).as_deref(), Some("x"));
    assert_eq!(events[0].field("rows").map(ToString::to_string).as_deref(), Some("7"));
    assert!(report.place.as_ref().is_some_and(|place| place.file.ends_with("reports/main.rs")), "{report:?}");
}

/// As it is written, where the report is recorded and nowhere else.
#[test]
fn arguments_are_evaluated_in_their_order() {
    let scene = Scene::new();
    let output = scene.run("ordered flush");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("seen: 2\nseen: text\n"), "{said}");
    let reports = scene.reports();
    let [report] = reports.as_slice() else { panic!("{reports:#?}") };
    assert_eq!((&report["fields"], &report["error"]), (&json!({"first": 2, "last": -1}), &json!("text")));
}
