//! That what is tested reaches nothing but loopback, and says so where it would.

use std::path::Path;
use std::process::{Command, Output};

use insta::assert_snapshot;
use telemetry_runtime::testing::{self, FakeReceiver, LOOPBACK_ONLY};
use telemetry_runtime::{Builder, Development, Level, Telemetry, app, sink};

use crate::failure;

fn telemetry() -> Builder<'static> {
    Telemetry::builder(app!("kit")).env_prefix("KIT").flag(Level::All).development(Development::Send)
}

/// One test, because there is one start a process, and no way back from the guard.
#[test]
fn a_start_that_would_send_elsewhere_fails_its_test() {
    testing::loopback_only();
    let elsewhere = || sink::Json::new("https://me:secret@telemetry.example.org/v1/events?key=secret");
    assert_snapshot!("json", failure(|| telemetry().sink(elsewhere()).start()));
    let and_another =
        || telemetry().sink(sink::Memory::new()).sink(sink::Json::new("http://localhost:1").named("near"));
    assert_snapshot!(
        "sentry",
        failure(|| and_another().sink(sink::Sentry::new("https://key@sentry.example.org/1")).try_start())
    );
    // No prefix, and so no variable.
    let unnamed = || Telemetry::builder(app!("kit")).flag(Level::All).development(Development::Send).sink(elsewhere());
    assert_snapshot!("unnamed", failure(|| unnamed().start()));
    let usage = || sink::Usage::new("https://licensing.example.org/usage");
    assert_snapshot!("required", failure(|| telemetry().required_usage(usage()).start()));

    // Nothing would be sent: at none, and by a build for tests that does not say otherwise.
    drop(telemetry().sink(elsewhere()).flag(Level::None).start());
    drop(telemetry().sink(elsewhere()).development(Development::Hold).start());
    // To a receiver on loopback it is.
    let (home, receiver) = (tempfile::tempdir().unwrap(), FakeReceiver::start());
    let started = telemetry().state_dir(home.path()).sink(sink::Json::new(receiver.url())).start();
    assert_eq!(started.status().level(), Level::All);
}

fn kitted(home: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_kitted"));
    program.env("HOME", home).env("XDG_STATE_HOME", home).env("KITTED_TELEMETRY_LEVEL", "all");
    for variable in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"] {
        program.env_remove(variable);
    }
    program
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    format!("stdout\n{}\nstderr\n{}", text(&output.stdout), text(&output.stderr)).trim_end().to_owned()
}

fn is_empty(folder: &Path) -> bool {
    folder.read_dir().unwrap().next().is_none()
}

#[test]
fn a_program_that_would_send_elsewhere_is_held_and_says_why() {
    let home = tempfile::tempdir().unwrap();
    assert_snapshot!("held", said(&kitted(home.path()).env(LOOPBACK_ONLY, "1").output().unwrap()));
    assert!(is_empty(home.path()));
    // Required usage is held as well, where that alone would go elsewhere.
    let receiver = FakeReceiver::start();
    let mut required = kitted(home.path());
    required.arg("required").env("KITTED_TELEMETRY_ENDPOINT", receiver.url()).env(LOOPBACK_ONLY, "1");
    assert_snapshot!("held_required", said(&required.output().unwrap()));
    assert!(is_empty(home.path()) && receiver.requests().is_empty());
    // The guard is what holds it: without it, and with what means so, the run begins.
    for off in ["", "0", "false"] {
        let output = kitted(home.path()).env(LOOPBACK_ONLY, off).output().unwrap();
        assert!(output.stderr.is_empty(), "{output:?}");
        assert!(!is_empty(home.path()));
    }
}

#[test]
fn where_nothing_would_be_sent_nothing_is_said() {
    let home = tempfile::tempdir().unwrap();
    let mut program = kitted(home.path());
    let output = program.env(LOOPBACK_ONLY, "1").env("KITTED_TELEMETRY_LEVEL", "none").output().unwrap();
    assert_eq!(said(&output), "stdout\nflushed: true, level: none\n\nstderr");
}

/// The endpoint is on loopback, and the user's proxy is not.
#[test]
fn a_proxy_is_no_loopback() {
    let (home, receiver) = (tempfile::tempdir().unwrap(), FakeReceiver::start());
    let run = |no_proxy: &str| {
        let mut program = kitted(home.path());
        program.env(LOOPBACK_ONLY, "1").env("KITTED_TELEMETRY_ENDPOINT", receiver.url());
        program.env("http_proxy", "http://me:secret@proxy.invalid:3128").env("no_proxy", no_proxy).output().unwrap()
    };
    assert_snapshot!("held_by_proxy", said(&run("")).replace(&receiver.url(), "http://127.0.0.1:…"));
    assert!(receiver.requests().is_empty());
    assert_eq!(said(&run("127.0.0.1")), "stdout\nflushed: true, level: all\n\nstderr");
    assert_eq!(receiver.wait_for(1).len(), 1);
}

/// What the run before left can be asked for at an address of its own.
#[test]
fn a_request_for_deletion_is_held() {
    let (home, receiver) = (tempfile::tempdir().unwrap(), FakeReceiver::start());
    let run = |words: &[&str]| {
        let mut program = kitted(home.path());
        program.args(words).env(LOOPBACK_ONLY, "1").env("KITTED_TELEMETRY_ENDPOINT", receiver.url()).output().unwrap()
    };
    run(&[]);
    let said = said(&run(&["forget"]));
    assert!(said.contains("did not agree") && said.contains("only loopback may be reached from this test"), "{said}");
}
