//! Which kinds of events may be collected: stats and errors, a set of two that is written as one of four words; and the finer kinds
//! that sinks choose from.

use std::fmt;
use std::ops::BitOr;
use std::str::FromStr;

/// What may be collected: none, errors, stats, or both.
///
/// The four levels are the subsets of two kinds, not a ladder: `errors` does not include `stats`, nor the other way round. So there is no order
/// among them, and there will be no other: a `match` needs no arm for more.
///
/// ```
/// use telemetry_runtime::Level;
///
/// assert_eq!("stats".parse(), Ok(Level::Stats));
/// assert!("loud".parse::<Level>().is_err());
/// assert_eq!(Level::All.to_string(), "all");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Level {
    /// Nothing is collected: no file, no thread, no socket.
    None,
    /// Panics, and errors that the program reports ([`report_error!`](crate::report_error)): where in the source, and with which words only while the user
    /// asks for debug telemetry, or of reports that declare it. A call that merely returned an error sends nothing.
    Errors,
    /// Start and finish events of tracked calls, and usage errors.
    Stats,
    /// Both.
    #[default]
    All,
}

impl Level {
    /// Every level, in the order in which messages list them.
    pub const ALL: [Self; 4] = [Self::None, Self::Errors, Self::Stats, Self::All];

    /// The level as it is written in flags, variables and files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Errors => "errors",
            Self::Stats => "stats",
            Self::All => "all",
        }
    }

    /// The kinds that this level lets through.
    pub(crate) const fn kinds(self) -> Kinds {
        match self {
            Self::None => Kinds::NONE,
            Self::Errors => Kinds::ERRORS,
            Self::Stats => Kinds::STATS,
            Self::All => Kinds(Kinds::STATS.0 | Kinds::ERRORS.0),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Level {
    type Err = UnknownLevel;

    /// Reads a level as it is written in flags, variables and files: exactly, in lower case.
    ///
    /// # Errors
    ///
    /// Any other word is an [`UnknownLevel`], whose message lists what was expected.
    fn from_str(text: &str) -> Result<Self, UnknownLevel> {
        Self::ALL.into_iter().find(|level| level.as_str() == text).ok_or(UnknownLevel { value: text.into() })
    }
}

/// A word that is not a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLevel {
    value: String,
}

impl UnknownLevel {
    /// What was expected, as messages put it.
    pub(crate) const EXPECTED: &str = "one of none, errors, stats, all";
}

impl fmt::Display for UnknownLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a telemetry level; expected {}", self.value, Self::EXPECTED)
    }
}

impl std::error::Error for UnknownLevel {}

/// A set of kinds of events: which of them a sink takes.
///
/// ```
/// use telemetry_runtime::sink::Kinds;
///
/// let kinds = Kinds::ERRORS | Kinds::LOSSES;
/// assert!(kinds.contains(Kinds::LOSSES) && !kinds.contains(Kinds::STATS));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kinds(u8);

impl Kinds {
    /// None at all.
    pub const NONE: Self = Self(0);
    /// That a tracked call began.
    pub const STARTS: Self = Self(0b1);
    /// That a tracked call ended, and how.
    pub const FINISHES: Self = Self(0b10);
    /// That a command line was not understood.
    pub const USAGE_ERRORS: Self = Self(0b100);
    /// Numbers that the program gives from time to time.
    pub const SNAPSHOTS: Self = Self(0b10_0000);
    /// What calls of a hot function came to, from time to time.
    pub const AGGREGATES: Self = Self(0b100_0000);
    /// What the level `stats` lets through.
    pub const STATS: Self = Self(0b110_0111);
    /// Panics and error reports: what the level `errors` lets through.
    pub const ERRORS: Self = Self(0b1000);
    /// How many events were lost, and why: at every level at which a sink gets anything.
    pub const LOSSES: Self = Self(0b1_0000);
    /// Usage that the program has to report, whatever the level: never but to the sink of
    /// [`Builder::required_usage`](crate::Builder::required_usage).
    pub const REQUIRED: Self = Self(0b1000_0000);
    /// Every kind but the required one.
    pub const ALL: Self = Self(0b111_1111);
    /// Every kind that there is.
    pub(crate) const EVERY: Self = Self(0xFF);

    /// Whether all kinds of `other` are among these.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any kind is in both.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The kinds that are in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// How many kinds there are.
    pub(crate) const COUNT: usize = 8;

    /// Each kind by itself.
    pub(crate) fn each(self) -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(|place| Self(1 << place)).filter(move |kind| self.contains(*kind))
    }

    /// Which of all kinds this one is, where it is one.
    pub(crate) const fn place(self) -> usize {
        let place = self.0.trailing_zeros() as usize;
        if place < Self::COUNT { place } else { 0 }
    }

    pub(crate) const fn bits(self) -> u8 {
        self.0
    }
}

impl BitOr for Kinds {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_the_subsets_of_two_kinds() {
        let sets = Level::ALL.map(|level| {
            let kinds = level.kinds();
            (kinds.contains(Kinds::STATS), kinds.contains(Kinds::ERRORS))
        });
        assert_eq!(sets, [(false, false), (false, true), (true, false), (true, true)]);
    }

    #[test]
    fn a_wrong_word_is_named_with_what_was_expected() {
        let said = "Stats".parse::<Level>().unwrap_err().to_string();
        assert_eq!(said, "`Stats` is not a telemetry level; expected one of none, errors, stats, all");
    }
}
