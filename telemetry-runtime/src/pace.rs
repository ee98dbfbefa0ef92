//! How much usage is gathered before it is reported: as the program says, until the receiver says otherwise.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use crate::format::Pace;
use crate::limits;
use crate::value::nanos;

static BATCH: AtomicU64 = AtomicU64::new(u64::MAX);
static MINIMUM: AtomicU64 = AtomicU64::new(0);
static MAXIMUM: AtomicU64 = AtomicU64::new(u64::MAX);
static IN_THOUSANDS: AtomicBool = AtomicBool::new(false);
/// How often the longest interval was another one.
static CHANGES: AtomicU32 = AtomicU32::new(0);

/// As the program says.
pub(crate) fn begin(pace: &Pace, in_thousands: bool) {
    IN_THOUSANDS.store(in_thousands, Ordering::Relaxed);
    set(pace);
}

/// As the receiver says, within bounds: no answer may have nothing reported for days, or a request made for each row.
pub(crate) fn follow(pace: &Pace) {
    set(&Pace {
        batch: pace.batch.map(|rows| rows.clamp(1, limits::USAGE_LARGEST_BATCH)),
        minimum: pace.minimum.map(|time| time.clamp(limits::USAGE_SHORTEST_MINIMUM, limits::USAGE_LONGEST_MINIMUM)),
        maximum: pace.maximum.map(|time| time.clamp(limits::USAGE_SHORTEST_MAXIMUM, limits::USAGE_LONGEST_MAXIMUM)),
    });
}

fn set(Pace { batch, minimum, maximum }: &Pace) {
    if let Some(rows) = batch {
        BATCH.store(*rows, Ordering::Relaxed);
    }
    if let Some(time) = minimum {
        MINIMUM.store(nanos(*time), Ordering::Relaxed);
    }
    if let Some(time) = maximum
        && MAXIMUM.swap(nanos(*time), Ordering::Relaxed) != nanos(*time)
    {
        CHANGES.fetch_add(1, Ordering::Release);
    }
}

/// So many rows are a report.
pub(crate) fn batch() -> u64 {
    BATCH.load(Ordering::Relaxed)
}

/// Nothing is reported sooner than so long after the report before.
pub(crate) fn minimum() -> Duration {
    Duration::from_nanos(MINIMUM.load(Ordering::Relaxed))
}

/// What is there is reported so often.
pub(crate) fn maximum() -> Duration {
    Duration::from_nanos(MAXIMUM.load(Ordering::Relaxed))
}

/// How often [`maximum`] was another one.
pub(crate) fn changes() -> u32 {
    CHANGES.load(Ordering::Acquire)
}

/// Whether rows are reported by the thousand.
pub(crate) fn is_in_thousands() -> bool {
    IN_THOUSANDS.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CQ-05: a receiver says what it wants, and what nobody could want is not heeded. The only test of these statics.
    #[test]
    fn a_receiver_is_followed_within_bounds() {
        let seconds = Duration::from_secs;
        let now = || (batch(), minimum(), maximum());
        begin(&Pace { batch: Some(1000), minimum: Some(seconds(10)), maximum: Some(seconds(30)) }, false);
        let before = changes();
        follow(&Pace::NONE);
        assert_eq!((now(), changes()), ((1000, seconds(10), seconds(30)), before));
        follow(&Pace { batch: Some(50), minimum: Some(seconds(0)), maximum: Some(seconds(60)) });
        assert_eq!((now(), changes()), ((50, seconds(1), seconds(60)), before + 1), "a request a second at most");
        follow(&Pace { batch: Some(0), minimum: Some(Duration::MAX), maximum: Some(seconds(0)) });
        assert_eq!(now(), (1, seconds(3600), seconds(1)));
        follow(&Pace { batch: Some(u64::MAX), minimum: None, maximum: Some(Duration::MAX) });
        assert_eq!(now(), (1_000_000_000, seconds(3600), seconds(24 * 3600)));
    }
}
