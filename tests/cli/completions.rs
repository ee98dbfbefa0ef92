//! C2, Comfy-Org/comfy-cli#506, modular/modular#3817, clerk/cli#417: a shell that asks for completions is nobody's use of the program.

use std::fs;
use std::process::Command;

use telemetry_tests::has_tool;

use crate::machine::{DERIVED, Machine, Run};

#[test]
fn a_shell_that_asks_starts_nothing() {
    let asked = [
        ("sync a", Some(("COMPLETE", "bash"))),
        ("sync a", Some(("_CLAP_COMPLETE_INDEX", "0"))),
        ("sync a", Some(("_CLAP_COMPLETE_COMP_TYPE", "9"))),
        ("sync a", Some(("COMP_LINE", "demo sy"))),
        ("sync a", Some(("DEMO_COMPLETES", "1"))),
        ("sync --bogus", Some(("COMPLETE", "zsh"))),
        ("__complete sync --bogus", None),
        ("__completeNoDesc sync", None),
        ("completions bash", None),
        ("-v completions bash", None),
        ("completions bash --bogus", None),
    ];
    for (words, variable) in asked {
        let machine = Machine::new();
        let run = Run::of(machine.program(DERIVED, words).envs(variable));
        let plain = Run::of(machine.program(DERIVED, words).env("CLI_PLAIN", "1"));
        assert_eq!((run.code, &run.stderr), (plain.code, &plain.stderr), "{words} {variable:?}");
        assert_eq!(machine.heard(), (Vec::new(), false), "{words} {variable:?}");
        assert_eq!(machine.receiver.requests().len(), 0, "{words} {variable:?}");
    }
    // Nothing and `0` is what clap takes for not set.
    for value in ["", "0"] {
        let machine = Machine::new();
        Run::of(machine.program(DERIVED, "sync a").env("COMPLETE", value));
        assert_eq!(machine.heard().0.len(), 2, "COMPLETE={value}");
    }
}

/// Also in a program without clap.
#[test]
fn a_program_that_parses_for_itself_starts_nothing_either() {
    let run = |first: &str, variable: Option<(&str, &str)>| {
        let machine = Machine::new();
        let mut program = Command::new(env!("CARGO_BIN_EXE_commands"));
        program.args([first, &machine.state().display().to_string(), "work", "status"]).env_clear().envs(variable);
        (Run::of(&mut program).stdout, machine.state().exists())
    };
    assert!(run("http://127.0.0.1:9/", None).1, "this test could not see telemetry if there was any");
    let (said, is_on_disk) = run("http://127.0.0.1:9/", Some(("COMPLETE", "bash")));
    assert!(said.contains("a shell asks by COMPLETE") && !is_on_disk, "{said}");
    let (said, is_on_disk) = run("__complete", None);
    assert!(said.contains("a shell asks by `__complete`") && !is_on_disk, "{said}");
}

#[test]
fn the_trace_says_that_a_shell_asks() {
    let machine = Machine::new();
    let run = Run::of(machine.program(DERIVED, "sync a").envs([("COMPLETE", "fish"), ("CLI_STATUS", "1")]));
    assert!(run.stdout.contains("shell completion        a shell asks by COMPLETE"), "{run:?}");
}

/// No socket, and no file of ours looked for.
#[test]
fn nothing_is_touched() {
    if !has_tool("strace") {
        return;
    }
    let calls = |words: &str, variable: Option<(&str, &str)>| {
        let machine = Machine::new();
        let log = machine.home().join("calls");
        let program = machine.program(DERIVED, words);
        let mut traced = Command::new("strace");
        traced.args(["-f", "-e", "trace=network,file,clone,clone3,fork,vfork", "-o"]).arg(&log).arg(DERIVED);
        traced.args(program.get_args()).env_clear().envs(variable).current_dir(machine.home());
        traced.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        traced.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        assert!(traced.output().unwrap().status.success(), "{words}");
        let calls = fs::read_to_string(log).unwrap();
        let state = machine.state().display().to_string();
        let is_ours = |line: &&str| {
            let call = line.split_once(' ').map_or(*line, |(_, call)| call.trim_start());
            ["socket(", "clone", "fork(", "vfork("].iter().any(|name| call.starts_with(name)) || call.contains(&state)
        };
        calls.lines().filter(is_ours).map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    let telemetry = calls("sync a", None);
    for call in ["socket(", "clone", "state"] {
        assert!(telemetry.iter().any(|line| line.contains(call)), "what is not there could not be seen: {telemetry:?}");
    }
    for (words, variable) in
        [("sync a", Some(("COMPLETE", "bash"))), ("__complete sync", None), ("completions zsh", None)]
    {
        assert_eq!(calls(words, variable), Vec::<String>::new(), "{words} {variable:?}");
    }
}
