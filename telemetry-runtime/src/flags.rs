//! The flags that a clap program has for its telemetry: what they are called, and what they say.

use std::ffi::OsString;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::error::{Setting, StartError};
use crate::level::Level;
use crate::report;
use crate::resolve::{Form, GIVEN, Voice};

/// Which flags [`Builder::parse`](crate::Builder::parse) adds, and what they are called.
///
/// | Flag | Says | In short help |
/// |---|---|---|
/// | `--telemetry-level <LEVEL>` | none, errors, stats or all | yes |
/// | `--no-telemetry` | as the level none | no |
/// | `--debug-telemetry` | the texts of errors and panics are sent as well | no |
/// | `--inspect-telemetry` | what would be sent is written to a file, and nothing is sent | no |
/// | `--debug`, if asked for | each body is shown on standard error while it is sent | no |
///
/// They are accepted before and after every subcommand, but where the program has clap refuse its own there
/// (`args_conflicts_with_subcommands`, `exclusive`). Each can have another name, or none, and then it is not there. Where several speak of the
/// level, one that says `none` wins. Where clap infers abbreviations of flags (`infer_long_args`), ours count as well: `--no-te` for a flag
/// `--no-tests` of the program's is no longer one.
///
/// A program that has a flag of such a name itself has to rename one of the two: until then nothing is collected, and
/// [`Status::problems`](crate::Status::problems) says so.
///
/// ```
/// use telemetry_runtime::{Flags, Form, Telemetry, app};
///
/// let builder = Telemetry::builder(app!()).flags(
///     Flags::default()
///         .level("collect")                           // another name
///         .debug_telemetry(None)                      // not there
///         .debug("debug")                             // there, too
///         .also("enable-telemetry", Form::On),        // --enable-telemetry=false
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Flags {
    heading: &'static str,
    level: Option<&'static str>,
    no_telemetry: Option<&'static str>,
    debug_telemetry: Option<&'static str>,
    inspect_telemetry: Option<&'static str>,
    debug: Option<&'static str>,
    others: Vec<(&'static str, Form)>,
}

impl Default for Flags {
    fn default() -> Self {
        Self {
            level: Some("telemetry-level"),
            no_telemetry: Some("no-telemetry"),
            debug_telemetry: Some("debug-telemetry"),
            inspect_telemetry: Some("inspect-telemetry"),
            ..Self::none()
        }
    }
}

/// What a flag is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// It says which level.
    Level(Form),
    ErrorTexts,
    Inspect,
    Bodies,
}

impl Role {
    /// Whether it may be there to hold something back.
    const fn is_against(self) -> bool {
        matches!(self, Self::Level(_) | Self::Inspect)
    }
}

/// What the flags that were given say.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// The one that is heard on the level.
    pub(crate) level: Option<Voice>,
    pub(crate) error_texts: bool,
    pub(crate) inspect: bool,
    pub(crate) bodies: bool,
}

/// What words that were not understood say all the same.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    /// The highest level that they let through.
    pub(crate) ceiling: Option<Level>,
    pub(crate) inspect: bool,
}

impl Heard {
    fn lower(&mut self, to: Level) {
        self.ceiling = Some(self.ceiling.map_or(to, |level| level.and(to)));
    }
}

impl Flags {
    /// No flags at all, to begin with.
    #[must_use]
    pub fn none() -> Self {
        Self {
            heading: "Telemetry",
            level: None,
            no_telemetry: None,
            debug_telemetry: None,
            inspect_telemetry: None,
            debug: None,
            others: Vec::new(),
        }
    }

    /// The heading that they stand under in help: `Telemetry` unless told.
    #[must_use]
    pub fn heading(self, heading: &'static str) -> Self {
        Self { heading, ..self }
    }

    /// What the flag with a level is called, without the dashes.
    #[must_use]
    pub fn level(self, name: impl Into<Option<&'static str>>) -> Self {
        Self { level: name.into(), ..self }
    }

    /// What the flag is called that says none.
    #[must_use]
    pub fn no_telemetry(self, name: impl Into<Option<&'static str>>) -> Self {
        Self { no_telemetry: name.into(), ..self }
    }

    /// What the flag is called that has the texts of errors and panics sent as well.
    #[must_use]
    pub fn debug_telemetry(self, name: impl Into<Option<&'static str>>) -> Self {
        Self { debug_telemetry: name.into(), ..self }
    }

    /// What the flag is called that has everything written to a file, and nothing sent.
    #[must_use]
    pub fn inspect_telemetry(self, name: impl Into<Option<&'static str>>) -> Self {
        Self { inspect_telemetry: name.into(), ..self }
    }

    /// What the flag is called that shows each body while it is sent. Not there unless told: most programs have a `--debug` of their own.
    #[must_use]
    pub fn debug(self, name: impl Into<Option<&'static str>>) -> Self {
        Self { debug: name.into(), ..self }
    }

    /// One more flag that says the level, in this form: `--enable-telemetry=false` or `--enable-telemetry false` is one of [`Form::On`].
    #[must_use]
    pub fn also(mut self, name: &'static str, form: Form) -> Self {
        self.others.push((name, form));
        self
    }

    fn all(&self) -> impl Iterator<Item = (&'static str, Role)> {
        let known = [
            (self.level, Role::Level(Form::Level)),
            (self.no_telemetry, Role::Level(Form::Off)),
            (self.debug_telemetry, Role::ErrorTexts),
            (self.inspect_telemetry, Role::Inspect),
            (self.debug, Role::Bodies),
        ];
        let others = self.others.iter().map(|(name, form)| (*name, Role::Level(*form)));
        known.into_iter().filter_map(|(name, role)| Some((name?, role))).chain(others)
    }

    /// Whether a flag is one of these.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.all().any(|(own, _)| own == name)
    }

    /// The command with these flags: for completions and manual pages. [`Builder::parse`](crate::Builder::parse) adds them itself.
    ///
    /// ```
    /// use telemetry_runtime::Flags;
    ///
    /// let command = Flags::default().add_to(clap::Command::new("demo"));
    /// assert!(command.get_arguments().any(|arg| arg.get_long() == Some("no-telemetry")));
    /// ```
    #[must_use]
    pub fn add_to(&self, command: Command) -> Command {
        self.checked_add_to(command).0
    }

    /// The same, and what is wrong with the flags. One that the program has itself is left to it.
    pub(crate) fn checked_add_to(&self, mut command: Command) -> (Command, Option<StartError>) {
        let mut problem = None;
        for (name, role) in self.all() {
            let is_name_byte = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            let expected =
                if !name.starts_with(|first: char| first.is_ascii_alphanumeric()) || !name.bytes().all(is_name_byte) {
                    "ASCII letters, digits and dashes, not beginning with one"
                } else if is_taken(&command, name) {
                    "a flag that the program does not have otherwise: rename or remove one of the two"
                } else {
                    command = command.arg(self.arg(name, role));
                    continue;
                };
            problem = problem.or(Some(StartError::new(Setting::Flag, format!("--{name}"), expected, "Builder::flags")));
        }
        (command, problem)
    }

    fn arg(&self, name: &'static str, role: Role) -> Arg {
        let is_first = matches!(role, Role::Level(Form::Level));
        // The last one of several is heard, as of most flags of other programs.
        let arg = Arg::new(name).long(name).global(true).help_heading(self.heading).overrides_with(name);
        let arg = if is_first { arg } else { arg.hide_short_help(true) };
        match role {
            Role::Level(Form::Level) => {
                let value = |level: Level| {
                    PossibleValue::new(level.as_str()).help(match level {
                        Level::None => "nothing",
                        Level::Errors if report::reports().is_empty() => "where the program panicked",
                        Level::Errors => "where the program panicked or met an error",
                        Level::Stats => "which commands run, for how long, and whether they fail",
                        Level::All => "both",
                    })
                };
                let values = PossibleValuesParser::new(Level::ALL.map(value));
                arg.value_name("LEVEL").value_parser(values).help("Which telemetry may be collected")
            }
            Role::Level(Form::On) => {
                let value = |[name, others @ ..]: [&'static str; 4]| PossibleValue::new(name).aliases(others);
                let values = PossibleValuesParser::new([value(Form::ON), value(Form::NOT_ON)]);
                arg.value_name("BOOL").value_parser(values).help("Whether telemetry may be collected")
            }
            Role::Level(Form::Off) => arg.action(ArgAction::SetTrue).help("Collect no telemetry"),
            Role::ErrorTexts => {
                arg.action(ArgAction::SetTrue).help("Send the texts of errors and panics with the telemetry")
            }
            Role::Inspect => arg
                .action(ArgAction::SetTrue)
                .help("Write the telemetry to a file in the current folder, and send nothing"),
            Role::Bodies => arg.action(ArgAction::SetTrue).help("Show what telemetry is sent"),
        }
    }

    /// What the flags say that clap found.
    pub(crate) fn said(&self, matches: &ArgMatches) -> Said {
        let mut said = Said::default();
        for (name, role) in self.all() {
            // One that was not added is another's.
            let is_given = || matches!(matches.try_get_one::<bool>(name), Ok(Some(true)));
            match role {
                Role::ErrorTexts => said.error_texts = is_given(),
                Role::Inspect => said.inspect = is_given(),
                Role::Bodies => said.bodies = is_given(),
                Role::Level(form) => {
                    let text = match form {
                        Form::Off => is_given().then(|| GIVEN.to_owned()),
                        Form::Level | Form::On => matches.try_get_one::<String>(name).ok().flatten().cloned(),
                    };
                    if let Some(text) = text
                        && (said.level.is_none() || level_of(form, &text) == Level::None)
                    {
                        said.level = Some(Voice { asked: format!("--{name}"), said: Some(text), form, instead: None });
                    }
                }
            }
        }
        said
    }

    /// What words of a command line that was refused say of telemetry, if only by half: who tried to hold it back is heard.
    pub(crate) fn heard_in_refused(&self, words: &[OsString]) -> Heard {
        let mut heard = self.heard_in(words);
        for word in words {
            let word = word.to_string_lossy();
            let flag = word.split('=').next().unwrap_or_default();
            let long = flag.strip_prefix("--").filter(|name| !name.is_empty());
            let is_ours = long.is_some_and(|name| self.has(name));
            let is_cut_off =
                long.is_some_and(|name| self.all().any(|(own, role)| role.is_against() && own.starts_with(name)));
            if !is_ours && (is_cut_off || flag.to_ascii_lowercase().contains("telem")) {
                heard.lower(Level::None);
            }
        }
        heard
    }

    /// What words say in which the flags stand literally.
    pub(crate) fn heard_in(&self, words: &[OsString]) -> Heard {
        self.hear(words, |_| true)
    }

    /// The same, where of each flag the last one is heard, as clap hears them.
    pub(crate) fn heard_last_in(&self, words: &[OsString]) -> Heard {
        let name = |word: &OsString| {
            let word = word.to_string_lossy();
            word.split('=').next().unwrap_or_default().to_owned()
        };
        self.hear(words, |at| {
            let mut rest = words.iter().skip(at).map(name);
            let this = rest.next();
            rest.all(|later| Some(later) != this)
        })
    }

    fn hear(&self, words: &[OsString], is_heard: impl Fn(usize) -> bool) -> Heard {
        let mut heard = Heard::default();
        for (at, word) in words.iter().enumerate() {
            let word = word.to_string_lossy();
            let Some(flag) = word.strip_prefix("--") else { continue };
            let (name, value) = flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value)));
            let Some((_, role)) = self.all().find(|(own, _)| *own == name) else { continue };
            if !is_heard(at) {
                continue;
            }
            match role {
                Role::Inspect => heard.inspect = true,
                Role::ErrorTexts | Role::Bodies => {}
                Role::Level(Form::Off) => heard.lower(Level::None),
                Role::Level(form) => {
                    let next = words.get(at + 1).map(|word| word.to_string_lossy());
                    heard.lower(level_of(form, value.or(next.as_deref()).unwrap_or_default()));
                }
            }
        }
        heard
    }
}

/// What cannot be understood is no consent.
fn level_of(form: Form, text: &str) -> Level {
    match form {
        Form::Level => text.parse().unwrap_or(Level::None),
        Form::On if Form::ON.contains(&text) => Level::All,
        Form::On | Form::Off => Level::None,
    }
}

/// Whether some command has such a flag: then clap would panic in one build, and hear one of the two in the other.
fn is_taken(command: &Command, name: &str) -> bool {
    let is_so_called = |arg: &Arg| {
        arg.get_id() == name
            || arg.get_long() == Some(name)
            || arg.get_all_aliases().is_some_and(|aliases| aliases.contains(&name))
    };
    command.get_arguments().any(is_so_called)
        || command.get_groups().any(|group| group.get_id() == name)
        || command.get_long_flag() == Some(name)
        || command.get_all_long_flag_aliases().any(|alias| alias == name)
        || command.get_subcommands().any(|command| is_taken(command, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_has_nothing_to_say_against_them() {
        let flags = Flags::default().debug("debug").also("enable-telemetry", Form::On).also("quiet", Form::Off);
        let (command, problem) = flags.checked_add_to(Command::new("demo").subcommand(Command::new("sync")));
        assert_eq!(problem, None);
        command.debug_assert();
        for (command, name) in [
            (Command::new("demo").arg(Arg::new("x").long("no-telemetry")), "--no-telemetry"),
            (Command::new("demo").subcommand(Command::new("a").arg(Arg::new("x").long("y").alias("debug"))), "--debug"),
            (Command::new("demo").subcommand(Command::new("a").long_flag("quiet")), "--quiet"),
            (Command::new("demo").arg(Arg::new("telemetry-level")), "--telemetry-level"),
        ] {
            let (command, problem) = flags.checked_add_to(command);
            assert_eq!(problem.unwrap().value, name);
            command.debug_assert();
        }
        for name in ["", "--off", "no telemetry", "off=1"] {
            let (command, problem) = Flags::none().no_telemetry(name).checked_add_to(Command::new("demo"));
            assert_eq!((problem.unwrap().setting, command.get_arguments().count()), (Setting::Flag, 0), "{name}");
        }
    }

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(Into::into).collect()
    }

    /// CW-07, CL-20, HA-21: whoever says no is heard, however the rest of the line is.
    #[test]
    fn a_refused_line_can_still_opt_out() {
        let flags = Flags::default().also("enable-telemetry", Form::On);
        let ceiling = |line: &str| flags.heard_in_refused(&words(line)).ceiling;
        for line in [
            "--no-telemetry",
            "sync --no-telemetry --bogus",
            "--telemetry-level none",
            "--telemetry-level=none",
            "--telemetry-level",
            "--telemetry-level=loud",
            "--enable-telemetry=false",
            "--enable-telemetry false",
            "--enable-telemetry=maybe",
            "--telemetry-level all --telemetry-level none",
            "--telemetry-level errors --telemetry-level stats",
            // Misspelt, cut off, with one dash, or a command that was meant.
            "--no-telemetri",
            "--no-tel",
            "-no-telemetry",
            "--NO-TELEMETRY",
            "telemetri disable",
            "-- --no-telemetry",
        ] {
            assert_eq!(ceiling(line), Some(Level::None), "{line}");
        }
        for line in [
            "sync --bogus",
            "-n -d -t -vi",
            "--debu --d",
            "--telemetry-level-x=",
            "--inspect-telemetry",
            "--file=telemetry.txt",
            "- --",
        ] {
            let expected = line.contains("-x").then_some(Level::None);
            assert_eq!(ceiling(line), expected, "{line}");
        }
        assert_eq!(ceiling("--telemetry-level errors"), Some(Level::Errors));
        assert!(flags.heard_in_refused(&words("--inspect-telemetry --bogus")).inspect);
    }
}
