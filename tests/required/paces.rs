//! When a report is made: as the program says, and then as the receiver does.

use telemetry_tests::{Receiver, Reply};

use crate::{Metered, reports, rows};

/// The rows of each report that is on disk when a program is killed, which reports nothing on the way.
fn reported_before_a_kill(metered: &Metered, receiver: &Receiver, words: &str) -> Vec<u64> {
    metered.kill_after(&receiver.url(), words);
    metered.forget_pauses();
    let later = Receiver::start();
    metered.say(&later.url(), "flush");
    let reports = reports([receiver, &later]);
    reports.iter().map(|report| report["resource_count"].as_u64().unwrap()).collect()
}

/// A batch is a report, and what comes too soon after it waits.
#[test]
fn a_batch_is_a_report_and_the_next_one_waits() {
    let receiver = Receiver::start();
    let words = "aws=999 aws=1 aws=5000";
    let hour = |metered: Metered| metered.with("METERED_MAXIMUM", "3600000");
    assert_eq!(reported_before_a_kill(&hour(Metered::new()), &receiver, words), [1000]);
    let at_once = hour(Metered::new()).with("METERED_MINIMUM", "0");
    assert_eq!(reported_before_a_kill(&at_once, &Receiver::start(), words), [1000, 5000]);
    let smaller = hour(Metered::new()).with("METERED_MINIMUM", "0").with("METERED_BATCH", "10");
    assert_eq!(reported_before_a_kill(&smaller, &Receiver::start(), "aws=9 postgres=9 aws=1 postgres=3"), [10, 12]);
}

/// What is less than a batch is reported after the longest interval, of a program that does nothing more.
#[test]
fn few_rows_are_reported_after_a_while() {
    let receiver = Receiver::start();
    let metered =
        Metered::new().with("METERED_MINIMUM", "0").with("METERED_MAXIMUM", "20").with("METERED_WINDOW", "10");
    let mut child = metered.start(&receiver.url(), "aws=3 postgres=4 hang");
    receiver.wait_for_requests(2);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(rows(&reports([&receiver])), 7);
}

/// … and where a report had just been made, after the shortest one.
#[test]
fn few_rows_after_a_batch_wait_for_the_shortest_interval() {
    let receiver = Receiver::start();
    let metered =
        Metered::new().with("METERED_MINIMUM", "300").with("METERED_MAXIMUM", "200").with("METERED_WINDOW", "10");
    let mut child = metered.start(&receiver.url(), "aws=1000 aws=3 hang");
    receiver.wait_for_requests(2);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(rows(&reports([&receiver])), 1003);
}

/// CQ-05: the receiver says by headers how much is gathered from then on.
#[test]
fn a_receiver_retunes_the_meters() {
    let waiting = || Metered::new().with("METERED_MAXIMUM", "3600000").with("METERED_MINIMUM", "0");
    // So many rows.
    let batch = Receiver::scripted([Reply::Headers(200, &[("X-CQ-Batch-Limit", "10")])]);
    let metered = waiting().with("METERED_BATCH", "1000000");
    assert_eq!(reported_before_a_kill(&metered, &batch, "aws=100 flush aws=9 aws=2 aws=3"), [100, 11]);
    // No sooner than after so many seconds.
    let minimum = Receiver::scripted([Reply::Headers(200, &[("x-cq-minimum-update-interval", "3600")])]);
    let metered = waiting().with("METERED_BATCH", "1");
    assert_eq!(reported_before_a_kill(&metered, &minimum, "aws=1 flush aws=2"), [1]);
    // Not by what it says while it refuses, and not by what is no number.
    let refused = Receiver::scripted([
        Reply::Headers(404, &[("x-cq-minimum-update-interval", "3600")]),
        Reply::Headers(200, &[("x-cq-minimum-update-interval", "soon"), ("x-cq-batch-limit", "-1")]),
    ]);
    let metered = waiting().with("METERED_BATCH", "1");
    assert_eq!(reported_before_a_kill(&metered, &refused, "aws=1 flush aws=2"), [1, 2]);
    // By other names, if the program says so.
    let named = Receiver::scripted([Reply::Headers(200, &[("x-acme-batch-limit", "10"), ("x-cq-batch-limit", "1")])]);
    let metered = waiting().with("METERED_BATCH", "1000000").with("METERED_HEADERS", "X-Acme-");
    assert_eq!(reported_before_a_kill(&metered, &named, "aws=100 flush aws=9 aws=2 aws=3"), [100, 11]);
}

/// CQ-05: … and how long it is until what is there is reported, also of a program whose own interval is an hour.
#[test]
fn a_receiver_retunes_the_longest_interval() {
    let receiver = Receiver::scripted([Reply::Headers(200, &[("x-cq-maximum-update-interval", "1")])]);
    let metered =
        Metered::new().with("METERED_MAXIMUM", "3600000").with("METERED_MINIMUM", "0").with("METERED_WINDOW", "10");
    let mut child = metered.start(&receiver.url(), "aws=1 flush aws=2 hang");
    receiver.wait_for_requests(2);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(rows(&reports([&receiver])), 3);
}

/// CQ-09, as marketplaces have it: thousands, down while the program runs and up at its end, so that what is over is charged once.
#[test]
fn what_is_sold_by_the_thousand_is_reported_so() {
    let metered = || Metered::new().with("METERED_THOUSANDS", "1").with("METERED_MINIMUM", "0");
    let (receiver, all) = (Receiver::start(), metered());
    all.say(&receiver.url(), "aws=2500 aws.buckets=400 flush aws=700 postgres=1");
    all.say(&receiver.url(), "flush");
    let reports = reports([&receiver]);
    let counted: Vec<_> = reports
        .iter()
        .map(|report| (report["plugin_kind"].as_str().unwrap(), report["resource_count"].as_u64().unwrap()))
        .collect();
    assert_eq!(counted, [("source", 2000), ("source", 1000), ("source", 1000), ("destination", 1000)]);
    assert!(reports.iter().all(|report| report.get("tables").is_none()));
    assert_eq!(reported_before_a_kill(&metered(), &Receiver::start(), "aws=2500 flush aws=400"), [2000]);
    // What was rounded up at the guard's end is not charged once more at the process's.
    for (words, expected) in
        [("aws=1501 drop aws=1", 2000), ("aws=1501 drop aws=499 aws=1", 3000), ("aws=1 drop", 1000)]
    {
        let (metered, receiver) = (metered(), Receiver::start());
        metered.say(&receiver.url(), words);
        metered.deliver_to(&receiver, |all| rows(all) >= expected);
        assert_eq!(rows(&crate::reports([&receiver])), expected, "{words}");
    }
}
