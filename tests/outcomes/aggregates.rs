//! Functions that are only counted: the same outcomes, as numbers.

#![allow(clippy::unused_async, reason = "an async function that never waits is one of the shapes")]

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::process::ExitCode;

use async_trait::async_trait;
use futures::future::join;
use telemetry_runtime::testing::Capture;
use telemetry_runtime::{EventKind, add, record, tracked};

use crate::{block_on, pause, poll_and_drop};

/// The calls, errors, panics and cancellations of everything that `run` calls and that is only counted.
#[track_caller]
fn counts<T>(run: impl FnOnce() -> T) -> [u64; 4] {
    let capture = Capture::new();
    let attached = capture.attach();
    // What panics is meant to.
    drop(catch_unwind(AssertUnwindSafe(run)));
    drop(attached);
    let mut counts = [0; 4];
    for event in capture.events() {
        let EventKind::Aggregate(aggregate) = &event.kind else { panic!("nothing else is recorded: {event:?}") };
        assert_eq!(event.fields, [], "it is of no single call");
        assert_eq!((event.call, event.parent), (None, None));
        let in_buckets = aggregate.histogram.iter().map(|(_, calls)| calls).sum::<u64>();
        assert_eq!(in_buckets, aggregate.calls);
        let told = [aggregate.calls, aggregate.errors, aggregate.panics, aggregate.cancelled];
        counts.iter_mut().zip(told).for_each(|(count, told)| *count += told);
    }
    counts
}

const OK: [u64; 4] = [1, 0, 0, 0];
const ERROR: [u64; 4] = [1, 1, 0, 0];
const PANIC: [u64; 4] = [1, 0, 1, 0];
const CANCELLED: [u64; 4] = [1, 0, 0, 1];

fn parse(text: &str) -> Result<u8, std::num::ParseIntError> {
    text.parse()
}

#[tracked(aggregate)]
fn exits(exit: u8) -> Result<u8, Box<dyn std::error::Error>> {
    if exit == 0 {
        return Ok(0);
    }
    if exit == 1 {
        return Err("one".into());
    }
    let number = parse(if exit == 2 { "no number" } else { "3" })?;
    match exit {
        3 => Ok(number),
        4 => Ok(parse("no number")?),
        5 => panic!("as asked"),
        6 => Err("six".into()),
        _ => parse("7").map_err(Into::into),
    }
}

#[test]
fn every_exit_of_a_result() {
    for (exit, expected) in [OK, ERROR, ERROR, OK, ERROR, PANIC, ERROR, OK].into_iter().enumerate() {
        assert_eq!(counts(|| exits(u8::try_from(exit).unwrap())), expected, "{exit}");
    }
    assert_eq!(counts(|| (0..8).for_each(|exit| drop(catch_unwind(|| exits(exit))))), [8, 4, 1, 0]);
}

#[tracked(aggregate)]
fn unit(panics: bool) {
    assert!(!panics, "as asked");
}

#[tracked(aggregate)]
fn code(fails: bool) -> ExitCode {
    if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

type Alias = Result<(), ()>;

#[tracked(aggregate)]
fn alias(fails: bool) -> Alias {
    if fails {
        return Err(());
    }
    Ok(())
}

#[tracked(aggregate, error = |code| *code != 0)]
fn said_by_its_author(code: i32) -> i32 {
    code
}

#[test]
fn other_types() {
    assert_eq!([counts(|| unit(false)), counts(|| unit(true))], [OK, PANIC]);
    assert_eq!([counts(|| code(false)), counts(|| code(true))], [OK, ERROR]);
    assert_eq!([counts(|| alias(false)), counts(|| alias(true))], [OK, ERROR]);
    assert_eq!([counts(|| said_by_its_author(0)), counts(|| said_by_its_author(1))], [OK, ERROR]);
}

#[tracked(aggregate)]
fn recursive(depth: u64) -> Result<u64, u64> {
    if depth == 0 { Err(0) } else { recursive(depth - 1).or(Ok(depth)) }
}

#[tracked(aggregate)]
fn generic<T, const N: usize>(values: [T; N]) -> Option<T> {
    values.into_iter().next()
}

struct Methods(u8);

trait Trait {
    fn of_trait(&mut self) -> Result<(), ()>;
}

impl Methods {
    #[tracked(aggregate)]
    fn method(&self) -> Result<u8, u8> {
        if self.0 == 0 { Err(0) } else { Ok(self.0) }
    }
}

impl Trait for Methods {
    #[tracked(aggregate)]
    fn of_trait(&mut self) -> Result<(), ()> {
        self.0 += 1;
        Ok(())
    }
}

#[test]
fn other_functions() {
    assert_eq!(counts(|| recursive(9)), [10, 1, 0, 0]);
    let one_event = |events: Vec<telemetry_runtime::Event>| events.len() == 1;
    let (_, events) = telemetry_runtime::testing::capture(|| (generic([1_u8; 3]), generic(["x"; 2]), generic([(); 0])));
    assert!(one_event(events), "one function is one, whatever its types are");
    assert_eq!(counts(|| (Methods(0).method(), Methods(1).method(), Methods(1).of_trait())), [3, 1, 0, 0]);
}

#[tracked(aggregate)]
async fn waits(times: u8, exit: u8) -> Result<u8, String> {
    for _ in 0..times {
        pause().await;
    }
    match exit {
        0 => Ok(0),
        1 => Err(String::new()),
        2 => panic!("as asked"),
        _ => {
            let waits = async {
                pause().await;
                Ok(3)
            };
            waits.await
        }
    }
}

#[tracked(aggregate)]
fn boxed(fails: bool) -> Pin<Box<dyn Future<Output = Result<(), ()>> + Send>> {
    Box::pin(async move {
        pause().await;
        if fails { Err(()) } else { Ok(()) }
    })
}

#[async_trait]
trait Asynchronous {
    async fn call(&self, fails: bool) -> Result<u8, u8>;
}

#[async_trait]
impl Asynchronous for Methods {
    #[tracked(aggregate)]
    async fn call(&self, fails: bool) -> Result<u8, u8> {
        pause().await;
        if fails { Err(self.0) } else { Ok(self.0) }
    }
}

#[tracked(aggregate)]
async fn joins() -> u8 {
    let (a, b) = futures::join!(async { pause().await }, pause());
    tokio::select! { () = pause() => a, () = std::future::pending() => b };
    1
}

#[test]
fn futures_are_counted_from_their_first_poll_to_their_end() {
    for times in 0..3 {
        let ends = [OK, ERROR, PANIC, OK];
        for (exit, expected) in ends.into_iter().enumerate() {
            let exit = u8::try_from(exit).unwrap();
            assert_eq!(counts(|| block_on(waits(times, exit))), expected, "{times}, {exit}");
        }
        if times > 0 {
            assert_eq!(counts(|| poll_and_drop(waits(times, 0), times.into())), CANCELLED, "{times}");
        }
    }
    assert_eq!(counts(|| drop(waits(1, 0))), [0; 4], "one that is never polled is no call");
    assert_eq!([counts(|| block_on(boxed(false))), counts(|| block_on(boxed(true)))], [OK, ERROR]);
    assert_eq!(counts(|| poll_and_drop(boxed(false), 1)), CANCELLED);
    assert_eq!(counts(|| block_on(Methods(1).call(false))), OK);
    assert_eq!(counts(|| block_on(Methods(1).call(true))), ERROR);
    assert_eq!([counts(|| block_on(joins())), counts(|| poll_and_drop(joins(), 1))], [OK, CANCELLED]);
    assert_eq!(counts(|| block_on(join(waits(2, 0), waits(1, 1)))), [2, 1, 0, 0], "two at once");
    // Dropped because something else panics, while it waits.
    let unwound = || {
        block_on(join(waits(3, 0), async {
            pause().await;
            panic!("as asked");
        }))
    };
    assert_eq!(counts(unwound), CANCELLED);
}

struct CallsWhenDropped;

impl Drop for CallsWhenDropped {
    fn drop(&mut self) {
        unit(false);
    }
}

#[test]
fn a_call_in_a_destructor_does_not_panic_because_another_did() {
    assert_eq!(counts(|| (CallsWhenDropped, unit(true))), [2, 0, 1, 0]);
}

#[tracked]
fn recorded() -> Result<(), ()> {
    counted();
    inner()
}

#[tracked(aggregate)]
fn counted() {
    record!(says = true);
    add!(rows = 2);
    let _ = inner();
}

#[tracked]
fn inner() -> Result<(), ()> {
    Err(())
}

/// As if it were not tracked: it is no parent, and what is said in it is said of the call round it.
#[test]
fn what_is_recorded_in_a_counted_call_belongs_to_the_call_round_it() {
    let (_, events) = telemetry_runtime::testing::capture(recorded);
    let names: Vec<_> = events.iter().map(|event| event.name.as_ref()).collect();
    let inner = ["Inner Started", "Inner Finished"];
    assert_eq!(names[..5], ["Recorded Started", inner[0], inner[1], inner[0], inner[1]]);
    assert_eq!(names[5..], ["Recorded Finished", "Counted Finished"]);
    assert!(events[1..5].iter().all(|event| event.parent == events[0].call));
    let fields: Vec<_> = events[5].fields.iter().map(|(name, value)| (name.as_ref(), value.to_string())).collect();
    assert_eq!(fields, [("says", "true".to_owned()), ("rows", "2".to_owned())]);
    // Where there is none, nobody is told.
    let ((), events) = telemetry_runtime::testing::capture(counted);
    assert!(events.iter().all(|event| event.fields.is_empty()));
}

#[tracked(aggregate, expires = "2020-01")]
fn expired() {}

#[tracked(sample = 0.000_001)]
fn rare() {
    record!(n = 1);
}

#[tracked(limit = "1/day")]
fn daily() {}

#[test]
fn what_has_expired_is_not_counted_and_what_is_left_out_elsewhere_is_captured() {
    assert_eq!(counts(expired), [0; 4]);
    let ((), events) = telemetry_runtime::testing::capture(|| {
        rare();
        rare();
        daily();
        daily();
    });
    assert_eq!(events.len(), 8);
    assert!(events[..4].iter().all(|event| event.thinning.sample_rate == Some(0.000_001)));
    assert!(events[4..].iter().all(|event| event.thinning.limit.unwrap().to_string() == "1/day"));
}

async fn bare(held: [u64; 32]) -> Result<u64, u64> {
    let first = std::future::ready(held[0]).await;
    std::future::ready(Ok(first + held[1])).await
}

#[tracked(aggregate)]
async fn of_known_size(held: [u64; 32]) -> Result<u64, u64> {
    let first = std::future::ready(held[0]).await;
    std::future::ready(Ok(first + held[1])).await
}

#[test]
fn a_future_grows_by_32_bytes_at_most() {
    let grows = size_of_val(&of_known_size([0; 32])) - size_of_val(&bare([0; 32]));
    assert!((16..=32).contains(&grows), "{grows} bytes");
}

fn is_send_and_sync<T: Send + Sync>(_: &T) {}

#[test]
fn a_future_goes_to_other_threads_all_the_same() {
    is_send_and_sync(&of_known_size([0; 32]));
    is_send_and_sync(&waits(1, 0));
}
