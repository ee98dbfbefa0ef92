//! The flags, each of them, and who is heard before whom.

use crate::machine::{BUILT, DERIVED, Machine, Run};

/// The level that a run has, and the line of the trace that says why.
fn level(words: &str, environment: &[(&str, &str)]) -> String {
    let machine = Machine::new();
    let run = Run::of(machine.program(DERIVED, words).env("CLI_STATUS", "1").envs(environment.iter().copied()));
    assert_eq!(run.code, Some(0), "{words} {environment:?}: {run:?}");
    let level = run.stdout.lines().next().unwrap().strip_prefix("telemetry level: ").unwrap().to_owned();
    let (events, is_on_disk) = machine.heard();
    let expected = if matches!(level.as_str(), "all" | "stats") { 2 } else { 0 };
    assert_eq!(events.len(), expected, "{words} {environment:?}: {run:?}");
    assert!(expected > 0 || level == "errors" || !is_on_disk, "{words} {environment:?}");
    level
}

/// CQ-18, CQ-19, CW-07, CL-20, CL-21, HA-21: the flags before the variables, and no before yes.
#[test]
fn the_flag_speaks_first() {
    let variables: [&[(&str, &str)]; 5] = [
        &[],
        &[("DEMO_TELEMETRY_LEVEL", "none")],
        &[("DEMO_TELEMETRY_LEVEL", "loud")],
        &[("DO_NOT_TRACK", "1")],
        &[("DEMO_NO_TELEMETRY", "1")],
    ];
    for said in variables {
        let without = level("project list", said);
        assert_eq!(without, if said.is_empty() { "all" } else { "none" }, "{said:?}");
        for (flags, expected) in [
            ("--telemetry-level all", "all"),
            ("--telemetry-level=stats", "stats"),
            ("--telemetry-level errors", "errors"),
            ("--telemetry-level none", "none"),
            ("--no-telemetry", "none"),
            ("--enable-telemetry=false", "none"),
            ("--enable-telemetry true", "all"),
            ("--telemetry-level all --no-telemetry", "none"),
            ("--no-telemetry --telemetry-level all", "none"),
            ("--enable-telemetry=off --telemetry-level all", "none"),
            ("--telemetry-level none --telemetry-level all", "all"),
            ("--no-telemetry --no-telemetry", "none"),
        ] {
            assert_eq!(level(&format!("project list {flags}"), said), expected, "after: {flags} {said:?}");
            assert_eq!(level(&format!("{flags} project list"), said), expected, "before: {flags} {said:?}");
        }
    }
}

/// A program that has clap pass over what is wrong with a line: who says no behind that is heard all the same.
#[test]
fn a_line_that_clap_passes_over_can_opt_out() {
    for (words, events) in [
        ("work a", 2),
        ("work a --bogus --count 1", 2),
        ("work a --telemetry-level all --bogus", 2),
        ("work a --bogus --no-telemetry", 0),
        ("--bogus --no-telemetry", 0),
        ("work a --telemetry-level loud", 0),
        ("work a --bogus --telemetry-level none", 0),
        ("work a --telemetry-level all --bogus --telemetry-level=none", 0),
        ("work a --bogus --inspect-telemetry", 0),
    ] {
        let machine = Machine::new();
        let run = Run::of(machine.program(BUILT, words).env("CLI_IGNORE_ERRORS", "1"));
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{words}: {run:?}");
        assert_eq!(machine.heard().0.len(), events, "{words}");
    }
}

#[test]
fn the_trace_names_the_flag() {
    let machine = Machine::new();
    for (words, line) in [
        ("project list --no-telemetry", "--no-telemetry    given, so none"),
        ("project list --telemetry-level stats", "--telemetry-level    stats"),
        ("project list --enable-telemetry=no", "--enable-telemetry    `no`, so none"),
        ("project list", "flag                    not given"),
    ] {
        let run = Run::of(machine.program(DERIVED, words).env("CLI_STATUS", "1"));
        assert!(run.stdout.contains(line), "{words}: {run:?}");
    }
}

/// CL-18: for who inspects, nothing is sent. CL-22, TI-22: the other flags are there, and change nothing of the command.
#[test]
fn the_other_flags_are_there() {
    let plain = Machine::new().run("sync a");
    for (flag, events) in [("--inspect-telemetry", 0), ("--debug-telemetry", 2), ("--debug", 2)] {
        let machine = Machine::new();
        let run = machine.run(&format!("sync a {flag}"));
        assert_eq!((run.code, &run.stdout), (Some(0), &plain.stdout), "{flag}: {run:?}");
        assert_eq!(machine.heard().0.len(), events, "{flag}");
    }
}

/// A program that has such a flag itself is told so, keeps it, and collects nothing until it is renamed.
#[test]
fn a_flag_that_the_program_has_is_left_to_it() {
    let machine = Machine::new();
    let run = Run::of(machine.program(DERIVED, "sync a --verbose").envs([("CLI_FLAGS", "other"), ("CLI_STATUS", "1")]));
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    assert!(run.stdout.ends_with("sync a None 2 true\n"), "{run:?}");
    let problem =
        "telemetry flag `--verbose` (from Builder::flags): expected a flag that the program does not have otherwise";
    assert!(run.stdout.starts_with("telemetry level: none") && run.stdout.contains(problem), "{run:?}");
    assert_eq!(machine.heard(), (Vec::new(), false));
}

#[test]
fn flags_can_be_renamed_and_taken_away() {
    let machine = Machine::new();
    let help = |flags: &str| Run::of(machine.program(DERIVED, "--help").env("CLI_FLAGS", flags)).stdout;
    let (other, none) = (help("other"), help("none"));
    assert!(
        other.contains("Collecting:") && other.contains("--collect <LEVEL>") && !other.contains("--telemetry"),
        "{other}"
    );
    assert!(!none.contains("Telemetry:") && !none.contains("--no-telemetry"), "{none}");
    let run = Run::of(machine.program(DERIVED, "sync a --no-telemetry").env("CLI_FLAGS", "none"));
    assert_eq!(run.code, Some(2), "{run:?}");
    // Who says no to a program that cannot hear it is not told of.
    assert_eq!(machine.heard(), (Vec::new(), false));
}

/// CQ-18: a word that is no level is clap's matter, and no event.
#[test]
fn a_word_that_is_no_level_is_a_usage_error() {
    for program in [DERIVED, BUILT] {
        let machine = Machine::new();
        let run = Run::of(&mut machine.program(program, "--telemetry-level loud"));
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run:?}");
        assert!(run.stderr.contains("[possible values: none, errors, stats, all]"), "{run:?}");
        assert_eq!(machine.heard(), (Vec::new(), false));
    }
}

/// A7 row 8: nothing that a variable says has the program fail.
#[test]
fn a_bad_variable_is_no_error_of_the_command() {
    let plain = Machine::new().run("sync a");
    for (name, value) in [("DEMO_TELEMETRY_LEVEL", "loud"), ("DEMO_NO_TELEMETRY", "maybe"), ("DO_NOT_TRACK", "perhaps")]
    {
        let machine = Machine::new();
        let run = Run::of(machine.program(DERIVED, "sync a").env(name, value));
        assert_eq!(run, plain, "{name}={value}");
        assert_eq!(machine.heard(), (Vec::new(), false));
        let run = Run::of(machine.program(DERIVED, "sync --bogus").env(name, value));
        assert_eq!(run.code, Some(2), "{name}={value}");
        assert_eq!(machine.heard(), (Vec::new(), false));
    }
}
