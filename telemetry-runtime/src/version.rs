//! Versions as fields.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::value::{Described, Field, Kind, ListItem, Raw, Value, ValueKind};

/// A version made of numbers, as `1.24.3`, and perhaps the number of a pre-release, as `2.0.0-rc.1`.
///
/// Free text that some version schemes allow cannot be held, so it cannot leak.
///
/// ```
/// use telemetry_runtime::Version;
///
/// let version: Version = "v1.24.3".parse().unwrap();
/// assert_eq!(version, Version::new(1, 24, 3));
/// assert_eq!(version.to_string(), "1.24.3");
/// assert_eq!("2.0.0-rc.1".parse::<Version>().unwrap().to_string(), "2.0.0-rc.1");
/// assert!("1.24.3-alice".parse::<Version>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    numbers: [u32; 3],
    pre: Option<(Stage, u32)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Stage {
    Alpha,
    Beta,
    Rc,
}

impl Stage {
    const ALL: [(Self, &str); 3] = [(Self::Alpha, "alpha"), (Self::Beta, "beta"), (Self::Rc, "rc")];
}

impl Version {
    /// A released version.
    #[must_use]
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { numbers: [major, minor, patch], pre: None }
    }
}

impl FromStr for Version {
    type Err = NotAVersion;

    /// Reads `MAJOR[.MINOR[.PATCH]]`, with an optional leading `v` and an optional `-alpha`, `-beta` or `-rc` with a number.
    ///
    /// # Errors
    ///
    /// Anything else is [`NotAVersion`].
    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let number = |part: &str| -> Result<u32, NotAVersion> {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            if digits { part.parse().map_err(|_| NotAVersion(())) } else { Err(NotAVersion(())) }
        };
        let (release, pre) = match text.strip_prefix('v').unwrap_or(text).split_once('-') {
            Some((release, pre)) => (release, Some(pre)),
            None => (text.strip_prefix('v').unwrap_or(text), None),
        };
        let mut numbers = [0; 3];
        let mut parts = release.split('.');
        for (at, slot) in numbers.iter_mut().enumerate() {
            match parts.next() {
                Some(part) => *slot = number(part)?,
                None if at > 0 => break,
                None => return Err(NotAVersion(())),
            }
        }
        if parts.next().is_some() {
            return Err(NotAVersion(()));
        }
        let pre = pre.map(|pre| {
            let (word, count) = pre.split_once('.').unwrap_or((pre, "0"));
            let (stage, _) = Stage::ALL.into_iter().find(|(_, name)| *name == word).ok_or(NotAVersion(()))?;
            Ok((stage, number(count)?))
        });
        Ok(Self { numbers, pre: pre.transpose()? })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(f, "{major}.{minor}.{patch}")?;
        match self.pre {
            Some((Stage::Alpha, number)) => write!(f, "-alpha.{number}"),
            Some((Stage::Beta, number)) => write!(f, "-beta.{number}"),
            Some((Stage::Rc, number)) => write!(f, "-rc.{number}"),
            None => Ok(()),
        }
    }
}

impl Field for Version {
    fn to_value(&self) -> Value {
        Value(Raw::Text(Cow::Owned(self.to_string())))
    }
}

impl ListItem for Version {}

impl Described for Version {
    const KIND: ValueKind = ValueKind(Kind::Version);
}

/// A text that is not a [`Version`]. It does not repeat the text, which may be anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAVersion(());

impl fmt::Display for NotAVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a version; expected numbers as in `1.24.3`, `v2.0` or `2.0.0-rc.1`")
    }
}

impl std::error::Error for NotAVersion {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_hold_numbers_and_nothing_else() {
        for (text, shown) in
            [("1.2.3", "1.2.3"), ("v2", "2.0.0"), ("12345", "12345.0.0"), ("1.0.0-beta", "1.0.0-beta.0")]
        {
            assert_eq!(text.parse::<Version>().map(|version| version.to_string()), Ok(shown.into()), "{text}");
        }
        for text in
            ["", "v", "1.", "1.2.3.4", "1.2.x", "1.2.3-alice", "1.2.3-rc.x", "+1.2.3", "1.2.3+alice", "4294967296"]
        {
            assert_eq!(text.parse::<Version>(), Err(NotAVersion(())), "{text}");
        }
    }
}
