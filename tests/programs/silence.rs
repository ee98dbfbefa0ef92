//! At `none` the system sees nothing of telemetry: no connection, no thread, no process, no file. Looked at from outside, with strace.

use std::fs;
use std::path::Path;
use std::process::Command;

use telemetry_tests::has_tool;

use crate::machine::{Machine, Run};
use crate::receiver::{Answer, Receiver};

/// The system calls of a run, a line each.
fn calls(machine: &Machine, endpoint: &str, arguments: &str, environment: &[(&str, &str)]) -> Vec<String> {
    let program = machine.quickstart(arguments.split_whitespace());
    let traced = machine.work().join("calls");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-e", "trace=all", "-o"]).arg(&traced).arg(program.get_program());
    strace.args(program.get_args()).current_dir(machine.work()).env_clear();
    strace.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    strace.env("QUICKSTART_ENDPOINT", endpoint).envs(environment.iter().copied());
    let run = Run::of(&mut strace);
    assert_eq!(run.code, Some(0), "{run:?}");
    let calls = fs::read_to_string(&traced).unwrap();
    fs::remove_file(traced).unwrap();
    // `1234  openat(…) = 3`
    calls.lines().filter_map(|line| Some(line.split_once(' ')?.1.trim_start().to_owned())).collect()
}

fn of_a_kind<'a>(calls: &'a [String], names: &[&str]) -> Vec<&'a String> {
    calls.iter().filter(|call| names.iter().any(|name| call.starts_with(&format!("{name}(")))).collect()
}

/// Those that would be telemetry's: the program itself makes none of them.
fn of_telemetry<'a>(calls: &'a [String], home: &Path) -> Vec<&'a String> {
    const LOUD: [&str; 12] = [
        "socket",
        "socketpair",
        "connect",
        "bind",
        "sendto",
        "sendmsg",
        "clone",
        "clone3",
        "fork",
        "vfork",
        "mkdir",
        "mkdirat",
    ];
    let home = home.to_str().unwrap();
    let mut found = of_a_kind(calls, &LOUD);
    found.extend(calls.iter().filter(|call| call.contains(home) && !call.starts_with("execve(")));
    found
}

/// CW-13, CW-31, CL-20, CL-21: what is off is not there.
#[test]
fn at_none_the_system_sees_nothing() {
    if !has_tool("strace") {
        return;
    }
    let machine = Machine::new();
    machine.write([("data/a.csv", "id,name\n1,Ada\n")]);
    let receiver = Receiver::start(|_| Answer::Accept);
    let on = calls(&machine, &receiver.url(), "tables data", &[]);
    assert!(of_telemetry(&on, machine.home()).len() > 3, "this test could not see telemetry if there was any");
    assert!(!of_a_kind(&on, &["connect"]).is_empty() && !of_a_kind(&on, &["clone", "clone3"]).is_empty());

    let ways: [(&str, &[(&str, &str)]); 4] = [
        ("tables data --telemetry-level none", &[]),
        ("tables data", &[("QUICKSTART_TELEMETRY_LEVEL", "none")]),
        ("tables data", &[("QUICKSTART_NO_TELEMETRY", "1")]),
        ("tables data", &[("DO_NOT_TRACK", "1")]),
    ];
    for (arguments, environment) in ways {
        let machine = Machine::new();
        machine.write([("data/a.csv", "id,name\n1,Ada\n")]);
        let off = calls(&machine, &receiver.url(), arguments, environment);
        assert!(off.len() > 20, "the run was looked at");
        assert_eq!(of_telemetry(&off, machine.home()), Vec::<&String>::new(), "{arguments} {environment:?}");
    }
    receiver.stop();
}
