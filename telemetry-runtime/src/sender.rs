//! The detached sender: a process of its own that sends what short runs leave, for programs that ask for one.
//!
//! A run that ends with something unsent starts the program again with an argument that only the first line of its `main` knows.
//! The new process belongs to nobody (a session of its own, standard input and output on the null device, the root as its
//! working folder, no variable but those that the way to the network and to the user's own receiver depends on), sends what dead processes left, stays a few
//! seconds for what ends meanwhile, and is gone after half a minute at the latest.
//!
//! There is one at a time for each spool: a lock that the run takes goes to the new process with its standard input, so from
//! the first to the last moment exactly one of them holds it. The mark is an argument because those are not inherited.

use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::clock;
use crate::engine::{self, Engine, Plan, of_this_process};
use crate::env;
use crate::level::Level;
use crate::limits;
use crate::loopback;
use crate::os;
use crate::sink::Sink;
use crate::spool::{Segment, is_still_at, open_private};

/// What the new process is called with, and then the level.
const MARK: &str = "__telemetry-sender";

/// Who has this file in the spool's folder locked is the sender.
const LOCK: &str = "sender";

/// Variables that say where a process of this user finds the network, its certificates, and folders.
const PASSED: [&str; 18] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HOME",
    "XDG_STATE_HOME",
    "XDG_DATA_HOME",
    "TMPDIR",
    "TMP",
    "TEMP",
    "APPDATA",
    "SystemRoot",
];

/// The level that this process is to send at, if that is all it is for.
pub(crate) fn asked() -> Option<Level> {
    let mut arguments = std::env::args_os().skip(1);
    let is_marked = arguments.next().is_some_and(|first| first == OsStr::new(MARK));
    let level = arguments.next().filter(|_| is_marked)?;
    level.to_str()?.parse().ok().filter(|_| arguments.next().is_none())
}

/// The first thing that a sender does. What is returned holds the lock.
pub(crate) fn detach() -> Option<File> {
    let seconds = u32::try_from(limits::SENDER_LIVES.as_secs()).unwrap_or(u32::MAX);
    let lock = os::detach(seconds);
    let watch = std::thread::Builder::new().spawn(|| {
        std::thread::sleep(limits::SENDER_LIVES);
        std::process::exit(0);
    });
    if watch.is_err() {
        std::process::exit(0);
    }
    lock
}

/// Sends what there is, until there was nothing for a while.
pub(crate) fn send(lock: Option<File>) {
    let Some(engine) = of_this_process() else { return };
    let Some(folder) = engine.folder() else { return };
    let is_ours = |lock: &File| lock.metadata().is_ok_and(|metadata| is_still_at(&metadata, &folder.join(LOCK)));
    // Where it was not passed on, it is taken here.
    let lock = lock.filter(|lock| is_ours(lock) && lock.try_lock().is_ok()).or_else(|| free_lock(folder));
    let mut held = lock;
    while let Some(lock) = held {
        send_for_a_while(engine, folder);
        drop(lock);
        // A run that ended a moment ago has seen that there was a sender.
        let is_left = Segment::left_behind(folder).next().is_some() && engine.may_ask_a_sink();
        held = if is_left { free_lock(folder) } else { None };
    }
}

/// Sends what there is, until there was nothing for a while, or no sink may be asked.
fn send_for_a_while(engine: &Engine, folder: &Path) {
    let mut last = clock::tick();
    while last.elapsed() < limits::SENDER_STAYS {
        if Segment::left_behind(folder).next().is_some() {
            if !engine.may_ask_a_sink() {
                return;
            }
            // What cannot be delivered now is kept.
            let _ = engine.flush(limits::SENDER_LIVES);
            last = clock::tick();
        }
        std::thread::sleep(limits::SENDER_LOOKS);
    }
}

/// Starts a sender, if this run leaves something that one could send now, and there is none.
pub(crate) fn start(plan: &Plan, engine: &Engine) {
    let Some(folder) = engine.folder().filter(|_| engine::is_helped()) else { return };
    let is_mute = engine.is_excluded() || engine.spool.current().is_none() || engine.looks_purged();
    if is_mute || engine.pending() == 0 || !engine.may_ask_a_sink() {
        return;
    }
    // A program that was replaced or is gone starts nothing.
    if let (Some(lock), Ok(program)) = (free_lock(folder), std::env::current_exe()) {
        let heeded = plan.sinks.iter().flat_map(Sink::heeded);
        drop(command(&program, plan.level, lock, heeded).spawn());
    }
}

/// The sender's lock, if nobody holds it.
fn free_lock(folder: &Path) -> Option<File> {
    let file = open_private(&folder.join(LOCK), false).ok()?;
    file.try_lock().is_ok().then_some(file)
}

fn command<'a>(program: &Path, level: Level, lock: File, heeded: impl Iterator<Item = &'a String>) -> Command {
    let mut command = Command::new(program);
    command.arg(MARK).arg(level.as_str()).current_dir("/").env_clear();
    let passed = PASSED.into_iter().chain(heeded.map(String::as_str));
    command.envs(passed.filter_map(|name| Some((name, std::env::var_os(name)?))));
    // A receiver on loopback may have been given by what is none of those.
    if loopback::is_asked() {
        command.env(env::LOOPBACK_ONLY, "1");
    }
    command.stdout(Stdio::null()).stderr(Stdio::null());
    if cfg!(unix) {
        command.stdin(Stdio::from(lock));
    } else {
        command.stdin(Stdio::null());
    }
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    #[cfg(windows)]
    // DETACHED_PROCESS: no console of its own, and none of ours.
    std::os::windows::process::CommandExt::creation_flags(&mut command, 0x0000_0008);
    command
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use super::*;

    /// It does not know by which variable the run was given a receiver on loopback, and would send to the program's own.
    #[test]
    fn a_sender_is_guarded_as_the_run_was_that_starts_it() {
        loopback::ask();
        let home = tempfile::tempdir().unwrap();
        let lock = File::create(home.path().join(LOCK)).unwrap();
        let command = command(Path::new("demo"), Level::All, lock, std::iter::empty());
        let said = command.get_envs().find(|(name, _)| *name == OsStr::new(env::LOOPBACK_ONLY));
        assert_eq!(said.and_then(|(_, value)| value), Some(OsStr::new("1")));
    }
}
