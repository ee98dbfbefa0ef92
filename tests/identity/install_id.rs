//! Which installation events are of.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::machine::{Machine, is_uuid, said, the, values};

/// CL-07, HA-16: whoever comes first makes it, all others read it, and every event of the first run has it.
#[test]
fn sixty_four_first_runs_make_one_id() {
    let machine = Machine::new();
    let start = |_| machine.person("wait work").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut runs: Vec<_> = (0..64).map(start).collect();
    for run in &mut runs {
        let mut said = String::new();
        BufReader::new(run.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said, "wait\n");
    }
    // All go at once.
    for run in &mut runs {
        drop(run.stdin.take());
    }
    for run in &mut runs {
        assert!(run.wait().unwrap().success());
    }
    machine.run("flush");
    let mut events = machine.accepted();
    // What a run finds at its start and has not sent whole when it ends, another one sends again.
    let mut seen = HashSet::new();
    events.retain(|event| seen.insert(event["id"].to_string()));
    let invocations: HashSet<_> = values(&events, "invocation_id").into_iter().collect();
    assert_eq!((events.len(), invocations.len()), (128, 64));
    let id = the(&events, "install_id");
    assert!(is_uuid(id), "{id}");
    assert_eq!(the(&events, "install_id_kind"), "lasting");
    assert_eq!(fs::read_to_string(machine.id_file()).unwrap().trim(), id);
    assert_eq!(machine.files(), ["install-id", "spool-1"], "nothing else is left behind");
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(machine.id_file()).unwrap().permissions()) & 0o777,
        0o600
    );
}

/// What a run that dies has recorded goes by the id that it had.
#[test]
fn a_run_that_dies_has_the_id() {
    let machine = Machine::new();
    assert!(!machine.person("work abort").output().unwrap().status.success());
    let id = fs::read_to_string(machine.id_file()).unwrap();
    fs::remove_file(machine.id_file()).unwrap();
    machine.run("flush");
    assert_eq!(the(&machine.accepted(), "install_id"), id.trim());
}

/// CL-11: somebody who deletes the file before every run is somebody else every time.
#[test]
fn a_deleted_id_is_another_one_the_next_time() {
    let machine = Machine::new();
    let ids: HashSet<_> = (0..3)
        .map(|_| {
            machine.run("work flush");
            let id = fs::read_to_string(machine.id_file()).unwrap();
            fs::remove_file(machine.id_file()).unwrap();
            id.trim().to_owned()
        })
        .collect();
    let events = machine.accepted();
    assert_eq!((events.len(), ids.len()), (6, 3));
    assert_eq!(values(&events, "install_id").into_iter().map(ToOwned::to_owned).collect::<HashSet<_>>(), ids);
}

/// CL-10: the file is where the program says, seen from where it starts.
#[test]
fn the_file_may_be_elsewhere() {
    let machine = Machine::new();
    said(machine.person("work flush").env("PERSON_ID_FILE", ".cq/telemetry-cookie"));
    let id = fs::read_to_string(machine.path(".cq/telemetry-cookie")).unwrap();
    assert_eq!(the(&machine.accepted(), "install_id"), id.trim());
    assert_eq!(machine.files(), ["spool-1"]);
}

/// CL-12: what is no regular file with an id in it stays as it is, and means that there is no id; the program does not notice.
#[test]
fn what_is_in_its_place_means_that_there_is_none() {
    type Put = fn(&std::path::Path);
    let in_place: &[Put] = &[
        |path| fs::create_dir(path).unwrap(),
        |path| fs::write(path, "alice").unwrap(),
        |path| fs::write(path, "").unwrap(),
        #[cfg(unix)]
        |path| std::os::unix::fs::symlink("elsewhere", path).unwrap(),
        #[cfg(unix)]
        |path| drop(std::os::unix::net::UnixListener::bind(path).unwrap()),
        #[cfg(unix)]
        |path| assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success()),
    ];
    for put in in_place {
        let machine = Machine::new();
        fs::create_dir(machine.state()).unwrap();
        put(&machine.id_file());
        let before = fs::symlink_metadata(machine.id_file()).unwrap();
        for _ in 0..2 {
            assert_eq!(machine.run("work flush"), "");
        }
        let events = machine.accepted();
        assert_eq!((events.len(), the(&events, "install_id"), the(&events, "install_id_kind")), (4, "", "none"));
        let after = fs::symlink_metadata(machine.id_file()).unwrap();
        assert_eq!((before.file_type(), before.len()), (after.file_type(), after.len()));
        assert_eq!(machine.files(), ["install-id", "spool-1"]);
    }
}

/// Where it cannot be written, there is none, and what is recorded arrives all the same.
#[test]
fn where_nothing_can_be_written_there_is_none() {
    for (state, file) in [("/dev/null/state", None), ("state", Some("/dev/null/id"))] {
        let machine = Machine::new();
        let mut person = std::process::Command::new(env!("CARGO_BIN_EXE_person"));
        person.arg(machine.receiver.url()).arg(state).args(["work", "flush"]).env_clear().env("PERSON_LASTING", "1");
        person.current_dir(machine.path(""));
        if let Some(file) = file {
            person.env("PERSON_ID_FILE", file);
        }
        said(&mut person);
        let events = machine.accepted();
        assert_eq!((events.len(), the(&events, "install_id"), the(&events, "install_id_kind")), (2, "", "none"));
    }
}

/// A file system without links, by way of strace: the id is made all the same.
#[cfg(target_os = "linux")]
#[test]
fn where_there_are_no_links_it_is_made_without() {
    if !telemetry_tests::has_tool("strace") {
        return;
    }
    for error in ["EPERM", "EOPNOTSUPP"] {
        let machine = Machine::new();
        let person = machine.person("work flush");
        let mut strace = std::process::Command::new("strace");
        strace.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=/^link"]);
        strace.arg("-e").arg(format!("inject=/^link:error={error}"));
        strace.arg(person.get_program()).args(person.get_args()).env_clear().env("PERSON_LASTING", "1");
        strace.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        said(&mut strace);
        let id = fs::read_to_string(machine.id_file()).unwrap();
        assert_eq!(the(&machine.accepted(), "install_id"), id.trim(), "{error}");
        assert_eq!(machine.files(), ["install-id", "spool-1"], "{error}");
    }
}

#[test]
fn a_program_may_have_none() {
    let machine = Machine::new();
    said(machine.person("work flush").env("PERSON_NO_ID", "1"));
    assert_eq!((the(&machine.accepted(), "install_id"), the(&machine.accepted(), "install_id_kind")), ("", "none"));
    assert_eq!(machine.files(), ["spool-1"]);
}

/// Where nothing that is written is there the next time, each run has an id of its own, and no file.
#[test]
fn where_nothing_is_kept_an_id_is_of_one_run() {
    for variable in ["KUBERNETES_SERVICE_HOST", "TRAVIS", "CI", "AWS_LAMBDA_FUNCTION_NAME"] {
        let machine = Machine::new();
        for _ in 0..2 {
            said(machine.person_anywhere("work work flush").env(variable, "10.0.0.1"));
        }
        let events = machine.accepted();
        assert_eq!((events.len(), the(&events, "install_id_kind")), (8, "ephemeral"), "{variable}");
        let (first, second) = events.split_at(4);
        assert_ne!(the(first, "install_id"), the(second, "install_id"), "{variable}");
        assert!(is_uuid(the(first, "install_id")));
        assert_eq!(machine.files(), ["spool-1"], "{variable}");
    }
}

/// Promise 9: at `none` no id is made, whatever the program says of itself.
#[test]
fn at_none_nothing_is_touched() {
    let machine = Machine::new();
    let mut person = machine.person("work login=alice work hash=x flush env");
    person.env("PERSON_TELEMETRY_LEVEL", "none").env("PERSON_ID_FILE", ".cq/cookie").env("PERSON_STATED", "1");
    assert_eq!(said(&mut person), "v1:none:-:-:-:-\n");
    assert!(!machine.state().exists() && !machine.path(".cq").exists());
    assert_eq!(machine.receiver.requests().len(), 0);
}

/// CW-15: somebody may give the run its id; what is no id is named, and nothing is collected.
#[test]
fn a_run_may_be_given_its_id() {
    let machine = Machine::new();
    let id = "01927d3e-0a5b-4c1d-8e2f-001122334455";
    said(machine.person("work flush").env("PERSON_INVOCATION", id));
    assert_eq!(the(&machine.accepted(), "invocation_id"), id);
    let status = said(machine.person("work flush status").env("PERSON_INVOCATION", "alice"));
    assert!(status.starts_with("telemetry level: none"), "{status}");
    let named = "problem                   telemetry invocation id `alice` (from Builder::invocation_id): expected a UUID with hyphens";
    assert!(status.contains(named), "{status}");
    assert_eq!(machine.accepted().len(), 2);
}
