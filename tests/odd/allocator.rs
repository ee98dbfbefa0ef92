//! A global allocator whose own functions are tracked.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use telemetry_runtime::tracked;

use crate::{call, call_around, telemetry};

/// How the allocator is, from now on.
static IS: AtomicU8 = AtomicU8::new(PLAIN);
const PLAIN: u8 = 0;
const TRACKED: u8 = 1;
/// Holds a lock while it has the system give or take memory, and calls tracked functions with and without it.
const LOCKED: u8 = 2;

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
