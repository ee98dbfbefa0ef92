//! One of those that run the fleet's programs, one after another: a process with one thread, so that it can be forked.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use fleet::How;

/// So many runs of a home, and what waits there is sent: as one run of some minutes would.
const DRAIN_EVERY: u32 = 400;
/// One in so many runs is a program that is started.
const STARTED_EVERY: u32 = 80;
/// … of which one in so many is killed at some moment.
const KILLED_EVERY: u32 = 20;
/// How long a drain waits at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a lane is told.
#[derive(Debug)]
pub struct Told {
    /// Where the fleet's homes are.
    pub homes: PathBuf,
    /// How many of them there are.
    pub count: u32,
    /// Where to send to.
    pub url: String,
    /// How many runs there are to be.
    pub runs: u32,
    /// What chance begins with.
    pub seed: u64,
}

/// What a lane did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Done {
    /// Runs that were forked.
    pub forked: u64,
    /// Runs that were programs started.
    pub started: u64,
    /// … of which so many were killed from outside, which may have been after their end.
    pub killed: u64,
    /// Events that come of the runs that were not killed from outside.
    pub events: u64,
    /// Drains, and those that did not get everything delivered.
    pub drains: [u64; 2],
    /// CPU time of forked runs, started ones and drains, in microseconds.
    pub micros: [u64; 3],
}

impl Done {
    fn numbers(&mut self) -> [&mut u64; 9] {
        let Self { forked, started, killed, events, drains: [drains, failed], micros: [a, b, c] } = self;
        [forked, started, killed, events, drains, failed, a, b, c]
    }

    /// As a line of numbers.
    pub fn line(mut self) -> String {
        self.numbers().map(|number| number.to_string()).join(" ")
    }

    /// Adds what such a line says.
    pub fn add(&mut self, line: &str) {
        for (number, more) in self.numbers().into_iter().zip(line.split_whitespace()) {
            *number += more.parse::<u64>().unwrap_or(0);
        }
    }
}

/// The folder of a home.
pub fn home(homes: &Path, number: u32) -> PathBuf {
    homes.join(format!("home-{number:03}"))
}

/// Runs programs, and drains.
pub fn run(told: &Told) -> io::Result<Done> {
    let mut chance = Chance(told.seed);
    let mut done = Done::default();
    let mut since_drain = vec![0_u32; told.count as usize];
    let program = std::env::current_exe()?.with_file_name("command");
    for _ in 0..told.runs {
        let number = chance.below(told.count);
        let folder = home(&told.homes, number);
        let how = match chance.below(200) {
            0 => How::Panics,
            1 => How::Dies,
            2..12 => How::Fails,
            _ => How::Succeeds,
        };
        if chance.below(STARTED_EVERY) == 0 {
            let killed = (chance.below(KILLED_EVERY) == 0).then(|| Duration::from_micros(chance.below(4000).into()));
            done.micros[1] += started(&program, &folder, &told.url, how, killed)?;
            done.started += 1;
            done.killed += u64::from(killed.is_some());
            done.events += if killed.is_some() { 0 } else { how.events() };
        } else {
            let (_, micros) = forked(|| i32::from(!fleet::run(&folder, &told.url, how)))?;
            done.micros[0] += micros;
            done.forked += 1;
            done.events += how.events();
        }
        let since_drain = &mut since_drain[number as usize];
        *since_drain += 1;
        if *since_drain == DRAIN_EVERY {
            *since_drain = 0;
            let (code, micros) = forked(|| i32::from(!drain(&folder, &told.url)))?;
            done.micros[2] += micros;
            done.drains[0] += 1;
            done.drains[1] += u64::from(code != 0);
        }
    }
    Ok(done)
}

/// Sends what waits in a home; says whether that is all delivered.
pub fn drain(folder: &Path, url: &str) -> bool {
    let telemetry = fleet::telemetry(folder, url, "drain").start();
    telemetry.flush(PATIENCE).is_ok()
}

/// Starts the program and waits for it, or kills it after a while; says what CPU time it took, in microseconds.
fn started(program: &Path, folder: &Path, url: &str, how: How, killed: Option<Duration>) -> io::Result<u64> {
    let mut command = Command::new(program);
    command.arg(folder).args([url, how.name()]).stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = command.spawn()?;
    if let Some(after) = killed {
        std::thread::sleep(after);
        child.kill()?;
    }
    let id = i32::try_from(child.id()).map_err(io::Error::other)?;
    Ok(wait(id)?.1)
}

/// Has a forked child do something; says its exit code (or none, negative) and what CPU time it took, in microseconds.
pub fn forked(child: impl FnOnce() -> i32) -> io::Result<(i32, u64)> {
    #[allow(unsafe_code, reason = "std does not fork")]
    // SAFETY: this process has one thread, so the child may do whatever its parent may.
    match unsafe { libc::fork() } {
        0 => {
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(child));
            std::process::exit(done.unwrap_or(101));
        }
        id if id > 0 => wait(id),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Waits for a child; says its exit code and what CPU time it took, in microseconds.
fn wait(id: i32) -> io::Result<(i32, u64)> {
    let mut status = 0;
    #[allow(unsafe_code, reason = "std does not say what a child took")]
    // SAFETY: a struct of numbers, and a system call that writes to two places that are ours.
    let (waited, used) = unsafe {
        let mut used: libc::rusage = std::mem::zeroed();
        (libc::wait4(id, &raw mut status, 0, &raw mut used), used)
    };
    if waited != id {
        return Err(io::Error::last_os_error());
    }
    let code = if libc::WIFEXITED(status) { libc::WEXITSTATUS(status) } else { -1 };
    let micros = [used.ru_utime, used.ru_stime].map(|time| time.tv_sec * 1_000_000 + time.tv_usec);
    Ok((code, micros.into_iter().sum::<i64>().unsigned_abs()))
}

/// Numbers that look random and are the same each time (`splitmix64`).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ mixed >> 31) % u64::from(limit)).unwrap_or_default()
    }
}
