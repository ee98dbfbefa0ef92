//! What captures hold, and what is said of what they do not.

use std::sync::Barrier;
use std::time::Duration;

use insta::assert_snapshot;
use telemetry_runtime::testing::{AssertEvents as _, Capture, capture};
use telemetry_runtime::{ClosedEnum, Event, Outcome, label, record, report_error, tracked};
use uuid::Uuid;

use crate::failure;

#[derive(ClosedEnum)]
enum Channel {
    Beta,
}

#[tracked(fields(tables = tables.len()))]
fn sync_tables(tables: &[&str]) -> Result<usize, &'static str> {
    record!(channel = Channel::Beta, rate = 0.5, is_full = true, waited = Duration::from_millis(1500), lag = -3_i64);
    record!(
        source = label!("3"),
        absent = None::<u64>,
        sizes = tables.iter().map(|table| table.len()).collect::<Vec<_>>(),
        run = Uuid::from_u128(7)
    );
    let rows = tables.iter().map(|table| count_rows(table)).sum();
    if rows == 0 { Err("no rows") } else { Ok(rows) }
}

#[tracked]
fn count_rows(table: &str) -> usize {
    let rows = table.lines().count();
    if rows == 0 {
        report_error!(event = "Empty Table", rows = rows);
    }
    record!(rows = rows);
    rows
}

#[tracked(event = "login", emit = success)]
fn sign_in() {}

#[tracked(event = "cache_read_started")]
fn look() {}

fn a_sync() -> Vec<Event> {
    capture(|| sync_tables(&["a\nb", "c"])).1
}

#[test]
fn what_was_recorded_can_be_said() {
    let events = a_sync();
    let sync = events.one("Sync Tables").finished().outcome(Outcome::Ok).outermost();
    sync.with("tables", 2)
        .with("tables", 2_usize)
        .with("channel", "beta")
        .with("rate", 0.5)
        .with("is_full", true)
        .with("lag", -3);
    sync.with("waited", Duration::from_millis(1500))
        .with("source", "3")
        .with("sizes", "[3, 1]")
        .without("absent")
        .without("rows");
    sync.with("run", "00000000-0000-0000-0000-000000000007".to_owned());
    assert!(sync.duration().is_some());
    // By each of its names.
    for name in ["sync_tables", "Sync Tables", "Sync Tables Started", "Sync Tables Finished"] {
        events.one(name).started().with("tables", 2).without("channel").finished().with("channel", "beta");
    }
    let rows: Vec<_> = events.each("count_rows").into_iter().map(|call| call.within("sync_tables")).collect();
    assert_eq!(rows.len(), 2);
    rows[0].with("rows", 2);
    rows[1].with("rows", 1);
    events.assert_none("login");

    let ((), events) = capture(|| {
        sign_in();
        look();
        assert_eq!(sync_tables(&[""]), Err("no rows"));
    });
    assert_eq!(events.one("login").event().name, "login");
    events.one("cache_read").outermost();
    events.one("Empty Table").within("count_rows").with("rows", 0);
    events.one("sync_tables").outcome(Outcome::Error);
}

#[test]
fn a_call_that_has_not_ended_is_told_by_its_start() {
    let capture = Capture::new();
    let _attached = capture.attach();
    let failure = std::panic::catch_unwind(|| capture_while_open(&capture)).unwrap();
    assert_snapshot!(failure);
    capture.events().one("capture_while_open").finished();
}

#[tracked]
fn capture_while_open(capture: &Capture) -> String {
    let events = capture.events();
    assert_eq!(events.one("capture_while_open").duration(), None);
    failure(|| events.one("capture_while_open").started().finished())
}

/// Two tests at the same time: each in the middle of its call when the other records.
#[test]
fn tests_beside_one_another_do_not_see_each_other() {
    let meet = Barrier::new(2);
    let test = |tables: &[&str]| {
        let (_, events) = capture(|| {
            meet.wait();
            let synced = sync_tables(tables);
            meet.wait();
            synced
        });
        events.one("sync_tables").with("tables", tables.len());
        assert_eq!(events.each("count_rows").len(), tables.len());
    };
    std::thread::scope(|scope| {
        scope.spawn(|| test(&["a"]));
        scope.spawn(|| test(&["a", "b", "c"]));
    });
}

#[test]
fn what_is_called_otherwise_is_not_found_and_the_nearest_is_named() {
    let events = a_sync();
    assert_snapshot!(failure(|| events.one("sync_table")));
    assert_snapshot!(failure(|| events.one("Sync tables Finished")));
}

#[test]
fn one_is_not_two() {
    let events = a_sync();
    assert_snapshot!(failure(|| events.one("count_rows")));
}

#[test]
fn none_is_not_one() {
    assert_snapshot!(failure(|| a_sync().assert_none("sync_tables")));
}

#[test]
fn nothing_recorded_says_what_would_have_been() {
    let events = [];
    events.assert_none("sync_tables");
    assert_snapshot!(failure(|| events.one("sync_tables")));
}

#[test]
fn another_value_is_shown_with_its_type() {
    let events = a_sync();
    let sync = || events.one("sync_tables");
    let said = [
        failure(|| sync().with("tables", 3)),
        failure(|| sync().with("tables", "2")),
        failure(|| sync().with("source", 3)),
        failure(|| sync().with("channel", "stable")),
        failure(|| sync().with("is_full", false)),
        failure(|| sync().with("rate", 1.0)),
        failure(|| sync().with("waited", Duration::from_secs(1))),
        failure(|| sync().with("table", 2)),
        failure(|| sync().with("absent", 2)),
        failure(|| sync().without("lag")),
        failure(|| sync().outcome(Outcome::Error)),
        failure(|| sync().within("count_rows")),
        failure(|| events.each("count_rows")[0].within("login")),
        failure(|| events.each("count_rows")[0].outermost()),
    ];
    let lines: Vec<_> = said.iter().map(|said| said.lines().next().unwrap()).collect();
    assert_snapshot!(lines.join("\n"));
    assert_snapshot!("the_whole_of_one", said[0]);
}

#[test]
fn an_event_of_no_call_has_no_finish() {
    let (_, events) = capture(|| count_rows(""));
    assert_snapshot!(failure(|| events.one("Empty Table").finished()));
    assert_snapshot!(
        "a_success_has_no_start",
        failure(|| {
            let ((), events) = capture(sign_in);
            events.one("login").started().event().clone()
        })
    );
}
