//! Which command, by which alias, with which flags: in names of the program's own.

use serde_json::{Value, json};

use crate::machine::{BUILT, DERIVED, Machine, Run, named};

/// Those facts of the events of a run that its command line is about: the same on all of them.
fn facts(program: &str, words: &str) -> Value {
    let machine = Machine::new();
    let run = Run::of(machine.program(program, words).env("DEMO_OUTPUT", "secret"));
    assert_eq!(run.code, Some(0), "{words}: {run:?}");
    let (events, _) = machine.heard();
    assert_eq!(events.len(), 2, "{words}: a start and a finish: {events:?}");
    assert_eq!(events[0]["facts"], events[1]["facts"]);
    named(&events[0])
}

/// HA-19, TI-05, TI-07, TI-10, TI-13, CL-14, HA-17: the command's path, the alias, the names of flags; never a value.
#[test]
fn events_name_the_command_and_its_flags() {
    for (words, expected) in [
        ("sync secret", json!({"command": "demo sync"})),
        ("s secret", json!({"command": "demo sync", "alias": "s"})),
        // Not what has a default, nor what a variable says.
        ("sync secret -v", json!({"command": "demo sync", "flags": ["verbose"]})),
        ("-v sync -osecret secret", json!({"command": "demo sync", "flags": ["verbose", "output"]})),
        ("sync --out secret --jobs=3 secret", json!({"command": "demo sync", "flags": ["output", "jobs"]})),
        ("project list", json!({"command": "demo project list"})),
        ("p ls", json!({"command": "demo project list", "alias": "p ls"})),
        // One without a long name.
        ("project ls -x list", json!({"command": "demo project list", "alias": "ls", "flags": ["which"]})),
        // Our own are none of the program's.
        ("project list --telemetry-level all --debug-telemetry", json!({"command": "demo project list"})),
        ("secret -v --secret sync", json!({"command": "demo external"})),
    ] {
        let mut facts = facts(DERIVED, words);
        if let Some(flags) = facts.get_mut("flags").and_then(Value::as_array_mut) {
            flags.sort_by_key(|flag| expected["flags"].as_array().unwrap().iter().position(|known| known == flag));
        }
        assert_eq!(facts, expected, "{words}");
    }
    assert_eq!(facts(BUILT, "w secret --quiet"), json!({"command": "built work", "alias": "w", "flags": ["quiet"]}));
}

/// What comes before another program's name or `--` is ours to hear, and what that program is told against telemetry, too.
#[test]
fn an_opt_out_that_another_program_is_given_is_heard() {
    for (words, events) in [
        ("other --no-telemetry", 0),
        ("other --telemetry-level none", 0),
        ("other x --enable-telemetry=false", 0),
        ("other x --telemetry-level all", 2),
        ("other -- --no-telemetry", 2),
    ] {
        let machine = Machine::new();
        let run = machine.run(words);
        assert_eq!(run.code, Some(0), "{words}: {run:?}");
        assert_eq!(machine.heard().0.len(), events, "{words}");
    }
}
