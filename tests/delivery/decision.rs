//! Whether anything is collected, as the user says it, and what the user is told of it.

use telemetry_tests::Receiver;

use crate::program::Commands;

/// What the program says of its decision, and whether anything was recorded or sent.
fn decided(environment: &[(&str, &str)]) -> (String, bool) {
    let commands = Commands::new();
    let receiver = Receiver::start();
    let mut command = commands.command(&receiver.url(), "work flush status");
    let output = command.envs(environment.iter().copied()).output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "nobody is at a terminal");
    let said = String::from_utf8(output.stdout).unwrap();
    let trace = said.lines().take_while(|line| !line.starts_with("spool")).collect::<Vec<_>>().join("\n");
    (trace, commands.state().exists() || !receiver.requests().is_empty())
}

/// CW-09, CL-20, CL-21: the legacy variable turns telemetry off, unless it says that it does not.
#[test]
fn the_legacy_variable_is_still_heard() {
    for (value, is_off) in [("1", true), ("yes", true), ("no", true), ("0", false), ("false", false), ("", false)] {
        let (trace, leaves_traces) = decided(&[("COMMANDS_NO_TELEMETRY", value)]);
        assert_eq!(leaves_traces, !is_off, "{value}: {trace}");
        assert!(trace.contains("COMMANDS_NO_TELEMETRY"), "{trace}");
    }
    let both = [("COMMANDS_NO_TELEMETRY", "1"), ("COMMANDS_TELEMETRY_LEVEL", "all")];
    assert!(decided(&both).1, "the new variable goes first");
}

/// A test harness is nobody who uses the program, unless the program says `Development::Send`, as this one does.
#[test]
fn a_harness_holds_nothing_back_that_the_program_asked_for() {
    assert!(decided(&[("NEXTEST", "1")]).1);
}

#[test]
fn the_trace_names_who_spoke() {
    let (trace, _) = decided(&[("COMMANDS_TELEMETRY_LEVEL", "stats"), ("DO_NOT_TRACK", "1")]);
    assert_eq!(
        trace.lines().skip_while(|line| !line.starts_with("telemetry")).collect::<Vec<_>>(),
        ["telemetry level: stats", "  flag                        not given", "  COMMANDS_TELEMETRY_LEVEL    stats"]
    );
}

/// A person at a terminal is told of what is deprecated, and a program that reads the output is not.
#[cfg(target_os = "linux")]
#[test]
fn a_deprecated_variable_warns_a_person() {
    if !telemetry_tests::has_tool("script") {
        return;
    }
    let commands = Commands::new();
    let receiver = Receiver::start();
    let program = commands.command(&receiver.url(), "work");
    let line: Vec<_> = std::iter::once(program.get_program()).chain(program.get_args()).collect();
    let line = line.join(std::ffi::OsStr::new(" "));
    let mut script = std::process::Command::new("script");
    script.args(["--quiet", "--command"]).arg(line).arg("/dev/null").env("COMMANDS_NO_TELEMETRY", "1");
    let output = String::from_utf8(script.output().unwrap().stdout).unwrap();
    let expected = "warning: COMMANDS_NO_TELEMETRY is deprecated; use COMMANDS_TELEMETRY_LEVEL=none\r\nwork\r\n";
    assert_eq!(output, expected);
}
