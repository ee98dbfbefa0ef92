//! That something is done, for one who waits for it. Nothing is handed over, so that takes no channel, of which each has three kinds in the
//! program.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

#[derive(Debug, Default)]
struct Latch {
    is_done: Mutex<bool>,
    changed: Condvar,
}

/// Held by whoever has it to do: it is done, or given up, when this is dropped.
#[derive(Debug)]
pub(crate) struct Doing(Arc<Latch>);

/// Held by whoever waits.
#[derive(Debug)]
pub(crate) struct Done(Arc<Latch>);

pub(crate) fn latch() -> (Doing, Done) {
    let latch = Arc::new(Latch::default());
    (Doing(Arc::clone(&latch)), Done(latch))
}

impl Drop for Doing {
    fn drop(&mut self) {
        *self.0.is_done.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.changed.notify_all();
    }
}

impl Done {
    /// Waits until it is done, no longer than `timeout`; says whether it was.
    pub(crate) fn wait(&self, timeout: Duration) -> bool {
        let is_done = self.0.is_done.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.changed.wait_timeout_while(is_done, timeout, |is_done| !*is_done);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_elsewhere_is_done() {
        let (doing, done) = latch();
        assert!(!done.wait(Duration::ZERO));
        let thread = std::thread::spawn(move || drop(doing));
        assert!(done.wait(Duration::MAX));
        thread.join().unwrap();
        assert!(done.wait(Duration::ZERO));
    }
}
