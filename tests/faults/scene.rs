//! Many victims that share one spool and one receiver, and of whom some are killed.

use std::collections::HashSet;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::balance::{Books, Twice};
use crate::victim::{Bench, Elsewhere, numbers, shared_file};

/// Victims that share a folder, and one receiver for them all.
pub(crate) struct Scene {
    bench: Bench,
    receiver: Elsewhere,
    started: AtomicU64,
    kills: AtomicU64,
    /// Who may have ended before it read an answer: killed, or not waiting for a delivery.
    unread: Mutex<HashSet<String>>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let bench = Bench::new();
        let receiver = Elsewhere::start(&bench);
        Self { bench, receiver, started: AtomicU64::new(0), kills: AtomicU64::new(0), unread: Mutex::default() }
    }

    /// How many were killed.
    pub(crate) fn kills(&self) -> u64 {
        self.kills.load(Ordering::Relaxed)
    }

    /// Has somebody deliver before the spool is full: what finds no room is counted as lost, and this is about what is not. How fast
    /// it fills and is emptied depends on what else the machine does.
    pub(crate) fn make_room(&self) {
        const ENOUGH: u64 = 3 * 1024 * 1024;
        let files = || fs::read_dir(self.bench.spool()).into_iter().flatten().filter_map(Result::ok);
        // The ledger stays, however much is delivered.
        let slots = || files().filter(|file| file.file_name().to_string_lossy().starts_with("segment-"));
        let bytes = || slots().filter_map(|slot| Some(slot.metadata().ok()?.len())).sum::<u64>();
        while bytes() > ENOUGH {
            Self::end_of(self.spawn("deliver"));
        }
    }

    /// Starts a victim, which goes by its number.
    pub(crate) fn spawn(&self, words: &str) -> (String, Child) {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        let sender = number.to_string();
        if !words.ends_with("deliver") {
            self.unread.lock().unwrap().insert(sender.clone());
        }
        let words = format!("first={} {words}", number * 1_000_000);
        let mut command = self.bench.command(&self.receiver.url(&sender), &words);
        command.stdout(shared_file(&self.bench.path("reported"))).stderr(shared_file(&self.bench.path("complaints")));
        (sender, command.stdin(Stdio::null()).spawn().unwrap())
    }

    /// Kills a victim so long after its start; it may have ended by then.
    pub(crate) fn kill_after(&self, (sender, mut child): (String, Child), moment: Duration) {
        std::thread::sleep(moment);
        child.kill().unwrap();
        let status = child.wait().unwrap();
        if status.signal() == Some(9) {
            self.kills.fetch_add(1, Ordering::Relaxed);
            self.unread.lock().unwrap().insert(sender);
        } else {
            assert!(status.success(), "{sender}: {status}");
        }
    }

    /// Waits for a victim that ends by itself.
    pub(crate) fn end_of((sender, mut child): (String, Child)) {
        let status = child.wait().unwrap();
        assert!(status.success(), "{sender}: {status}");
    }

    /// Drains until there is nothing left, looks at the books, and says how many calls are in them.
    pub(crate) fn balance(self) -> usize {
        let before_last = (0..8).find(|_| {
            let before = self.receiver.bytes();
            Self::end_of(self.spawn("deliver"));
            self.receiver.bytes() == before
        });
        assert!(before_last.is_some(), "eight runs could not deliver what was left");
        let reported = numbers(&fs::read_to_string(self.bench.path("reported")).unwrap());
        let calls = reported.len();
        let delivered = self.receiver.batches();
        let unread = self.unread.into_inner().unwrap();
        Books { twice: Twice::LastOf(unread), ..Books::new(reported, &delivered) }.balance();
        assert_eq!(fs::read_to_string(self.bench.path("complaints")).unwrap(), "");
        calls
    }
}
