//! Records on their way to the worker, in memory that is there from the beginning: who puts one in waits for nobody and allocates nothing.

use std::sync::atomic::{AtomicU64, Ordering};

/// Which segment a record is meant for, as `spool` numbers them.
type Part = u32;

/// Records behind one another in a ring of words, each with a word before it that says its length and part: many put some in, one at
/// a time takes them out.
///
/// A word before a record is 0 until the whole record is there, and every word is 0 again once it was taken.
#[derive(Debug)]
pub(crate) struct Queue {
    words: Box<[AtomicU64]>,
    /// How many words were ever taken for records …
    put: Line,
    /// … and given back.
    taken: Line,
}

/// On a line of the cache of its own: one is the writers', the other the reader's.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Line(AtomicU64);

const WORD: usize = size_of::<u64>();

impl Queue {
    /// One of at least so many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        let words = vec![0; (bytes / WORD).next_power_of_two()].into_iter().map(AtomicU64::new).collect();
        Self { words, put: Line::default(), taken: Line::default() }
    }

    #[allow(clippy::cast_possible_truncation, reason = "the ring goes round")]
    fn word(&self, at: u64) -> &AtomicU64 {
        &self.words[at as usize & (self.words.len() - 1)]
    }

    /// Puts a record in, which must not be empty; says whether there is room.
    pub(crate) fn put(&self, part: Part, record: &[u8]) -> bool {
        let needed = 1 + record.len().div_ceil(WORD) as u64;
        let mut at = self.put.0.load(Ordering::Relaxed);
        loop {
            // What was given back is seen as 0.
            if (at + needed).saturating_sub(self.taken.0.load(Ordering::Acquire)) > self.words.len() as u64 {
                return false;
            }
            // In one order with the end of the process: who asks for what is there after it began gets this one, or its writer
            // sees that it began.
            match self.put.0.compare_exchange_weak(at, at + needed, Ordering::SeqCst, Ordering::Relaxed) {
                Ok(_) => break,
                Err(now) => at = now,
            }
        }
        let (whole, rest) = record.as_chunks();
        let mut to = at + 1;
        for word in whole {
            self.word(to).store(u64::from_le_bytes(*word), Ordering::Relaxed);
            to += 1;
        }
        if !rest.is_empty() {
            let mut word = [0; WORD];
            word[..rest.len()].copy_from_slice(rest);
            self.word(to).store(u64::from_le_bytes(word), Ordering::Relaxed);
        }
        self.word(at).store(u64::from(part) << 32 | record.len() as u64, Ordering::Release);
        true
    }

    /// Part and length of the next record. One that is being put in is waited for, as long as `waits` says so.
    pub(crate) fn next(&self, mut waits: impl FnMut() -> bool) -> Option<(Part, usize)> {
        let at = self.taken.0.load(Ordering::Relaxed);
        loop {
            let head = self.word(at).load(Ordering::Acquire);
            if head != 0 {
                #[allow(clippy::cast_possible_truncation, reason = "as they were put together")]
                return Some(((head >> 32) as Part, head as u32 as usize));
            }
            if self.put.0.load(Ordering::SeqCst) == at || !waits() {
                return None;
            }
            std::thread::yield_now();
        }
    }

    /// Takes out what [`next`](Self::next) found, and appends it to `to`. Only one thread at a time may.
    pub(crate) fn take(&self, to: &mut Vec<u8>, length: usize) {
        let at = self.taken.0.load(Ordering::Relaxed);
        self.word(at).store(0, Ordering::Relaxed);
        let end = at + 1 + length.div_ceil(WORD) as u64;
        let whole = to.len() + length;
        for word in (at + 1..end).map(|at| self.word(at)) {
            to.extend_from_slice(&word.load(Ordering::Relaxed).to_le_bytes());
            word.store(0, Ordering::Relaxed);
        }
        to.truncate(whole);
        self.taken.0.store(end, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(queue: &Queue) -> Option<(Part, Vec<u8>)> {
        let (part, length) = queue.next(|| true)?;
        let mut record = Vec::new();
        queue.take(&mut record, length);
        Some((part, record))
    }

    #[test]
    fn records_come_out_as_they_went_in_however_often_the_ring_goes_round() {
        let queue = Queue::new(128);
        for length in (1..=56).cycle().take(1000) {
            let record: Vec<u8> = (0..length).collect();
            assert!(queue.put(length.into(), &record));
            assert!(queue.put(u32::MAX, &[0]));
            assert_eq!(taken(&queue), Some((length.into(), record)));
            assert_eq!(taken(&queue), Some((u32::MAX, vec![0])));
            assert_eq!(taken(&queue), None);
        }
    }

    #[test]
    fn what_does_not_fit_is_not_taken() {
        let queue = Queue::new(128);
        assert!(!queue.put(0, &[1; 121]));
        assert!(queue.put(0, &[1; 120]));
        assert!(!queue.put(0, &[2]));
        assert_eq!(taken(&queue), Some((0, vec![1; 120])));
        assert!(queue.put(0, &[2]));
    }

    #[test]
    fn many_put_in_and_each_record_comes_out_once_and_whole() {
        const EACH: u64 = 20_000;
        let queue = Queue::new(512);
        let mut seen = [0_u64; 4];
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let queue = &queue;
                scope.spawn(move || {
                    for number in 1..=EACH {
                        let record = number.to_le_bytes().repeat(1 + usize::try_from(number % 5).unwrap());
                        while !queue.put(writer, &record) {
                            std::thread::yield_now();
                        }
                    }
                });
            }
            while seen != [EACH; 4] {
                let Some((writer, record)) = taken(&queue) else {
                    std::thread::yield_now();
                    continue;
                };
                let last = &mut seen[writer as usize];
                *last += 1;
                assert_eq!(
                    record,
                    last.to_le_bytes().repeat(1 + usize::try_from(*last % 5).unwrap()),
                    "in its writer's order"
                );
            }
        });
        assert_eq!(taken(&queue), None);
    }
}
