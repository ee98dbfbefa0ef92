//! What processes hand to those that they start.

use serde_json::Value;

use crate::machine::{Machine, said, the};

/// The events of each run, in the order in which their first event arrived.
fn runs(events: &[Value]) -> Vec<Vec<Value>> {
    let mut runs: Vec<Vec<Value>> = Vec::new();
    for event in events {
        match runs.iter_mut().find(|run| run[0]["invocation_id"] == event["invocation_id"]) {
            Some(run) => run.push(event.clone()),
            None => runs.push(vec![event.clone()]),
        }
    }
    runs
}

/// The one run among them that has an event of this name, and that event.
fn run_with<'a>(runs: &'a [Vec<Value>], name: &str, parent: Option<&Value>) -> (&'a [Value], &'a Value) {
    let is_it = |event: &&Value| event["event"] == name && event.get("parent_invocation_id") == parent;
    let found: Vec<_> = runs.iter().filter_map(|run| Some((run.as_slice(), run.iter().find(is_it)?))).collect();
    assert_eq!(found.len(), 1, "{name}: {runs:#?}");
    found[0]
}

/// CQ-01, CQ-12: child and grandchild belong to the same installation, and say who started them.
#[test]
fn a_child_and_a_grandchild_belong_to_their_parents() {
    let machine = Machine::new();
    said(machine.person("grandchild=work flush").env("PERSON_TELEMETRY_LEVEL", "stats"));
    machine.run("flush");
    let events = machine.accepted();
    let runs = runs(&events);
    assert_eq!(runs.len(), 3);
    let (parent, its_call) = run_with(&runs, "Child Started", None);
    let (child, child_call) = run_with(&runs, "Child Started", Some(&parent[0]["invocation_id"]));
    let (grandchild, work) = run_with(&runs, "Work Started", Some(&child[0]["invocation_id"]));
    assert_eq!(child_call["parent_call_id"], its_call["call_id"]);
    assert_eq!(work["parent_call_id"], child_call["call_id"]);
    assert_eq!(its_call.get("parent_call_id"), None);
    let first = [parent, child, grandchild].map(|run| run[0].get("first_invocation_id"));
    assert_eq!(first, [None, Some(&parent[0]["invocation_id"]), Some(&parent[0]["invocation_id"])]);
    let id = the(&events, "install_id");
    assert_eq!(std::fs::read_to_string(machine.id_file()).unwrap().trim(), id);
    let kinds = [parent, child, grandchild].map(|run| the(run, "install_id_kind"));
    assert_eq!(kinds, ["lasting", "inherited", "inherited"]);
}

/// CQ-01, HA-21, HA-22: whatever a child is told, it collects no more than its parent.
#[test]
fn a_child_never_collects_more_than_its_parent() {
    for (parent, child, collected) in [
        ("all", "all", &["all", "all"] as &[_]),
        ("stats", "all", &["stats", "stats"]),
        ("errors", "stats", &["errors", "none"]),
        ("all", "errors", &["all", "errors"]),
        ("none", "all", &["none", "none"]),
    ] {
        let machine = Machine::new();
        let mut person = machine.person("status child=status");
        let said = said(person.env("PERSON_TELEMETRY_LEVEL", parent).env("CHILD_LEVEL", child));
        let levels: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("telemetry level: ")).collect();
        assert_eq!(levels, collected, "{said}");
        let is_braked = said.contains(&format!(
            "  parent                    PERSON_TELEMETRY_PARENT says {parent}, and a child collects no more"
        ));
        assert_eq!(is_braked, collected[1] != child, "{said}");
        if parent == "none" {
            assert_eq!(machine.files().len(), 0);
        }
    }
}

/// A value that nobody made counts as `none`, and is named once with what was expected.
#[test]
fn a_malformed_value_is_named_and_counts_as_none() {
    for value in ["1", "v1:all", "v1:loud:-:-:-:-", "v2:all:-:-:-:-", "v1:all:alice:-:-:-"] {
        let machine = Machine::new();
        let said = said(machine.person("work flush status env").env("PERSON_TELEMETRY_PARENT", value));
        assert!(said.starts_with("telemetry level: none"), "{said}");
        assert!(
            said.contains("parent                    PERSON_TELEMETRY_PARENT cannot be understood, so none"),
            "{said}"
        );
        assert!(said.ends_with("v1:none:-:-:-:-\n"), "{said}");
        assert_eq!((machine.files().len(), machine.receiver.requests().len()), (0, 0), "{value}");
    }
}

/// A person at a terminal is told of it, once.
#[cfg(target_os = "linux")]
#[test]
fn a_malformed_value_warns_a_person() {
    if !telemetry_tests::has_tool("script") {
        return;
    }
    let machine = Machine::new();
    let person = machine.person("work");
    let line: Vec<_> = std::iter::once(person.get_program()).chain(person.get_args()).collect();
    let mut script = std::process::Command::new("script");
    script.args(["--quiet", "--command"]).arg(line.join(std::ffi::OsStr::new(" "))).arg("/dev/null");
    let output = String::from_utf8(script.env("PERSON_TELEMETRY_PARENT", "alice").output().unwrap().stdout).unwrap();
    let expected = "warning: telemetry parent `alice` (from PERSON_TELEMETRY_PARENT): expected what `Guard::child_env` made: \
                    `v1:`, a level and four ids between colons; nothing is collected\r\n";
    assert_eq!(output, expected);
}

/// Nobody's name is handed on, and while somebody is signed in, no install id is.
#[test]
fn who_is_signed_in_is_not_handed_on() {
    let machine = Machine::new();
    let said = machine.run("env login=alice@acme env child=work,flush logout env");
    let lines: Vec<Vec<&str>> = said.lines().map(|line| line.split(':').collect()).collect();
    let [before, during, after] = lines.as_slice() else { panic!("{said}") };
    assert_eq!(before, after);
    assert!(before[2].len() == 36 && during[2] == "-" && during[3] == before[3], "{said}");
    assert!(!said.contains("alice") && !said.contains("acme"));
    let events = machine.accepted();
    let child: Vec<_> = events.iter().filter(|event| event.get("parent_invocation_id").is_some()).cloned().collect();
    assert_eq!((child.len(), the(&child, "install_id"), the(&child, "install_id_kind")), (2, "", "none"));
    assert_eq!(the(&child, "user_id"), "");
}

/// In a container, a program that is started there has the id of who started it.
#[test]
fn an_id_is_handed_into_a_container() {
    let machine = Machine::new();
    let handed = machine.run("env");
    let other = Machine::new();
    let mut person = other.person_anywhere("work flush");
    said(person.env("PERSON_TELEMETRY_PARENT", handed.trim()).env("KUBERNETES_SERVICE_HOST", "10.0.0.1"));
    let events = other.accepted();
    assert_eq!(the(&events, "install_id"), std::fs::read_to_string(machine.id_file()).unwrap().trim());
    assert_eq!(the(&events, "install_id_kind"), "inherited");
    assert_eq!(other.files(), ["spool-1"]);
}

/// A forked child is a run of its own, of the same person and the same installation, and says whose child it is.
#[cfg(unix)]
#[test]
fn a_forked_child_is_of_the_same_person() {
    for (words, user) in [("work fork work flush", ""), ("work login=alice fork work flush", "alice")] {
        let machine = Machine::new();
        machine.run(words);
        machine.run("flush");
        let events = machine.accepted();
        let (children, parents): (Vec<_>, Vec<_>) =
            events.into_iter().partition(|event| event.get("parent_invocation_id").is_some());
        assert_eq!((children.len(), parents.len()), (2, 4));
        assert_eq!(the(&children, "parent_invocation_id"), the(&parents, "invocation_id"));
        assert_eq!(the(&children, "user_id"), user);
        assert_eq!(the(&children, "install_id") == the(&parents[..2], "install_id"), user.is_empty());
        assert_eq!(parents[3]["user_id"].as_str().unwrap_or_default(), user);
    }
}

/// A child whose parent is excluded is as well.
#[cfg(unix)]
#[test]
fn a_forked_child_of_somebody_excluded_is_excluded() {
    let machine = Machine::new();
    let said = machine.run("work login=alice@internal fork work login=bob work env flush");
    assert_eq!(said, "v1:none:-:-:-:-\nv1:none:-:-:-:-\n");
    machine.run("flush");
    let events = machine.accepted();
    assert!(events.iter().all(|event| event["kind"] == "loss"), "{events:#?}");
}
