//! What an answer means: one table, and the pauses that follow from it.

use std::time::{Duration, Instant};

use crate::clock;
use crate::limits;

/// What becomes of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The receiver has it. (That it also keeps it is not known: some answer 200 to what they drop.)
    Accepted,
    /// Not now: the events stay, and so many seconds are to pass if the receiver said so.
    Later(Option<Duration>),
    /// Not in one piece: half of it may go, down to the one event that is refused.
    Split,
    /// Not from us, not there: the events stay for a later run, and this one does not ask again.
    Closed,
}

/// What became of a batch, and what the receiver or the system said, for whoever asks why.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) verdict: Verdict,
    pub(crate) said: String,
}

/// What an HTTP status means for a batch. Redirects are not followed: a POST would arrive as a GET.
pub(crate) fn verdict(status: u16, retry_after: Option<&str>) -> Verdict {
    match status {
        200..=299 => Verdict::Accepted,
        400 | 413 | 422 => Verdict::Split,
        408 | 425 | 429 | 500..=599 => Verdict::Later(retry_after.and_then(seconds)),
        _ => Verdict::Closed,
    }
}

fn seconds(text: &str) -> Option<Duration> {
    let seconds = text.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(limits::LONGEST_RETRY_AFTER))
}

/// When a sink may be asked again.
#[derive(Debug, Default)]
pub(crate) struct Pause {
    failures: u32,
    until: Option<Instant>,
    /// The receiver itself named the time: not even a flush asks before.
    asked_for: bool,
    closed: bool,
}

impl Pause {
    pub(crate) fn succeeded(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn failed(&mut self, retry_after: Option<Duration>) {
        self.failures = self.failures.saturating_add(1);
        let own = clock::pause(self.failures, limits::FIRST_PAUSE, limits::LONGEST_PAUSE);
        self.asked_for = retry_after.is_some();
        self.until = clock::tick().checked_add(retry_after.unwrap_or_default().max(own));
    }

    pub(crate) fn close(&mut self) {
        self.closed = true;
    }

    /// Whether the sink may be asked now. A flush does not wait for a pause of our own making.
    pub(crate) fn is_over(&self, flushing: bool) -> bool {
        !self.closed && (flushing && !self.asked_for || self.until.is_none_or(|until| clock::tick() >= until))
    }

    /// How long until the sink may be asked again; `None` if nothing is to be waited for.
    pub(crate) fn left(&self) -> Option<Duration> {
        let left = self.until?.saturating_duration_since(clock::tick());
        (!self.closed && !left.is_zero()).then_some(left)
    }

    /// Whether a pause has passed and nothing was sent since.
    pub(crate) fn is_due(&self) -> bool {
        !self.closed && self.until.is_some_and(|until| clock::tick() >= until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_means_one_thing() {
        for status in [200, 202, 204] {
            assert_eq!(verdict(status, None), Verdict::Accepted, "{status}");
        }
        for status in [408, 425, 429, 500, 502, 503, 504, 599] {
            assert_eq!(verdict(status, None), Verdict::Later(None), "{status}");
        }
        for status in [400, 413, 422] {
            assert_eq!(verdict(status, None), Verdict::Split, "{status}");
        }
        for status in [301, 302, 307, 401, 402, 403, 404, 405, 410, 451] {
            assert_eq!(verdict(status, None), Verdict::Closed, "{status}");
        }
    }

    #[test]
    fn a_receiver_may_ask_for_a_day_and_no_longer() {
        assert_eq!(verdict(429, Some(" 20 ")), Verdict::Later(Some(Duration::from_secs(20))));
        assert_eq!(verdict(503, Some("999999999")), Verdict::Later(Some(limits::LONGEST_RETRY_AFTER)));
        assert_eq!(verdict(503, Some("soon")), Verdict::Later(None));
    }

    #[test]
    fn a_flush_asks_again_unless_the_receiver_named_a_time() {
        let mut pause = Pause::default();
        assert!(pause.is_over(false));
        pause.failed(None);
        assert!(!pause.is_over(false) && pause.is_over(true));
        pause.failed(Some(Duration::from_secs(20)));
        assert!(!pause.is_over(false) && !pause.is_over(true));
        pause.succeeded();
        assert!(pause.is_over(false) && pause.left().is_none());
        pause.close();
        assert!(!pause.is_over(true));
    }
}
