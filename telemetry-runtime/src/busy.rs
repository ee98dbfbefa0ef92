//! That a thread is in our own code.
//!
//! A tracked function that is called from there (by a global allocator, by a panic hook) is not recorded: it could call us without
//! end, or wait for a lock that its own caller holds.

use std::cell::Cell;

thread_local! {
    // A constant without a destructor, so that it can be read at any time.
    static BUSY: Cell<bool> = const { Cell::new(false) };
    static OURS: Cell<bool> = const { Cell::new(false) };
    static HUSHED: Cell<bool> = const { Cell::new(false) };
}

/// This thread is one of ours: nothing that is called on it is recorded, and nothing that goes wrong on it shows.
pub(crate) fn claim_thread() {
    BUSY.set(true);
    OURS.set(true);
}

/// Whether this thread is one of ours.
pub(crate) fn is_our_thread() -> bool {
    OURS.get()
}

/// Whether the thread is in our own code.
#[inline]
pub(crate) fn is_busy() -> bool {
    BUSY.get()
}

/// While it lives, its thread is in our own code.
#[derive(Debug)]
pub(crate) struct Busy(());

impl Busy {
    /// `None` if the thread is there already.
    #[inline]
    pub(crate) fn begin() -> Option<Self> {
        // Made only then: its end is what gives the thread back.
        (!BUSY.replace(true)).then(|| Self(()))
    }
}

/// While it lives, its thread is in our own code, as it may have been before.
#[derive(Debug)]
pub(crate) struct StillBusy(bool);

impl Busy {
    /// For what is not to be refused.
    #[inline]
    pub(crate) fn renew() -> StillBusy {
        StillBusy(BUSY.replace(true))
    }
}

impl Drop for StillBusy {
    #[inline]
    fn drop(&mut self) {
        BUSY.set(self.0);
    }
}

impl Drop for Busy {
    #[inline]
    fn drop(&mut self) {
        BUSY.set(false);
    }
}

/// While it lives, a panic on its thread is neither shown nor told: what runs then is the program's code, and would not run without us.
#[derive(Debug)]
pub(crate) struct Hushed(bool);

impl Hushed {
    pub(crate) fn begin() -> Self {
        Self(HUSHED.replace(true))
    }
}

impl Drop for Hushed {
    fn drop(&mut self) {
        HUSHED.set(self.0);
    }
}

/// Whether a panic here is nobody's business. Where a panic is the end of the program, it is the program's.
pub(crate) fn is_hushed() -> bool {
    cfg!(panic = "unwind") && HUSHED.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_refused_does_not_open_the_door_for_the_next() {
        let outer = Busy::begin();
        assert!(outer.is_some());
        for _ in 0..3 {
            assert!(Busy::begin().is_none());
        }
        drop(outer);
        assert!(Busy::begin().is_some());
    }
}
