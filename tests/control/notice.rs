//! Users are told before anything is collected, and again when that grows.
#![cfg(target_os = "linux")]

use telemetry_tests::Receiver;

use crate::program::Controlled;

fn told() -> Option<Controlled> {
    let controlled = Controlled::new().with("CONTROLLED_NOTICE", "1").with("CONTROLLED_DERIVED", "rows");
    telemetry_tests::has_tool("script").then_some(controlled)
}

/// codegraph#1868 (notice and first request in one run), turborepo#7185 and caro#404 (a notice on standard output breaks the JSON there).
#[test]
fn the_run_that_shows_the_notice_collects_nothing() {
    let Some(controlled) = told() else { return };
    let receiver = Receiver::start();
    let (stderr, stdout) = controlled.at_terminal(&receiver.url(), "work flush");
    assert!(stderr.starts_with("controlled collects usage telemetry: "), "{stderr}");
    assert!(stderr.contains("`controlled telemetry disable`, or CONTROLLED_TELEMETRY_LEVEL=none."), "{stderr}");
    assert_eq!(stdout, "work\nflush\n");
    assert_eq!(receiver.requests().len(), 0);
    assert_eq!(controlled.tree(), ["settings"]);
    let (stderr, stdout) = controlled.at_terminal(&receiver.url(), "work flush");
    assert_eq!((stderr.as_str(), stdout.as_str()), ("", "work\nflush\n"));
    assert_eq!(receiver.accepted().len(), 2);
}

/// Whoever starts a program for its user tells that user; a plugin says nothing of its own.
#[test]
fn a_child_leaves_the_notice_to_its_parent() {
    let Some(controlled) = told() else { return };
    let controlled = controlled.with("CONTROLLED_TELEMETRY_PARENT", "v1:all:-:-:-:-");
    let (stderr, stdout) = controlled.at_terminal("http://127.0.0.1:9/", "work decision");
    assert_eq!(stderr, "");
    assert!(stdout.contains("  notice ") && stdout.starts_with("work\ntelemetry level: none\n"), "{stdout}");
}

/// The author's words take the place of ours.
#[test]
fn the_notice_may_be_the_programs() {
    let Some(mut controlled) = told() else { return };
    controlled.set("CONTROLLED_NOTICE", "We count what you do. See example.org.");
    let (stderr, _) = controlled.at_terminal("http://127.0.0.1:9/", "work");
    assert_eq!(stderr, "We count what you do. See example.org.\r\n");
}

/// Where nobody reads it, it is not shown, and so nothing is collected.
#[test]
fn nothing_is_collected_where_nobody_can_be_told() {
    let Some(mut controlled) = told() else { return };
    let receiver = Receiver::start();
    let said = controlled.say(&receiver.url(), "work flush decision");
    assert!(said.contains("\n  notice                        not shown yet; "), "{said}");
    for name in ["CI", "CLAUDECODE", "AI_AGENT"] {
        controlled.set(name, "1");
        let (stderr, stdout) = controlled.at_terminal(&receiver.url(), "work flush");
        assert_eq!((stderr.as_str(), stdout.as_str()), ("", "work\nflush\n"), "{name}");
        controlled.set(name, "");
    }
    // Nor by a look at the status.
    let (stderr, stdout) = controlled.at_terminal(&receiver.url(), "status");
    assert_eq!(stderr, "");
    assert!(stdout.contains("\nnothing goes out, because of notice: not shown yet; "), "{stdout}");
    assert!(!controlled.state().exists());
    assert_eq!(receiver.requests().len(), 0);
}

/// Whoever turns telemetry on or off by hand knows of it.
#[test]
fn who_has_decided_is_not_told() {
    let Some(mut controlled) = told() else { return };
    let receiver = Receiver::start();
    for level in ["none", "all"] {
        controlled.set("CONTROLLED_TELEMETRY_LEVEL", level);
        assert_eq!(controlled.at_terminal(&receiver.url(), "work flush").0, "");
    }
    assert_eq!(receiver.accepted().len(), 2);
    let Some(controlled) = told() else { return };
    controlled.say(&receiver.url(), "disable");
    assert_eq!(controlled.at_terminal(&receiver.url(), "work").0, "");
    controlled.say(&receiver.url(), "enable");
    assert_eq!(controlled.at_terminal(&receiver.url(), "work flush").0, "");
    assert_eq!(receiver.accepted().len(), 4);
}

/// t3code#4123, Pulse#1873: what grows is asked for again, and what shrinks is not.
#[test]
fn what_grows_is_told_again() {
    let Some(mut controlled) = told() else { return };
    let receiver = Receiver::start();
    controlled.at_terminal(&receiver.url(), "work");
    controlled.set("CONTROLLED_DERIVED", "rows,bytes");
    let said = controlled.say(&receiver.url(), "work flush decision");
    assert!(said.contains("\n  consent                       the catalogue has grown since: Facts that the receiver derives: `bytes` | as said\n"), "{said}");
    let (stderr, _) = controlled.at_terminal(&receiver.url(), "work flush");
    assert!(
        stderr.ends_with("New since you were told: Facts that the receiver derives: `bytes` | as said.\r\n"),
        "{stderr}"
    );
    assert_eq!(receiver.requests().len(), 0);
    controlled.set("CONTROLLED_DERIVED", "bytes");
    assert_eq!(controlled.at_terminal(&receiver.url(), "work flush").0, "");
    assert_eq!(receiver.accepted().len(), 2);
    // To enable is to agree to what there is.
    controlled.set("CONTROLLED_DERIVED", "bytes,more");
    controlled.say(&receiver.url(), "enable");
    controlled.say(&receiver.url(), "work flush");
    assert_eq!(receiver.accepted().len(), 4);
}

/// A home that cannot be written to: nothing would ever be remembered, so nothing is shown, for ever.
#[test]
fn what_cannot_be_remembered_is_not_shown_again_and_again() {
    let Some(controlled) = told() else { return };
    std::fs::write(controlled.state(), "in the way").unwrap();
    let receiver = Receiver::start();
    let (stderr, stdout) = controlled.at_terminal(&receiver.url(), "work flush");
    assert_eq!((stderr.as_str(), stdout.as_str()), ("", "work\nflush\n"));
    assert_eq!(receiver.requests().len(), 0);
}
