//! What is known of where a program runs.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::machine::{Machine, said};

/// What a run says of where it runs, with these variables.
fn facts(environment: &[(&str, &str)]) -> Value {
    let machine = Machine::new();
    said(machine.person("work flush").envs(environment.iter().copied()));
    let sent = machine.sent();
    assert!(!sent.contains("secret"), "no variable's value is sent: {sent}");
    let events = machine.accepted();
    assert_eq!(events[0]["facts"], events[1]["facts"]);
    events[0]["facts"].clone()
}

/// CL-03, HA-05, TI-16, TI-20: words of closed lists.
#[test]
fn the_context_is_named_by_known_words() {
    for (variable, fact, word) in [
        ("TRAVIS", "ci", "TRAVIS"),
        ("GITHUB_ACTIONS", "ci", "GITHUB_ACTIONS"),
        ("CI", "ci", "OTHER"),
        ("KUBERNETES_SERVICE_HOST", "container", "kubernetes"),
        ("AWS_LAMBDA_FUNCTION_NAME", "faas", "aws_lambda"),
        ("CLAUDECODE", "agent", "claude-code"),
        ("CURSOR_AGENT", "agent", "cursor"),
    ] {
        let facts = facts(&[(variable, "secret")]);
        assert_eq!(facts[fact], word, "{facts}");
        assert_eq!(facts["interactive"], false, "{facts}");
        assert_eq!(facts.get("terminal"), None, "{facts}");
    }
    let nowhere = facts(&[("CI", "false")]);
    for absent in ["ci", "faas", "agent", "git_commit", "build_date", "installer", "plugins"] {
        assert_eq!(nowhere.get(absent), None, "{nowhere}");
    }
}

/// A program may leave continuous integration out, and the trace says so.
#[test]
fn in_continuous_integration_a_program_may_collect_nothing() {
    let runs = |environment: &[(&str, &str)]| {
        let machine = Machine::new();
        let mut person = machine.person("work flush status");
        let said = said(person.env("PERSON_NOT_IN_CI", "1").envs(environment.iter().copied()));
        let is_why = |line: &str| line.contains("  continuous integration ") && line.ends_with(" GITLAB");
        (machine.accepted().len(), said.lines().any(is_why))
    };
    assert_eq!(runs(&[]), (2, false));
    assert_eq!(runs(&[("GITLAB_CI", "true"), ("PERSON_TELEMETRY_LEVEL", "all")]), (0, true));
}

/// TI-14, TI-15, CL-04, CL-05: what the author says of the program.
#[test]
fn what_the_author_states_goes_with_events() {
    let folder = tempfile::tempdir().unwrap();
    let installer = folder.path().join("installer");
    std::fs::write(&installer, "TiUP\n").unwrap();
    let path = installer.to_str().unwrap();
    let stated = facts(&[("PERSON_STATED", "1"), ("PERSON_INSTALLER", path)]);
    let expected = json!({
        "git_commit": "abc1234", "build_date": "2026-11-21", "installer": "TiUP",
        "plugins": ["cloudquery/aws@27.1.0", "postgresql@8.0.0"],
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&stated[name], value, "{stated}");
    }
    // What an installer's file says is one of the author's words, or nothing.
    std::fs::write(&installer, "secret").unwrap();
    assert_eq!(facts(&[("PERSON_INSTALLER", path)]).get("installer"), None);
    assert_eq!(facts(&[("PERSON_INSTALLER", "/nowhere")]).get("installer"), None);
}

/// Each can be left out; what is left out still decides how lasting the install id is.
#[test]
fn each_fact_can_be_left_out() {
    let all =
        [("TRAVIS", "1"), ("KUBERNETES_SERVICE_HOST", "1"), ("AWS_LAMBDA_FUNCTION_NAME", "1"), ("CLAUDECODE", "1")];
    let names = |facts: &Value| facts.as_object().map(|facts| facts.keys().cloned().collect()).unwrap_or_default();
    let with: BTreeSet<String> = names(&facts(&all));
    assert_eq!(
        with.iter().map(String::as_str).collect::<Vec<_>>(),
        ["agent", "ci", "container", "faas", "interactive"]
    );
    for left_out in &with {
        let mut environment = all.to_vec();
        environment.push(("PERSON_WITHOUT", left_out));
        let rest = names(&facts(&environment));
        assert_eq!(with.difference(&rest).collect::<Vec<_>>(), [left_out]);
    }
    let machine = Machine::new();
    let mut person = machine.person_anywhere("work flush");
    said(person.env("KUBERNETES_SERVICE_HOST", "1").env("PERSON_WITHOUT", "container"));
    assert_eq!(machine.accepted()[0]["install_id_kind"], "ephemeral");
    let status = said(machine.person("status").env("PERSON_WITHOUT", "weather"));
    assert!(status.contains("telemetry fact name `weather` (from Builder::without_fact)"), "{status}");
}

/// TI-16, TI-20: at a terminal.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_is_one() {
    if !telemetry_tests::has_tool("script") {
        return;
    }
    let machine = Machine::new();
    let person = machine.person("work flush");
    let line: Vec<_> = std::iter::once(person.get_program()).chain(person.get_args()).collect();
    let mut script = std::process::Command::new("script");
    script.args(["--quiet", "--command"]).arg(line.join(std::ffi::OsStr::new(" "))).arg("/dev/null");
    assert!(script.output().unwrap().status.success());
    assert_eq!(machine.accepted()[0]["facts"]["terminal"], "tty");
}
