//! One run of a function that is tracked with `aggregate`: the guard, and the marks at its exits.
//!
//! The same marks as of other tracked functions, with the same meaning; but all that is known of the call lies in the guard, and
//! what comes of it is a few numbers in a static. It takes no lock, no memory and no frame, so it is not the current call of its
//! thread: what is called inside, and what `record!` says there, belongs to the recorded call round it, as if the function were
//! not tracked.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::aggregate::Ending;
use crate::busy::{self, Busy};
use crate::callsite::{self, Callsite};
use crate::clock;
use crate::engine::{self, Engine, Periodic};
use crate::fork;
use crate::frames;
use crate::gate;
use crate::os;
use crate::report;
use crate::tape::{Recorder, Tape};

const UNMARKED: u64 = 0;
const OK: u64 = 1;
const ERROR: u64 = 2;
const MARKS: u64 = 0b11;
/// The body waits: at an `.await` that was seen, …
const AT_AWAIT: u64 = 0b100;
/// … or in a macro, where it may be about to go on or to panic.
const IN_MACRO: u64 = 0b1000;
/// An exit without a mark is an error.
const FALLIBLE: u64 = 0b1_0000;
/// The call began while a panic was unwinding, so that unwinding says nothing of it.
const BEGAN_IN_PANIC: u64 = 0b10_0000;
/// The call is counted: the gate was open.
const OPEN: u64 = 0b100_0000;
/// The bits above these say when it began, in nanoseconds since the process's first look at the clock: four years of them.
const FLAG_BITS: u32 = 7;

/// The guard of a call that is only counted. Without an effect where the gate is closed.
///
/// The word is atomic so that futures stay `Sync`; only ever touched by whoever runs the function.
#[derive(Debug)]
pub struct Counted {
    callsite: &'static Callsite,
    word: AtomicU64,
}

impl Counted {
    #[inline]
    fn set(&self, clear: u64, set: u64) {
        self.word.store(self.word.load(Ordering::Relaxed) & !clear | set, Ordering::Relaxed);
    }
}

/// Begins a call.
#[inline]
#[must_use]
pub fn enter(callsite: &'static Callsite) -> Counted {
    let word = if gate::calls_may_be_recorded() { begin(callsite) } else { 0 };
    Counted { callsite, word: AtomicU64::new(word) }
}

/// The word of a call that begins; without the mark that it is open where it is not counted.
fn begin(callsite: &'static Callsite) -> u64 {
    if busy::is_busy() || callsite.expires_ever() && callsite.is_over(clock::now()) {
        return 0;
    }
    if REPORTING.load(Ordering::Relaxed) != fork::depth() + 1 && gate::stats() {
        begin_reporting();
    }
    let fallible = if callsite.is_fallible() { FALLIBLE } else { 0 };
    let in_panic = if std::thread::panicking() { BEGAN_IN_PANIC } else { 0 };
    clock::nanos() << FLAG_BITS | OPEN | fallible | in_panic
}

/// Marks that what comes next is a success.
#[inline]
pub fn will_ok(call: &Counted) {
    call.set(MARKS, OK);
}

/// Marks a value as that of a success.
#[inline]
pub fn ok<T>(value: T, call: &Counted) -> T {
    call.set(MARKS, OK);
    value
}

/// Reads from a value whether it is an error.
#[inline]
pub fn finish<T, F: FnOnce(&T) -> bool>(value: T, call: &Counted, is_error: F) -> T {
    if call.word.load(Ordering::Relaxed) & OPEN != 0 {
        call.set(MARKS, if is_error(&value) { ERROR } else { OK });
    }
    value
}

/// Says what an exit without a mark means, where only the type of what is returned tells.
#[inline]
pub fn fallible_if(call: &Counted, fallible: bool) {
    if fallible {
        call.set(0, FALLIBLE);
    }
}

/// Has the call wait while a future is not ready.
#[inline]
pub fn awaiting<F>(call: &Counted, future: F) -> Awaiting<'_, F> {
    Awaiting { future, call }
}

/// Has the call wait, at places that a macro knows, whenever a future in it was polled: when it is ready, others may still be waited
/// for.
#[inline]
pub fn polling<F: IntoFuture>(call: &Counted, future: F) -> Polling<'_, F::IntoFuture> {
    Polling { future: future.into_future(), call }
}

/// That a macro waits, at places that only it knows, until it is [`resumed`].
#[inline]
#[must_use]
pub fn pause(call: &Counted) -> Paused<'_> {
    call.set(AT_AWAIT, IN_MACRO);
    Paused(call)
}

/// A call that [`pause`] was told of.
#[derive(Clone, Copy, Debug)]
pub struct Paused<'call>(&'call Counted);

/// The macro is done.
#[inline]
pub fn resumed<T>(paused: Paused<'_>, value: T) -> T {
    resume(paused.0);
    value
}

/// The macro has waited, and lets the body go on for a while.
#[inline]
pub fn resume(call: &Counted) {
    call.set(AT_AWAIT | IN_MACRO, 0);
}

/// What [`awaiting`] returns: something to `.await`, if what it was given is.
#[derive(Debug)]
pub struct Awaiting<'call, F> {
    future: F,
    call: &'call Counted,
}

impl<'call, F: IntoFuture> IntoFuture for Awaiting<'call, F> {
    type Output = F::Output;
    type IntoFuture = Awaited<'call, F::IntoFuture>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        Awaited { future: self.future.into_future(), call: self.call }
    }
}

pin_project! {
    /// A future inside a call that is only counted.
    #[derive(Debug)]
    pub struct Awaited<'call, F> {
        #[pin]
        future: F,
        call: &'call Counted,
    }
}

impl<F: Future> Future for Awaited<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.call.set(AT_AWAIT | IN_MACRO, 0);
        let polled = this.future.poll(context);
        if polled.is_pending() {
            this.call.set(IN_MACRO, AT_AWAIT);
        }
        polled
    }
}

pin_project! {
    /// A future inside a macro inside a call that is only counted.
    #[derive(Debug)]
    pub struct Polling<'call, F> {
        #[pin]
        future: F,
        call: &'call Counted,
    }
}

impl<F: Future> Future for Polling<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.call.set(AT_AWAIT | IN_MACRO, 0);
        let polled = this.future.poll(context);
        this.call.set(AT_AWAIT, IN_MACRO);
        polled
    }
}

impl Drop for Counted {
    #[inline]
    fn drop(&mut self) {
        let word = *self.word.get_mut();
        if word & OPEN != 0 {
            end(self.callsite, word);
        }
    }
}

fn end(callsite: &'static Callsite, word: u64) {
    let ended = clock::nanos();
    let began = word >> FLAG_BITS;
    // A call is counted by the process that it began in.
    if began < FORKED.load(Ordering::Relaxed) {
        return;
    }
    let ending = if word & AT_AWAIT != 0 {
        Ending::Cancelled
    } else if std::thread::panicking() && word & BEGAN_IN_PANIC == 0 {
        Ending::Panicked
    } else if word & IN_MACRO != 0 {
        Ending::Cancelled
    } else if word & MARKS == ERROR || word & MARKS == UNMARKED && word & FALLIBLE != 0 {
        Ending::Error
    } else {
        Ending::Ok
    };
    let nanos = ended.saturating_sub(began);
    if gate::is_capturing() && capture(callsite, ending, nanos) {
        return;
    }
    if let Some((_, tally)) = callsite.aggregated().filter(|_| gate::stats()) {
        tally.count(ending, nanos);
    }
}

/// Counts a call on the tape of the test that it ends in, if it ends in one.
#[cold]
fn capture(callsite: &'static Callsite, ending: Ending, nanos: u64) -> bool {
    let Some(_busy) = Busy::begin() else { return false };
    let tape = match frames::current_recorder() {
        Some((_, Recorder::Tape(tape))) => Some(tape),
        _ => Tape::of_thread(),
    };
    tape.map(|tape| tape.count(callsite, ending, nanos)).is_some()
}

/// How many processes lie between the first one and the one that tells of what is counted, and one more; 0 where none does yet.
static REPORTING: AtomicUsize = AtomicUsize::new(0);
/// What began before this time began in the process that this one was forked from.
static FORKED: AtomicU64 = AtomicU64::new(0);

/// Has what is counted be told from time to time: once a process, when the first call begins.
#[cold]
fn begin_reporting() {
    let Some(_busy) = Busy::begin() else { return };
    let Some(engine) = engine::engine() else { return };
    let reporting = fork::depth() + 1;
    if REPORTING.swap(reporting, Ordering::Relaxed) == reporting {
        return;
    }
    let interval = engine.aggregate_interval();
    // One that never ends is the process's own time.
    if let Some(next) = clock::tick().checked_add(interval) {
        let run = Box::new(|engine: &'static Engine| {
            engine.tell_aggregates();
            true
        });
        engine.every(Periodic { next, interval, run });
    }
}

/// From now on, a forked child counts from nothing: what was counted before is its parent's to tell.
pub(crate) fn heed_forks() {
    extern "C" fn in_child() {
        FORKED.store(clock::nanos(), Ordering::Relaxed);
        for callsite in callsite::callsites() {
            if let Some((_, tally)) = callsite.aggregated() {
                tally.forget();
            }
            if let Some(limiter) = callsite.limiter() {
                limiter.forget();
            }
        }
        for site in report::reports() {
            site.limiter.forget();
        }
    }
    // The clock's first look is taken here and not in a child, where nothing may be waited for.
    clock::nanos();
    os::on_fork(in_child);
}
