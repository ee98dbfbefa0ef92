//! Every way out of every kind of function has exactly one outcome, and it is the right one.

#![allow(clippy::panic, reason = "a panic is one of the ways out")]

mod aggregates;
mod errors;
mod futures;
mod other_types;
mod results;

use std::fmt::Debug;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use telemetry_runtime::testing::Capture;
use telemetry_runtime::{Event, EventKind, Outcome};

/// The outcome of the one call that `run` makes, however it ends.
#[track_caller]
fn outcome<T>(run: impl FnOnce() -> T) -> Outcome {
    let outcomes = outcomes(run);
    assert_eq!(outcomes.len(), 1, "one call has one outcome: {outcomes:?}");
    outcomes[0]
}

/// The outcomes of all the calls that `run` makes, in the order in which they end. Each has started.
#[track_caller]
fn outcomes<T>(run: impl FnOnce() -> T) -> Vec<Outcome> {
    let capture = Capture::new();
    let attached = capture.attach();
    // What panics is meant to: that it went through unchanged is asserted elsewhere.
    drop(catch_unwind(AssertUnwindSafe(run)));
    drop(attached);
    let events = capture.events();
    let starts = events.iter().filter(|event| matches!(event.kind, EventKind::Start)).count();
    let outcomes: Vec<_> = events.iter().filter_map(Event::outcome).collect();
    assert_eq!(starts, outcomes.len(), "every call starts and finishes: {events:?}");
    outcomes
}

/// Checks a table at once, so that one wrong cell does not hide another.
#[track_caller]
fn assert_all<C: Debug>(cells: impl IntoIterator<Item = (C, Outcome, Outcome)>) {
    let wrong: Vec<_> = cells.into_iter().filter(|(_, expected, found)| expected != found).collect();
    assert!(wrong.is_empty(), "(case, expected, found): {wrong:#?}");
}

/// Runs a future to its end.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context()) {
            return output;
        }
    }
}

/// Polls a future as often as said, then drops it.
fn poll_and_drop<F: Future>(future: F, times: usize) {
    let mut future = pin!(future);
    for _ in 0..times {
        assert!(future.as_mut().poll(&mut context()).is_pending(), "it would have to be dropped before its end");
    }
}

/// Waits for one poll.
async fn pause() {
    let mut polled = false;
    std::future::poll_fn(|_| if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

fn context() -> Context<'static> {
    Context::from_waker(Waker::noop())
}
