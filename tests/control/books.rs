//! The books of all runs, as the status shows them.

use telemetry_tests::{Receiver, Reply};

use crate::program::{Controlled, nobody};

fn totals(controlled: &Controlled) -> String {
    let said = controlled.say(&nobody(), "status");
    said.lines().find_map(|line| line.strip_prefix("all runs: ")).unwrap_or("none").to_owned()
}

/// P7: over runs that deliver, that do not, that are killed, and that take over what others left.
#[test]
fn the_books_balance_over_runs() {
    let controlled = Controlled::new();
    let receiver = Receiver::start();
    assert_eq!(totals(&controlled), "none");
    controlled.say(&nobody(), "work flush");
    assert_eq!(totals(&controlled), "2 recorded, 0 delivered, 0 rejected, 2 pending");
    let mut child = controlled.start(&nobody(), "work work decision wait", "decision");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(totals(&controlled), "6 recorded, 0 delivered, 0 rejected, 6 pending");
    for run in 1..=5 {
        controlled.say(&receiver.url(), "work flush work flush");
        let events = 6 + 4 * run;
        let expected = format!("{events} recorded, {events} delivered, 0 rejected, 0 pending");
        assert_eq!(totals(&controlled), expected);
        // Twice the same: to look changes nothing.
        assert_eq!(totals(&controlled), expected);
    }
    controlled.say(&nobody(), "work");
    assert_eq!(totals(&controlled), "28 recorded, 26 delivered, 0 rejected, 2 pending");
    let said = controlled.command(&nobody(), "status").env("DO_NOT_TRACK", "1").output().unwrap().stdout;
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains("\nall runs: 28 recorded, 26 delivered, 0 rejected, 2 pending\n"), "{said}");
    controlled.say(&nobody(), "disable");
    assert_eq!(totals(&controlled), "none", "what was deleted is in the settings");
}

/// What is refused for good is no delivery.
#[test]
fn what_is_refused_is_booked_as_that() {
    let controlled = Controlled::new();
    let receiver = Receiver::scripted([Reply::Without("rows")]);
    controlled.say(&receiver.url(), "work flush");
    controlled.say(&receiver.url(), "work flush");
    assert_eq!(totals(&controlled), "4 recorded, 2 delivered, 2 rejected, 0 pending; 2 lost: rejected");
}
