//! Which kinds of events may be collected: a set of two, written as one of four words.

use std::fmt;
use std::str::FromStr;

/// What may be collected: none, errors, stats, or both.
///
/// The four levels are the subsets of two kinds, not a ladder: `errors` does not include `stats`, nor the other way round.
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
    /// Panics: where in the source, and never with which words. A call that merely returned an error sends nothing.
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
            Self::All => Kinds(Kinds::ERRORS.0 | Kinds::STATS.0),
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

/// A set of the two kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kinds(u8);

impl Kinds {
    pub(crate) const NONE: Self = Self(0);
    /// Start and finish events.
    pub(crate) const STATS: Self = Self(0b01);
    /// Panics and error reports.
    pub(crate) const ERRORS: Self = Self(0b10);

    pub(crate) const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) const fn bits(self) -> u8 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_the_subsets_of_two_kinds() {
        let sets = Level::ALL.map(|level| {
            let bits = level.kinds().bits();
            (bits & Kinds::STATS.bits() != 0, bits & Kinds::ERRORS.bits() != 0)
        });
        assert_eq!(sets, [(false, false), (false, true), (true, false), (true, true)]);
    }

    #[test]
    fn a_wrong_word_is_named_with_what_was_expected() {
        let said = "Stats".parse::<Level>().unwrap_err().to_string();
        assert_eq!(said, "`Stats` is not a telemetry level; expected one of none, errors, stats, all");
    }
}
