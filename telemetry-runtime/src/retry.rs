//! How long a receiver asks us to stay away.

use std::time::{Duration, SystemTime};

use crate::clock;
use crate::limits;

/// How long a receiver asks us to stay away, a day at most, by its headers `Retry-After` (seconds, or a time: RFC 9110, 10.2.3) and
/// `Date`; `None` if it does not say, or not so that it can be read.
///
/// A time is compared with the receiver's own clock if it gave it: the user's may be wrong by years. One that has passed means now.
pub(crate) fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    let value = value.trim();
    let asked = if !value.is_empty() && value.bytes().all(|digit| digit.is_ascii_digit()) {
        value.parse().map_or(Duration::MAX, Duration::from_secs)
    } else {
        let now = date.and_then(time).unwrap_or_else(clock::now);
        time(value)?.duration_since(now).unwrap_or_default()
    };
    Some(asked.min(limits::LONGEST_RETRY_AFTER))
}

fn time(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_may_ask_for_a_day_and_no_longer() {
        let seconds = |value| retry_after(value, None).map(|asked| asked.as_secs());
        assert_eq!(seconds(" 20 "), Some(20));
        assert_eq!(seconds("0"), Some(0));
        for long in ["86401", "999999999", "99999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
            assert_eq!(seconds(long), Some(limits::LONGEST_RETRY_AFTER.as_secs()), "{long}");
        }
        for nonsense in
            ["", " ", "soon", "-1", "+1", "1.5", "1e3", "20s", "0x10", "\u{663}", "Sun, 31 Feb 2026 00:00:00 GMT"]
        {
            assert_eq!(seconds(nonsense), None, "{nonsense}");
        }
    }

    /// RFC 9110, 5.6.7: what is sent, and the two that are still to be read.
    #[test]
    fn a_time_is_read_by_the_receivers_own_clock() {
        let date = Some("Sun, 06 Nov 1994 08:49:00 GMT");
        for time in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            assert_eq!(retry_after(time, date), Some(Duration::from_secs(37)), "{time}");
            assert_eq!(retry_after(time, None), Some(Duration::ZERO), "{time}: it has passed");
            assert_eq!(retry_after(time, Some("today")), Some(Duration::ZERO), "{time}");
        }
        let tomorrow = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3600));
        let wait = retry_after(&tomorrow, None).unwrap();
        assert!(wait > Duration::from_secs(3000) && wait <= Duration::from_secs(3600), "{wait:?}");
    }

    proptest::proptest! {
        #[test]
        fn no_header_makes_it_panic(value: String, date: String) {
            let _ = retry_after(&value, Some(&date));
        }

        #[test]
        fn no_time_makes_it_panic(value in "(Mon|Sunday|Fri),? [0-9]{2}[ -][A-Z][a-z]{2}[ -][0-9]{2,4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT") {
            let _ = retry_after(&value, Some(&value));
        }
    }
}
