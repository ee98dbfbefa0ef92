//! What the measured programs have in common: clocks, work at a fixed rate, and what they say of themselves.

use std::fmt::Display;
use std::io::Write as _;
use std::time::{Duration, Instant};

/// What a program is told: what it is to do, and the rest.
#[must_use]
pub fn told() -> Vec<String> {
    std::env::args().skip(1).collect()
}

/// Says `name value`, a line.
///
/// # Panics
///
/// If there is no standard output.
pub fn say(name: &str, value: impl Display) {
    // One write into a pipe that nobody waits at, so that nobody is woken by it.
    std::io::stdout().write_all(format!("{name} {value}\n").as_bytes()).expect("a pipe");
}

/// The clock that all processes share.
#[must_use]
pub fn now() -> Duration {
    clock(libc::CLOCK_MONOTONIC)
}

/// CPU time of this thread.
#[must_use]
pub fn thread_cpu() -> Duration {
    clock(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// CPU time of this process, all of its threads.
#[must_use]
pub fn process_cpu() -> Duration {
    clock(libc::CLOCK_PROCESS_CPUTIME_ID)
}

fn clock(which: libc::clockid_t) -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    #[allow(unsafe_code, reason = "std has neither CPU time nor a clock that two processes can compare")]
    // SAFETY: it writes to the variable that it is given, which lives longer.
    unsafe {
        libc::clock_gettime(which, &raw mut time)
    };
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// The most memory that this process had in use so far, in KiB.
#[must_use]
pub fn most_memory() -> u64 {
    of_status("VmHWM:")
}

/// What of this process's memory is its own now, and no part of a file, in KiB.
#[must_use]
pub fn own_memory() -> u64 {
    of_status("RssAnon:")
}

fn of_status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// Calls `call` so many times a second for so long, in bursts of a millisecond's; says how often it was called.
pub fn paced(calls: u64, time: Duration, mut call: impl FnMut(u64)) -> u64 {
    let began = Instant::now();
    let mut made = 0;
    loop {
        let elapsed = began.elapsed().min(time);
        let due = u64::try_from(elapsed.as_nanos() * u128::from(calls) / 1_000_000_000).unwrap_or_default();
        while made < due {
            call(made);
            made += 1;
        }
        if elapsed == time {
            return made;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// What is called.
#[must_use]
pub fn work(number: u64) -> u64 {
    std::hint::black_box(number)
}
