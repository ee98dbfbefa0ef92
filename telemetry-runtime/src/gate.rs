//! The one place that says whether a kind is collected now: one relaxed load.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

use crate::level::Kinds;

/// A test's capture is open somewhere in this process.
const CAPTURE: u8 = 0b1000_0000;

static GATE: AtomicU8 = AtomicU8::new(0);
static CAPTURES: AtomicUsize = AtomicUsize::new(0);

/// Whether a tracked call may have somebody to record it.
#[inline]
pub(crate) fn calls_may_be_recorded() -> bool {
    GATE.load(Ordering::Relaxed) & (Kinds::STATS.bits() | CAPTURE) != 0
}

/// Whether the program itself collects stats: what is left to ask where no capture stands in the way.
pub(crate) fn stats() -> bool {
    GATE.load(Ordering::Relaxed) & Kinds::STATS.bits() != 0
}

/// Lets these kinds through from now on, and no others.
pub(crate) fn set(kinds: Kinds) {
    let _ = GATE.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |gate| Some((gate & CAPTURE) | kinds.bits()));
}

pub(crate) fn capture_began() {
    if CAPTURES.fetch_add(1, Ordering::SeqCst) == 0 {
        GATE.fetch_or(CAPTURE, Ordering::SeqCst);
    }
}

pub(crate) fn capture_ended() {
    // The last one out leaves the bit set if another came in meanwhile; a gate that is open for nobody costs time, not truth.
    if CAPTURES.fetch_sub(1, Ordering::SeqCst) == 1 {
        GATE.fetch_and(!CAPTURE, Ordering::SeqCst);
        if CAPTURES.load(Ordering::SeqCst) > 0 {
            GATE.fetch_or(CAPTURE, Ordering::SeqCst);
        }
    }
}
