//! Who events are of: somebody who signed in, or an installation that nobody is named in; never both.

use std::fmt;

use crate::value::{Id, is_field_name};

/// A text that names somebody takes at most this many bytes.
const TEXT_BYTES: usize = 256;
/// One identity belongs to at most this many groups.
const GROUPS: usize = 8;

/// How somebody came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum IdentitySource {
    /// A person signed in.
    #[default]
    Login,
    /// A key that the program was given.
    ApiKey,
    /// The account of a team and of no person, as programs run by in a cloud.
    ServiceAccount,
}

impl IdentitySource {
    pub(crate) const ALL: [Self; 3] = [Self::Login, Self::ApiKey, Self::ServiceAccount];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::ApiKey => "api_key",
            Self::ServiceAccount => "service_account",
        }
    }
}

impl fmt::Display for IdentitySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Somebody who is signed in, by ids that the program knows them by. Give ids, not names or addresses.
///
/// An id of no bytes, or of more than 256, is left out; so are a group whose kind is not snake case, and groups after the eighth.
/// `Debug` shows none of them.
///
/// ```
/// use telemetry_runtime::{Identity, IdentitySource};
///
/// let identity = Identity::user("4b1d").team("acme").source(IdentitySource::ApiKey);
/// assert_eq!((identity.user_id(), identity.team_id()), (Some("4b1d"), Some("acme")));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    pub(crate) user: Option<String>,
    pub(crate) team: Option<String>,
    pub(crate) source: IdentitySource,
    pub(crate) groups: Vec<(String, String)>,
}

impl Identity {
    /// A user, who signed in unless [`source`](Self::source) says otherwise.
    #[must_use]
    pub fn user(id: impl Into<String>) -> Self {
        Self { user: sound(id.into()), team: None, source: IdentitySource::Login, groups: Vec::new() }
    }

    /// A team's account that no person is behind.
    #[must_use]
    pub fn service_account(team: impl Into<String>) -> Self {
        Self { user: None, team: sound(team.into()), source: IdentitySource::ServiceAccount, groups: Vec::new() }
    }

    /// The team that the user acts for, by its id.
    #[must_use]
    pub fn team(self, id: impl Into<String>) -> Self {
        Self { team: sound(id.into()), ..self }
    }

    /// How they came to be known.
    #[must_use]
    pub fn source(self, source: IdentitySource) -> Self {
        Self { source, ..self }
    }

    /// A group of another kind that they belong to, as `("project", id)`; one of each kind.
    #[must_use]
    pub fn group(mut self, kind: &'static str, id: impl Into<String>) -> Self {
        let is_new = self.groups.iter().all(|(other, _)| other != kind);
        if let Some(id) = sound(id.into()).filter(|_| is_new && is_field_name(kind) && self.groups.len() < GROUPS) {
            self.groups.push((kind.to_owned(), id));
        }
        self
    }

    /// The user's id.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The team's id.
    #[must_use]
    pub fn team_id(&self) -> Option<&str> {
        self.team.as_deref()
    }

    /// How they came to be known.
    #[must_use]
    pub fn known_by(&self) -> IdentitySource {
        self.source
    }

    /// The groups: kind and id.
    pub fn groups(&self) -> impl Iterator<Item = (&str, &str)> {
        self.groups.iter().map(|(kind, id)| (kind.as_str(), id.as_str()))
    }

    /// Whether it names anybody at all.
    pub(crate) const fn names_somebody(&self) -> bool {
        self.user.is_some() || self.team.is_some() || !self.groups.is_empty()
    }

    /// In a cloud, the team's service account stands in for the user.
    pub(crate) fn seen_from(self, environment: Option<Environment>) -> Self {
        if environment == Some(Environment::Cloud) && self.team.is_some() {
            Self { user: None, source: IdentitySource::ServiceAccount, ..self }
        } else {
            self
        }
    }
}

fn sound(id: String) -> Option<String> {
    (1..=TEXT_BYTES).contains(&id.len()).then_some(id)
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("source", &self.source).finish_non_exhaustive()
    }
}

/// What the program runs as.
///
/// ```
/// use telemetry_runtime::{Environment, Telemetry, app};
///
/// let server = Telemetry::builder(app!()).environment(Environment::Server);
/// // … or, for a command that a cloud may run for its users:
/// let command = Telemetry::builder(app!()).environment_from_var("DEMO_CLOUD");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// A command on somebody's machine.
    Cli,
    /// The same, run for its users by whoever offers it.
    Cloud,
    /// A server.
    Server,
}

impl Environment {
    pub(crate) const ALL: [Self; 3] = [Self::Cli, Self::Cloud, Self::Server];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Cloud => "cloud",
            Self::Server => "server",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How long an install id lives: what may be counted by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum InstallIdKind {
    /// Kept in a file, until somebody deletes that.
    Lasting,
    /// Handed down by the process that started this one.
    Inherited,
    /// Of this run alone: in a container, in continuous integration and in a function, each start would be a new installation.
    Ephemeral,
    /// There is none.
    #[default]
    None,
}

impl InstallIdKind {
    pub(crate) const ALL: [Self; 4] = [Self::Lasting, Self::Inherited, Self::Ephemeral, Self::None];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lasting => "lasting",
            Self::Inherited => "inherited",
            Self::Ephemeral => "ephemeral",
            Self::None => "none",
        }
    }
}

impl fmt::Display for InstallIdKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A UUID as it is written: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12. All zeros, and all ones, are none.
pub(crate) fn uuid(text: &str) -> Option<Id> {
    let is_hyphen = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let fits = |(at, byte): (usize, u8)| if is_hyphen(at) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    if text.len() != 36 || !text.bytes().enumerate().all(fits) {
        return None;
    }
    let bits = u128::from_str_radix(&text.replace('-', ""), 16).ok()?;
    (bits != 0 && bits != u128::MAX).then_some(Id(bits))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_names_nobody_is_left_out() {
        assert!(!Identity::user("").names_somebody());
        assert!(!Identity::user("x".repeat(257)).names_somebody());
        assert!(Identity::user("x".repeat(256)).names_somebody());
        let groups = Identity::user("").group("Not A Name", "1").group("project", "2").group("project", "3");
        assert_eq!(groups.groups().collect::<Vec<_>>(), [("project", "2")]);
    }

    #[test]
    fn nobody_is_shown_by_debug() {
        let shown = format!("{:?}", Identity::user("alice").team("acme").group("project", "secret"));
        assert_eq!(shown, "Identity { source: Login, .. }");
    }

    /// CW-35.
    #[test]
    fn in_a_cloud_the_team_stands_for_the_user() {
        let identity = Identity::user("alice").team("acme");
        assert_eq!(identity.clone().seen_from(Some(Environment::Cloud)), Identity::service_account("acme"));
        assert_eq!(identity.clone().seen_from(Some(Environment::Cli)), identity);
    }

    proptest! {
        #[test]
        fn ids_come_back_as_they_are_shown(bits in 1..u128::MAX) {
            let shown = Id(bits).to_string();
            prop_assert_eq!(uuid(&shown), Some(Id(bits)));
            prop_assert_eq!(uuid(&shown.to_uppercase()), Some(Id(bits)));
        }

        #[test]
        fn nothing_else_is_an_id(text in ".{0,40}") {
            prop_assert!(uuid(&text).is_none_or(|id| id.to_string() == text.to_lowercase()));
        }
    }
}
