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

    /// Whether there is a time from which on nothing is recorded.
    pub(crate) const fn expires_ever(&self) -> bool {
        self.end != u64::MAX
    }

    /// Whether that time has come. A clock before 1970 says nothing about 2027.
    pub(crate) fn is_over(&self, now: SystemTime) -> bool {
        now.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|since| since.as_secs() >= self.end)
    }
}
