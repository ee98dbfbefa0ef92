//! What an author notes of an event beside what is in it: what it is for, who answers for it, and until when it is recorded.

use std::time::SystemTime;

/// The notes of a tracked function, a snapshot or a place that reports errors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notes {
    pub(crate) purpose: Option<&'static str>,
    pub(crate) owner: Option<&'static str>,
    /// The last month or day on which it is recorded, as written.
    pub(crate) expires: Option<&'static str>,
    /// Seconds since 1970 from which on nothing is recorded.
    pub(crate) end: u64,
}

impl Notes {
    pub(crate) const NONE: Self = Self { purpose: None, owner: None, expires: None, end: u64::MAX };

    /// Until the end of a month (`2027-06`) or a day (`2027-06-30`); for ever, if that is neither.
    pub(crate) const fn expiring(mut self, last: &'static str) -> Self {
        self.expires = Some(last);
        if let Some(end) = end_of(last) {
            self.end = end;
        }
        self
    }

    /// Whether there is a time from which on nothing is recorded.
    pub(crate) const fn expires_ever(&self) -> bool {
        self.end != u64::MAX
    }

    /// Whether that time has come. A clock before 1970 says nothing about 2027.
    pub(crate) fn is_over(&self, now: SystemTime) -> bool {
        now.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|since| since.as_secs() >= self.end)
    }
}

/// Whether `expires` may say so: a month (`2027-06`) or a day (`2027-06-30`).
#[must_use]
pub const fn is_expiry(last: &str) -> bool {
    end_of(last).is_some()
}

/// The second since 1970, in UTC, with which a month (`2027-06`) or a day (`2027-06-30`) is over.
const fn end_of(last: &str) -> Option<u64> {
    let (year, month, day) = match last.as_bytes() {
        [y @ .., b'-', m1, m2, b'-', d1, d2] => (number(y, 4), number(&[*m1, *m2], 2), number(&[*d1, *d2], 2)),
        [y @ .., b'-', m1, m2] => (number(y, 4), number(&[*m1, *m2], 2), Some(0)),
        _ => return None,
    };
    let (Some(year @ 1970..), Some(month), Some(day)) = (year, month, day) else { return None };
    let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)) as u64;
    let (before, length) = match month {
        1 => (0, 31),
        2 => (31, 28 + leap),
        3 => (59 + leap, 31),
        4 => (90 + leap, 30),
        5 => (120 + leap, 31),
        6 => (151 + leap, 30),
        7 => (181 + leap, 31),
        8 => (212 + leap, 31),
        9 => (243 + leap, 30),
        10 => (273 + leap, 31),
        11 => (304 + leap, 30),
        12 => (334 + leap, 31),
        _ => return None,
    };
    let is_month = last.len() == "2027-06".len();
    if !is_month && day == 0 || day > length {
        return None;
    }
    let day = if is_month { length } else { day };
    let past = year - 1;
    // Of the years before 1970, 477 were leap years.
    let days = (year - 1970) * 365 + past / 4 - past / 100 + past / 400 - 477 + before + day;
    Some(days * 24 * 60 * 60)
}

/// A number of so many digits.
const fn number(mut digits: &[u8], count: usize) -> Option<u64> {
    if digits.len() != count {
        return None;
    }
    let mut number = 0;
    while let [digit, rest @ ..] = digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number * 10 + (*digit - b'0') as u64;
        digits = rest;
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `date -u -d 2027-07-01 +%s` and the like.
    #[test]
    fn a_month_ends_with_its_last_day() {
        for (last, end) in [
            ("1970-01-01", 86_400),
            ("2027-06", 1_814_400_000),
            ("2027-06-30", 1_814_400_000),
            ("2028-02", 1_835_481_600),
            ("2100-02", 4_107_542_400),
            ("2026-12", 1_798_761_600),
            ("2027-01-15", 1_800_057_600),
        ] {
            assert_eq!(end_of(last), Some(end), "{last}");
        }
        for wrong in [
            "",
            "2027",
            "2027-6",
            "2027-13",
            "2027-00",
            "2027-02-29",
            "2027-06-00",
            "2027-06-31",
            "2027-06-30-1",
            "27-06",
            "1969-12",
            "+027-06",
            "2027-+6",
        ] {
            assert_eq!(end_of(wrong), None, "{wrong}");
        }
    }
}
