//! A panic is on disk before the program says so, without a word of what it said.

use serde_json::{Value, json};
use telemetry_tests::Receiver;

use crate::program::{Commands, losses, names};

fn panics(receiver: &Receiver) -> Vec<Value> {
    receiver.accepted().into_iter().filter(|event| event["kind"] == "panic").collect()
}

/// CQ-12.
#[test]
fn the_place_of_a_panic_arrives_and_its_words_do_not() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    let output = commands.run(&receiver.url(), "work panic");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(101));
    assert!(
        stderr.contains("commands/main.rs:") && stderr.contains("as asked"),
        "the program's own hook goes on: {stderr}"
    );
    let spooled = std::fs::read(commands.spool().join("segment-00")).unwrap();
    assert!(!spooled.windows(8).any(|window| window == b"as asked"));
    commands.run(&receiver.url(), "flush");
    let [panic] = panics(&receiver).try_into().unwrap();
    assert_eq!(panic["event"], "Panic");
    assert_eq!(panic["app"], "commands");
    assert_eq!(panic["place"]["file"], "tests/commands/main.rs");
    assert!(panic["place"]["line"].as_u64() > Some(0) && panic["place"]["column"].as_u64() > Some(0), "{panic}");
    assert!(!receiver.accepted().iter().any(|event| event.to_string().contains("as asked")));
}

/// Its words are content: they are told where the user has asked for debug telemetry.
#[test]
fn the_words_of_a_panic_arrive_where_the_user_asks_for_that() {
    for (said, text) in [("1", json!("as asked")), ("0", Value::Null)] {
        let commands = Commands::new();
        let receiver = Receiver::start();
        let mut command = commands.command(&receiver.url(), "panic_within flush");
        command.env("COMMANDS_DEBUG_TELEMETRY", said).output().unwrap();
        let [panic] = panics(&receiver).try_into().unwrap();
        assert_eq!(panic["text"], text);
    }
}

#[test]
fn a_panic_in_a_call_names_it_and_is_its_outcome() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    commands.run(&receiver.url(), "panic_within work flush");
    let accepted = receiver.accepted();
    assert_eq!(
        names(&accepted),
        ["Panic Within Started", "Panic Within Finished", "Work Started", "Work Finished", "Panic"]
    );
    assert_eq!(accepted[1]["outcome"], "panicked");
    assert_eq!(accepted[4]["call_id"], accepted[0]["call_id"]);
}

/// CQ-11: each level has the kinds that it is named after, and what is recorded under one waits for a run that may send it.
#[test]
fn each_level_has_its_kinds() {
    let stats = ["Panic Within Started", "Panic Within Finished"];
    for (level, expected) in [("none", &[][..]), ("errors", &["Panic"][..]), ("stats", &stats[..])] {
        let commands = Commands::new();
        let receiver = Receiver::start();
        let at = |level: &str, words: &str| {
            let mut command = commands.command(&receiver.url(), words);
            command.env("COMMANDS_TELEMETRY_LEVEL", level).output().unwrap();
        };
        at(level, "panic_within flush");
        assert_eq!(names(&receiver.accepted()), expected, "{level}");
    }
    let commands = Commands::new();
    let receiver = Receiver::start();
    let at = |level: &str, words: &str| {
        let mut command = commands.command(&receiver.url(), words);
        command.env("COMMANDS_TELEMETRY_LEVEL", level).output().unwrap();
    };
    at("all", "panic_within");
    at("errors", "flush");
    assert_eq!(names(&receiver.accepted()), ["Panic"], "what may not be sent is kept");
    at("stats", "flush");
    assert_eq!(names(&receiver.accepted()), ["Panic", "Panic Within Started", "Panic Within Finished"]);
    at("all", "flush");
    assert_eq!(receiver.accepted().len(), 3);
}

/// What is told of a panic is where it was, and that is the same on every machine; what else there is goes with each event.
#[test]
fn nothing_of_the_machine_is_in_it() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    commands.run(&receiver.url(), "panic");
    commands.run(&receiver.url(), "flush");
    let [mut panic] = panics(&receiver).try_into().unwrap();
    for machine in ["id", "time", "invocation_id", "install_id", "install_id_kind", "facts", "os", "arch", "version"] {
        assert!(panic.as_object_mut().unwrap().remove(machine).is_some(), "{machine}");
    }
    panic["place"]["line"] = json!(0);
    panic["place"]["column"] = json!(0);
    let place = json!({"file": "tests/commands/main.rs", "line": 0, "column": 0});
    assert_eq!(panic, json!({"app": "commands", "event": "Panic", "kind": "panic", "place": place}));
}

/// A loop that catches panics says the same again and again: a hundred reports, and how many more there were.
#[test]
fn a_loop_of_panics_does_not_fill_the_spool() {
    let commands = Commands::new();
    let receiver = Receiver::start();
    let words = "panic_within ".repeat(120);
    commands
        .command(&receiver.url(), &format!("{words} flush"))
        .env("COMMANDS_TELEMETRY_LEVEL", "errors")
        .output()
        .unwrap();
    commands.run(&receiver.url(), "flush");
    let accepted = receiver.accepted();
    assert_eq!(panics(&receiver).len(), 100);
    assert_eq!(losses(&accepted), [("too many panics", 20)]);
}
