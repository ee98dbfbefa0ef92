//! One run of a function that is tracked with `aggregate`: the guard, and the marks at its exits.
//!
//! The same marks as of other tracked functions, with the same meaning; but all that is known of the call lies in the guard, and
//! what comes of it is a few numbers in a static. It takes no lock, no memory and no frame, so it is not the current call of its
//! thread: what is called inside, and what `record!` says there, belongs to the recorded call round it, as if the function were
//! not tracked.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
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

const UNMARKED: u32 = 0;
const OK: u32 = 1;
const ERROR: u32 = 2;
const MARKS: u32 = 0b11;
/// The body waits: at an `.await` that was seen, …
const AT_AWAIT: u32 = 0b100;
/// … or in a macro, where it may be about to go on or to panic.
const IN_MACRO: u32 = 0b1000;
/// An exit without a mark is an error.
const FALLIBLE: u32 = 0b1_0000;
/// The call began while a panic was unwinding, so that unwinding says nothing of it.
const BEGAN_IN_PANIC: u32 = 0b10_0000;
/// The bits above these say how many forks lay before the process that the call began in.
const FLAG_BITS: u32 = 6;

/// The guard of a call that is only counted. Without an effect where the gate is closed.
///
/// Every byte of it makes every such future larger: so where the callsite is, its type knows.
pub struct Counted<F: Fn() -> &'static Callsite> {
    callsite: F,
    begun: Begun,
}

impl<F: Fn() -> &'static Callsite> fmt::Debug for Counted<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counted").field("begun", &self.begun).finish_non_exhaustive()
    }
}

/// What is known of a call while it runs.
#[derive(Debug)]
struct Begun {
    /// By [`clock::ticks`]; 0 where the call is not counted.
    started: u64,
    flags: Flags,
}

impl Begun {
    /// Of a call that is not counted.
    #[inline]
    fn none() -> Self {
        Self { started: 0, flags: Flags(AtomicU32::new(0)) }
    }
}

/// What is known of a call beside when it began.
///
/// The word is atomic so that futures stay `Sync`; only ever touched by whoever runs the function.
#[derive(Debug)]
struct Flags(AtomicU32);

impl Flags {
    #[inline]
    fn set(&self, clear: u32, set: u32) {
        self.0.store(self.0.load(Ordering::Relaxed) & !clear | set, Ordering::Relaxed);
    }
}

/// Begins a call.
#[inline]
#[must_use]
pub fn enter<F: Fn() -> &'static Callsite>(callsite: F) -> Counted<F> {
    let begun = if gate::calls_may_be_recorded() { begin(callsite()) } else { Begun::none() };
    Counted { callsite, begun }
}

#[inline(never)]
fn begin(callsite: &'static Callsite) -> Begun {
    if busy::is_busy() || callsite.notes().expires_ever() && callsite.notes().is_over(clock::now()) {
        return Begun::none();
    }
    let depth = fork::depth();
    if REPORTING.load(Ordering::Relaxed) != depth + 1 && gate::stats() {
        begin_reporting();
    }
    let fallible = if callsite.is_fallible() { FALLIBLE } else { 0 };
    let in_panic = if std::thread::panicking() { BEGAN_IN_PANIC } else { 0 };
    let flags = Flags(AtomicU32::new(began_in(depth) | fallible | in_panic));
    Begun { started: clock::ticks(), flags }
}

/// The bits that say which process a call began in. After sixty-seven million forks, each in the child of the one before, they begin anew.
fn began_in(depth: usize) -> u32 {
    #[allow(clippy::cast_possible_truncation, reason = "as many as there are bits")]
    let depth = depth as u32;
    depth << FLAG_BITS
}

/// Marks that what comes next is a success.
#[inline]
pub fn will_ok<F: Fn() -> &'static Callsite>(call: &Counted<F>) {
    call.begun.flags.set(MARKS, OK);
}

/// Marks a value as that of a success.
#[inline]
pub fn ok<T, F: Fn() -> &'static Callsite>(value: T, call: &Counted<F>) -> T {
    call.begun.flags.set(MARKS, OK);
    value
}

/// Reads from a value whether it is an error.
#[inline]
pub fn finish<T, F: Fn() -> &'static Callsite, G: FnOnce(&T) -> bool>(value: T, call: &Counted<F>, is_error: G) -> T {
    if call.begun.started != 0 {
        call.begun.flags.set(MARKS, if is_error(&value) { ERROR } else { OK });
    }
    value
}

/// Says what an exit without a mark means, where only the type of what is returned tells.
#[inline]
pub fn fallible_if<F: Fn() -> &'static Callsite>(call: &Counted<F>, fallible: bool) {
    if fallible {
        call.begun.flags.set(0, FALLIBLE);
    }
}

/// Has the call wait while a future is not ready.
#[inline]
pub fn awaiting<F, C: Fn() -> &'static Callsite>(call: &Counted<C>, future: F) -> Awaiting<'_, F> {
    Awaiting { future, flags: &call.begun.flags }
}

/// Has the call wait, at places that a macro knows, whenever a future in it was polled: when it is ready, others may still be waited
/// for.
#[inline]
pub fn polling<F: IntoFuture, C: Fn() -> &'static Callsite>(
    call: &Counted<C>,
    future: F,
) -> Polling<'_, F::IntoFuture> {
    Polling { future: future.into_future(), flags: &call.begun.flags }
}

/// That a macro waits, at places that only it knows, until it is [`resumed`].
#[inline]
#[must_use]
pub fn pause<F: Fn() -> &'static Callsite>(call: &Counted<F>) -> Paused<'_> {
    call.begun.flags.set(AT_AWAIT, IN_MACRO);
    Paused(&call.begun.flags)
}

/// A call that [`pause`] was told of.
#[derive(Clone, Copy, Debug)]
pub struct Paused<'call>(&'call Flags);

/// The macro is done.
#[inline]
pub fn resumed<T>(paused: Paused<'_>, value: T) -> T {
    paused.0.set(AT_AWAIT | IN_MACRO, 0);
    value
}

/// The macro has waited, and lets the body go on for a while.
#[inline]
pub fn resume<F: Fn() -> &'static Callsite>(call: &Counted<F>) {
    call.begun.flags.set(AT_AWAIT | IN_MACRO, 0);
}

/// What [`awaiting`] returns: something to `.await`, if what it was given is.
#[derive(Debug)]
pub struct Awaiting<'call, F> {
    future: F,
    flags: &'call Flags,
}

impl<'call, F: IntoFuture> IntoFuture for Awaiting<'call, F> {
    type Output = F::Output;
    type IntoFuture = Awaited<'call, F::IntoFuture>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        Awaited { future: self.future.into_future(), flags: self.flags }
    }
}

pin_project! {
    /// A future inside a call that is only counted.
    #[derive(Debug)]
    pub struct Awaited<'call, F> {
        #[pin]
        future: F,
        flags: &'call Flags,
    }
}

impl<F: Future> Future for Awaited<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.flags.set(AT_AWAIT | IN_MACRO, 0);
        let polled = this.future.poll(context);
        if polled.is_pending() {
            this.flags.set(IN_MACRO, AT_AWAIT);
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
        flags: &'call Flags,
    }
}

impl<F: Future> Future for Polling<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.flags.set(AT_AWAIT | IN_MACRO, 0);
        let polled = this.future.poll(context);
        this.flags.set(AT_AWAIT, IN_MACRO);
        polled
    }
}

impl<F: Fn() -> &'static Callsite> Drop for Counted<F> {
    #[inline]
    fn drop(&mut self) {
        if self.begun.started != 0 {
            end((self.callsite)(), self.begun.started, *self.begun.flags.0.get_mut());
        }
    }
}

#[inline(never)]
fn end(callsite: &'static Callsite, started: u64, flags: u32) {
    let nanos = clock::ticks().saturating_sub(started);
    // A call is counted by the process that it began in.
    if flags >> FLAG_BITS != began_in(fork::depth()) >> FLAG_BITS {
        return;
    }
    let ending = ending(flags);
    if gate::is_capturing() && capture(callsite, ending, nanos) {
        return;
    }
    if let Some((_, tally)) = callsite.aggregated().filter(|_| gate::stats()) {
        // A call that began is counted, whatever this thread is in the middle of; what interrupts the counting is not.
        let _busy = Busy::renew();
        tally.count(ending, nanos);
    }
}

/// How a call ends whose guard is dropped now.
#[inline]
fn ending(flags: u32) -> Ending {
    if flags & AT_AWAIT != 0 {
        Ending::Cancelled
    } else if std::thread::panicking() && flags & BEGAN_IN_PANIC == 0 {
        Ending::Panicked
    } else if flags & IN_MACRO != 0 {
        Ending::Cancelled
    } else if flags & MARKS == ERROR || flags & MARKS == UNMARKED && flags & FALLIBLE != 0 {
        Ending::Error
    } else {
        Ending::Ok
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
