//! Help and versions: clap's, and nothing of telemetry runs for them.

use crate::machine::{BUILT, DERIVED, Machine, Run};

/// CQ-18: what users read.
#[test]
fn long_help_says_all_and_short_help_says_one() {
    let machine = Machine::new();
    insta::assert_snapshot!("long", machine.run("sync --help").stdout);
    insta::assert_snapshot!("short", machine.run("sync -h").stdout);
    insta::assert_snapshot!("telemetry", machine.run("telemetry --help").stdout);
}

/// C2, Kilo-Org/kilocode#9788: help and versions start nothing, so that nothing of ours can hold them up.
#[test]
fn help_and_versions_start_nothing() {
    for (program, words) in [
        (DERIVED, "--help"),
        (DERIVED, "-h"),
        (DERIVED, "help sync"),
        (DERIVED, "sync --help"),
        (DERIVED, "--version"),
        (DERIVED, "telemetry --help"),
        (BUILT, "-V"),
        (BUILT, "work --help"),
    ] {
        let machine = Machine::new();
        let run = Run::of(&mut machine.program(program, words));
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{words}");
        assert!(!run.stdout.is_empty(), "{words}");
        assert_eq!(machine.heard(), (Vec::new(), false), "{words}");
        assert_eq!(machine.receiver.requests().len(), 0, "{words}");
    }
    let version = |program| Run::of(&mut Machine::new().program(program, "--version"));
    let plain = |program| Run::of(Machine::new().program(program, "--version").env("CLI_PLAIN", "1"));
    assert_eq!(version(DERIVED), plain(DERIVED));
    assert_eq!(version(BUILT), plain(BUILT));
}
