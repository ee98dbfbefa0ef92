//! That not every call of a function is recorded: a part of them chosen at random, so many in a time at most, or both.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What an event says of the calls of its function that are not recorded, so that totals can be made of those that are.
///
/// ```
/// use telemetry_runtime::{testing, tracked};
///
/// #[tracked(sample = 0.01, limit = "100/min")]
/// fn answer() {}
///
/// let ((), events) = testing::capture(answer);
/// # #[cfg(feature = "record")] {
/// let thinning = events[1].thinning;
/// assert_eq!(thinning.sample_rate, Some(0.01));          // each stands for a hundred
/// assert_eq!(thinning.limit.map(|limit| limit.to_string()).as_deref(), Some("100/min"));
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Thinning {
    /// The part of all calls that is recorded, chosen at random: `sample`. More than 0, and 1 at most.
    pub sample_rate: Option<f64>,
    /// As many calls are recorded in a time, at most: `limit`.
    pub limit: Option<Limit>,
    /// Calls over the limit, since the last one that was recorded; said once, by the first event of the next one.
    pub suppressed: u64,
}

impl Thinning {
    /// Every call is recorded.
    pub(crate) const NONE: Self = Self { sample_rate: None, limit: None, suppressed: 0 };
}

/// As many calls of a function as one process records in a time, at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Limit {
    /// Calls.
    pub calls: u32,
    /// In this time.
    pub per: Per,
}

impl fmt::Display for Limit {
    /// As it is written: `100/min`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.calls, self.per.as_str())
    }
}

/// The times that limits are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Per {
    /// `s`
    Second,
    /// `min`
    Minute,
    /// `h`
    Hour,
    /// `day`
    Day,
}

impl Per {
    /// Every one.
    pub(crate) const ALL: [Self; 4] = [Self::Second, Self::Minute, Self::Hour, Self::Day];

    /// The word in the source and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Minute => "min",
            Self::Hour => "h",
            Self::Day => "day",
        }
    }

    /// How long it is.
    #[must_use]
    pub const fn duration(self) -> Duration {
        Duration::from_secs(match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 60 * 60,
            Self::Day => 24 * 60 * 60,
        })
    }
}

/// Keeps the calls of one function within their limit: a static of its own.
///
/// Time is cut into windows from the process's first look at the clock on; each admits as many calls as the limit says.
#[derive(Debug)]
pub struct Limiter {
    limit: Limit,
    /// The window, counted from 1, in the upper half, and how many calls it has admitted.
    window: AtomicU64,
    suppressed: AtomicU64,
}

impl Limiter {
    /// One that has admitted nothing yet.
    #[must_use]
    pub const fn new(calls: u32, per: Per) -> Self {
        Self { limit: Limit { calls, per }, window: AtomicU64::new(0), suppressed: AtomicU64::new(0) }
    }

    pub(crate) const fn limit(&self) -> Limit {
        self.limit
    }

    /// Whether a call may be recorded now, and then how many were not since the last one. The time is in nanoseconds, by the monotonic
    /// clock.
    pub(crate) fn admit(&self, nanos: u64) -> Option<u64> {
        // As many seconds as fit the upper half are more than a century.
        let now = (nanos / 1_000_000_000 / self.limit.per.duration().as_secs() + 1) << 32;
        let more = |window: u64| {
            if window < now {
                Some(now + 1)
            } else {
                (window % (1 << 32) < u64::from(self.limit.calls)).then_some(window + 1)
            }
        };
        if self.window.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok() {
            // Most often there were none.
            let any = self.suppressed.load(Ordering::Relaxed) > 0;
            return Some(if any { self.suppressed.swap(0, Ordering::Relaxed) } else { 0 });
        }
        self.suppressed.fetch_add(1, Ordering::Relaxed);
        None
    }

    /// Forgets what was not admitted. In the child of a fork, where nothing may be called that takes a lock, it is the parent's.
    pub(crate) fn forget(&self) {
        self.suppressed.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_window_admits_as_many_as_the_limit_says() {
        for per in Per::ALL {
            let window = per.duration().as_secs() * SECOND;
            let limiter = Limiter::new(2, per);
            let admitted = |at: u64| limiter.admit(at);
            assert_eq!([0, 1, 2, 3].map(admitted), [Some(0), Some(0), None, None]);
            assert_eq!([window - 1, window, window + 1].map(admitted), [None, Some(3), Some(0)]);
            // Who looked at the clock before and comes later is in the window that is.
            assert_eq!([0, window + 2].map(admitted), [None, None]);
            assert_eq!([5 * window, 6 * window].map(admitted), [Some(2), Some(0)]);
        }
    }

    #[test]
    fn threads_share_a_limit() {
        let limiter = Limiter::new(1000, Per::Day);
        let admitted = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let count = (0..500).filter(|_| limiter.admit(SECOND).is_some()).count();
                    admitted.fetch_add(count as u64, Ordering::Relaxed);
                });
            }
        });
        assert_eq!(admitted.into_inner(), 1000);
        assert_eq!(limiter.admit(24 * 60 * 60 * SECOND), Some(1000));
    }
}
