//! What each status means to each receiver: one table.
//!
//! | | in halves | later | never | anything else |
//! |---|---|---|---|---|
//! | any | 400 413 422 | 408 425 429 5xx | | closed |
//! | Sentry | 400 413 | 408 429 5xx | | closed; `X-Sentry-Rate-Limits` is heeded on every status |
//!
//! *Closed* keeps the events for a later run, and this one does not ask again: an endpoint or a key is wrong, which the events are
//! not to blame for. Where a receiver's own client gives events up, but nothing says that they must not be sent again, ours keeps them.

use std::ops::RangeInclusive;

use super::{Answer, Verdict};

/// What each status means to one receiver: a row of the table. What is in no list closes the way for this run; 200 to 299 is
/// accepted.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Too much at once, or something wrong with some of it: halves of it may go.
    pub split: &'static [u16],
    /// Not now.
    pub later: &'static [RangeInclusive<u16>],
    /// Not ever.
    pub refused: &'static [RangeInclusive<u16>],
}

impl Policy {
    /// That of a receiver of which nothing else is known.
    pub const USUAL: Self =
        Self { split: &[400, 413, 422], later: &[408..=408, 425..=425, 429..=429, 500..=599], refused: &[] };

    /// Sentry's. What its own clients give up, ours keeps for later.
    pub const SENTRY: Self = Self { split: &[400, 413], later: &[408..=408, 429..=429, 500..=599], refused: &[] };

    /// What an answer means. Redirects are not followed: a `POST` would arrive as a `GET`.
    #[must_use]
    pub fn verdict(&self, answer: &Answer<'_>) -> Verdict {
        let status = answer.status;
        let is_in = |ranges: &[RangeInclusive<u16>]| ranges.iter().any(|range| range.contains(&status));
        match status {
            200..=299 => Verdict::Accepted,
            _ if self.split.contains(&status) => Verdict::Split,
            _ if is_in(self.later) => Verdict::Later(answer.retry_after),
            _ if is_in(self.refused) => Verdict::Refused,
            _ => Verdict::Closed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a row says of every status, without those that it says the usual of.
    fn said_by(policy: &Policy, statuses: &[u16]) -> Vec<Verdict> {
        statuses.iter().map(|status| policy.verdict(&Answer::new(*status, None, &[], &[]))).collect()
    }

    #[test]
    fn each_status_means_one_thing() {
        let all = |statuses: &[u16], verdict: &Verdict| {
            let said = said_by(&Policy::USUAL, statuses);
            assert!(said.iter().all(|said| said == verdict), "{statuses:?}: {said:?}");
        };
        all(&[200, 202, 204], &Verdict::Accepted);
        all(&[408, 425, 429, 500, 502, 503, 504, 599], &Verdict::Later(None));
        all(&[400, 413, 422], &Verdict::Split);
        all(&[301, 302, 307, 401, 402, 403, 404, 405, 410, 451], &Verdict::Closed);
    }

    #[test]
    fn each_status_means_one_thing_of_sentry() {
        let all = |statuses: &[u16], verdict: &Verdict| {
            let said = said_by(&Policy::SENTRY, statuses);
            assert!(said.iter().all(|said| said == verdict), "{statuses:?}: {said:?}");
        };
        all(&[200, 202, 204], &Verdict::Accepted);
        all(&[408, 429, 500, 502, 503, 504, 599], &Verdict::Later(None));
        all(&[400, 413], &Verdict::Split);
        all(&[301, 302, 401, 402, 403, 404, 405, 415, 422], &Verdict::Closed);
    }
}
