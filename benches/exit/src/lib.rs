//! What the measured programs have in common: what they are told, and what they say of themselves.

use std::io::Write as _;
use std::time::{Duration, Instant};

/// How a recorded event is known at the receiver: this word, and not far behind it the event's number.
pub const MARKER: &str = "marker";

/// Numbers of events have so many digits.
pub const DIGITS: usize = 7;

/// What the harness tells a program: `PROGRAM URL FIRST COUNT`, and more where the program knows more.
#[derive(Debug)]
pub struct Told {
    /// Where the receiver is, as `http://HOST:PORT`.
    pub url: String,
    /// The numbers of the events to record.
    pub events: std::ops::Range<u32>,
    /// Whatever else it is told.
    pub rest: Vec<String>,
    began: Instant,
}

impl Told {
    /// Reads the arguments. To be the first line of `main`.
    ///
    /// # Panics
    ///
    /// If they are not what the harness says.
    #[must_use]
    pub fn new() -> Self {
        let began = Instant::now();
        let mut arguments = std::env::args().skip(1);
        let url = arguments.next().expect("a URL");
        let mut number = || arguments.next().and_then(|number| number.parse().ok()).expect("a number");
        let (first, count): (u32, u32) = (number(), number());
        Self { url, events: first..first + count, rest: arguments.collect(), began }
    }

    /// What the program's `main` cost up to here.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

impl Default for Told {
    fn default() -> Self {
        Self::new()
    }
}

/// For how many milliseconds a program works on after it has recorded, so that its client may be at the network when it ends.
pub const LIVES: &str = "LIVES";

/// Says that everything is done and the program is about to end, and what its start took.
///
/// One write into a pipe that nobody waits at, so that nobody is woken by it.
///
/// # Panics
///
/// If there is no standard output.
pub fn done(start: Duration) {
    if let Some(millis) = std::env::var(LIVES).ok().and_then(|millis| millis.parse().ok()) {
        std::thread::sleep(Duration::from_millis(millis));
    }
    let line = format!("done {} {}\n", now().as_nanos(), start.as_nanos());
    std::io::stdout().write_all(line.as_bytes()).expect("a pipe");
}

/// The clock that all processes share (`CLOCK_MONOTONIC`).
#[must_use]
pub fn now() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    #[allow(unsafe_code, reason = "std has no clock that two processes can compare")]
    // SAFETY: it writes to the variable that it is given, which lives longer.
    unsafe {
        libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time)
    };
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// What other clients' calls become: their crates are here.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/migrating.md")]
struct Migrating;
