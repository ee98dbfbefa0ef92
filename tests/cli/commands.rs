//! `telemetry status`, `enable` and so on: the program says what telemetry does, and nothing is recorded or sent meanwhile.

use std::fs;

use crate::machine::{BUILT, DERIVED, Machine, Run};

/// TI-24, and netlify/cli#739: the commands answer, in derived and built command lines, and asking sends nothing.
#[test]
fn the_commands_answer_and_nothing_is_sent() {
    for program in [DERIVED, BUILT] {
        for words in [
            "status",
            "enable",
            "disable",
            "log",
            "log --html",
            "catalogue",
            "catalogue --json-schema",
            "catalog",
            "reset",
            "forget",
        ] {
            let machine = Machine::new();
            let run = Run::of(&mut machine.program(program, &format!("telemetry {words}")));
            assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{words}");
            assert!(!run.stdout.is_empty() && !run.stdout.contains("left"), "{words}: {run:?}");
            assert_eq!(machine.receiver.requests().len(), 0, "{words}");
        }
    }
}

/// A page that could not be written whole is no success; a reader who stops reading has what they wanted.
#[cfg(target_os = "linux")]
#[test]
fn what_could_not_be_written_is_no_success() {
    let machine = Machine::new();
    let mut full = machine.program(DERIVED, "telemetry catalogue");
    let full = full.stdout(fs::File::create("/dev/full").unwrap()).stderr(std::process::Stdio::piped());
    let output = full.spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("error: standard output: "));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut closed = machine.program(DERIVED, "telemetry catalogue");
    assert!(closed.stdout(writer).spawn().unwrap().wait().unwrap().success());
}

/// SonarSource/sonarqube-cli#333: the status is the decision.
#[test]
fn the_status_hears_flags_and_variables() {
    let machine = Machine::new();
    let status = machine.run("telemetry status --telemetry-level stats").stdout;
    assert!(status.contains("telemetry level: stats"), "{status}");
    let status = Run::of(machine.program(DERIVED, "telemetry status").env("DO_NOT_TRACK", "1")).stdout;
    assert!(status.contains("telemetry level: none") && status.contains("DO_NOT_TRACK"), "{status}");
}

#[test]
fn a_catalogue_is_compared_with_a_file() {
    let machine = Machine::new();
    let file = machine.home().join("TELEMETRY.md");
    fs::write(&file, machine.run("telemetry catalogue").stdout).unwrap();
    let check = |file: &str| machine.run(&format!("telemetry catalogue --check {file}"));
    assert_eq!(check("TELEMETRY.md").code, Some(0));
    fs::write(&file, "# Something else\n").unwrap();
    let stale = check("TELEMETRY.md");
    assert_eq!((stale.code, stale.stdout.as_str()), (Some(1), ""));
    assert!(stale.stderr.starts_with("error: TELEMETRY.md: "), "{stale:?}");
    assert!(check("nowhere.md").stderr.starts_with("error: nowhere.md: "));
}

/// CL-18, CL-19: a command is run as ever, and nothing is sent.
#[test]
fn a_command_can_be_inspected() {
    let machine = Machine::new();
    let plain = Run::of(machine.program(DERIVED, "sync a -v").env("DO_NOT_TRACK", "1"));
    for words in [
        "telemetry inspect sync a -v",
        "telemetry inspect -- sync a -v",
        "telemetry inspect telemetry inspect sync a -v",
    ] {
        assert_eq!(machine.run(words).stdout, plain.stdout, "{words}");
    }
    let refused = machine.run("telemetry inspect sync --bogus");
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("unexpected argument '--bogus'"), "{refused:?}");
    assert_eq!(machine.run("telemetry inspect").code, Some(2));
    for (words, usage) in [
        ("telemetry inspect --help", "cli-derived telemetry inspect"),
        ("telemetry inspect sync -h", "cli-derived sync"),
    ] {
        assert!(machine.run(words).stdout.contains(&format!("Usage: {usage} ")), "{words}");
    }
    assert_eq!(machine.receiver.requests().len(), 0);
}

/// A program that tries runs them itself.
#[test]
fn whoever_tries_runs_them_itself() {
    let machine = Machine::new();
    let run = Run::of(machine.program(DERIVED, "telemetry status").env("CLI_TRY", "1"));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.starts_with("left: Status\ntelemetry level: all\n"), "{run:?}");
    assert_eq!(machine.receiver.requests().len(), 0);
}
