//! A global allocator whose own functions are tracked.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use telemetry_runtime::{ClosedEnum, Identifier, UsageMeter, label, sink, tracked};

use crate::{call, call_around, telemetry};

/// How the allocator is, from now on.
static IS: AtomicU8 = AtomicU8::new(PLAIN);
const PLAIN: u8 = 0;
const TRACKED: u8 = 1;
/// Holds a lock while it has the system give or take memory, and calls tracked functions with and without it.
const LOCKED: u8 = 2;

/// Counts what it gives and takes, as usage that has to be reported.
const METERED: u8 = 3;
static METER: OnceLock<UsageMeter> = OnceLock::new();
static METERED_ROWS: AtomicU64 = AtomicU64::new(0);

static LOCK: Mutex<()> = Mutex::new(());
static IS_TO_PANIC: AtomicBool = AtomicBool::new(false);

thread_local! {
    // As allocators do that must not call themselves without end.
    static IS_INSIDE: Cell<bool> = const { Cell::new(false) };
}

pub(crate) struct Odd;

#[tracked(event = "Allocate")]
fn allocate() {}

#[tracked(event = "Free")]
fn free() {}

#[tracked(event = "Panic In Allocator")]
fn panic_within() {
    panic!("in the allocator");
}

/// Runs `done`, which gives or takes memory, in the way that is asked for.
fn odd<T>(track: fn(), done: impl FnOnce() -> T) -> T {
    match IS.load(Ordering::Relaxed) {
        TRACKED => {
            track();
            done()
        }
        LOCKED => {
            track();
            if IS_INSIDE.replace(true) {
                return done();
            }
            let held = LOCK.lock();
            track();
            let done = done();
            drop(held);
            IS_INSIDE.set(false);
            done
        }
        METERED => {
            if let Some(meter) = METER.get() {
                let number = METERED_ROWS.fetch_add(1, Ordering::Relaxed);
                // One table after another is new.
                let tables = [label!("t0"), label!("t1"), label!("t2"), label!("t3"), label!("t4"), label!("t5")];
                meter.add_to(tables[usize::try_from(number / 9 % 6).unwrap_or(0)], 1);
            }
            done()
        }
        _ => done(),
    }
}

// SAFETY: the system's, with other things done before.
unsafe impl GlobalAlloc for Odd {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if IS_TO_PANIC.swap(false, Ordering::Relaxed) {
            drop(catch_unwind(panic_within));
        }
        // SAFETY: as this function's.
        odd(allocate, || unsafe { System.alloc(layout) })
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as this function's.
        odd(free, || unsafe { System.dealloc(pointer, layout) });
    }
}

/// Memory is asked for, grows, and is given back, here and on threads that begin and end.
fn use_memory() {
    for round in 0..20 {
        call_around(|| {
            let mut numbers = Vec::new();
            (0..100_u64).for_each(|number| numbers.push(black_box(number)));
            call();
        });
        if round % 5 == 0 {
            drop(std::thread::spawn(|| call_around(|| drop(black_box(Box::new(7))))).join());
        }
    }
}

pub(crate) fn tracked() {
    IS.store(TRACKED, Ordering::Relaxed);
    let telemetry = telemetry().start();
    use_memory();
    drop(telemetry.status().to_string());
    println!("tracked");
    // And in everything that comes after this.
}

#[derive(ClosedEnum)]
enum PluginKind {
    Allocator,
}

fn usage() -> sink::Usage {
    let endpoint = std::env::args().nth(1).unwrap_or_default();
    sink::Usage::new(endpoint).batch(50).every(Duration::ZERO, Duration::from_secs(3600))
}

/// Delivers what is left of it.
pub(crate) fn deliver() {
    let _ = telemetry().required_usage(usage()).start().flush(Duration::from_secs(60));
}

/// Here, in a forked child, and on our own threads. Each process prints what it has counted once no more comes.
pub(crate) fn metered() {
    let telemetry = telemetry().required_usage(usage()).start();
    let _ = METER.set(telemetry.usage_meter(&Identifier::plugin("odd/allocator"), &PluginKind::Allocator));
    IS.store(METERED, Ordering::Relaxed);
    use_memory();
    // SAFETY: the child runs what the parent would, which is what is tested.
    let child = unsafe { libc::fork() };
    if child == 0 {
        METERED_ROWS.store(0, Ordering::Relaxed);
    }
    use_memory();
    drop(telemetry.status().to_string());
    let _ = telemetry.flush(Duration::from_secs(60));
    IS.store(PLAIN, Ordering::Relaxed);
    let _ = telemetry.flush(Duration::from_secs(60));
    if child > 0 {
        // SAFETY: it is told that nothing is to be written.
        unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
    }
    println!("{}", METERED_ROWS.load(Ordering::Relaxed));
}

pub(crate) fn locks() {
    let _telemetry = telemetry().start();
    // What calls need of memory exists from here on: the lock is not one to be taken twice.
    IS.store(LOCKED, Ordering::Relaxed);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(use_memory);
        }
    });
    println!("locks");
}

pub(crate) fn panics() {
    let _telemetry = telemetry().start();
    for _ in 0..3 {
        IS_TO_PANIC.store(true, Ordering::Relaxed);
        drop(black_box(Box::new(7)));
        call();
    }
    println!("panics");
}
