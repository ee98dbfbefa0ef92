//! With telemetry off there is silence: no connection, no file, and the command as it always is.

use crate::machine::{Machine, Run, everything_under};
use crate::receiver::{Answer, Receiver};

/// What a run left behind: its outcome, the connections that it made, and whether it touched the home.
struct Traces {
    run: Run,
    connections: usize,
    files: usize,
}

fn run_with(arguments: &str, environment: &[(&str, &str)]) -> Traces {
    let machine = Machine::new();
    machine.write([("data/a.csv", "id,name\n1,Ada\n2\n")]);
    let receiver = Receiver::start(|_| Answer::Accept);
    let arguments = format!("sync data out {arguments}");
    let mut command = machine.quickstart(arguments.split_whitespace());
    command.env("QUICKSTART_ENDPOINT", receiver.url()).envs(environment.iter().copied());
    let run = Run::of(&mut command);
    Traces { run, connections: receiver.stop().len(), files: everything_under(machine.home()).len() }
}

/// CW-31.
#[test]
fn every_way_of_turning_it_off_leaves_no_trace() {
    let on = run_with("", &[]);
    assert!(on.connections > 0 && on.files > 0, "this test could not see telemetry if there was any");

    let ways: [(&str, &[(&str, &str)]); 5] = [
        ("--telemetry-level none", &[]),
        ("--telemetry-level none", &[("QUICKSTART_TELEMETRY_LEVEL", "all")]),
        ("", &[("QUICKSTART_TELEMETRY_LEVEL", "none")]),
        ("", &[("DO_NOT_TRACK", "1")]),
        // What cannot be understood is not consent.
        ("", &[("QUICKSTART_TELEMETRY_LEVEL", "loud")]),
    ];
    for (arguments, environment) in ways {
        let off = run_with(arguments, environment);
        let way = format!("{arguments} {environment:?}: {:?}", off.run);
        assert_eq!((off.connections, off.files), (0, 0), "{way}");
        assert_eq!((off.run.code, &off.run.stdout), (on.run.code, &on.run.stdout), "{way}");
        assert_eq!(off.run.stderr.lines().count(), 1, "{way}");
        assert!(off.run.stderr.starts_with("Telemetry is off"), "{way}");
    }
}

/// CW-28.
#[test]
fn errors_alone_lets_no_stats_through() {
    let run = run_with("--telemetry-level errors", &[]);
    assert_eq!(run.run.code, Some(0), "{:?}", run.run);
    assert_eq!(run.connections, 0, "a sync that went well has no errors to report");
}

#[test]
fn a_word_that_is_no_level_is_a_usage_error() {
    let run = run_with("--telemetry-level loud", &[]);
    assert_eq!(run.run.code, Some(2), "{:?}", run.run);
    assert!(run.run.stderr.contains("none, errors, stats, all"), "{:?}", run.run);
    assert_eq!((run.connections, run.files), (0, 0), "{:?}", run.run);
}
