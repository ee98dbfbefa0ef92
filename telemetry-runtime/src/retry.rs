//! What an answer means: one table.

use std::time::Duration;

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
}
