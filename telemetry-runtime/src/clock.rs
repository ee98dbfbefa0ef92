//! Where time enters, and the ids that are made of it.

use std::cell::Cell;
use std::num::NonZeroU64;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use uuid::Uuid;

use crate::event::CallId;
use crate::fork::{self, PerProcess};
use crate::value::Id;

/// The wall clock: what an event says of when it happened.
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// The monotonic clock: what durations and pauses are measured by.
pub(crate) fn tick() -> Instant {
    Instant::now()
}

/// The first look at the monotonic clock, for whoever needs some time and not what it is: it costs nothing.
pub(crate) fn first_tick() -> Instant {
    static FIRST: OnceLock<Instant> = OnceLock::new();
    *FIRST.get_or_init(tick)
}

/// Nanoseconds since this was first asked, by the monotonic clock: a time that fits into an atomic word.
pub(crate) fn nanos() -> u64 {
    nanos_between(first_tick(), tick())
}

/// Nanoseconds from one look at the monotonic clock to another; none if the other came first.
pub(crate) fn nanos_between(from: Instant, to: Instant) -> u64 {
    let since = to.saturating_duration_since(from);
    // Centuries of them.
    since.as_secs().wrapping_mul(1_000_000_000).wrapping_add(u64::from(since.subsec_nanos()))
}

/// The random numbers of this process, drawn once: a system call for each id would cost as much as writing the event.
struct Seed {
    ids: u128,
    calls: u64,
    next: AtomicU64,
}

static SEED: PerProcess<Seed> = PerProcess::new();

impl Seed {
    fn new() -> Self {
        let (calls, _) = Uuid::new_v4().as_u64_pair();
        Self { ids: Uuid::new_v4().as_u128(), calls, next: AtomicU64::new(0) }
    }

    /// Runs `draw` with this process's numbers and a count that nobody else gets.
    fn draw<T>(draw: impl FnOnce(&Self, u64) -> T) -> T {
        let seeded = |seed: &Self| draw(seed, seed.next.fetch_add(1, Ordering::Relaxed));
        match SEED.get_or_init(Self::new) {
            Some(seed) => seeded(seed),
            None => seeded(&Self::new()),
        }
    }
}

/// An event's id: `UUIDv7` (RFC 9562), whose 74 random bits are drawn once a process and counted up from there, by two: the
/// odd one that follows is that of the [outcome](crate::event::outcome_id).
pub(crate) fn event_id(time: SystemTime) -> Id {
    let random = Seed::draw(|seed, count| (seed.ids & !1).wrapping_add(u128::from(count) * 2) & ((1 << 74) - 1));
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let millis = since.as_secs().wrapping_mul(1000).wrapping_add(u64::from(since.subsec_millis())) & ((1 << 48) - 1);
    Id(u128::from(millis) << 80 | 7 << 76 | (random >> 62) << 64 | 0b10 << 62 | (random & ((1 << 62) - 1)))
}

/// An id for a run of the program.
pub(crate) fn invocation_id() -> Id {
    Id(Uuid::new_v4().as_u128())
}

/// A number that nothing follows from and that no other call of this process gets: a count from a random start, spread over all
/// bits.
fn random() -> u64 {
    finisher(Seed::draw(|seed, count| seed.calls.wrapping_add(count.wrapping_mul(0x9E37_79B9_7F4A_7C15))))
}

/// The finisher of `SplitMix64` (Steele, Lea, Flood 2014): a bijection.
fn finisher(mut mixed: u64) -> u64 {
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

thread_local! {
    /// Where this thread's draws have got to; 0 before the first.
    static DRAWS: Cell<u64> = const { Cell::new(0) };
}

/// A number from 0 on and below 1, at random: a step of this thread alone, which waits for no other.
pub(crate) fn draw() -> f64 {
    let before = match DRAWS.get() {
        0 => random() | 1,
        before => before,
    };
    // `SplitMix64`'s step and finisher, as above. A child draws others than its parent goes on with.
    let after = before.wrapping_add(0x9E37_79B9_7F4A_7C15);
    DRAWS.set(after);
    let child = (fork::depth() as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
    #[allow(clippy::cast_precision_loss, reason = "53 bits are what a float holds")]
    let [drawn, all] = [finisher(after ^ child) >> 11, 1 << 53].map(|bits: u64| bits as f64);
    drawn / all
}

/// A call's id: no two calls of a process share one, and those of different processes do so by chance only.
pub(crate) fn call_id() -> CallId {
    CallId(NonZeroU64::new(random()).unwrap_or(NonZeroU64::MIN))
}

/// A number of 32 bits that is neither the first nor the last of them, drawn like a call's id.
pub(crate) fn number() -> u32 {
    u32::try_from(random() % u64::from(u32::MAX - 1)).map_or(1, |number| number + 1)
}

/// A time, longer by up to a tenth at random, so that a fleet does not come as one.
pub(crate) fn spread(time: Duration) -> Duration {
    let part = u32::try_from(random() % 1024).unwrap_or(0);
    time.saturating_add((time / 10).mul_f64(f64::from(part) / 1024.0))
}

/// The pause after so many failures in a row: doubled by each, within bounds, and cut at random by up to a half so that a fleet
/// does not come back as one.
pub(crate) fn pause(failures: u32, first: Duration, longest: Duration) -> Duration {
    let whole = first.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX)).min(longest);
    let cut = u32::try_from(random() % 512).unwrap_or(0);
    whole.saturating_sub(whole.mul_f64(f64::from(cut) / 1024.0))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn event_ids_are_version_7_of_their_time_and_all_different() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_000_000_123);
        let ids: HashSet<Uuid> = (0..10_000).map(|_| Uuid::from_u128(event_id(time).as_u128())).collect();
        assert_eq!(ids.len(), 10_000);
        for id in ids {
            assert_eq!(id.get_version_num(), 7);
            assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
            let (secs, nanos) = id.get_timestamp().unwrap().to_unix();
            assert_eq!((secs, nanos), (1_795_000_000, 123_000_000));
        }
    }

    #[test]
    fn call_ids_do_not_repeat() {
        let ids: HashSet<_> = (0..10_000).map(|_| call_id()).collect();
        assert_eq!(ids.len(), 10_000);
    }

    #[test]
    fn pauses_double_within_bounds() {
        let (first, longest) = (Duration::from_secs(1), Duration::from_secs(60));
        for failures in 1..100 {
            let whole = first.saturating_mul(1_u32.checked_shl(failures - 1).unwrap_or(u32::MAX)).min(longest);
            let pause = pause(failures, first, longest);
            assert!(pause <= whole && pause >= whole / 2, "{failures}: {pause:?}");
        }
    }
}
