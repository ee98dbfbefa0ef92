//! A command line that clap refuses: an event, and clap's own message and exit code.

use std::fs;

use serde_json::{Value, json};

use crate::machine::{BUILT, DERIVED, Machine, Run, named};

/// The reason and the facts of the one event.
fn told(machine: &Machine) -> (Value, Value) {
    let (events, _) = machine.heard();
    let [event] = &*events else { panic!("{events:?}") };
    assert_eq!((&event["event"], &event["kind"]), (&json!("Usage Error"), &json!("usage_error")));
    assert_eq!(event.get("fields"), None);
    (event["reason"].clone(), named(event))
}

/// A7 row 12, TI-12: a command line that cannot be parsed is told of, by clap's kind of error, and said as clap says it.
#[test]
fn every_kind_of_error_is_told_by_its_word() {
    let work = |flags: &[&str]| {
        if flags.is_empty() {
            json!({"command": "built work"})
        } else {
            json!({"command": "built work", "flags": flags})
        }
    };
    for (words, reason, facts) in [
        ("work a --format secret", "invalid-value", work(&["format"])),
        ("work a --secret", "unknown-argument", work(&[])),
        ("work a --forma csv", "unknown-argument", work(&[])),
        ("work a -s", "unknown-argument", work(&[])),
        ("work a secret", "unknown-argument", work(&[])),
        ("secret", "invalid-subcommand", json!({"command": "built"})),
        ("wor a", "invalid-subcommand", json!({"command": "built"})),
        ("strict secret", "invalid-subcommand", json!({"command": "built strict"})),
        ("work a --equals secret", "no-equals", work(&["equals"])),
        ("work a --count secret", "value-validation", work(&["count"])),
        ("work a --quiet=secret", "too-many-values", work(&["quiet"])),
        ("work a --some secret", "too-few-values", work(&["some"])),
        ("work a --pair secret", "wrong-number-of-values", work(&["pair"])),
        ("work a --quiet --loud", "argument-conflict", work(&["quiet", "loud"])),
        ("w --quiet", "missing-required-argument", json!({"command": "built work", "alias": "w", "flags": ["quiet"]})),
        ("", "missing-subcommand", json!({"command": "built"})),
        ("strict", "missing-subcommand", json!({"command": "built strict"})),
        ("work \\xff", "invalid-utf8", work(&[])),
        ("group", "help-on-missing-argument-or-subcommand", json!({"command": "built group"})),
    ] {
        let machine = Machine::new();
        let run = Run::of(&mut machine.program(BUILT, words));
        assert_eq!(told(&machine), (json!(reason), facts), "{words}");
        let plain = Run::of(machine.program(BUILT, words).env("CLI_PLAIN", "1"));
        // That there are options is true, and the help that one of the errors shows lists the one of short help.
        let without_ours = |said: &str| {
            let said = said.replace(" [OPTIONS]", "").replace(" (see more with '--help')", "");
            said.split("\nTelemetry:\n").next().map(|said| said.trim_end().to_owned())
        };
        assert_eq!(without_ours(&run.stderr), without_ours(&plain.stderr), "{words}");
        assert_eq!((run.code, &run.stdout), (plain.code, &plain.stdout), "{words}");
        assert_eq!(run.code, Some(2), "{words}");
    }
}

#[test]
fn derived_command_lines_are_told_of_too() {
    let machine = Machine::new();
    let run = machine.run("p ls --secret");
    assert_eq!(told(&machine), (json!("unknown-argument"), json!({"command": "demo project list", "alias": "p ls"})));
    assert_eq!(run, Run::of(machine.program(DERIVED, "p ls --secret").env("CLI_PLAIN", "1")));
}

/// TI-22, CL-22: our own flags are not among those that are named.
#[test]
fn flags_of_telemetry_are_not_named() {
    let machine = Machine::new();
    machine.run("--telemetry-level stats sync --debug-telemetry -v --secret");
    let (reason, facts) = told(&machine);
    assert_eq!((reason, facts), (json!("unknown-argument"), json!({"command": "demo sync", "flags": ["verbose"]})));
}

/// The event is on disk when the message is there, so that no kill and no network keeps it from the next run.
#[test]
fn the_event_is_on_disk_at_the_exit_and_goes_with_the_next_run() {
    let machine = Machine::new();
    let run = Run::of(&mut machine.offline(DERIVED, "sync --secret"));
    assert_eq!(run.code, Some(2), "{run:?}");
    let holds = |word: &[u8]| {
        let segment = fs::read(machine.state().join("spool-1/segment-00")).unwrap();
        segment.windows(word.len()).any(|window| window == word)
    };
    assert!(holds(b"Usage Error") && !holds(b"secret"));
    machine.run("project list");
    let names: Vec<_> = machine.heard().0.iter().map(|event| event["event"].clone()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names.contains(&json!("Usage Error")));
}

/// CW-07, CL-20, HA-21: whoever says no is heard, wherever in the line, and however the line is otherwise.
#[test]
fn an_opt_out_in_a_refused_line_is_heard() {
    for words in [
        "--secret --no-telemetry",
        "sync --no-telemetry --secret",
        "--telemetry-level none --secret",
        "--telemetry-level=none sync --secret",
        "--secret --telemetry-level=errors",
        "--enable-telemetry=false sync --secret",
        "sync --secret --inspect-telemetry",
        "--no-telemetri sync a",
        "-no-telemetry sync a",
        "telemetry disabel",
        "telemetry",
        "telemetry catalogue --secret",
    ] {
        let machine = Machine::new();
        let run = machine.run(words);
        assert_eq!(run.code, Some(2), "{words}: {run:?}");
        let (events, is_on_disk) = machine.heard();
        assert_eq!(events, Vec::<Value>::new(), "{words}");
        assert!(!is_on_disk || words.contains("errors"), "{words}");
    }
    for variable in ["DO_NOT_TRACK", "DEMO_NO_TELEMETRY"] {
        let machine = Machine::new();
        Run::of(machine.program(DERIVED, "sync --secret").env(variable, "1"));
        assert_eq!(machine.heard(), (Vec::new(), false), "{variable}");
    }
}

/// A program that parses for itself gets the error, and the event is recorded all the same.
#[test]
fn whoever_tries_gets_the_error() {
    let machine = Machine::new();
    let run = Run::of(machine.program(DERIVED, "sync --secret").env("CLI_TRY", "1"));
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), "refused: UnknownArgument\n"), "{run:?}");
    assert_eq!(told(&machine), (json!("unknown-argument"), json!({"command": "demo sync"})));
    let machine = Machine::new();
    let run = Run::of(machine.program(DERIVED, "--version").env("CLI_TRY", "1"));
    assert_eq!(run.stdout, "refused: DisplayVersion\n");
    assert_eq!(machine.heard(), (Vec::new(), false));
}
