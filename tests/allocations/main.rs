//! A tracked call allocates nothing on its thread, gate open or closed, once one call was made.
#![allow(unsafe_code, reason = "a global allocator is one")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::process::Command;
use std::time::Duration;

use telemetry_runtime::{Development, Level, Recording, Telemetry, add, app, record, sink, tracked};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: it is the system's, with a number beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: as promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as promised by the caller.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[tracked(fields(items = items, dry_run = true))]
fn sync(items: usize) -> Result<usize, String> {
    for _ in 0..items {
        convert(items)?;
        add!(tables = 1);
    }
    record!(a = 1, b = 2.5, c = true, d = Duration::from_secs(1), e = Some(1_u8));
    Ok(items)
}

#[tracked]
fn convert(items: usize) -> Result<(), String> {
    if items > 9 {
        return Err(String::new());
    }
    Ok(())
}

#[tracked(aggregate)]
fn parse(items: usize) -> Result<usize, ()> {
    if items > 9 { Err(()) } else { Ok(items) }
}

#[tracked(sample = 0.5, limit = "1000000/s")]
fn some(items: usize) -> usize {
    record!(a = 1);
    items
}

/// Several times what a segment grows by at once.
const TURNS: u64 = 1000;

fn allocations_of(calls: impl Fn()) -> usize {
    // The first call makes what the following ones use again.
    calls();
    let before = ALLOCATIONS.get();
    for _ in 0..TURNS {
        calls();
    }
    ALLOCATIONS.get() - before
}

/// Set where events are to be queued: a process records in one way.
const QUEUED: &str = "ALLOCATIONS_QUEUED";

#[test]
fn neither_does_one_whose_events_are_queued() {
    let mut again = Command::new(std::env::current_exe().unwrap());
    let again = again.args(["a_call_allocates_nothing", "--exact"]).env(QUEUED, "1").output().unwrap();
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(again.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn a_call_allocates_nothing() {
    let calls = || {
        assert_eq!(sync(3), Ok(3));
        assert!(sync(10).is_err());
    };
    assert_eq!(allocations_of(calls), 0, "gate closed");

    let home = tempfile::tempdir().unwrap();
    let telemetry = Telemetry::builder(app!())
        .flag(Level::All)
        .development(Development::Send)
        .state_dir(&home)
        .batch_window(Duration::from_secs(3600))
        .recording(if std::env::var_os(QUEUED).is_some() { Recording::Queued } else { Recording::Direct })
        .sink(sink::Memory::new())
        .start();
    assert_eq!(allocations_of(calls), 0, "gate open");
    let recorded = telemetry.status().counts().recorded;
    assert_eq!(recorded, (TURNS + 1) * (2 + 3 * 2 + 2 + 2), "the calls were recorded");

    let calls = || {
        assert_eq!((parse(3), parse(10), some(1)), (Ok(3), Err(()), 1));
    };
    assert_eq!(allocations_of(calls), 0, "only counted, or recorded in part");
}
