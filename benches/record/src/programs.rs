//! Programs that are run to be measured.

use std::path::PathBuf;
use std::process::Command;

/// The program of that name, built beside this one.
///
/// # Panics
///
/// If this one has no path.
#[must_use]
pub fn beside(name: &str) -> PathBuf {
    std::env::current_exe().expect("an executable").with_file_name(name)
}

/// What a program said, `name value` a line, with nothing of this machine in its environment. A `problem` is told, and counted in `problems`.
///
/// # Panics
///
/// If it fails.
pub fn said(command: &mut Command) -> Vec<(String, f64)> {
    let ended = command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        ended.status.success(),
        "{command:?} ended with {}: {}",
        ended.status,
        String::from_utf8_lossy(&ended.stderr)
    );
    let text = String::from_utf8(ended.stdout).expect("text");
    let said = text.lines().filter_map(|line| {
        let (name, value) = line.split_once(' ')?;
        if name == "problem" {
            eprintln!("{command:?}: {value}");
            return Some(("problems".to_owned(), 1.0));
        }
        Some((name.to_owned(), value.parse().ok()?))
    });
    said.collect()
}

/// Whether instructions can be counted here.
#[must_use]
pub fn has_valgrind() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|said| said.status.success())
}

/// A program that had a problem, as a machine that is busy makes for it, is run again, so often at most.
const RUNS: u32 = 5;

/// The same of a run in which nothing made another thing of what is measured, such as a disk that was slow. If there was none, it says so.
///
/// # Panics
///
/// If it fails.
pub fn said_soundly(command: &mut Command) -> Vec<(String, f64)> {
    let has_problem = |said: &[(String, f64)]| said.iter().any(|(name, _)| name == "problems");
    let mut last = said(command);
    for _ in 1..RUNS {
        if !has_problem(&last) {
            break;
        }
        last = said(command);
    }
    last
}

/// Instructions of a program in user mode, of all its threads: what the kernel does is not counted. Where a function is named, only what is
/// done within that, on the threads that call it.
///
/// # Panics
///
/// If valgrind is not there, or the program fails.
#[must_use]
pub fn instructions(program: &Command, within: Option<&str>) -> f64 {
    let out = beside(&format!("{}.callgrind", std::process::id()));
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--separate-threads=no"]);
    valgrind.args(within.map(|function| format!("--toggle-collect={function}")));
    valgrind.arg(format!("--callgrind-out-file={}", out.display()));
    drop(said_soundly(valgrind.arg(program.get_program()).args(program.get_args())));
    let text = std::fs::read_to_string(&out).expect("valgrind wrote what it counted");
    drop(std::fs::remove_file(&out));
    let totals = text.lines().find_map(|line| line.strip_prefix("totals: ").or(line.strip_prefix("summary: ")));
    totals.and_then(|totals| totals.trim().parse().ok()).expect("valgrind's total")
}
