//! `kill -9`, at random moments, of many victims at once.

use std::collections::HashSet;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use telemetry_tests::Random;

use crate::balance::{Books, Twice};
use crate::needs;
use crate::victim::{Bench, Elsewhere, numbers, shared_file};

const KILLS: u64 = 1_000;
const AT_ONCE: u64 = 6;
/// Somebody drains after so many kills by one killer.
const DRAIN_EVERY: u64 = 8;

/// Victims that share a folder, and one receiver for them all.
struct Scene {
    bench: Bench,
    receiver: Elsewhere,
    started: AtomicU64,
    kills: AtomicU64,
    killed: Mutex<HashSet<String>>,
}

impl Scene {
    fn new() -> Self {
        let bench = Bench::new();
        let receiver = Elsewhere::start(&bench);
        Self { bench, receiver, started: AtomicU64::new(0), kills: AtomicU64::new(0), killed: Mutex::default() }
    }

    fn spawn(&self, words: &str) -> (String, Child) {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        let sender = number.to_string();
        let words = format!("first={} {words}", number * 1_000_000);
        let mut command = self.bench.command(&self.receiver.url(&sender), &words);
        command.stdout(shared_file(&self.bench.path("reported"))).stderr(shared_file(&self.bench.path("complaints")));
        (sender, command.stdin(Stdio::null()).spawn().unwrap())
    }

    /// Kills a victim so long after its start; it may have ended by then.
    fn kill_after(&self, (sender, mut child): (String, Child), moment: Duration) {
        std::thread::sleep(moment);
        child.kill().unwrap();
        let status = child.wait().unwrap();
        if status.signal() == Some(9) {
            self.kills.fetch_add(1, Ordering::Relaxed);
            self.killed.lock().unwrap().insert(sender);
        } else {
            assert!(status.success(), "{sender}: {status}");
        }
    }

    fn end_of(&self, (sender, mut child): (String, Child)) {
        let status = child.wait().unwrap();
        assert!(status.success(), "{sender}: {status}");
    }

    /// Drains until there is nothing left, and looks at the books.
    fn balance(self) -> usize {
        let before_last = (0..8).find(|_| {
            let before = self.receiver.bytes();
            self.end_of(self.spawn("deliver"));
            self.receiver.bytes() == before
        });
        assert!(before_last.is_some(), "eight runs could not deliver what was left");
        let reported = numbers(&fs::read_to_string(self.bench.path("reported")).unwrap());
        let calls = reported.len();
        let delivered = self.receiver.batches();
        let killed = self.killed.into_inner().unwrap();
        Books { twice: Twice::LastOf(killed), ..Books::new(reported, &delivered) }.balance();
        assert_eq!(fs::read_to_string(self.bench.path("complaints")).unwrap(), "");
        calls
    }
}

/// P1, P2: a thousand victims with four busy threads each are killed: while they start, while they record, while they send, and
/// while they drain what others left.
#[test]
fn a_thousand_kills_lose_nothing() {
    let seed = needs::seed();
    let scene = Scene::new();
    std::thread::scope(|scope| {
        for killer in 0..AT_ONCE {
            let scene = &scene;
            scope.spawn(move || kill_often(scene, Random::new(seed ^ killer << 32)));
        }
    });
    assert!(scene.kills.load(Ordering::Relaxed) >= KILLS);
    let calls = scene.balance();
    assert!(calls > 10 * usize::try_from(KILLS).unwrap(), "they recorded only {calls} calls");
}

fn kill_often(scene: &Scene, mut random: Random) {
    let mut own = 0;
    while scene.kills.load(Ordering::Relaxed) < KILLS {
        own += 1;
        if own % DRAIN_EVERY == 0 {
            let drainer = scene.spawn("deliver");
            if random.below(3) == 0 {
                scene.kill_after(drainer, Duration::from_micros(random.below(40_000)));
            } else {
                scene.end_of(drainer);
            }
            continue;
        }
        let window = if random.below(2) == 0 { "window=1 " } else { "" };
        let victim = scene.spawn(&format!("{window}seed={} storm", random.next()));
        // Some die before they have begun.
        let moment = if random.below(4) == 0 { random.below(5_000) } else { random.below(60_000) };
        scene.kill_after(victim, Duration::from_micros(moment));
    }
}
