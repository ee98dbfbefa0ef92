//! Where open calls are kept: a pool of frames, reached by number.
//!
//! A guard in a tracked function is a number and a mark, four bytes, because it lies in the function's stack frame or future and
//! must not be felt there. What a call needs besides lies here. Frames are made once and used again; a call makes no allocation
//! once as many frames exist as calls were ever open together.
//!
//! A forked child has frames of its own, whose numbers begin where its parent's end: a guard that began in the parent has a number
//! that means nothing there, and ends nothing.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::busy::Busy;
use crate::callsite::Callsite;
use crate::clock::Moment;
use crate::codec::{EventHead, Fields, What};
use crate::event::{CallId, ErrorText, anonymous};
use crate::fork::{self, PerProcess};
use crate::limits;
use crate::spool::Part;
use crate::tape::Recorder;
use crate::value::Id;

/// Which frame, counted from 1; 0 is none.
pub(crate) type Number = u32;

/// What is known of an open call.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    /// `None` while the frame is free.
    pub(crate) open: Option<Open>,
    /// An event of the call is on its way to this part, without the frame's lock.
    pub(crate) writing: Option<Part>,
    /// Kept over calls for its capacity, as is what the call's events are made in.
    pub(crate) fields: Fields,
    pub(crate) record: Vec<u8>,
    /// What the error says that the call returns.
    pub(crate) error: Option<ErrorText>,
}

impl Frame {
    /// Hands out what an event was made in, which goes to this part without the frame's lock …
    pub(crate) fn begin_writing(&mut self, part: Part) -> Vec<u8> {
        self.writing = Some(part);
        std::mem::take(&mut self.record)
    }

    /// … and is there.
    pub(crate) fn end_writing(&mut self, record: Vec<u8>) {
        self.writing = None;
        self.record = record;
    }
}

#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "five things that are so or not, in any combination")]
pub(crate) struct Open {
    pub(crate) callsite: &'static Callsite,
    pub(crate) id: CallId,
    pub(crate) parent: Option<CallId>,
    pub(crate) began: Moment,
    pub(crate) recorder: Recorder,
    /// The id of the call's start; its outcome's follows from it.
    pub(crate) start: Id,
    /// Where the start was recorded, and so where the outcome is to be.
    pub(crate) part: Part,
    /// Its start is recorded, as an event.
    pub(crate) start_is_event: bool,
    /// Its start was to be recorded, and is lost.
    pub(crate) start_is_lost: bool,
    /// What an exit that says nothing means.
    pub(crate) fallible: bool,
    /// The call began while a panic was unwinding, so that unwinding says nothing of it.
    pub(crate) began_in_panic: bool,
    pub(crate) waiting: Waiting,
    /// Nothing of it is recorded: it has expired, would say who the user is where nobody is, or is none of those that are recorded of
    /// its function.
    pub(crate) is_silent: bool,
    /// Calls before it that were over the limit.
    pub(crate) suppressed: u64,
    /// What was current on this thread before this call was.
    pub(crate) outer: Current,
}

impl Open {
    /// What the call's events have in common, and `what` they say.
    #[inline]
    pub(crate) fn head<'a>(&self, id: Id, time: u64, what: What<'a>) -> EventHead<'a> {
        // Said once: by the start, where that is an event.
        let says_suppressed = matches!(what, What::Start(_)) || self.callsite.start_name().is_none();
        let suppressed = if says_suppressed && !matches!(what, What::Begun(..)) { self.suppressed } else { 0 };
        EventHead {
            id,
            invocation: self.recorder.invocation(),
            time,
            call: Some(self.id),
            parent: self.parent,
            signed_in: if self.callsite.is_identifiable() {
                self.recorder.signed_in()
            } else {
                anonymous(self.recorder.signed_in())
            },
            thinning: self.callsite.thinning(suppressed),
            what,
        }
    }

    /// The name of the finish event that is to follow whatever the outcome is.
    pub(crate) fn finish_name(&self) -> Option<&'static str> {
        self.callsite.finish_name(false).filter(|_| !self.is_silent)
    }
}

/// Whether a call's body waits to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    No,
    /// At an `.await` that was seen: its future is not ready.
    AtAwait,
    /// In a macro: perhaps for a future, perhaps it is about to go on or to panic.
    InMacro,
}

/// The innermost open call of a thread: its frame, and its id, by which a frame that went to another call is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Current {
    pub(crate) frame: Number,
    pub(crate) call: Option<CallId>,
}

impl Current {
    pub(crate) const NONE: Self = Self { frame: 0, call: None };
}

thread_local! {
    // A constant without a destructor, so that it can be read at any time: in other thread-locals' destructors, in a global
    // allocator, in a panic.
    static CURRENT: Cell<Current> = const { Cell::new(Current::NONE) };
    static FREE: RefCell<Kept> = const { RefCell::new(Kept(Vec::new())) };
    /// The frame that this thread took last, and how many forks lay before that: the one that it looks for next, most often.
    static LAST: Cell<Option<(Number, usize, &'static Slot)>> = const { Cell::new(None) };
}

/// The frames that a thread keeps for itself; at its end they go back to all.
struct Kept(Vec<Number>);

impl Drop for Kept {
    fn drop(&mut self) {
        // The list of all may grow, and a global allocator may be tracked.
        let _busy = Busy::begin();
        if let Some(frames) = Frames::of_this_process() {
            frames.pool().extend(self.0.drain(..).filter(|number| *number > frames.first));
        }
    }
}

pub(crate) fn current() -> Current {
    CURRENT.get()
}

pub(crate) fn set_current(current: Current) {
    CURRENT.set(current);
}

const FIRST_BUCKET: u32 = 64;
/// So many a thread keeps for itself.
const KEPT_BY_THREAD: usize = 16;

/// On lines of the cache of its own: two threads have two of them.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Slot(Mutex<Frame>);

impl Slot {
    #[inline]
    fn lock(&self) -> MutexGuard<'_, Frame> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The frames of a process.
pub(crate) struct Frames {
    /// Numbers up to here are those of the processes above this one.
    first: Number,
    /// How far numbers were given out.
    made: AtomicU32,
    /// Each bucket is as large as all before it and the first together, so that frames never move and a number finds its own.
    buckets: [OnceLock<Box<[Slot]>>; 15],
    /// Frames that threads have given back and that no thread keeps for itself.
    pool: Mutex<Vec<Number>>,
}

static FRAMES: PerProcess<Frames> = PerProcess::new();

impl Frames {
    pub(crate) fn of_this_process() -> Option<&'static Self> {
        FRAMES.get_or_init(|| {
            let first = FRAMES.ancestors().map_or(0, |theirs| theirs.made.load(Ordering::Relaxed));
            Self { first, made: AtomicU32::new(first), buckets: Default::default(), pool: Mutex::default() }
        })
    }

    fn slot(&self, number: Number) -> Option<&Slot> {
        let at = number.checked_sub(self.first + 1)? + FIRST_BUCKET;
        let bucket = at.ilog2() - FIRST_BUCKET.ilog2();
        let make = || (0..FIRST_BUCKET << bucket).map(|_| Slot::default()).collect();
        let slots = self.buckets.get(bucket as usize)?.get_or_init(make);
        slots.get((at - (FIRST_BUCKET << bucket)) as usize)
    }

    fn pool(&self) -> MutexGuard<'_, Vec<Number>> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn make(&self) -> Option<Number> {
        let may = |made: Number| (made - self.first < limits::OPEN_CALLS).then_some(made + 1);
        self.made.fetch_update(Ordering::SeqCst, Ordering::Relaxed, may).ok().map(|made| made + 1)
    }

    /// A free frame, locked; `None` if as many calls are open as may be.
    pub(crate) fn take(&'static self) -> Option<(Number, MutexGuard<'static, Frame>)> {
        let is_ours = |number: &Number| *number > self.first;
        let kept = FREE.try_with(|free| free.try_borrow_mut().ok()?.0.pop()).ok().flatten();
        let number = kept.filter(is_ours).or_else(|| self.pool().pop()).or_else(|| self.make())?;
        let slot = match LAST.get() {
            Some((last, depth, slot)) if last == number && depth == fork::depth() => slot,
            _ => self.slot(number)?,
        };
        LAST.set(Some((number, fork::depth(), slot)));
        Some((number, slot.lock()))
    }

    /// The call that is current, if it is still open: with a body hidden from us a future may have moved on without it.
    fn lock_call(&self, Current { frame, call }: Current) -> Option<MutexGuard<'_, Frame>> {
        if frame == 0 {
            return None;
        }
        self.slot(frame).map(Slot::lock).filter(|frame| frame.open.as_ref().map(|open| open.id) == call)
    }

    /// The call that is current and what records it, where there is one.
    pub(crate) fn recorder(&self, current: Current) -> Option<(Option<CallId>, Recorder)> {
        let frame = self.lock_call(current)?;
        let open = frame.open.as_ref()?;
        // Nobody is ever told of a silent call, so what is in it is in the one round it.
        let told = if open.is_silent { open.parent } else { Some(open.id) };
        Some((told, open.recorder.clone()))
    }
}

/// Locks a frame; `None` for the number 0, and for a number of another process.
#[inline]
pub(crate) fn lock(number: Number) -> Option<MutexGuard<'static, Frame>> {
    match LAST.get() {
        Some((last, depth, slot)) if last == number && depth == fork::depth() => Some(slot.lock()),
        _ => lock_another(number),
    }
}

#[inline(never)]
fn lock_another(number: Number) -> Option<MutexGuard<'static, Frame>> {
    if number == 0 { None } else { Frames::of_this_process()?.slot(number).map(Slot::lock) }
}

/// Gives a frame back, for any thread to take.
pub(crate) fn give_back(number: Number) {
    let kept = FREE.try_with(|free| match free.try_borrow_mut() {
        Ok(mut free) if free.0.len() < KEPT_BY_THREAD => {
            free.0.push(number);
            true
        }
        _ => false,
    });
    if kept != Ok(true)
        && let Some(frames) = Frames::of_this_process()
    {
        frames.pool().push(number);
    }
}

/// Every frame that was ever taken, one after another, locked meanwhile. One that is taken later sees what was stored before.
pub(crate) fn for_each(mut visit: impl FnMut(&mut Frame)) {
    let Some(frames) = Frames::of_this_process() else { return };
    for number in frames.first + 1..=frames.made.load(Ordering::SeqCst) {
        if let Some(slot) = frames.slot(number) {
            visit(&mut slot.lock());
        }
    }
}

/// The innermost call of this thread, if it is still open.
pub(crate) fn lock_current() -> Option<MutexGuard<'static, Frame>> {
    Frames::of_this_process()?.lock_call(current())
}

/// The innermost call of this thread and what records it, where there is one.
pub(crate) fn current_recorder() -> Option<(Option<CallId>, Recorder)> {
    Frames::of_this_process()?.recorder(current())
}

const _: () = assert!(FIRST_BUCKET << 14 >= limits::OPEN_CALLS);

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn take() -> Number {
        Frames::of_this_process().unwrap().take().unwrap().0
    }

    #[test]
    fn every_number_has_a_frame_of_its_own() {
        let mut seen = HashSet::new();
        for number in 1..=1000 {
            let frame: *const Frame = &raw const *lock(number).unwrap();
            assert!(seen.insert(frame), "{number}");
        }
        assert!(lock(0).is_none());
        assert!(lock(limits::OPEN_CALLS).is_some());
    }

    #[test]
    fn the_frames_of_a_thread_outlive_it() {
        let frames_of_a_thread = || std::thread::spawn(|| give_back(take())).join().unwrap();
        frames_of_a_thread();
        let made = || Frames::of_this_process().unwrap().made.load(Ordering::Relaxed);
        let before = made();
        (0..1000).for_each(|_| frames_of_a_thread());
        // Other tests run beside this one and take some as well, but no thousand.
        assert!(made() < before + 500);
    }

    #[test]
    fn a_frame_that_was_given_back_is_taken_again() {
        let taken: Vec<_> = (0..100).map(|_| take()).collect();
        assert_eq!(taken.iter().collect::<HashSet<_>>().len(), 100);
        taken.into_iter().for_each(give_back);
        let again: HashSet<_> = (0..100).map(|_| take()).collect();
        assert_eq!(again.len(), 100);
        again.into_iter().for_each(give_back);
    }
}
