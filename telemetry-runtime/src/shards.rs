//! Where a thread counts: beside the others and not among them, for two processors that count at the same place wait for each other.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// So many places there are for each number.
pub(crate) const SHARDS: usize = 8;
/// The first threads that count have one each to themselves; all others take turns in the rest.
const OWNED: usize = 4;

/// One of the [`SHARDS`] places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shard(usize);

thread_local! {
    /// In which one this thread counts, counted from 1; 0 before it did. A constant without a destructor, so that it can be read at any
    /// time.
    static SHARD: Cell<usize> = const { Cell::new(0) };
}

#[cold]
fn choose() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let thread = NEXT.fetch_add(1, Ordering::Relaxed);
    let shard = if thread < OWNED { thread } else { OWNED + (thread - OWNED) % (SHARDS - OWNED) } + 1;
    SHARD.set(shard);
    shard
}

impl Shard {
    /// This thread's.
    #[inline]
    pub(crate) fn of_thread() -> Self {
        let shard = SHARD.get();
        Self(if shard == 0 { choose() } else { shard } - 1)
    }

    /// Which of all.
    #[inline]
    pub(crate) const fn place(self) -> usize {
        self.0
    }

    /// Adds to a number that is counted in this place. What a handler of a signal adds in the middle of this may be missing in the end: whoever
    /// counts is `Busy` meanwhile, so that a handler counts nothing.
    #[inline]
    pub(crate) fn add(self, number: &AtomicU64, more: u64) {
        if self.0 < OWNED {
            // Nobody else adds here, and nobody takes away: so there is no need to lock the processors' bus.
            number.store(number.load(Ordering::Relaxed).wrapping_add(more), Ordering::Relaxed);
        } else {
            number.fetch_add(more, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_a_place_alone_and_whoever_has_not_are_all_counted() {
        let numbers: [AtomicU64; SHARDS] = [const { AtomicU64::new(0) }; SHARDS];
        std::thread::scope(|scope| {
            for _ in 0..4 * SHARDS {
                scope.spawn(|| {
                    let shard = Shard::of_thread();
                    assert_eq!(shard, Shard::of_thread());
                    (0..10_000).for_each(|_| shard.add(&numbers[shard.place()], 3));
                });
            }
        });
        let sum: u64 = numbers.iter().map(|number| number.load(Ordering::Relaxed)).sum();
        assert_eq!(sum, 4 * SHARDS as u64 * 30_000);
    }
}
