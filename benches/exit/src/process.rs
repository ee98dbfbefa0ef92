//! Runs a program, and looks at the clock when it ends.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use exit::now;

/// Who has not ended by then is killed.
pub const PATIENCE: Duration = Duration::from_secs(100);

/// How a program ended.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    /// From `done` to the end of the process; `None` if it was killed.
    pub delay: Option<Duration>,
    /// What its telemetry's start took.
    pub start: Duration,
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
}

/// One of the measured programs.
pub fn program(name: &str) -> PathBuf {
    std::env::current_exe().expect("an executable").with_file_name(name)
}

/// A command that finds nothing of this machine in its environment: no proxy, no collector's address.
pub fn command(program: &Path, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("HOME", home).current_dir(home);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// Runs a program to its end, or to the end of all patience.
///
/// # Panics
///
/// If it does not start, or does not say what the measured programs say.
pub fn run(command: &mut Command) -> Ended {
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let has_ended = wait(child.id());
    let ended = now();
    if !has_ended {
        child.kill().expect("it can be killed");
    }
    let status = child.wait().expect("it has ended");
    let mut said = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut said).expect("text");
    let mut words =
        said.strip_prefix("done ").unwrap_or_else(|| panic!("{command:?} said {said:?}")).split_whitespace();
    let mut nanos = || Duration::from_nanos(words.next().and_then(|word| word.parse().ok()).expect("nanoseconds"));
    let (done, start) = (nanos(), nanos());
    Ended { delay: has_ended.then(|| ended.saturating_sub(done)), start, code: status.code() }
}

/// Waits for a process to end; says whether it did.
fn wait(id: u32) -> bool {
    let patience = i32::try_from(PATIENCE.as_millis()).unwrap_or(i32::MAX);
    #[allow(unsafe_code, reason = "std does not wait for processes with a limit")]
    // SAFETY: system calls on a process that is ours and not waited for yet, and on a descriptor that was just made.
    unsafe {
        let process = i32::try_from(libc::syscall(libc::SYS_pidfd_open, id, 0)).expect("a descriptor");
        assert!(process >= 0, "pidfd_open: {}", std::io::Error::last_os_error());
        let mut poll = libc::pollfd { fd: process, events: libc::POLLIN, revents: 0 };
        let ready = libc::poll(&raw mut poll, 1, patience);
        libc::close(process);
        ready == 1
    }
}
