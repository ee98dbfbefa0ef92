//! The other threads of this process: whether they sleep.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

/// The threads of this process but for the one that asks.
#[derive(Debug)]
pub struct Others(Vec<File>);

impl Others {
    /// Looks who there is now.
    #[must_use]
    pub fn now() -> Self {
        let own = std::fs::read_link("/proc/thread-self").unwrap_or_default();
        let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
        let others = threads.filter(|thread| Some(thread.file_name().as_os_str()) != own.file_name());
        Self(others.filter_map(|thread| File::open(thread.path().join("stat")).ok()).collect())
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether all sleep, as the kernel says: state `S`.
    #[must_use]
    pub fn are_parked(&self) -> bool {
        self.0.iter().all(|thread| {
            let mut stat = [0; 64];
            // `ID (NAME) STATE …`, and the name may have parentheses in it.
            let read = thread.read_at(&mut stat, 0).unwrap_or_default();
            let stat = stat.get(..read).unwrap_or_default();
            let state = stat.iter().rposition(|byte| *byte == b')').and_then(|at| stat.get(at + 2));
            state == Some(&b'S')
        })
    }
}
