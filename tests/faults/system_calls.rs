//! Death at, and failure of, every single system call that has to do with the spool, by way of strace.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use telemetry_tests::Receiver;

use crate::balance::{self, Books, Twice};
use crate::needs;
use crate::victim::{Bench, NOBODY, Ran, Running};

/// As many at once: they wait for processes more than they work.
const AT_ONCE: usize = 4;

/// What a run finds, and what it does.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// Earlier runs' words, each of which ends by a kill.
    before: &'static [&'static str],
    words: &'static str,
}

/// A first run, and one that finds two slots of dead ones, with something delivered in one of them.
const RUNS: [Run; 3] = [
    Run { before: &[], words: "first=100 work nested deliver work deliver" },
    Run { before: &[], words: "first=100 window=1 work nested fail" },
    Run { before: &["first=0 work hang", "first=10 nested hang"], words: "first=100 work deliver nested deliver" },
];

impl Run {
    /// A folder as the run finds it, and what was recorded there. Both victims live at once, so that each has a slot of its own.
    fn bench(self) -> (Bench, Vec<u64>) {
        let bench = Bench::new();
        let before: Vec<_> = self.before.iter().map(|words| bench.start(NOBODY, words, "hang")).collect();
        let reported = before.into_iter().flat_map(Running::kill).collect();
        (bench, reported)
    }

    /// Runs under strace, with these of its options, which may name paths: none but calls that have to do with them are seen then.
    fn trace(self, bench: &Bench, url: &str, options: &[&str], paths: &BTreeSet<PathBuf>) -> (Ran, String) {
        let log = bench.path("log");
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-o"]).arg(&log).args(options);
        for path in paths {
            command.arg("-P").arg(bench.state().join(path));
        }
        let victim = bench.command(url, self.words);
        command.arg(victim.get_program()).args(victim.get_args()).env_clear();
        let ran = Ran::of(&mut command);
        (ran, fs::read_to_string(log).unwrap_or_default())
    }

    /// What is in the state folder when it goes well, seen from there: whatever the run may touch.
    fn paths(self) -> BTreeSet<PathBuf> {
        let (bench, _) = self.bench();
        let receiver = Receiver::start();
        let (ran, log) = self.trace(&bench, &receiver.url(), &["-e", "trace=%file"], &BTreeSet::new());
        assert!(ran.status.success(), "{ran:?}");
        let state = bench.state().display().to_string();
        let quoted = log.split('"').filter_map(|text| text.strip_prefix(&state));
        let paths = quoted.map(|path| Path::new(path.trim_start_matches('/')).to_owned());
        // All slots are looked at, and one that was never there is like the next.
        let is_far =
            |path: &PathBuf| path.to_string_lossy().rsplit_once("segment-").is_some_and(|(_, slot)| slot > "03");
        paths.filter(|path| !is_far(path)).collect()
    }

    /// How often each system call is made there, by the thread that makes it most, and what the run says when it goes well.
    fn calls(self, paths: &BTreeSet<PathBuf>) -> (BTreeMap<String, usize>, Ran) {
        let (bench, _) = self.bench();
        let receiver = Receiver::start();
        let (ran, log) = self.trace(&bench, &receiver.url(), &["-e", "trace=all"], paths);
        let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for line in log.lines() {
            // `1234 write(3, …` but not `1234 <... write resumed>`
            if let Some((thread, (call, _))) =
                line.split_once(' ').and_then(|(thread, rest)| Some((thread, rest.trim().split_once('(')?)))
                && call.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            {
                *counts.entry((call, thread)).or_default() += 1;
            }
        }
        let mut calls = BTreeMap::new();
        for ((call, _), count) in counts {
            let most: &mut usize = calls.entry(call.to_owned()).or_default();
            *most = count.max(*most);
        }
        (calls, ran)
    }
}

/// Does something with each, a few at once.
fn each<T: Sync>(all: &[T], what: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    what(one);
                }
            });
        }
    });
}

/// P1: every call of every run is the last thing that the process does.
#[test]
fn death_at_any_system_call_loses_nothing() {
    if !needs::strace() {
        return;
    }
    let mut deaths = Vec::new();
    for run in RUNS {
        let paths = run.paths();
        for (call, count) in run.calls(&paths).0 {
            // What it takes to start the worker may be made another time; one more shows that it was the last.
            deaths.extend((1..=count + 1).map(|at| (run, paths.clone(), call.clone(), at)));
        }
    }
    let killed = AtomicUsize::new(0);
    each(&deaths, |(run, paths, call, at)| {
        let (bench, mut reported) = run.bench();
        let receiver = Receiver::start();
        let inject = format!("inject={call}:signal=SIGKILL:when={at}");
        let trace = format!("trace={call}");
        let (ran, _) = run.trace(&bench, &format!("{}/killed", receiver.url()), &["-e", &trace, "-e", &inject], paths);
        killed.fetch_add(usize::from(!ran.status.success()), Ordering::Relaxed);
        reported.extend(ran.reported());
        let mut delivered = balance::batches(&receiver);
        let killed = delivered.iter().map(|batch| batch.sender.clone()).collect();
        delivered.extend(bench.drain());
        let check = || Books { twice: Twice::LastOf(killed), ..Books::new(reported, &delivered) }.balance();
        named(&format!("{run:?}: {inject}"), check);
    });
    let killed = killed.into_inner();
    needs::say(&format!("{killed} deaths at system calls"));
    assert!(killed > deaths.len() / 2, "only {killed} of {} died", deaths.len());
}

/// What a system call may answer on a bad day. A call that is not here may not fail.
fn errors_of(call: &str) -> &'static [&'static str] {
    match call {
        "write" | "pwrite64" | "writev" => &["ENOSPC", "EIO", "EDQUOT", "EINTR", "EAGAIN", "EFBIG", "EROFS"],
        "open" | "openat" => &["EACCES", "EROFS", "EMFILE", "ENFILE", "ENOSPC", "EINTR", "EIO", "ENOENT", "ELOOP"],
        "mkdir" | "mkdirat" => &["EACCES", "EROFS", "ENOSPC", "EDQUOT", "EIO"],
        "rename" | "renameat" | "renameat2" | "unlink" | "unlinkat" => &["EACCES", "EROFS", "EIO", "ENOENT", "EBUSY"],
        "flock" | "fcntl" => &["ENOLCK", "EINTR", "EAGAIN", "EIO", "ENOSYS"],
        "ftruncate" | "fallocate" => &["EIO", "EINTR", "EROFS", "EPERM"],
        "read" | "pread64" | "readv" | "preadv" => &["EIO", "EINTR", "ESTALE"],
        "getdents64" | "stat" | "lstat" | "fstat" | "statx" | "newfstatat" | "access" => {
            // `EACCES` is what a folder answers that may not be entered, to all that is in it: see `machines`.
            &["ELOOP", "EIO", "ENOENT", "ESTALE"]
        }
        "fsync" | "fdatasync" | "close" => &["EIO", "ENOSPC"],
        "lseek" | "chmod" | "fchmod" | "utimensat" | "mmap" | "ioctl" => &["EPERM", "ENOSYS"],
        _ => &[],
    }
}

/// P6, P12: every call of every run fails in every way, once or from then on, and only telemetry can tell.
#[test]
fn a_system_call_that_fails_loses_nothing_and_shows_nowhere() {
    if !needs::strace() {
        return;
    }
    let mut failures = Vec::new();
    for run in RUNS.into_iter().filter(|run| run.words.ends_with("deliver")) {
        let paths = run.paths();
        let (calls, well) = run.calls(&paths);
        for (call, count) in calls {
            for (error, at) in errors_of(&call).iter().flat_map(|error| (1..=count).map(move |at| (error, at))) {
                failures.push((run, paths.clone(), well.clone(), format!("{call}:error={error}:when={at}")));
            }
            let lasting = errors_of(&call).iter().filter(|error| **error != "EINTR");
            failures.extend(
                lasting.map(|error| (run, paths.clone(), well.clone(), format!("{call}:error={error}:when=1+"))),
            );
        }
    }
    each(&failures, |(run, paths, well, failure)| {
        let (bench, mut reported) = run.bench();
        let receiver = Receiver::start();
        let call = failure.split(':').next().unwrap();
        let (trace, inject) = (format!("trace={call}"), format!("inject={failure}"));
        let (ran, _) = run.trace(&bench, &receiver.url(), &["-e", &trace, "-e", &inject], paths);
        let what = format!("{run:?}: {inject}");
        assert_eq!(ran, *well, "{what}");
        reported.extend(ran.reported());
        let mut delivered = balance::batches(&receiver);
        delivered.extend(bench.drain());
        named(&what, || Books { twice: Twice::Unwritten, ..Books::new(reported, &delivered) }.balance());
    });
    needs::say(&format!("{} failures of system calls", failures.len()));
}

/// What could not be written once could be written later; nobody delivers it in this run.
#[test]
fn a_write_that_fails_once_costs_nothing_when_nobody_delivers() {
    if !needs::strace() {
        return;
    }
    let run = Run { before: &[], words: "first=100 work nested" };
    let paths = run.paths();
    let writes = run.calls(&paths).0["write"];
    let all: Vec<_> = (1..=writes).flat_map(|at| ["ENOSPC", "EIO", "EAGAIN"].map(|error| (error, at))).collect();
    each(&all, |(error, at)| {
        let bench = Bench::new();
        let inject = format!("inject=write:error={error}:when={at}");
        let (ran, _) = run.trace(&bench, NOBODY, &["-e", "trace=write", "-e", &inject], &paths);
        let delivered = bench.drain();
        named(&inject, || Books::new(ran.reported(), &delivered).balance());
    });
}

/// Says of what it was, if a check fails.
fn named(what: &str, check: impl FnOnce()) {
    let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(check));
    assert!(checked.is_ok(), "{what}");
}
