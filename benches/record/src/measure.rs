//! The measurements of one subject, in a process of its own.

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::subject::{Call, Started, Subject, bare};
use crate::threads::Others;

/// So many calls before anything is measured.
const WARM_UP: u32 = 200;
/// So many calls with a pause before each.
const ISOLATED: u32 = 300;
/// So many calls of a thread before it is measured.
const FIRST_OF_THREAD: u32 = 10;
/// So often it is looked whether all sleep.
const LOOKS: u32 = 20;
/// Two threads are measured until so many pairs were really at once …
const PAIRS_WANTED: usize = 4;
/// … or so many were tried.
const PAIRS_TRIED: u32 = 16;
/// The pause.
const PAUSE: Duration = Duration::from_millis(1);

/// The function that makes a subject's calls, as callgrind knows it: what is done within that is what they cost.
pub const CALLS: &str = "record::measure::repeat";

/// Calls so often. One function for all, so that what it costs itself is the same in all.
#[inline(never)]
fn repeat(call: Call, calls: u32) {
    for number in 0..u64::from(calls) {
        let _ = black_box(black_box(call)(black_box(number)));
    }
}

/// This thread's CPU time, in nanoseconds.
fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    #[allow(clippy::cast_precision_loss, reason = "a process lives for seconds")]
    let seconds = time.tv_sec as f64;
    seconds * 1e9 + f64::from(u32::try_from(time.tv_nsec).unwrap_or_default())
}

fn nanos(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}

/// The value that so many of a hundred do not exceed.
///
/// # Panics
///
/// If there is none.
#[must_use]
pub fn percentile(values: &mut [f64], hundredths: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() * hundredths / 100).min(values.len() - 1)]
}

/// So many calls in a row.
#[derive(Clone, Copy)]
struct Burst {
    calls: u32,
    began: Instant,
    ended: Instant,
    /// CPU time, in nanoseconds.
    used: f64,
    /// So often it had to give its processor away.
    preempted: u64,
}

impl Burst {
    fn of(call: Call, calls: u32) -> Self {
        let (preempted_before, began, used_before) = (preemptions(), Instant::now(), cpu());
        repeat(call, calls);
        let (used, ended) = (cpu() - used_before, Instant::now());
        Self { calls, began, ended, used, preempted: preemptions() - preempted_before }
    }

    /// Wall and CPU time of each call.
    fn each(&self) -> (f64, f64) {
        let calls = f64::from(self.calls);
        (nanos(self.ended - self.began) / calls, self.used / calls)
    }
}

/// How often this thread was made to give its processor away.
fn preemptions() -> u64 {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    let count = status.lines().find_map(|line| line.strip_prefix("nonvoluntary_ctxt_switches:"));
    count.and_then(|count| count.trim().parse().ok()).unwrap_or_default()
}

/// Whether they ran at the same time for most of it, and nobody took a processor from them.
fn were_at_once(bursts: &[Burst]) -> bool {
    let (Some(first), Some(last)) =
        (bursts.iter().map(|burst| burst.began).max(), bursts.iter().map(|burst| burst.ended).min())
    else {
        return false;
    };
    let together = nanos(last.saturating_duration_since(first));
    bursts.iter().all(|burst| {
        let took = nanos(burst.ended - burst.began);
        together > 0.8 * took && burst.preempted == 0
    })
}

/// What is measured, in nanoseconds a call unless it says otherwise; `name value`, a line each.
fn say(name: &str, value: f64) {
    println!("{name} {value:.3}");
}

fn medians(name: &str, bursts: impl Iterator<Item = (f64, f64)>) {
    let (mut wall, mut used): (Vec<f64>, Vec<f64>) = bursts.unzip();
    say(&format!("{name}_wall"), percentile(&mut wall, 50));
    say(&format!("{name}_cpu"), percentile(&mut used, 50));
}

fn warm_up(started: &mut Started) {
    repeat(started.call, WARM_UP);
    (started.settle)();
}

/// All times of a subject: printed, a line each.
pub fn times(subject: &Subject) {
    let mut started = (subject.start)();
    warm_up(&mut started);
    let Started { call, mut settle, leave, mut check } = started;
    let mut calls = u64::from(WARM_UP);

    // Back to back.
    let bare_bursts: Vec<_> = (0..10).map(|_| Burst::of(bare, 10_000).each()).collect();
    medians("bare_together", bare_bursts.into_iter());
    let bursts: Vec<_> = (0..subject.bursts)
        .map(|_| {
            let took = Burst::of(call, subject.burst).each();
            settle();
            calls += u64::from(subject.burst);
            took
        })
        .collect();
    medians("together", bursts.into_iter());

    // … and each by itself.
    let mut each: Vec<f64> = (0..u64::from(subject.burst.min(1000)))
        .map(|number| {
            let began = Instant::now();
            let _ = black_box(black_box(call)(black_box(number)));
            nanos(began.elapsed())
        })
        .collect();
    settle();
    calls += each.len() as u64;
    say("each_p50", percentile(&mut each, 50));
    say("each_p99", percentile(&mut each, 99));

    isolated(call);
    settle();
    calls += u64::from(ISOLATED);

    // Two at once, in turns with one.
    let (mut one, mut two) = (Vec::new(), Vec::new());
    for _ in 0..PAIRS_TRIED {
        let [alone, pair] = [1, 2].map(|threads| {
            let bursts = at_once(call, leave, subject.burst, threads);
            settle();
            bursts
        });
        calls += 3 * u64::from(FIRST_OF_THREAD + subject.burst);
        if were_at_once(&alone) && were_at_once(&pair) {
            one.extend(alone.iter().map(Burst::each));
            two.extend(pair.iter().map(Burst::each));
        }
        if two.len() >= PAIRS_WANTED * 2 {
            break;
        }
    }
    say("pairs", f64::from(u32::try_from(two.len() / 2).unwrap_or_default()));
    if !two.is_empty() {
        medians("one", one.into_iter());
        medians("two", two.into_iter());
    }
    if let Some(problem) = check(calls) {
        println!("problem {problem}");
    }
}

/// Calls with a pause before each, after which all other threads should sleep. In turns, a call's wall time is taken, its CPU time, and, in
/// place of a call's time, whether they do: to look at that costs more than most calls, and would leave the caches to it.
fn isolated(call: Call) {
    let others = Others::now();
    let (mut took, mut used, mut empty, mut parked) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for number in 0..u64::from(ISOLATED) {
        wait_until_parked(&others);
        match number % 3 {
            0 => {
                let began = Instant::now();
                let _ = black_box(black_box(call)(black_box(number)));
                took.push(nanos(began.elapsed()));
            }
            1 => {
                let before = cpu();
                let between = cpu();
                let _ = black_box(black_box(call)(black_box(number)));
                used.push(cpu() - between);
                empty.push(between - before);
            }
            _ => {
                parked += u32::from(others.are_parked());
                let _ = black_box(black_box(call)(black_box(number)));
            }
        }
    }
    say("isolated_p50", percentile(&mut took, 50));
    say("isolated_p99", percentile(&mut took, 99));
    say("isolated_cpu", (percentile(&mut used, 50) - percentile(&mut empty, 50)).max(0.0));
    say("threads", f64::from(u32::try_from(others.count()).unwrap_or_default()));
    say("parked", f64::from(3 * parked) / f64::from(ISOLATED));
}

/// Waits until all sleep, and then once more, for what was looked at to leave the caches again.
fn wait_until_parked(others: &Others) {
    for _ in 0..LOOKS {
        std::thread::sleep(PAUSE);
        if others.are_parked() {
            break;
        }
    }
    std::thread::sleep(PAUSE);
}

/// CPU time of so many threads that call at once, each as often, in nanoseconds for all of them together: the least of so many bursts. What
/// made another thing of what is measured is printed.
#[must_use]
pub fn cpu_at_once(subject: &Subject, threads: usize, bursts: u32) -> f64 {
    let mut started = (subject.start)();
    warm_up(&mut started);
    let Started { call, mut settle, leave, mut check } = started;
    let mut used = (0..bursts).map(|_| {
        let used: f64 = at_once(call, leave, subject.burst, threads).iter().map(|burst| burst.used).sum();
        settle();
        used
    });
    let first = used.next().unwrap_or_default();
    let least = used.fold(first, f64::min);
    let calls = FIRST_OF_THREAD + subject.burst;
    let threads = u64::try_from(threads).unwrap_or_default();
    if let Some(problem) = check(u64::from(WARM_UP) + u64::from(bursts) * threads * u64::from(calls)) {
        println!("problem {problem}");
    }
    least
}

/// So many threads at once, each as many calls.
fn at_once(call: Call, leave: fn(), calls: u32, threads: usize) -> Vec<Burst> {
    // They wait without sleeping, so that whoever goes on has a processor.
    let there = AtomicUsize::new(0);
    let run = || {
        // A thread's first call makes what it has for itself.
        repeat(call, FIRST_OF_THREAD);
        there.fetch_add(1, Ordering::AcqRel);
        while there.load(Ordering::Acquire) < threads {
            // … if there is one for each.
            if threads > 2 { std::thread::yield_now() } else { std::hint::spin_loop() }
        }
        let took = Burst::of(call, calls);
        leave();
        took
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    })
}

/// So many calls and nothing else, for whoever counts instructions: of [`repeat`] alone.
pub fn calls(subject: &Subject, calls: u32) {
    counted(subject, calls, |run| run());
}

/// Hands a subject's call, warmed up, to whoever counts what so many of them do.
pub fn counted(subject: &Subject, calls: u32, count: impl FnOnce(&mut dyn FnMut())) {
    let mut started = (subject.start)();
    warm_up(&mut started);
    let call = started.call;
    count(&mut || repeat(call, calls));
    (started.settle)();
    if let Some(problem) = (started.check)(u64::from(WARM_UP + calls)) {
        println!("problem {problem}");
    }
}
