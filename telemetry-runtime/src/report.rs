//! The errors that a program reports from where it handles them: what is known of such a place before the program runs.

#[cfg(feature = "record")]
use crate::limits;
use crate::notes::Notes;
#[cfg(feature = "record")]
use crate::thinning::{Limiter, Per};
use crate::value::{ValueKind, is_field_name};

/// A place in the source that reports errors. [`report_error!`](crate::report_error) writes one as a `static`.
#[derive(Debug)]
pub struct ReportSite {
    pub(crate) event: &'static str,
    pub(crate) module: &'static str,
    /// The file as the compiler has it, the line and the column.
    pub(crate) place: (&'static str, u32, u32),
    pub(crate) fields: &'static [(&'static str, ValueKind)],
    pub(crate) notes: Notes,
    pub(crate) has_error_text: bool,
    #[cfg(feature = "record")]
    pub(crate) limiter: &'static Limiter,
}

impl ReportSite {
    /// A report of these fields, in a module, at a place: file, line and column.
    #[cfg(feature = "record")]
    #[must_use]
    pub const fn new(
        event: &'static str,
        module: &'static str,
        place: (&'static str, u32, u32),
        fields: &'static [(&'static str, ValueKind)],
        limiter: &'static Limiter,
    ) -> Self {
        Self { event, module, place, fields, notes: Notes::NONE, has_error_text: false, limiter }
    }

    /// What it is for.
    #[must_use]
    pub const fn purpose(mut self, purpose: &'static str) -> Self {
        self.notes.purpose = Some(purpose);
        self
    }

    /// Who answers for it.
    #[must_use]
    pub const fn owner(mut self, owner: &'static str) -> Self {
        self.notes.owner = Some(owner);
        self
    }

    /// The last month or day on which it is recorded, as written.
    #[must_use]
    pub const fn expires(mut self, last: &'static str) -> Self {
        self.notes.expires = Some(last);
        if let Some(end) = end_of(last) {
            self.notes.end = end;
        }
        self
    }

    /// What the error says goes with it.
    #[must_use]
    pub const fn error_text(mut self) -> Self {
        self.has_error_text = true;
        self
    }
}

/// What keeps the reports of one place within their limit.
#[cfg(feature = "record")]
#[must_use]
pub const fn report_limiter() -> Limiter {
    Limiter::new(limits::ERROR_REPORTS_OF_A_PLACE, Per::Minute)
}

/// Whether an event may be called so: as those of tracked functions, 1 to 128 bytes without control characters, and no space at an end.
#[must_use]
pub const fn is_event_name(name: &str) -> bool {
    let mut rest = name.as_bytes();
    if matches!(rest, [] | [b' ', ..] | [.., b' ']) || rest.len() > 128 {
        return false;
    }
    while let [byte, behind @ ..] = rest {
        if byte.is_ascii_control() {
            return false;
        }
        rest = behind;
    }
    true
}

/// Whether a report's field may be called so. `error` is what the error says, and the others are arguments of the macro.
#[must_use]
pub const fn is_report_field_name(name: &str) -> bool {
    is_field_name(name)
        && !matches!(
            name.as_bytes(),
            b"error" | b"error_text" | b"event" | b"expires" | b"owner" | b"purpose" | b"stack"
        )
}

/// Whether no two of these are the same.
#[must_use]
pub const fn are_distinct(mut names: &[&str]) -> bool {
    while let [name, others @ ..] = names {
        let mut rest = others;
        while let [other, behind @ ..] = rest {
            if is_same(name.as_bytes(), other.as_bytes()) {
                return false;
            }
            rest = behind;
        }
        names = others;
    }
    true
}

const fn is_same(mut one: &[u8], mut other: &[u8]) -> bool {
    loop {
        match (one, other) {
            ([], []) => return true,
            ([a, one_rest @ ..], [b, other_rest @ ..]) if *a == *b => (one, other) = (one_rest, other_rest),
            _ => return false,
        }
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

// The linker puts them side by side, from all crates of the program, whether they ever run or not.

/// Every place of the program that reports errors.
#[cfg(feature = "record")]
#[linkme::distributed_slice]
pub static TELEMETRY_REPORTS: [ReportSite];

/// Every place of the program that reports errors, in no order; none where nothing is recorded.
pub(crate) fn reports() -> &'static [ReportSite] {
    #[cfg(feature = "record")]
    return &TELEMETRY_REPORTS;
    #[cfg(not(feature = "record"))]
    return &[];
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same dates as those of `#[tracked]`: `date -u -d 2027-07-01 +%s` and the like.
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

    #[test]
    fn names_are_checked_as_those_of_tracked_functions() {
        assert!(is_event_name("Main/RUN_TIME_ERROR") && is_event_name("ü"));
        for name in ["", " a", "a ", "a\nb", "\u{7f}", &"x".repeat(129)] {
            assert!(!is_event_name(name), "{name}");
        }
        assert!(is_report_field_name("url") && !is_report_field_name("error") && !is_report_field_name("Url"));
        assert!(are_distinct(&["a", "ab", "b"]) && !are_distinct(&["a", "b", "a"]) && are_distinct(&[]));
    }
}
