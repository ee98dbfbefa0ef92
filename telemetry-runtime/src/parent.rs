//! What a process hands to those that it starts: how much they may collect, and whom they belong to.
//!
//! ```text
//! v1:<level>:<install id>:<invocation id>:<call id>:<first invocation id>       what there is not is `-`
//! v1:stats:01927d3e-0a5b-4c1d-8e2f-001122334455:0d7c3f5e-5f3a-4c38-9d0e-1c9b1f0a7a11:8a2b6c1d9e0f4a53:0d7c3f5e-5f3a-4c38-9d0e-1c9b1f0a7a11
//! ```
//!
//! In the place of the level stands `inspect` where that process only shows what it would send: whoever it starts sends nothing, not even what is
//! required.
//!
//! A closed form: no text of a user fits in, and whoever is signed in is not in it.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use crate::event::CallId;
use crate::identity::uuid;
use crate::level::Level;
use crate::value::Id;

/// What stands in the place of the level of one that only shows.
const INSPECT: &str = "inspect";

/// The process that started this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parent {
    /// What it collects; those that it starts never collect more.
    pub(crate) level: Level,
    /// It only shows what it would send.
    pub(crate) only_shows: bool,
    /// Its install id; `None` where it has none, or where somebody is signed in.
    pub(crate) install_id: Option<Id>,
    pub(crate) invocation: Option<Id>,
    /// The call that was going on there.
    pub(crate) call: Option<CallId>,
    /// The first of the runs that started one another: what traces go by.
    pub(crate) trace: Option<Id>,
}

impl Parent {
    /// One that collects nothing, and so says nothing of itself.
    pub(crate) const SILENT: Self =
        Self { level: Level::None, only_shows: false, install_id: None, invocation: None, call: None, trace: None };

    /// One that only shows what it would send.
    pub(crate) const SHOWING: Self = Self { only_shows: true, ..Self::SILENT };

    /// What is expected of the variable, as messages put it.
    pub(crate) const EXPECTED: &str = "what `Guard::child_env` made: `v1:`, a level and four ids between colons";

    /// The name of the variable, in which the program's prefix stands first if there is one.
    #[cfg_attr(not(feature = "record"), inline)]
    pub(crate) fn variable(prefix: Option<&str>) -> String {
        prefix.map_or_else(|| "TELEMETRY_PARENT".to_owned(), |prefix| format!("{prefix}_TELEMETRY_PARENT"))
    }
}

impl fmt::Display for Parent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn part(f: &mut fmt::Formatter<'_>, id: Option<impl fmt::Display>) -> fmt::Result {
            match id {
                Some(id) => write!(f, ":{id}"),
                None => f.write_str(":-"),
            }
        }
        let said = if self.only_shows { INSPECT } else { self.level.as_str() };
        write!(f, "v1:{said}")?;
        part(f, self.install_id)?;
        part(f, self.invocation)?;
        part(f, self.call)?;
        part(f, self.trace)
    }
}

impl FromStr for Parent {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let parts: Vec<&str> = text.split(':').collect();
        let ["v1", level, install_id, invocation, call, trace] = parts.as_slice() else { return Err(()) };
        let only_shows = *level == INSPECT;
        Ok(Self {
            level: if only_shows { Level::None } else { level.parse().map_err(drop)? },
            only_shows,
            install_id: part(install_id, uuid)?,
            invocation: part(invocation, uuid)?,
            call: part(call, call_id)?,
            trace: part(trace, uuid)?,
        })
    }
}

fn part<T>(text: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, ()> {
    if text == "-" { Ok(None) } else { read(text).map(Some).ok_or(()) }
}

fn call_id(text: &str) -> Option<CallId> {
    let is_hex = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    NonZeroU64::new(u64::from_str_radix(text, 16).ok().filter(|_| is_hex)?).map(CallId)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parent() -> impl Strategy<Value = Parent> {
        let id = || prop::option::of((1..u128::MAX).prop_map(Id));
        let call = prop::option::of((1..=u64::MAX).prop_map(|call| NonZeroU64::new(call).map(CallId)));
        let level = prop::option::of(prop::sample::select(Level::ALL.to_vec()));
        (level, id(), id(), call, id()).prop_map(|(level, install_id, invocation, call, trace)| Parent {
            level: level.unwrap_or(Level::None),
            only_shows: level.is_none(),
            install_id,
            invocation,
            call: call.flatten(),
            trace,
        })
    }

    proptest! {
        #[test]
        fn it_comes_back_as_it_went(parent in parent()) {
            prop_assert_eq!(parent.to_string().parse(), Ok(parent));
        }

        /// Nothing is read into a text but what would be written so.
        #[test]
        fn any_text_can_be_said(text in ".{0,80}|v1:[a-z:-]{0,40}|v1:(all|none):-:-:[0-9a-f+-]{1,17}:-") {
            if let Ok(parent) = text.parse::<Parent>() {
                prop_assert_eq!(parent.to_string(), text.to_lowercase());
            }
        }

        /// One byte that is changed makes another value, or none.
        #[test]
        fn damage_is_not_read_over(parent in parent(), at in any::<prop::sample::Index>(), byte in 0x20_u8..0x7f) {
            let text = parent.to_string();
            let mut bytes = text.clone().into_bytes();
            bytes[at.index(text.len())] = byte;
            let damaged = String::from_utf8(bytes).unwrap();
            if let Ok(read) = damaged.parse::<Parent>() {
                prop_assert!(damaged.to_lowercase() == text || read != parent);
            }
        }
    }

    #[test]
    fn who_collects_nothing_says_nothing() {
        assert_eq!(Parent::SILENT.to_string(), "v1:none:-:-:-:-");
        assert_eq!(Parent::SHOWING.to_string(), "v1:inspect:-:-:-:-");
        for text in
            ["", "none", "v2:none:-:-:-:-", "v1:none:-:-:-", "v1:none:-:-:-:-:", " v1:none:-:-:-:-", "v1:loud:-:-:-:-"]
        {
            assert_eq!(text.parse::<Parent>(), Err(()), "{text}");
        }
    }
}
