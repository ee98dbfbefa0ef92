//! That what waits is bounded and nothing of it is given up, and that what cannot be kept is said.

use serde_json::Value;
use telemetry_tests::{Receiver, Reply};

use crate::{Metered, go_on, reports, rows, tables};

/// What all that waits may take, with what is said about it.
const BOUND: u64 = 8 * 1024 * 1024 + 64 * 1024;

fn failing() -> Receiver {
    Receiver::scripted([Reply::RetryAfter(503, 1)])
}

/// Makes a report of each batch, and tries to send it at once.
fn busy() -> Metered {
    Metered::new().with("METERED_BATCH", "130").with("METERED_MINIMUM", "0").with("METERED_WINDOW", "10")
}

fn bytes(metered: &Metered) -> u64 {
    let sizes = metered.files().into_iter().filter(|file| file.contains("segment-"));
    sizes.map(|file| std::fs::metadata(metered.state().join(file)).unwrap().len()).sum()
}

/// Has runs leave as much as there is room for.
fn fill(metered: &Metered, receiver: &Receiver) {
    for _ in 0..4 {
        metered.forget_pauses();
        metered.say(&receiver.url(), "batches=150");
    }
    assert!((BOUND * 9 / 10..BOUND).contains(&bytes(metered)), "{}", bytes(metered));
}

/// CQ-05: while nobody takes it, what waits grows no larger than it may, and nothing is given up: rows stay in the meter until there is room.
#[test]
fn a_full_disk_costs_no_row_while_the_program_runs() {
    let (metered, receiver) = (busy(), failing());
    fill(&metered, &receiver);
    let child = metered.start(&receiver.url(), &format!("{}wait flush", "many=1 ".repeat(40)));
    assert!(bytes(&metered) < BOUND, "{}", bytes(&metered));
    receiver.answer([]);
    go_on(child);
    // Those of the runs before have longer names.
    let own = |all: &[Value]| {
        let tables = tables(all).into_iter();
        tables.filter(|(name, _)| name.len() == 4).map(|(_, rows)| rows).collect::<Vec<_>>()
    };
    metered.deliver_to(&receiver, |all| own(all).iter().sum::<u64>() >= 40 * 130);
    assert_eq!(own(&reports([&receiver])), [40; 130]);
}

/// … and what does not go by the end is said to be lost then, by the run that has it and by those that come after it.
#[test]
fn what_a_full_disk_costs_at_the_end_is_said() {
    let (metered, receiver) = (busy(), failing());
    fill(&metered, &receiver);
    for _ in 0..2 {
        metered.forget_pauses();
        let said = metered.say(&receiver.url(), "aws=5000 owed decision shutdown");
        assert!(said.contains("\nErr(FlushError { pending: 1, on_disk: false })\n"), "{said}");
        assert!(said.contains("0 recorded, 0 delivered, 0 rejected, 0 pending; 1 in memory only; "), "{said}");
        assert!(said.contains("\nSome(Err(FlushError { pending: 1, on_disk: false }))\n"), "{said}");
    }
    assert!(bytes(&metered) < BOUND, "{}", bytes(&metered));
    // With room, there is nothing to be said.
    receiver.answer([]);
    metered.deliver_to(&receiver, |_| bytes(&metered) < BOUND / 2);
    let said = metered.say(&receiver.url(), "aws=5000 owed shutdown");
    assert!(said.contains("Ok(())\nowed\nSome(Ok(()))\n"), "{said}");
}

/// Where nothing can be written, a report waits in memory: it is delivered, or said to be owed.
#[test]
fn what_cannot_be_written_is_said() {
    let metered = Metered::new();
    std::fs::write(metered.state(), "in the way").unwrap();
    let said = metered.say(&failing().url(), "aws=41 owed decision shutdown");
    assert!(said.contains("\nErr(FlushError { pending: 1, on_disk: false })\n"), "{said}");
    assert!(said.contains("1 recorded, 0 delivered, 0 rejected, 1 pending; 1 in memory only; "), "{said}");
    assert!(said.contains("\nSome(Err(FlushError { pending: 1, on_disk: false }))\n"), "{said}");
    let receiver = Receiver::start();
    let said = metered.say(&receiver.url(), "aws=41 owed shutdown");
    assert!(said.contains("Ok(())\nowed\nSome(Ok(()))\n"), "{said}");
    assert_eq!(rows(&reports([&receiver])), 41);
}

/// However long the names of tables are, each is in a report.
#[test]
fn long_names_are_several_reports() {
    let (metered, receiver) = (Metered::new(), Receiver::start());
    let said = metered.say(&receiver.url(), "long=3 aws=1 owed");
    assert!(said.contains("\nOk(())\n"), "{said}");
    let all = reports([&receiver]);
    assert_eq!(rows(&all), 391);
    let tables = tables(&all);
    assert!(tables.len() == 130 && tables.values().all(|rows| *rows == 3), "{tables:?}");
}

/// There is no more than a number holds, and no less either.
#[test]
fn more_than_a_number_holds_is_the_largest() {
    let (metered, receiver) = (Metered::new().with("METERED_BATCH", u64::MAX.to_string()), Receiver::start());
    metered.say(&receiver.url(), &format!("aws={} aws=5 flush", u64::MAX - 1));
    assert_eq!(rows(&reports([&receiver])), u64::MAX);
}
