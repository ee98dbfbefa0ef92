//! What the program and its user see of a panic: what they see without telemetry, and when.

use std::io::Read as _;
use std::process::{Output, Stdio};

use crate::crashing::{Machine, own, panics};

/// A run without telemetry, and one with it, whose panic was reported.
fn without_and_with(how: &str, variables: &[(&str, &str)]) -> [Output; 2] {
    ["none", "all"].map(|level| {
        let machine = Machine::new();
        let mut command = machine.command("plain", how);
        command.env("CRASHING_TELEMETRY_LEVEL", level).envs(variables.iter().copied());
        let output = command.output().unwrap();
        if level == "all" {
            assert!(own(&machine.frames("plain")).contains(&"crashing::deep"), "{how}");
        }
        output
    })
}

/// What was said, but for the number of the thread.
fn said(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    let Some((before, number)) = said.split_once("thread 'main' (") else { return said };
    format!("{before}thread 'main' (…{}", number.trim_start_matches(|digit: char| digit.is_ascii_digit()))
}

#[test]
fn a_panic_shows_what_it_shows_without_telemetry() {
    for variables in [&[][..], &[("RUST_BACKTRACE", "1")]] {
        let [without, with] = without_and_with("deep 2", variables);
        assert_eq!(said(&with), said(&without));
        assert!(said(&with).contains("called `Option::unwrap()` on a `None` value"), "{with:?}");
        assert_eq!((with.status.code(), without.status.code()), (Some(101), Some(101)));
    }
}

#[test]
fn the_programs_own_hooks_go_on() {
    for (how, words) in [("hook-before", &["before: "][..]), ("hook-after", &["after: ", "before: "])] {
        let [without, with] = without_and_with(how, &[]);
        assert_eq!(said(&with), said(&without));
        let at: Vec<_> = words.iter().map(|word| said(&with).find(word)).collect();
        assert!(at.iter().all(Option::is_some) && at.is_sorted(), "{with:?}");
    }
}

#[test]
fn the_report_is_on_disk_before_the_first_word_is_said() {
    // Sixteen times what a pipe takes: nobody gets to the end of saying it while nobody listens.
    const LENGTH: usize = 1024 * 1024;
    for build in ["plain", "aborting"] {
        for variables in [&[][..], &[("QUEUED", "1")]] {
            let machine = Machine::new();
            let mut command = machine.command(build, &format!("at-length {LENGTH}"));
            let mut program = command.envs(variables.iter().copied()).stderr(Stdio::piped()).spawn().unwrap();
            program.stderr.as_mut().unwrap().read_exact(&mut [0]).unwrap();
            program.kill().unwrap();
            assert_eq!(program.wait().unwrap().code(), None, "it is killed");
            let told = machine.tell(build, "");
            assert_eq!(panics(&told).len(), 1, "{build} {variables:?}: {told:#?}");
            assert_eq!(panics(&told)[0]["place"]["file"], "src/main.rs");
        }
    }
}
