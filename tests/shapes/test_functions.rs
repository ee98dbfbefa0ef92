//! Tests and async tests with the attribute on either side: they are still found, run, and recorded.

use telemetry_runtime::{Outcome, testing, tracked};

#[test]
#[tracked]
fn test_above() {
    assert_eq!(1 + 1, 2);
}

#[tracked]
#[test]
fn test_below() -> Result<(), std::num::ParseIntError> {
    "1".parse::<u8>()?;
    Ok(())
}

#[tracked]
#[test]
#[should_panic(expected = "at the end")]
fn test_that_panics() {
    panic!("at the end");
}

#[test]
#[ignore = "only its being ignored is of interest"]
#[tracked]
fn test_that_is_ignored() {
    unreachable!("it is ignored");
}

#[tokio::test]
#[tracked]
async fn tokio_test_above() -> Result<(), String> {
    tokio::task::yield_now().await;
    Ok(())
}

#[tracked]
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn tokio_test_below() {
    assert!(tokio::spawn(async { true }).await.unwrap());
}

#[test]
fn all_of_them_are_recorded() {
    let outcome = |run: fn()| {
        let (_, events) = testing::capture(|| std::panic::catch_unwind(run).is_ok());
        assert_eq!(events.len(), 2, "a start and a finish: {events:?}");
        events[1].outcome()
    };
    assert_eq!(outcome(test_above), Some(Outcome::Ok));
    assert_eq!(outcome(|| test_below().unwrap()), Some(Outcome::Ok));
    assert_eq!(outcome(test_that_panics), Some(Outcome::Panicked));
    assert_eq!(outcome(|| tokio_test_above().unwrap()), Some(Outcome::Ok));
    assert_eq!(outcome(tokio_test_below), Some(Outcome::Ok));
}
