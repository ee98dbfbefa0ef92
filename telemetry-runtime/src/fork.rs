//! What each process has for itself: a forked child begins anew.
//!
//! After a `fork` the child has a copy of everything and none of the threads that were working on it: a lock that another thread
//! held stays locked for ever, a channel has no reader, a random number is drawn twice. So what is not constant lives in a
//! [`PerProcess`], of which the child has an empty one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use once_cell::race::OnceBox;

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
