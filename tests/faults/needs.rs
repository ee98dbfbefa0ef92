//! What not every machine has. Where it is missing, a test says so and shows nothing; on a machine with `CI` set it fails.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// Whether a command can be had and ends well.
fn runs(command: &[&str]) -> bool {
    let (program, arguments) = command.split_first().unwrap();
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn needs(what: &str, is_there: bool) -> bool {
    if !is_there {
        assert!(std::env::var_os("CI").is_none(), "this test needs {what}");
        say(&format!("skipped: this test needs {what}"));
    }
    is_there
}

/// Says something that is seen even if the test passes.
pub(crate) fn say(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}

/// A seed for random numbers, which is printed: `FAULTS_SEED`, or another each time.
pub(crate) fn seed() -> u64 {
    let given = std::env::var("FAULTS_SEED").ok().map(|seed| seed.parse().unwrap());
    let now = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_micros();
    let seed = given.unwrap_or_else(|| u64::try_from(now()).unwrap());
    say(&format!("FAULTS_SEED={seed}"));
    seed
}

pub(crate) fn strace() -> bool {
    needs("strace, and leave to trace", runs(&["strace", "-f", "true"]))
}

/// Leave to be another user, or one with other limits.
pub(crate) fn root() -> bool {
    needs(
        "root, setpriv and prlimit",
        runs(&["setpriv", "--reuid=61000", "--clear-groups", "prlimit", "--nofile", "true"]),
    )
}

/// Leave to mount, where nobody else sees it.
pub(crate) fn namespaces() -> bool {
    needs("root, unshare and nsenter", runs(&["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"]))
}
