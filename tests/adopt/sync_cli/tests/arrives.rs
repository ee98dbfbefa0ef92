//! What of the program arrives, and what does not.

use loopback::{Machine, event};

const TALLY: &str = env!("CARGO_BIN_EXE_tally");

#[test]
fn a_run_arrives_without_a_word_that_was_typed() {
    let machine = Machine::new("TALLY");
    std::fs::write(machine.home().join("secret.txt"), "a\nb\n").unwrap();
    let run = || machine.run(TALLY, &["lines", "secret.txt"]);
    let first = run();
    assert_eq!((first.stdout.as_slice(), first.stderr.as_slice()), (&b"2\n"[..], &b""[..]));

    let events = machine.events_of_first_run(2, || drop(run()));
    assert_eq!(events.len(), 2, "{events:#?}");
    let (start, finish) = (event(&events, "Lines Started"), event(&events, "Lines Finished"));
    assert_eq!((&start["app"], &start["version"]), (&"tally".into(), &"1.2.0".into()));
    assert_eq!(start["facts"]["command"], "tally lines");
    assert_eq!((&finish["outcome"], &finish["fields"]["lines"]), (&"ok".into(), &"0-99".into()));
    assert_eq!(finish["call_id"], start["call_id"]);
    for request in machine.receiver.requests() {
        assert!(!String::from_utf8_lossy(&request.bytes).contains("secret"), "{}", request.body);
    }
}

#[test]
fn an_error_and_a_misspelt_command_are_told() {
    let machine = Machine::new("TALLY");
    let run = || machine.run(TALLY, &["lines", "nothing.txt"]);
    assert_eq!(run().status.code(), Some(1));
    let events = machine.events_of_first_run(2, || drop(run()));
    assert_eq!(event(&events, "Lines Finished")["outcome"], "error");

    let machine = Machine::new("TALLY");
    let run = || machine.run(TALLY, &["line", "nothing.txt"]);
    assert_eq!(run().status.code(), Some(2));
    let events = machine.events_of_first_run(1, || drop(run()));
    assert_eq!(event(&events, "Usage Error")["reason"], "invalid-subcommand", "{events:#?}");
}

#[test]
fn whoever_was_not_told_or_refuses_is_not_counted() {
    let machine = Machine::new("TALLY");
    std::fs::write(machine.home().join("a.txt"), "a\n").unwrap();
    // A notice is due, and nobody is there to read it.
    assert!(machine.command(TALLY, &["lines", "a.txt"]).output().unwrap().status.success());
    assert!(machine.run(TALLY, &["lines", "a.txt", "--no-telemetry"]).status.success());
    assert_eq!(machine.receiver.requests().len(), 0);
    assert!(!machine.home().join(".local").exists(), "nothing is on the disk");
}

#[test]
fn users_can_look() {
    let machine = Machine::new("TALLY");
    std::fs::write(machine.home().join("a.txt"), "a\n").unwrap();
    let inspected = machine.run(TALLY, &["telemetry", "inspect", "lines", "a.txt"]);
    assert_eq!(String::from_utf8_lossy(&inspected.stdout), "1\n");
    let shown = std::fs::read_to_string(machine.home().join("tally-telemetry.txt")).unwrap();
    assert!(shown.contains("Lines Finished") && shown.contains(&machine.receiver.url()), "{shown}");
    let status = machine.run(TALLY, &["telemetry", "status"]);
    assert!(String::from_utf8_lossy(&status.stdout).starts_with("telemetry level: all"), "{status:?}");
    let catalogue = machine.run(TALLY, &["telemetry", "catalogue"]);
    assert!(String::from_utf8_lossy(&catalogue.stdout).contains("how large the files are that people count"));
    assert_eq!(machine.receiver.requests().len(), 0);
}
