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
        self.notes = self.notes.expiring(last);
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
