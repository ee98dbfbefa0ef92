//! The command is the same with telemetry and without: exit code, stdout and stderr, byte for byte.

use crate::machine::{Machine, Run};

fn run_at(level: &str, command: &str) -> Run {
    let machine = Machine::new();
    machine.write([
        ("data/a.csv", "id,name\n1,Ada\n2\n"),
        ("data/b.json", r#"[{"id": 1}]"#),
        ("broken/a.csv", "id,name\n1,Ada\n"),
        ("broken/b.csv", "id,\n1,Ada\n"),
    ]);
    let mut run = machine.run(&format!("{command} --show none --telemetry-level {level}"));
    // A panic message tells the number of the thread.
    let number = run.stderr.split_once("thread 'main' (").and_then(|(_, rest)| rest.split_once(')'));
    if let Some((number, _)) = number {
        run.stderr = run.stderr.replace(number, "…");
    }
    run
}

fn assert_unchanged(command: &str, code: i32) {
    let without = run_at("none", command);
    assert_eq!(without.code, Some(code), "{command}: {without:?}");
    for level in ["all", "stats", "errors"] {
        assert_eq!(run_at(level, command), without, "{command} at {level}");
    }
}

#[test]
fn success() {
    for command in ["init new", "sync data out", "tables data"] {
        assert_unchanged(command, 0);
    }
}

#[test]
fn failure() {
    for command in ["init data", "sync broken out", "sync nowhere out", "sync data data/a.csv", "tables broken"] {
        assert_unchanged(command, 1);
    }
}

#[test]
fn a_panic() {
    assert_unchanged("sync data out --panic-after 1", 101);
}

#[test]
fn a_usage_error() {
    assert_unchanged("sync data", 2);
}

/// A home that cannot be written to, or that is not there, is telemetry's trouble and not the command's.
#[test]
fn a_home_that_telemetry_cannot_use() {
    let run_in = |home: &str, level: &str| {
        let machine = Machine::new();
        machine.write([("data/a.csv", "id\n1\n"), ("a-file", "")]);
        let mut command = machine.quickstart(["sync", "data", "out", "--show", "none", "--telemetry-level", level]);
        let home = machine.work().join(home);
        Run::of(command.env("HOME", &home).env("XDG_STATE_HOME", &home))
    };
    let without = run_in("a-file", "none");
    assert_eq!(without.code, Some(0), "{without:?}");
    for home in ["a-file", "a-file/below", "not/there"] {
        assert_eq!(run_in(home, "all"), without, "{home}");
    }
}
