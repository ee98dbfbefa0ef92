//! What a panic's report says, when there is one, and what it never says.

use std::path::Path;

use serde_json::json;
use telemetry_tests::Receiver;

use crate::crashing::{Machine, USER, panics};

#[test]
fn a_panic_in_a_call_names_it_and_ends_it() {
    for (build, outcome) in [("plain", "panicked"), ("aborting", "abandoned")] {
        let told = Machine::after(build, "in-call").tell(build, "");
        let call = |kind: &str| {
            let [event] = told.iter().filter(|event| event["kind"] == kind).collect::<Vec<_>>()[..] else {
                panic!("{told:#?}")
            };
            (event["call_id"].as_str().unwrap(), &event["outcome"])
        };
        assert_eq!(call("panic").0, call("start").0);
        assert_eq!(call("finish"), (call("start").0, &json!(outcome)));
    }
}

/// CW-03, CW-04, CW-05, CW-06.
#[test]
fn each_level_has_its_kinds_and_errors_alone_suffice() {
    for (level, expected) in [
        ("none", &[][..]),
        ("errors", &["panic"]),
        ("stats", &["finish", "start"]),
        ("all", &["finish", "panic", "start"]),
    ] {
        let machine = Machine::new();
        machine.command("plain", "in-call").env("CRASHING_TELEMETRY_LEVEL", level).output().unwrap();
        let told = machine.tell("plain", "");
        let mut kinds: Vec<_> = told.iter().map(|event| event["kind"].as_str().unwrap()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, expected, "{level}");
    }
}

#[test]
fn before_start_and_after_the_end_there_are_none() {
    let machine = Machine::new();
    let output = machine.run("plain", "outside");
    assert_eq!(String::from_utf8_lossy(&output.stderr).matches("panicked at").count(), 2, "{output:?}");
    assert!(!machine.folder.path().join("state").exists());
    assert_eq!(machine.tell("plain", "").len(), 0);
}

#[test]
fn where_little_is_left_of_a_thread_there_is_one() {
    let machine = Machine::new();
    let output = machine.run("plain", "in-destructor");
    assert!(output.status.success(), "{output:?}");
    let told = machine.tell("plain", "");
    assert_eq!(panics(&told).len(), 2, "{told:#?}");
    assert_eq!(told.len(), 6, "{told:#?}");
}

#[test]
fn parent_and_forked_child_have_one_each() {
    let machine = Machine::new();
    let output = machine.run("plain", "in-child");
    assert!(output.status.success(), "{output:?}");
    let told = machine.tell("plain", "");
    let [one, other] = panics(&told)[..] else { panic!("{told:#?}") };
    assert_ne!(one["invocation_id"], other["invocation_id"]);
    for panic in [one, other] {
        let start = told.iter().find(|event| event["kind"] == "start" && event["call_id"] == panic["call_id"]);
        assert_eq!(start.unwrap()["invocation_id"], panic["invocation_id"]);
    }
}

/// The program's source lies in somebody's home, and of some the compiler knows only that.
#[test]
fn a_source_outside_the_package_is_told_by_its_name() {
    let told = Machine::after("plain", "elsewhere").tell("plain", "");
    let [panic] = panics(&told)[..] else { panic!("{told:#?}") };
    assert_eq!(panic["place"]["file"], "elsewhere.rs");
    let frame = panic["frames"].as_array().unwrap().iter().find(|frame| frame["function"] == "crashing::elsewhere");
    assert_eq!(frame.unwrap()["file"], "elsewhere.rs");
}

/// An error report has the calls that led there where it says so, by name and without what is of the machine, and its place in any case.
#[test]
fn an_error_report_has_its_stack_where_it_wants_it() {
    let machine = Machine::new();
    let output = machine.run("plain", "reporting");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let told = machine.tell("plain", "");
    let [without, with] = &told[..] else { panic!("{told:#?}") };
    assert_eq!((&without["kind"], &with["kind"]), (&json!("error"), &json!("error")));
    assert_eq!((&without["event"], &with["event"]), (&json!("Without Stack"), &json!("With Stack")));
    assert!(without.get("frames").is_none() && without["place"]["file"] == "src/main.rs", "{without:#}");
    let frames = with["frames"].as_array().unwrap();
    let function = |name: &str| frames.iter().position(|frame| frame["function"] == name);
    let (report, main) = (function("crashing::report").unwrap(), function("crashing::main").unwrap());
    assert!(report == 0 && report < main && frames[report]["line"] == with["place"]["line"], "{with:#}");
    assert!(!with.to_string().contains(USER), "{with:#}");
    // Of another build, nobody knows the names.
    let machine = Machine::new();
    machine.run("plain", "reporting");
    let told = machine.tell("other", "");
    let frames = told[1]["frames"].as_array().unwrap();
    assert!(frames.len() > 3 && frames.iter().all(|frame| frame["function"] != "crashing::report"), "{told:#?}");
}

/// Whether what is told to nobody is in any file of a folder.
fn is_in_a_file_of(folder: &Path, telling: &str) -> bool {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).any(|path| {
        if path.is_dir() {
            return is_in_a_file_of(&path, telling);
        }
        std::fs::read(path).unwrap().windows(telling.len()).any(|window| window == telling.as_bytes())
    })
}

/// Content, which the user has asked for: whatever kind of text it is, and no more than 4 KiB of it.
#[test]
fn what_a_panic_says_is_told_where_the_user_asks_for_it() {
    const SECRET: &str = "sesame-open-thyself";
    let machine = Machine::new();
    machine.command("plain", &format!("saying {SECRET}")).env("CRASHING_DEBUG_TELEMETRY", "yes").output().unwrap();
    machine.command("plain", "at-length 10000").env("CRASHING_DEBUG_TELEMETRY", "yes").output().unwrap();
    let told = machine.tell("plain", "");
    let mut texts: Vec<_> = panics(&told).iter().map(|panic| panic["text"].as_str().unwrap()).collect();
    texts.sort_by_key(|text| text.len());
    let long = texts.pop().unwrap();
    assert_eq!(long, "x".repeat(4096));
    assert_eq!(texts.len(), 8);
    assert!(texts.iter().all(|text| text.contains(SECRET)), "{texts:?}");
}

#[test]
fn what_a_panic_says_is_nowhere() {
    const SECRET: &str = "sesame-open-thyself";
    for level in ["none", "errors", "stats", "all"] {
        let (machine, receiver) = (Machine::new(), Receiver::start());
        let is_anywhere = |telling: &str| is_in_a_file_of(machine.folder.path(), telling);
        let run = |how: &str| {
            let mut command = machine.command("plain", how);
            command.env("CRASHING_TELEMETRY_LEVEL", level).env("URL", receiver.url()).output().unwrap()
        };
        let output = run(&format!("saying {SECRET}"));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.matches(SECRET).count() >= 8 && said.matches("panicked at").count() == 8, "{said}");
        assert!(!is_anywhere(SECRET) && !is_anywhere(USER), "in the spool at {level}");
        assert!(run("tell").status.success());
        assert!(!is_anywhere(SECRET) && !is_anywhere(USER), "in the spool, the ledger or the sink's file at {level}");
        let sent = format!("{:?}", receiver.requests());
        assert!(!sent.contains(SECRET) && !sent.contains(USER), "{sent}");
        let expected = if ["errors", "all"].contains(&level) { 8 } else { 0 };
        assert_eq!(panics(&receiver.accepted()).len(), expected, "{level}");
        assert_eq!(is_anywhere("\"kind\":\"panic\""), expected > 0, "what is looked for would be found");
    }
}
