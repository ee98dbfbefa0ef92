//! What each status means to each receiver: one table.
//!
//! | | in halves | later | never | anything else |
//! |---|---|---|---|---|
//! | any | 400 413 422 | 408 425 429 5xx | | closed |
//! | OTLP | 400 413 422 | 429 502 503 504 | any other 5xx | closed |
//! | PostHog | 400 413 | 408 429 500 502 503 504 | | closed |
//! | Segment, RudderStack | 400 413 | 408 429 5xx | | closed |
//! | Sentry | 400 413 | 408 429 5xx | | closed; `X-Sentry-Rate-Limits` is heeded on every status |
//! | required usage | | 429 503 | | closed |
//!
//! *Closed* keeps the events for a later run, and this one does not ask again: an endpoint or a key is wrong, which the events are
//! not to blame for. Where a receiver's own client gives events up, but nothing says that they must not be sent again, ours keeps them.

use std::ops::RangeInclusive;

use super::{Answer, Verdict};

/// What each status means to one receiver: a row of the table. What is in no list closes the way for this run; 200 to 299 is
/// accepted.
///
/// ```
/// use telemetry_runtime::format::{Answer, Policy, Verdict};
///
/// /// A receiver that asks to be left alone by 420, too.
/// const CALM: Policy = Policy { later: &[420..=420, 429..=429, 500..=599], ..Policy::USUAL };
///
/// // … as a `Format`'s `verdict`:
/// fn verdict(answer: &Answer<'_>) -> Verdict {
///     CALM.verdict(answer)
/// }
/// ```
///
/// It is these three lists and will be no more, so it may be written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    /// That of OTLP over HTTP: four statuses are later, and no other failure of a receiver may be asked of it again.
    pub(crate) const OTLP: Self =
        Self { split: &[400, 413, 422], later: &[429..=429, 502..=504], refused: &[500..=501, 505..=599] };

    /// PostHog's, of which 402 says that the project has no quota left.
    pub(crate) const POSTHOG: Self =
        Self { split: &[400, 413], later: &[408..=408, 429..=429, 500..=500, 502..=504], refused: &[] };

    /// Segment's and RudderStack's.
    pub(crate) const SEGMENT: Self =
        Self { split: &[400, 413], later: &[408..=408, 429..=429, 500..=599], refused: &[] };

    /// Sentry's. What its own clients give up, ours keeps for later.
    pub(crate) const SENTRY: Self =
        Self { split: &[400, 413], later: &[408..=408, 429..=429, 500..=599], refused: &[] };

    /// That of required usage, as `CloudQuery`'s plugin SDK asks again. Nothing of it is given up but by its age.
    pub(crate) const USAGE: Self = Self { split: &[], later: &[429..=429, 503..=503], refused: &[] };

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

    /// The documented answers of each, and those that its own client sends again after.
    #[test]
    fn each_receiver_has_a_row_of_its_own() {
        let rows: [(&Policy, &[u16], &Verdict); 6] = [
            (&Policy::POSTHOG, &[408, 429, 500, 502, 503, 504], &Verdict::Later(None)),
            (&Policy::POSTHOG, &[400, 413], &Verdict::Split),
            (&Policy::POSTHOG, &[302, 401, 402, 403, 404, 422, 425, 501, 505], &Verdict::Closed),
            (&Policy::SEGMENT, &[408, 429, 500, 501, 502, 503, 504, 599], &Verdict::Later(None)),
            (&Policy::SEGMENT, &[400, 413], &Verdict::Split),
            (&Policy::SEGMENT, &[302, 401, 402, 403, 404, 405, 422, 425], &Verdict::Closed),
        ];
        for (policy, statuses, verdict) in rows {
            let said = said_by(policy, statuses);
            assert!(said.iter().all(|said| said == verdict), "{statuses:?}: {said:?}");
            assert!(said_by(policy, &[200, 202, 204]).iter().all(|said| *said == Verdict::Accepted));
        }
    }

    /// The specification's table of what is retryable, and what it says of the rest.
    #[test]
    fn otlp_has_four_statuses_that_are_asked_again() {
        let later = (100..600).filter(|status| said_by(&Policy::OTLP, &[*status]) == [Verdict::Later(None)]);
        assert_eq!(later.collect::<Vec<_>>(), [429, 502, 503, 504]);
        let all = |statuses: &[u16], verdict: &Verdict| {
            let said = said_by(&Policy::OTLP, statuses);
            assert!(said.iter().all(|said| said == verdict), "{statuses:?}: {said:?}");
        };
        all(&[200, 202], &Verdict::Accepted);
        all(&[400, 413, 422], &Verdict::Split);
        all(&[500, 501, 505, 507, 599], &Verdict::Refused);
        all(&[301, 401, 403, 404, 405, 408, 415], &Verdict::Closed);
    }

    /// CQ-05: asked again after as many answers as its model asks again after, and kept after all others.
    #[test]
    fn of_required_usage_nothing_is_given_up() {
        for status in 300..600 {
            let expected = if matches!(status, 429 | 503) { Verdict::Later(None) } else { Verdict::Closed };
            assert_eq!(said_by(&Policy::USAGE, &[status]), [expected], "{status}");
        }
        assert_eq!(said_by(&Policy::USAGE, &[200, 201, 204]), [const { Verdict::Accepted }; 3]);
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
