//! The one place that says whether a kind is collected now: one relaxed load.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::level::Kinds;

/// In the lowest bits the kinds that the program collects, above them how many captures of tests there are. One word, so that a
/// capture that ends cannot close the gate for one that begins.
static GATE: AtomicU32 = AtomicU32::new(0);
const KINDS: u32 = 0xFF;
const CAPTURE: u32 = KINDS + 1;

/// Whether a tracked call may have somebody to record it.
#[inline]
pub(crate) fn calls_may_be_recorded() -> bool {
    GATE.load(Ordering::Relaxed) & !(KINDS & !u32::from(Kinds::STATS.bits())) != 0
}

/// Whether some test captures what is recorded.
pub(crate) fn is_capturing() -> bool {
    GATE.load(Ordering::Relaxed) > KINDS
}

/// Whether the program itself collects stats: what is left to ask where no capture stands in the way.
pub(crate) fn stats() -> bool {
    GATE.load(Ordering::Relaxed) & u32::from(Kinds::STATS.bits()) != 0
}

/// Whether the program collects error reports.
pub(crate) fn errors() -> bool {
    GATE.load(Ordering::Relaxed) & u32::from(Kinds::ERRORS.bits()) != 0
}

/// Whether an error report may have somebody to record it.
#[inline]
pub(crate) fn errors_may_be_recorded() -> bool {
    GATE.load(Ordering::Relaxed) & !(KINDS & !u32::from(Kinds::ERRORS.bits())) != 0
}

/// Lets these kinds through from now on, and no others.
pub(crate) fn set(kinds: Kinds) {
    let _ =
        GATE.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |gate| Some(gate & !KINDS | u32::from(kinds.bits())));
}

/// Whether somebody is signed in, so that what is identifiable may be recorded.
static IDENTIFIED: AtomicBool = AtomicBool::new(false);
/// Whether the user wants the text of every error to be sent.
static ERROR_TEXTS: AtomicBool = AtomicBool::new(false);

/// Whether somebody is signed in, whose ids go with what is recorded.
pub(crate) fn is_identified() -> bool {
    IDENTIFIED.load(Ordering::Relaxed)
}

/// Somebody signs in or out.
pub(crate) fn set_identified(is_identified: bool) {
    IDENTIFIED.store(is_identified, Ordering::Relaxed);
}

/// Whether the text of every error is recorded, and not only of calls that declare it: the user has asked for that.
#[inline]
pub(crate) fn error_texts() -> bool {
    ERROR_TEXTS.load(Ordering::Relaxed)
}

/// Lets the texts of errors be recorded from now on, or no longer.
pub(crate) fn set_error_texts(are_recorded: bool) {
    ERROR_TEXTS.store(are_recorded, Ordering::Relaxed);
}

pub(crate) fn capture_began() {
    GATE.fetch_add(CAPTURE, Ordering::Relaxed);
}

pub(crate) fn capture_ended() {
    GATE.fetch_sub(CAPTURE, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capture_that_ends_leaves_the_gate_open_for_others() {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10_000 {
                        capture_began();
                        assert!(calls_may_be_recorded());
                        capture_ended();
                    }
                });
            }
        });
    }
}
