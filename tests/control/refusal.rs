//! Off is off: turning telemetry off sends nothing and leaves nothing, also of programs that are running.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Stdio};

use telemetry_tests::Receiver;

use crate::program::{Controlled, nobody};

/// CL-20, HA-23; netlify/cli#739 (the disable flag sent an event), promptfoo#10047 (a beacon for each opt-out).
#[test]
fn to_disable_sends_nothing_and_leaves_nothing_but_the_setting() {
    let controlled = Controlled::new();
    let receiver = Receiver::start();
    controlled.say(&nobody(), "work flush work");
    std::fs::write(controlled.state().join("install-id"), "0d7c3f5e-5f3a-4c38-9d0e-1c9b1f0a7a11\n").unwrap();
    let said = controlled.say(&receiver.url(), "disable");
    assert!(said.starts_with("telemetry is turned off, and what was kept is deleted\n4 events that waited"), "{said}");
    assert!(said.ends_with("\ntelemetry level: none, because of settings: none\n"), "{said}");
    assert_eq!(controlled.tree(), ["settings"]);
    assert!(controlled.settings().starts_with("level = none\npurged = 2"), "{}", controlled.settings());
    // P7: the books are closed.
    assert!(controlled.settings().contains(", 4 events\n"), "{}", controlled.settings());
    controlled.say(&receiver.url(), "work flush");
    assert_eq!(controlled.tree(), ["settings"]);
    assert_eq!(receiver.requests().len(), 0);
    let said = controlled.say(&receiver.url(), "enable");
    assert!(said.ends_with("\ntelemetry level: all, because of settings: all\n"), "{said}");
    controlled.say(&receiver.url(), "work flush");
    assert_eq!(receiver.accepted().len(), 2, "nothing of what was there before");
}

/// To turn telemetry off, nobody is asked where it would go: a program may start something for that.
#[test]
fn to_disable_makes_no_sink() {
    let controlled = Controlled::new().with("CONTROLLED_SAY_MADE", "1");
    assert!(!controlled.say(&nobody(), "disable").contains("sink made"));
    assert!(!controlled.say(&nobody(), "status").contains("sink made"));
    controlled.say(&nobody(), "enable");
    assert!(controlled.say(&nobody(), "status").contains("sink made"));
}

fn go_on(mut child: Child) {
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    assert!(child.wait().unwrap().success());
}

/// What a running program has recorded, or records still, is not sent once the user has turned telemetry off, and not by a later run
/// either: netlify/cli#739, gatsby#34486.
#[test]
fn a_running_program_sends_nothing_more() {
    for (before, after) in
        [("work", "flush"), ("work", "work flush"), ("", "work flush"), ("", "work"), ("work", ""), ("work", "work")]
    {
        let controlled = Controlled::new();
        let receiver = Receiver::start();
        let child = controlled.start(&receiver.url(), &format!("{before} decision wait {after}"), "decision");
        controlled.say(&receiver.url(), "disable");
        go_on(child);
        controlled.say(&receiver.url(), "enable");
        controlled.say(&receiver.url(), "flush");
        assert_eq!(receiver.requests().len(), 0, "{before} | {after}");
        assert_eq!(controlled.tree(), ["settings"], "{before} | {after}");
    }
}

/// The same where it is killed before it sees that.
#[test]
fn a_running_program_that_is_killed_leaves_nothing() {
    let controlled = Controlled::new();
    let receiver = Receiver::start();
    let mut child = controlled.start(&receiver.url(), "work decision wait", "decision");
    controlled.say(&receiver.url(), "disable");
    child.kill().unwrap();
    child.wait().unwrap();
    controlled.say(&receiver.url(), "enable");
    controlled.say(&receiver.url(), "work flush");
    assert_eq!(receiver.accepted().len(), 2);
}

/// A program that turns telemetry off in the middle of a run: what was recorded before it, and what is after it, goes nowhere.
#[test]
fn a_program_may_turn_itself_off() {
    let controlled = Controlled::new();
    let receiver = Receiver::start();
    let said = controlled.say(&receiver.url(), "work disable_here work flush decision");
    assert!(said.contains("2 recorded, 0 delivered, 0 rejected, 0 pending; 2 lost: purged"), "{said}");
    assert_eq!(receiver.requests().len(), 0);
    assert_eq!(controlled.tree(), ["settings"]);
}

/// SonarSource/sonarqube-cli#333: the status says what a run does.
#[test]
fn the_status_says_what_a_run_does() {
    for (name, value) in
        [("DO_NOT_TRACK", "1"), ("CONTROLLED_TELEMETRY_LEVEL", "none"), ("CONTROLLED_NO_TELEMETRY", "1")]
    {
        let controlled = Controlled::new().with(name, value);
        let receiver = Receiver::start();
        let said = controlled.say(&receiver.url(), "enable");
        assert!(said.contains(&format!("\ntelemetry level: none, because of {name}: ")), "{said}");
        let status = controlled.say(&receiver.url(), "status");
        assert!(status.starts_with("telemetry level: none\n"), "{status}");
        assert!(status.contains(&format!("\nnothing goes out, because of {name}: ")), "{status}");
        let decision = controlled.say(&receiver.url(), "work flush decision");
        let trace =
            |text: &str| text.lines().filter(|line| line.starts_with("  ")).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(trace(&status), trace(&decision));
        assert_eq!(receiver.requests().len(), 0);
    }
}

/// HA-20: the status shows what waits, and where it would go, without secrets.
#[test]
fn the_status_says_what_waits() {
    let controlled = Controlled::new();
    controlled.say(&nobody(), "work flush");
    controlled.say(&nobody(), "work work");
    let said = controlled.say("http://me:secret@127.0.0.1:9/?secret", "status");
    assert!(said.contains("\nwaiting: 6 events in "), "{said}");
    assert!(said.contains("\nsink json: http://…@127.0.0.1:9/?…; no answer: "), "{said}");
    let receiver = Receiver::start();
    controlled.say(&receiver.url(), "flush");
    let said = controlled.say(&receiver.url(), "status");
    assert!(said.contains("\nwaiting: 0 events in 0 bytes\n"), "{said}");
    assert!(said.contains("; answered 200, 20"), "{said}");
    assert!(Controlled::new().say(&receiver.url(), "status").contains("; nothing sent yet\n"));
}

/// hasura#4487, cargo-binstall#2373: after `disable`, no socket, no name looked up, no thread, and no file of ours but the setting that
/// says so. Where a variable has said so, not even that.
#[cfg(target_os = "linux")]
#[test]
fn off_makes_no_system_call_for_it() {
    if !telemetry_tests::has_tool("strace") {
        return;
    }
    let mut controlled = Controlled::new();
    let url = nobody();
    controlled.say(&url, "work");
    controlled.say(&url, "disable");
    let calls = |controlled: &Controlled| {
        let trace = controlled.folder().join("trace");
        let tool = ["/usr/bin/strace", "--follow-forks", "--output", trace.to_str().unwrap()];
        let output = controlled.under(&tool, &url, "work flush").output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "work\nflush\n");
        std::fs::read_to_string(trace).unwrap()
    };
    let all = calls(&controlled);
    for call in ["socket(", "connect(", "clone(", "clone3(", "fork(", "mkdir(", "unlink(", "rename("] {
        assert!(!all.contains(call), "{call}");
    }
    let touched = named_in_state(&all);
    assert!(!touched.is_empty() && touched.iter().all(|path| path == "settings"), "{touched:?}");
    controlled.set("CONTROLLED_TELEMETRY_LEVEL", "none");
    assert_eq!(named_in_state(&calls(&controlled)), [] as [&str; 0]);
}

/// What the calls of a trace name in the state folder, but for the start of the program, whose argument it is.
#[cfg(target_os = "linux")]
fn named_in_state(calls: &str) -> Vec<String> {
    let calls = calls.lines().filter(|call| !call.contains("execve("));
    let named = calls.filter_map(|call| call.split_once("/state"));
    named.map(|(_, path)| path.split('"').next().unwrap().trim_start_matches('/').to_owned()).collect()
}

/// Neither an install id nor a salt comes back, and whatever is started then is told to be silent.
#[test]
fn a_running_program_makes_nothing_anew() {
    for (before, after) in [("", "work"), ("work", "hash"), ("", "child"), ("work", "child")] {
        let controlled = Controlled::new().with("CONTROLLED_LASTING", "1");
        let mut child = controlled.start(&nobody(), &format!("{before} decision wait {after}"), "decision");
        controlled.say(&nobody(), "disable");
        child.stdin.take().unwrap().write_all(b"\n").unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        assert_eq!(controlled.tree(), ["settings"], "{before} | {after}");
        if after == "child" {
            assert_eq!(String::from_utf8(output.stdout).unwrap(), "wait\nv1:none:-:-:-:-\nchild\n", "{before}");
        }
    }
}

/// It is turned off while a run starts: after it has decided, before it collects.
#[test]
fn a_program_that_is_starting_sends_nothing() {
    let controlled = Controlled::new();
    let receiver = Receiver::start();
    let mut command = controlled.command(&receiver.url(), "work flush");
    command.env("CONTROLLED_WAIT_FOR_SINK", "1").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "making");
    controlled.say(&receiver.url(), "disable");
    go_on(child);
    assert_eq!(receiver.requests().len(), 0);
    assert_eq!(controlled.tree(), ["settings"]);
}
