//! That what is nobody's to read is found wherever it would be sent.

use insta::assert_snapshot;
use telemetry_runtime::testing::{AssertEvents as _, capture};
use telemetry_runtime::{label, record, report_error, tracked};

use crate::failure;

#[tracked(error_text)]
fn open(path: &str) -> Result<(), String> {
    Err(format!("cannot open {path}"))
}

#[tracked]
fn choose() {
    record!(table = label!("aHVudGVyMg"), path = label!("C:\\Users\\Hunter2\\\"x\""));
}

#[test]
fn an_error_text_says_what_it_says() {
    let (_, events) = capture(|| open("/home/hunter2/table.csv"));
    events.assert_nothing_says("hunter3");
    assert_snapshot!(failure(|| events.assert_nothing_says("hunter2")));
    // … in whatever letters.
    assert!(failure(|| events.assert_nothing_says("/HOME/hunter2")).contains("(plainly)"));
    // Whoever reads JSON sees the characters behind an escape.
    let (_, events) = capture(|| open("\"a\n\u{1f600}b\""));
    assert!(failure(|| events.assert_nothing_says("\"a\n\u{1f600}b")).contains("(escaped)"));
}

#[test]
fn a_word_of_the_source_may_be_one_in_disguise() {
    let ((), events) = capture(choose);
    assert!(failure(|| events.assert_nothing_says("hunter2")).contains("`Choose Finished`"));
    assert!(failure(|| events.assert_nothing_says("C:\\Users\\Hunter2\\\"x\"")).contains("(escaped)"));
    // One byte of another stands before it, and none of its letters is one of `hunter2` alone.
    let ((), events) = capture(|| {
        report_error!(event = "Not Read", token = label!("eGh1bnRlcjI="));
    });
    assert_snapshot!(failure(|| events.assert_nothing_says("hunter2")));
}

/// Ids and times are random or pass: what is found in them today is not there tomorrow.
#[test]
fn ids_and_times_are_not_looked_at() {
    let ((), events) = capture(choose);
    let event = &events[1];
    events.assert_nothing_says(&event.id.to_string());
    events.assert_nothing_says(&event.invocation.to_string()[..8]);
    events.assert_nothing_says(&event.call.unwrap().to_string());
}

#[test]
fn what_is_too_short_to_be_told_apart_is_refused() {
    assert_snapshot!(failure(|| [].assert_nothing_says("abc")));
    assert!(failure(|| [].assert_nothing_says("")).contains("by chance"));
}
