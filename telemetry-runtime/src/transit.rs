//! Threads of ours that begin or end, and forks: never both at once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock;
use crate::os;

/// How many forks and, in the upper half, how many beginnings or ends of threads of ours are under way.
static UNDER_WAY: AtomicU64 = AtomicU64::new(0);
const FORK: u64 = 1;
const THREAD: u64 = 1 << 32;
/// For so long one lets others go first, who may be interrupted on a busy machine; then it goes on all the same.
const PATIENCE: Duration = Duration::from_millis(200);

/// From now on, forks wait for what is [in transit](InTransit), and children know what they are.
pub(crate) fn heed_forks() {
    os::fork_is_seen(before, after, in_child);
}

/// That a thread of ours is beginning or ending, until this is dropped.
///
/// The standard library locks something for all threads then; a child that is forked at that moment has it locked for ever, and hangs
/// at its end. So forks wait, for the tens of microseconds that it takes.
#[derive(Debug)]
pub(crate) struct InTransit(());

impl InTransit {
    pub(crate) fn begin() -> Self {
        enter(THREAD, |under_way| under_way % THREAD == 0);
        Self(())
    }
}

impl Drop for InTransit {
    fn drop(&mut self) {
        leave(THREAD);
    }
}

/// Called before a fork, by the thread that does it.
extern "C" fn before() {
    enter(FORK, |under_way| under_way < THREAD);
}

/// Called after a fork, in the parent.
extern "C" fn after() {
    leave(FORK);
}

/// Called after a fork, in the child: what was under way is so in its parent.
extern "C" fn in_child() {
    UNDER_WAY.store(0, Ordering::Relaxed);
}

fn enter(what: u64, may: impl Fn(u64) -> bool) {
    let add = |under_way| may(under_way).then_some(under_way + what);
    let mut began = None;
    while UNDER_WAY.fetch_update(Ordering::AcqRel, Ordering::Acquire, add).is_err() {
        if began.get_or_insert_with(clock::tick).elapsed() > PATIENCE {
            UNDER_WAY.fetch_add(what, Ordering::AcqRel);
            return;
        }
        std::thread::yield_now();
    }
}

/// What began before the fork that made this process is not counted here.
fn leave(what: u64) {
    let subtract = |under_way: u64| under_way.checked_sub(what);
    let _ = UNDER_WAY.fetch_update(Ordering::AcqRel, Ordering::Acquire, subtract);
}
