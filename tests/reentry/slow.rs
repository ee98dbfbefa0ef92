//! A disk where each write takes three milliseconds, by way of strace.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::time::Instant;

use crate::scene::{Ended, PATIENCE, Scene, finish, go_on};

/// The run's record, and three events.
const DIRECT: usize = 1 + 3;

/// From the third slow append on, the program's own thread writes nothing more, and what it records is there for the next run.
#[test]
fn a_slow_disk_is_the_workers_to_wait_for() {
    if !telemetry_tests::has_tool("strace") {
        return;
    }
    let scene = Scene::new("slow");
    let log = scene.path("log");
    let mut strace: Vec<String> =
        ["strace", "-f", "-qq", "-o", log.to_str().unwrap(), "-e", "trace=write", "-e", "inject=write:delay_exit=3000"]
            .map(Into::into)
            .into();
    for slot in 0..3 {
        let path = scene.path("state/spool-1").join(format!("segment-{slot:02}"));
        strace.extend(["-P".into(), path.to_str().unwrap().into()]);
    }
    let mut child = scene.command("all", "slow", &strace).spawn().unwrap();
    // Whoever says how it records has recorded.
    let mut said = String::new();
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap());
    while !said.contains("events: ") {
        assert!(lines.read_line(&mut said).unwrap() > 0, "it ended early: {said}");
    }
    assert!(said.contains("\nrecording: queued, the disk is slow\n"), "{said}");
    // The worker puts the rest onto the disk while the program goes on.
    let written = || -> HashMap<String, usize> {
        let mut writes = HashMap::new();
        for line in std::fs::read_to_string(&log).unwrap().lines().filter(|line| line.contains("write(")) {
            *writes.entry(line.split(' ').next().unwrap().to_owned()).or_default() += 1;
        }
        writes
    };
    let began = Instant::now();
    while written().values().sum::<usize>() <= DIRECT {
        assert!(began.elapsed() < PATIENCE, "{:?}", written());
        std::thread::yield_now();
    }
    // Asked before the end: what the worker has not come to by then, the program's own thread keeps.
    let main = std::fs::read_to_string(&log).unwrap().split(' ').next().unwrap().to_owned();
    assert_eq!(written()[&main], DIRECT, "{}", std::fs::read_to_string(&log).unwrap());
    go_on(&mut child);
    let ended = Ended::of(finish(child));
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
    assert_eq!(scene.check().ended("Work Finished", "ok"), 8);
}
