//! What calls of a hot function come to: numbers that are counted where the function runs, and told from time to time.
//!
//! Durations are counted by powers of the square root of two, which is fine enough for percentiles within a fifth, and of which the
//! right one is found without a table. All atomics are relaxed: the numbers stand for themselves, and each call is in exactly one
//! report, though a report may have a call's duration and the next one that it was an error.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use crate::shards::{SHARDS, Shard};

/// What the calls of one function came to, since this was last told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Aggregate {
    /// Calls that ended, however they did.
    pub calls: u64,
    /// … with an error.
    pub errors: u64,
    /// … with a panic.
    pub panics: u64,
    /// … because their future was dropped before it was done.
    pub cancelled: u64,
    /// How long they took, together; one beside another counts as one after another.
    pub duration: Duration,
    /// How many calls took how long: each bound in nanoseconds, and the calls that took less than it and no less than the one before. Bounds
    /// are powers of the square root of two, from 64 ns on; those without a call are left out.
    pub histogram: Vec<(u64, u64)>,
    /// Since when they are counted; until when is the event's time.
    pub since: SystemTime,
}

impl Aggregate {
    /// How long calls took by rank: `quantile(0.5)` is the median, `quantile(0.99)` what one call in a hundred exceeded. Right within a fifth,
    /// of calls of 64 ns and more.
    ///
    /// ```
    /// use telemetry_runtime::{EventKind, testing, tracked};
    ///
    /// #[tracked(aggregate)]
    /// fn parse(line: &str) -> usize {
    ///     line.len()
    /// }
    ///
    /// let (_, events) = testing::capture(|| (0..1000).map(|_| parse("x")).sum::<usize>());
    /// # #[cfg(feature = "record")]
    /// let [event] = &events[..] else { panic!("one event for all calls") };
    /// # #[cfg(feature = "record")]
    /// let EventKind::Aggregate(aggregate) = &event.kind else { panic!("another kind") };
    /// # #[cfg(feature = "record")]
    /// assert!(aggregate.calls == 1000 && aggregate.quantile(0.5) <= aggregate.quantile(0.99));
    /// ```
    #[must_use]
    pub fn quantile(&self, part: f64) -> Option<Duration> {
        #[allow(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rank among many is about right, and a float becomes the nearest number"
        )]
        let rank = (part.clamp(0.0, 1.0) * self.calls as f64).ceil().max(1.0) as u64;
        let mut seen = 0_u64;
        let (bound, _) = self.histogram.iter().find(|(_, calls)| {
            // What was read from a disk may be any number.
            seen = seen.saturating_add(*calls);
            seen >= rank
        })?;
        #[allow(clippy::cast_precision_loss, reason = "the bounds are rounded themselves")]
        let middle = *bound as f64 / std::f64::consts::SQRT_2.sqrt();
        // A bound is 600 years at most.
        Some(Duration::from_secs_f64(middle / 1e9))
    }
}

/// How a call ended, of which nothing but numbers are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Ok,
    Error,
    Panicked,
    Cancelled,
}

/// The square root of two, as the mantissa of a number whose highest bit is set.
const SQRT_2: u64 = 0xB504_F333_F9DE_6484;
/// What takes less than this is in the first bucket: clocks tell no finer.
const FIRST_BITS: u32 = 6;
/// Two for each power of two from the first bound on, and one for what is below it.
const BUCKETS: usize = 2 * (u64::BITS - FIRST_BITS) as usize + 1;

/// Which bucket a duration is in.
const fn bucket(nanos: u64) -> usize {
    if nanos < 1 << FIRST_BITS {
        return 0;
    }
    let zeros = nanos.leading_zeros();
    let octave = u64::BITS - 1 - zeros - FIRST_BITS;
    2 * octave as usize + 1 + (nanos << zeros > SQRT_2) as usize
}

/// The first duration, in nanoseconds, that is too long for a bucket.
const fn bound(bucket: usize) -> u64 {
    #[allow(clippy::cast_possible_truncation, reason = "there are 117 of them")]
    let (octave, is_upper) = (FIRST_BITS + bucket.div_ceil(2) as u32, bucket % 2 == 1);
    if is_upper {
        // The root lies a little above the mantissa, and so does the first whole number behind it.
        (SQRT_2 >> (u64::BITS - octave)) + 1
    } else {
        match 1_u64.checked_shl(octave) {
            Some(bound) => bound,
            None => u64::MAX,
        }
    }
}

/// The numbers of one function, as they are counted: a static of its own.
///
/// They only grow; what was told of them is noted beside them. So who counts need not look out for who tells.
#[derive(Debug)]
pub struct Tally {
    shards: [Numbers; SHARDS],
    told: Numbers,
}

/// What some threads count, beside one another's and not among them.
#[derive(Debug)]
#[repr(align(128))]
struct Numbers {
    errors: AtomicU64,
    panics: AtomicU64,
    cancelled: AtomicU64,
    nanos: AtomicU64,
    /// Every call is in one of them, so that calls need no number of their own.
    buckets: [AtomicU64; BUCKETS],
}

impl Numbers {
    const fn new() -> Self {
        Self {
            errors: AtomicU64::new(0),
            panics: AtomicU64::new(0),
            cancelled: AtomicU64::new(0),
            nanos: AtomicU64::new(0),
            buckets: [const { AtomicU64::new(0) }; BUCKETS],
        }
    }

    /// Those of which there is one.
    const SINGLE: [fn(&Self) -> &AtomicU64; 4] =
        [|numbers| &numbers.errors, |numbers| &numbers.panics, |numbers| &numbers.cancelled, |numbers| &numbers.nanos];

    /// Counts that a call did not end well, out of the way of those that do.
    #[cold]
    fn count_failure(&self, shard: Shard, ending: Ending) {
        let number = match ending {
            Ending::Ok => return,
            Ending::Error => &self.errors,
            Ending::Panicked => &self.panics,
            Ending::Cancelled => &self.cancelled,
        };
        shard.add(number, 1);
    }
}

impl Tally {
    /// No calls yet.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "it is for statics")]
    pub const fn new() -> Self {
        Self { shards: [const { Numbers::new() }; SHARDS], told: Numbers::new() }
    }

    /// Counts a call that has ended. The thread is `Busy` meanwhile.
    #[inline]
    pub(crate) fn count(&self, ending: Ending, nanos: u64) {
        let shard = Shard::of_thread();
        // There is one for each thread, and a bucket for each number.
        let Some(numbers) = self.shards.get(shard.place()) else { return };
        let Some(bucket) = numbers.buckets.get(bucket(nanos)) else { return };
        if ending != Ending::Ok {
            numbers.count_failure(shard, ending);
        }
        shard.add(&numbers.nanos, nanos);
        shard.add(bucket, 1);
    }

    /// What was counted, so far.
    pub(crate) fn read(&self, since: SystemTime) -> Option<Aggregate> {
        self.tell(since, |told, counted| counted.saturating_sub(told.load(Ordering::Relaxed)))
    }

    /// The same, and begins anew. Whoever takes it tells it.
    pub(crate) fn take(&self, since: SystemTime) -> Option<Aggregate> {
        self.tell(since, |told, counted| match counted {
            0 => 0,
            // Of two who take it at once, the second one has what the first one has not.
            _ => counted.saturating_sub(told.fetch_max(counted, Ordering::Relaxed)),
        })
    }

    /// Forgets what was counted. In the child of a fork, where nothing may be called that takes a lock, it is the parent's.
    pub(crate) fn forget(&self) {
        let forget = |of: &dyn Fn(&Numbers) -> &AtomicU64| of(&self.told).store(self.sum(of), Ordering::Relaxed);
        for of in &Numbers::SINGLE {
            forget(of);
        }
        for at in 0..BUCKETS {
            forget(&|numbers| &numbers.buckets[at]);
        }
    }

    /// What all threads have counted of one number.
    fn sum(&self, of: impl Fn(&Numbers) -> &AtomicU64) -> u64 {
        self.shards.iter().fold(0, |sum, numbers| sum.wrapping_add(of(numbers).load(Ordering::Relaxed)))
    }

    /// `left` says what is left to tell, of what was told and what was counted of a number.
    fn tell(&self, since: SystemTime, left: impl Fn(&AtomicU64, u64) -> u64) -> Option<Aggregate> {
        let calls = (0..BUCKETS).map(|at| left(&self.told.buckets[at], self.sum(|numbers| &numbers.buckets[at])));
        let counted = calls.enumerate().filter(|(_, calls)| *calls > 0);
        let histogram: Vec<_> = counted.map(|(bucket, calls)| (bound(bucket), calls)).collect();
        if histogram.is_empty() {
            return None;
        }
        let [errors, panics, cancelled, nanos] = Numbers::SINGLE.map(|of| left(of(&self.told), self.sum(of)));
        Some(Aggregate {
            calls: histogram.iter().map(|(_, calls)| calls).sum(),
            errors,
            panics,
            cancelled,
            duration: Duration::from_nanos(nanos),
            histogram,
            since,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duration_is_in_the_bucket_between_two_bounds() {
        let near = |nanos: u64| [nanos.saturating_sub(1), nanos, nanos.saturating_add(1)];
        let bounds = (0..BUCKETS).map(bound);
        let thirds = (0..64).map(|power| (1_u64 << power) / 3);
        for nanos in bounds.chain(thirds).chain([0, 1_000, 1_000_000, 3_600_000_000_000]).flat_map(near) {
            let bucket = bucket(nanos);
            assert!(bucket < BUCKETS, "{nanos} ns");
            assert!(nanos < bound(bucket) || nanos == u64::MAX, "{nanos} ns is below {}", bound(bucket));
            assert!(bucket == 0 || nanos >= bound(bucket - 1), "{nanos} ns is above {}", bound(bucket - 1));
        }
        assert_eq!((bound(0), bound(1), bound(2), bound(3)), (64, 91, 128, 182));
        assert_eq!(bound(BUCKETS - 1), u64::MAX);
        assert!((1..BUCKETS).all(|bucket| bound(bucket - 1) < bound(bucket)));
    }

    #[test]
    fn percentiles_are_right_within_a_fifth() {
        for factor in [1_u64, 7, 1_000, 123_456, 36_000_000] {
            let tally = Tally::new();
            let mut durations: Vec<u64> = (1..=1000_u64).map(|n| (64 + n * n) * factor).collect();
            durations.sort_unstable();
            for nanos in &durations {
                tally.count(Ending::Ok, *nanos);
            }
            let aggregate = tally.read(SystemTime::UNIX_EPOCH).unwrap();
            for (part, rank) in [(0.0, 0), (0.5, 499), (0.9, 899), (0.99, 989), (1.0, 999)] {
                let (told, exact) = (aggregate.quantile(part).unwrap().as_nanos(), u128::from(durations[rank]));
                assert!(told * 5 >= exact * 4 && told * 5 <= exact * 6, "{part} of {factor}: {told}, not {exact}");
            }
        }
    }

    #[test]
    fn each_call_is_told_once() {
        let tally = Tally::new();
        assert_eq!(tally.take(SystemTime::UNIX_EPOCH), None);
        let endings = [Ending::Ok, Ending::Error, Ending::Panicked, Ending::Cancelled, Ending::Ok];
        for (ending, nanos) in endings.into_iter().zip([10, 100, 1000, 1000, 10]) {
            tally.count(ending, nanos);
        }
        let told = tally.read(SystemTime::UNIX_EPOCH);
        assert_eq!(tally.take(SystemTime::UNIX_EPOCH), told);
        let told = told.unwrap();
        assert_eq!((told.calls, told.errors, told.panics, told.cancelled), (5, 1, 1, 1));
        assert_eq!(told.duration, Duration::from_nanos(2120));
        assert_eq!(told.histogram, [(64, 2), (128, 1), (1024, 2)]);
        assert_eq!(tally.take(SystemTime::UNIX_EPOCH), None);
    }
}
