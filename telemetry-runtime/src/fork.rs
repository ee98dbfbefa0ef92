//! What each process has for itself: a forked child begins anew.
//!
//! After a `fork` the child has a copy of everything and none of the threads that were working on it: a lock that another thread
//! held stays locked for ever, a channel has no reader, a random number is drawn twice. So what is not constant lives in a
//! [`PerProcess`], of which the child has an empty one.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use once_cell::race::OnceBox;

use crate::clock;

/// So many processes may each fork the next one; what comes after them records nothing.
pub(crate) const DEPTHS: usize = 32;

/// How many forks lie between the process that telemetry was started in and this one.
static DEPTH: AtomicUsize = AtomicUsize::new(0);

/// How many forks lie between the process that telemetry was started in and this one. What was made at another depth was made by
/// another process.
pub(crate) fn depth() -> usize {
    DEPTH.load(Ordering::Relaxed)
}

/// Called in the child of a fork, where nothing may be called that takes a lock.
pub(crate) fn note_child() {
    DEPTH.fetch_add(1, Ordering::Relaxed);
    UNDER_WAY.store(0, Ordering::Relaxed);
}

/// How many forks and, in the upper half, how many beginnings or ends of threads of ours are under way.
static UNDER_WAY: AtomicU64 = AtomicU64::new(0);
const FORK: u64 = 1;
const THREAD: u64 = 1 << 32;
/// For so long one lets others go first, who may be interrupted on a busy machine; then it goes on all the same.
const PATIENCE: Duration = Duration::from_millis(200);

/// That a thread of ours is beginning or ending, until this is dropped.
///
/// The standard library locks something for all threads then; a child that is forked at that moment has it locked for ever, and hangs
/// at its end. So forks wait, for the tens of microseconds that it takes.
#[derive(Debug)]
pub(crate) struct InTransit(());

impl InTransit {
    pub(crate) fn begin() -> Self {
        enter(THREAD, |under_way| under_way % THREAD == 0);
        Self(())
    }
}

impl Drop for InTransit {
    fn drop(&mut self) {
        leave(THREAD);
    }
}

/// Called before a fork, by the thread that does it.
pub(crate) fn before() {
    enter(FORK, |under_way| under_way < THREAD);
}

/// Called after a fork, in the parent.
pub(crate) fn after() {
    leave(FORK);
}

fn enter(what: u64, may: impl Fn(u64) -> bool) {
    let add = |under_way| may(under_way).then_some(under_way + what);
    let mut began = None;
    while UNDER_WAY.fetch_update(Ordering::AcqRel, Ordering::Acquire, add).is_err() {
        if began.get_or_insert_with(clock::tick).elapsed() > PATIENCE {
            UNDER_WAY.fetch_add(what, Ordering::AcqRel);
            return;
        }
        std::thread::yield_now();
    }
}

/// What began before the fork that made this process is not counted here.
fn leave(what: u64) {
    let subtract = |under_way: u64| under_way.checked_sub(what);
    let _ = UNDER_WAY.fetch_update(Ordering::AcqRel, Ordering::Acquire, subtract);
}

/// A value for each process that is there from the beginning: to find it makes nothing and waits for nobody, so that it can be found from
/// anywhere, such as in an allocator.
#[derive(Debug)]
pub(crate) struct EachProcess<T>(pub(crate) [T; DEPTHS]);

impl<T> EachProcess<T> {
    /// This process's; `None` after too many forks.
    pub(crate) fn get(&self) -> Option<&T> {
        self.0.get(depth())
    }
}

/// A value for each process. Empty it is nothing but zeros, so that it takes no room in the program's file.
pub(crate) struct PerProcess<T>([(OnceBox<T>, Mutex<()>); DEPTHS]);

impl<T> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self([const { (OnceBox::new(), Mutex::new(())) }; DEPTHS])
    }

    /// This process's, if it is made.
    pub(crate) fn get(&self) -> Option<&T> {
        self.0.get(depth())?.0.get()
    }

    /// This process's; `None` after too many forks. It is made once.
    pub(crate) fn get_or_init(&self, make: impl FnOnce() -> T) -> Option<&T> {
        let (value, lock) = self.0.get(depth())?;
        value.get().or_else(|| {
            let _making = lock.lock().unwrap_or_else(PoisonError::into_inner);
            Some(value.get_or_init(|| Box::new(make())))
        })
    }

    /// That of the nearest process above this one which had made its own, as it was at the fork.
    pub(crate) fn ancestors(&self) -> Option<&T> {
        self.0.iter().take(depth()).rev().find_map(|(made, _)| made.get())
    }
}
