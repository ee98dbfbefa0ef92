//! What one thread is told by any other, in order: one kind of channel, where a crate for channels brings all kinds that there are into the
//! program.
//!
//! A letter is put in with a lock, for as long as that takes. Who has interrupted whoever holds it (a handler of signals that ends the
//! process, say) waits some milliseconds for it, and then goes on: the letter is dropped, and whoever waits for what it asks for is let go.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use crate::busy::Busy;

/// So many letters need no more memory.
const USUALLY: usize = 16;
/// So often one lets others go first.
const TURNS: u32 = 10_000;

struct Letters<T> {
    waiting: VecDeque<T>,
    /// The reader has gone.
    is_closed: bool,
}

struct Mailbox<T> {
    letters: Mutex<Letters<T>>,
    changed: Condvar,
}

/// Where letters are put in.
pub(crate) struct Outbox<T>(Arc<Mailbox<T>>);

/// Where they are read, by one. When this is dropped, what was not read is dropped, too.
pub(crate) struct Inbox<T>(Arc<Mailbox<T>>);

impl<T> std::fmt::Debug for Outbox<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Outbox")
    }
}

pub(crate) fn mailbox<T>() -> (Outbox<T>, Inbox<T>) {
    let letters = Mutex::new(Letters { waiting: VecDeque::with_capacity(USUALLY), is_closed: false });
    let mailbox = Arc::new(Mailbox { letters, changed: Condvar::new() });
    (Outbox(Arc::clone(&mailbox)), Inbox(mailbox))
}

impl<T> Mailbox<T> {
    fn lock(&self) -> Option<MutexGuard<'_, Letters<T>>> {
        for _ in 0..TURNS {
            match self.letters.try_lock() {
                Ok(letters) => return Some(letters),
                Err(TryLockError::Poisoned(letters)) => return Some(letters.into_inner()),
                Err(TryLockError::WouldBlock) => std::thread::yield_now(),
            }
        }
        None
    }
}

impl<T> Outbox<T> {
    /// Puts a letter in; says whether there is somebody to read it.
    pub(crate) fn send(&self, letter: T) -> bool {
        // What is called while the lock is held must not come here.
        let _busy = Busy::begin();
        let Some(mut letters) = self.0.lock() else { return false };
        if letters.is_closed {
            return false;
        }
        letters.waiting.push_back(letter);
        drop(letters);
        self.0.changed.notify_one();
        true
    }
}

impl<T> Inbox<T> {
    /// The next letter, once there is one; `None` if there is none in this time.
    pub(crate) fn receive(&self, timeout: Option<Duration>) -> Option<T> {
        let mut letters = self.0.letters.lock().unwrap_or_else(PoisonError::into_inner);
        let is_empty = |letters: &mut Letters<T>| letters.waiting.is_empty();
        letters = match timeout {
            None => self.0.changed.wait_while(letters, is_empty).unwrap_or_else(PoisonError::into_inner),
            Some(timeout) => {
                let waited = self.0.changed.wait_timeout_while(letters, timeout, is_empty);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
        };
        letters.waiting.pop_front()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.letters.lock().unwrap_or_else(PoisonError::into_inner).waiting.is_empty()
    }
}

impl<T> Drop for Inbox<T> {
    fn drop(&mut self) {
        let mut letters = self.0.letters.lock().unwrap_or_else(PoisonError::into_inner);
        letters.is_closed = true;
        let unread = std::mem::take(&mut letters.waiting);
        // What they drop may come here.
        drop(letters);
        drop(unread);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latch::latch;

    #[test]
    fn letters_are_read_in_order_and_by_nobody_once_the_reader_has_gone() {
        let (outbox, inbox) = mailbox();
        assert!(inbox.receive(Some(Duration::ZERO)).is_none());
        let thread = std::thread::spawn(move || {
            (0..1000).for_each(|number| assert!(outbox.send(number)));
            outbox
        });
        assert!((0..1000).all(|number| inbox.receive(None) == Some(number)));
        assert!(inbox.is_empty());
        let outbox = thread.join().unwrap();
        drop(inbox);
        assert!(!outbox.send(0));
    }

    #[test]
    fn whoever_waits_for_what_a_letter_asks_for_is_let_go_when_nobody_reads_it() {
        let (outbox, inbox) = mailbox();
        let ((doing, done), (late, never)) = (latch(), latch());
        assert!(outbox.send(doing));
        drop(inbox);
        assert!(done.wait(Duration::MAX));
        assert!(!outbox.send(late));
        assert!(never.wait(Duration::MAX));
    }

    /// As where a handler of signals interrupts whoever holds the lock.
    #[test]
    fn a_lock_that_is_never_given_back_is_not_waited_for() {
        let (outbox, inbox) = mailbox();
        let held = inbox.0.letters.lock();
        assert!(!outbox.send(()));
        drop(held);
        assert!(outbox.send(()));
    }
}
