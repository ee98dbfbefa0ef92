//! What the user chose and was told, as a small text file says it: what `enable`, `disable` and the notice remember.
//!
//! ```text
//! level = none
//! level.dev = all
//! purged = 2026-11-21T06:00:00.123456Z, 12 events
//! notice = shown
//! agreed = Sync Finished: rows
//! ```
//!
//! A line each, in any order; `agreed` is there once for each entry of the catalogue that was agreed to. Anything else is a
//! fault of that line, and whoever asks collects nothing: what cannot be read may have been a refusal.

use std::fmt::{self, Write as _};

use crate::level::Level;

/// The file's name in the state folder.
#[cfg(feature = "record")]
pub(crate) const FILE: &str = "settings";

/// What the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The level that the user chose, for all profiles that have none of their own.
    pub(crate) level: Option<Level>,
    /// Profiles that have one of their own.
    pub(crate) profiles: Vec<(String, Level)>,
    /// When what was kept was last deleted on the user's word, and how much: also how running processes see that it was.
    pub(crate) purged: Option<String>,
    /// The user has seen the notice.
    pub(crate) is_notice_shown: bool,
    /// The lines of the catalogue that the notice, or `enable`, stood for.
    pub(crate) agreed: Vec<String>,
}

/// A line that says nothing, and where it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) text: String,
    pub(crate) expected: &'static str,
}

impl Settings {
    /// Reads the file's text.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let mut settings = Self::default();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
            let fault = |expected| Fault { line: at + 1, text: line.chars().take(80).collect(), expected };
            let (key, value) = line
                .split_once(" = ")
                .ok_or_else(|| fault("a line as `level = none`, `level.<profile> = none`, `notice = shown`"))?;
            let level = || value.parse::<Level>().map_err(|_| fault("one of none, errors, stats, all"));
            let is_new = match key {
                "level" => settings.level.replace(level()?).is_none(),
                "purged" => settings.purged.replace(value.to_owned()).is_none(),
                "notice" if value == "shown" => !std::mem::replace(&mut settings.is_notice_shown, true),
                "notice" => return Err(fault("`shown`")),
                "agreed" => {
                    settings.agreed.push(value.to_owned());
                    true
                }
                _ => {
                    let profile = key.strip_prefix("level.").filter(|profile| is_profile(profile));
                    let profile =
                        profile.ok_or_else(|| fault("one of level, level.<profile>, purged, notice, agreed"))?;
                    let is_new = settings.profile(profile).is_none();
                    settings.profiles.push((profile.to_owned(), level()?));
                    is_new
                }
            };
            if !is_new {
                return Err(fault("said once"));
            }
        }
        Ok(settings)
    }

    /// What was chosen for a profile alone.
    pub(crate) fn profile(&self, name: &str) -> Option<Level> {
        self.profiles.iter().find(|(profile, _)| profile == name).map(|(_, level)| *level)
    }

    /// Chooses for a profile, or for all that have nothing of their own.
    pub(crate) fn choose(&mut self, profile: Option<&str>, level: Level) {
        match profile {
            None => self.level = Some(level),
            Some(profile) => {
                self.profiles.retain(|(other, _)| other != profile);
                self.profiles.push((profile.to_owned(), level));
            }
        }
    }

    /// The user was told of these lines of the catalogue, or agreed to them.
    pub(crate) fn agree(&mut self, lines: &[String]) {
        self.is_notice_shown = true;
        self.agreed = lines.iter().map(|line| line.replace(['\n', '\r'], " ")).collect();
    }

    /// What is in the catalogue now and was not when the user agreed; `None` before that.
    pub(crate) fn grown<'a>(&self, lines: &'a [String]) -> Option<Vec<&'a str>> {
        let is_new = |line: &&String| !self.agreed.contains(line);
        self.is_notice_shown.then(|| lines.iter().filter(is_new).map(String::as_str).collect())
    }
}

/// Whether a profile's name can stand in the file.
pub(crate) fn is_profile(name: &str) -> bool {
    let is_sound = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !name.is_empty() && name.len() <= 64 && name.bytes().all(is_sound)
}

/// The file's text.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |key: &str, value: &str| writeln!(f, "{key} = {value}");
        if let Some(level) = self.level {
            line("level", level.as_str())?;
        }
        for (profile, level) in &self.profiles {
            let mut key = String::from("level.");
            key.write_str(profile)?;
            line(&key, level.as_str())?;
        }
        if let Some(purged) = &self.purged {
            line("purged", purged)?;
        }
        if self.is_notice_shown {
            line("notice", "shown")?;
        }
        self.agreed.iter().try_for_each(|agreed| line("agreed", agreed))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_fault_is_named_with_its_line() {
        for (text, line, expected) in [
            ("level = loud", 1, "one of none, errors, stats, all"),
            ("level = none\nlevel = all", 2, "said once"),
            ("\n\nlevel=none", 3, "a line as `level = none`, `level.<profile> = none`, `notice = shown`"),
            ("level.a b = none", 1, "one of level, level.<profile>, purged, notice, agreed"),
            ("levels = none", 1, "one of level, level.<profile>, purged, notice, agreed"),
            ("notice = hidden", 1, "`shown`"),
        ] {
            let fault = Settings::parse(text).unwrap_err();
            assert_eq!((fault.line, fault.expected), (line, expected), "{text}");
        }
    }

    #[test]
    fn what_was_agreed_to_may_shrink_and_not_grow() {
        let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        let mut settings = Settings::default();
        assert_eq!(settings.grown(&lines(&["a"])), None);
        settings.agree(&lines(&["a", "b"]));
        assert_eq!(settings.grown(&lines(&["b", "a"])), Some(vec![]));
        assert_eq!(settings.grown(&lines(&["b"])), Some(vec![]));
        assert_eq!(settings.grown(&lines(&["b", "c"])), Some(vec!["c"]));
    }

    fn level() -> impl Strategy<Value = Level> {
        prop::sample::select(Level::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            level_of_all in prop::option::of(level()),
            profiles in prop::collection::btree_map("[a-zA-Z0-9._-]{1,12}", level(), 0..4),
            purged in prop::option::of("[0-9TZ:., a-z]{1,30}"),
            agreed in prop::collection::vec("[^\r\n]{0,20}", 0..5),
            is_notice_shown in any::<bool>(),
        ) {
            let profiles = profiles.into_iter().collect();
            let settings = Settings { level: level_of_all, profiles, purged, is_notice_shown, agreed };
            prop_assert_eq!(Settings::parse(&settings.to_string()), Ok(settings));
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>(), lines in prop::collection::vec("[a-z.]{0,8} ?= ?[a-z]{0,6}", 0..4)) {
            drop(Settings::parse(&text));
            drop(Settings::parse(&lines.join("\n")));
        }
    }
}
