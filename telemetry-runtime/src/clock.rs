//! Where time enters, and the ids that are made of it.

use std::cell::Cell;
use std::num::NonZeroU64;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use uuid::Uuid;

use crate::event::CallId;
use crate::fork::{self, PerProcess};
#[cfg(target_os = "linux")]
use crate::os;
use crate::value::{Id, since_epoch};

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

/// Nanoseconds from some time before this process on, by the monotonic clock: never 0.
#[inline]
pub(crate) fn ticks() -> u64 {
    #[cfg(target_os = "linux")]
    return os::monotonic().max(1);
    #[cfg(not(target_os = "linux"))]
    return nanos().max(1);
}

/// What both clocks say at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// By [`ticks`].
    pub(crate) ticks: u64,
    /// Nanoseconds since 1970, by the wall clock.
    pub(crate) wall: u64,
}

/// So long after both clocks were looked at, one says what the other does: who sets the wall clock is heeded as much later.
const FRESH: u64 = 1_000_000;

thread_local! {
    /// When this thread last looked at both clocks.
    static LOOKED: (Cell<u64>, Cell<u64>) = const { (Cell::new(NEVER), Cell::new(0)) };
}
/// Centuries away from any time.
const NEVER: u64 = 1 << 63;
/// What takes no longer is one moment.
const ONE: u64 = 10_000;

/// A look at both clocks, at the price of one where this thread has just taken one.
pub(crate) fn look() -> Moment {
    let ticks = ticks();
    LOOKED.with(|(then, wall)| {
        let since = ticks.wrapping_sub(then.get());
        if since < FRESH { Moment { ticks, wall: wall.get().wrapping_add(since) } } else { look_again(ticks) }
    })
}

impl Moment {
    /// Of what nobody asks when it was.
    pub(crate) const NEVER: Self = Self { ticks: 0, wall: 0 };

    /// Now, and how long that is after this moment, in nanoseconds: of a moment ago, one clock says what the other does.
    pub(crate) fn look_after(self) -> (Self, u64) {
        let ticks = ticks();
        let since = ticks.saturating_sub(self.ticks);
        let now = if since < FRESH { Self { ticks, wall: self.wall.wrapping_add(since) } } else { look() };
        (now, since)
    }
}

#[cold]
fn look_again(ticks: u64) -> Moment {
    let wall = since_epoch(now());
    // Both looks are at one moment, unless something else had the processor in between.
    let is_one = self::ticks() - ticks < ONE;
    LOOKED.with(|(then, last)| {
        then.set(if is_one { ticks } else { NEVER });
        last.set(wall);
    });
    Moment { ticks, wall }
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

/// What a thread has of the process's numbers, for itself: some to draw from without asking anybody.
struct Drawn {
    /// The fork that they are of.
    depth: Cell<usize>,
    left: Cell<u64>,
    /// Of the last call's id, before it was spread over all bits.
    call: Cell<u64>,
    /// The upper 12 random bits of an event's id, which all have in common …
    upper: Cell<u64>,
    /// … and the lower 62 of the last one.
    lower: Cell<u64>,
}

thread_local! {
    static DRAWN: Drawn = const {
        Drawn { depth: Cell::new(0), left: Cell::new(0), call: Cell::new(0), upper: Cell::new(0), lower: Cell::new(0) }
    };
}

/// A thread takes so many at once.
const DRAWN_AT_ONCE: u64 = 256;

impl Drawn {
    #[cold]
    fn draw_more(&self) {
        let draw = |seed: &Seed| {
            let first = seed.next.fetch_add(DRAWN_AT_ONCE, Ordering::Relaxed);
            let random = (seed.ids & !1).wrapping_add(u128::from(first) * 2);
            (random, seed.calls.wrapping_add(first.wrapping_mul(STEP)))
        };
        let (random, call) = SEED.get_or_init(Seed::new).map_or_else(|| draw(&Seed::new()), draw);
        #[allow(clippy::cast_possible_truncation, reason = "cut to as many bits")]
        let (upper, lower) = ((random >> 62) as u64 & ((1 << 12) - 1), random as u64 & LOWER);
        self.depth.set(fork::depth());
        // Where the lower bits come to their end, the upper ones are others.
        self.left.set(DRAWN_AT_ONCE.min((LOWER - lower) / 2 + 1));
        self.call.set(call);
        self.upper.set(upper);
        self.lower.set(lower);
    }
}

const LOWER: u64 = (1 << 62) - 1;

/// The ids of a call that begins at this time (nanoseconds since 1970), and of the event that says so, which is as [`event_id`] makes them. No
/// two calls of a process share one, and those of different processes do so by chance only. Takes no look at what other threads draw; only
/// for a thread that is `Busy`.
pub(crate) fn call_ids(time: u64) -> (CallId, Id) {
    DRAWN.with(|drawn| {
        if drawn.left.get() == 0 || drawn.depth.get() != fork::depth() {
            drawn.draw_more();
        }
        let (call, lower) = (drawn.call.get(), drawn.lower.get());
        drawn.left.set(drawn.left.get() - 1);
        drawn.call.set(call.wrapping_add(STEP));
        drawn.lower.set(lower.wrapping_add(2));
        let id = u128::from((time / 1_000_000) << 16 | 7 << 12 | drawn.upper.get()) << 64 | u128::from(1 << 63 | lower);
        (CallId(NonZeroU64::new(finisher(call)).unwrap_or(NonZeroU64::MIN)), Id(id))
    })
}

/// An id for a run of the program.
pub(crate) fn invocation_id() -> Id {
    Id(Uuid::new_v4().as_u128())
}

/// A number that nothing follows from and that no other call of this process gets: a count from a random start, spread over all
/// bits.
fn random() -> u64 {
    finisher(Seed::draw(|seed, count| seed.calls.wrapping_add(count.wrapping_mul(STEP))))
}

/// The step of `SplitMix64`: so many steps go through all numbers.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

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
    let after = before.wrapping_add(STEP);
    DRAWS.set(after);
    let child = (fork::depth() as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
    #[allow(clippy::cast_precision_loss, reason = "53 bits are what a float holds")]
    let [drawn, all] = [finisher(after ^ child) >> 11, 1 << 53].map(|bits: u64| bits as f64);
    drawn / all
}

/// A number of 32 bits that is neither the first nor the last of them, drawn at random.
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
    fn ids_of_calls_do_not_repeat_on_any_thread_and_are_those_of_their_time() {
        const NANOS: u64 = 1_795_000_000_123_456_789;
        let draw = || (0..5_000).map(|_| call_ids(NANOS)).collect::<Vec<_>>();
        let drawn = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(draw)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        let (calls, events): (HashSet<_>, HashSet<_>) = drawn.into_iter().unzip();
        assert_eq!((calls.len(), events.len()), (20_000, 20_000));
        let time = SystemTime::UNIX_EPOCH + Duration::from_nanos(NANOS);
        let others: HashSet<_> = (0..1_000).map(|_| event_id(time)).collect();
        assert!(others.is_disjoint(&events));
        for id in events {
            let id = id.as_u128();
            assert_eq!((id % 2, Uuid::from_u128(id).get_version_num()), (0, 7));
            assert_eq!(Uuid::from_u128(id).get_variant(), uuid::Variant::RFC4122);
            assert_eq!(id >> 80, others.iter().next().unwrap().as_u128() >> 80);
        }
    }

    /// The lower bits may be as many as there are when a thread begins to draw.
    #[test]
    fn ids_do_not_run_over() {
        let drawn = Drawn {
            depth: Cell::new(0),
            left: Cell::new(0),
            call: Cell::new(0),
            upper: Cell::new(0),
            lower: Cell::new(0),
        };
        for _ in 0..10 {
            drawn.draw_more();
            let last = drawn.lower.get() + 2 * (drawn.left.get() - 1);
            assert!(drawn.left.get() > 0 && last <= LOWER && drawn.upper.get() < 1 << 12);
        }
    }

    #[test]
    fn one_clock_says_what_the_other_does() {
        let (first, wall) = (look(), now());
        std::thread::sleep(Duration::from_millis(2));
        let second = look();
        assert!(since_epoch(wall) >= first.wall && second.ticks - first.ticks >= 2_000_000);
        assert!(second.wall.abs_diff(since_epoch(now())) < 1_000_000_000);
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
