//! What one thread is told by any other, in order: one kind of channel, where a crate for channels brings all kinds that there are into the
//! program.
//!
//! A letter is put in with a lock, for as long as that takes. Whoever has interrupted its own thread while that held it (a handler of
//! signals that ends the process, say) would wait for itself: that letter is dropped, and whoever waits for what it asks for is let go.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::busy::Busy;

/// So many letters need no more memory.
const USUALLY: usize = 16;

thread_local! {
    // A constant without a destructor, so that it can be read at any time.
    static POSTS: Cell<bool> = const { Cell::new(false) };
}

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

/// While it lives, its thread puts a letter in.
struct Posting(());

impl Posting {
    /// `None` if the thread was interrupted while it did.
    fn begin() -> Option<Self> {
        (!POSTS.replace(true)).then(|| Self(()))
    }
}

impl Drop for Posting {
    fn drop(&mut self) {
        POSTS.set(false);
    }
}

impl<T> Outbox<T> {
    /// Puts a letter in; says whether there is somebody to read it.
    pub(crate) fn send(&self, letter: T) -> bool {
        // What is called while the lock is held must not come here.
        let _busy = Busy::begin();
        let Some(_posting) = Posting::begin() else { return false };
        // Nothing is allocated or given back under the lock: an allocator may be tracked, and hold a lock of its own.
        let mut larger = VecDeque::new();
        loop {
            let mut letters = self.0.letters.lock().unwrap_or_else(PoisonError::into_inner);
            if letters.is_closed {
                return false;
            }
            let needed = letters.waiting.len() + 1;
            if letters.waiting.capacity() < needed && larger.capacity() >= needed {
                larger.append(&mut letters.waiting);
                std::mem::swap(&mut larger, &mut letters.waiting);
            }
            if letters.waiting.capacity() >= needed {
                letters.waiting.push_back(letter);
                drop(letters);
                self.0.changed.notify_one();
                return true;
            }
            drop(letters);
            larger = VecDeque::with_capacity(2 * needed);
        }
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
    fn who_interrupts_its_own_thread_does_not_wait_for_it() {
        let (outbox, _inbox) = mailbox();
        let posting = Posting::begin();
        let held = outbox.0.letters.lock();
        assert!(!outbox.send(()));
        drop((held, posting));
        assert!(outbox.send(()));
    }

    /// However long it is held: a process that has work for another thread has that one wait.
    #[test]
    fn a_letter_is_put_in_once_others_are_done() {
        let (outbox, inbox) = mailbox();
        let held = inbox.0.letters.lock().unwrap();
        std::thread::scope(|scope| {
            let sent = scope.spawn(|| outbox.send(()));
            // Many times what one would have to be lucky with.
            (0..100_000).for_each(|_| std::thread::yield_now());
            drop(held);
            assert!(sent.join().unwrap());
        });
    }
}
