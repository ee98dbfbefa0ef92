//! Telemetry for a clap program: its command line is parsed as ever, and what telemetry has to know of it is found on the way.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::builder::ValueParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, Error, FromArgMatches, Parser, Subcommand};

use crate::builder::{Builder, Complete};
use crate::catalogue::Check;
use crate::command_line::Recognised;
use crate::control::Control;
use crate::env;
use crate::event::Misuse;
use crate::flags::Flags;
use crate::guard::Guard;
use crate::level::Level;
use crate::recording;
use crate::resolve::Brake;

/// How long receivers may take to answer somebody who wants to be forgotten.
const FORGET: Duration = Duration::from_secs(30);

/// # With clap
///
/// Instead of `Cli::parse()` and [`start`](Self::start), one call that does both:
///
/// ```
/// use clap::Parser;
/// use telemetry_runtime::{Telemetry, TelemetryCommand, app, sink};
///
/// #[derive(Parser)]
/// struct Cli {
///     #[command(subcommand)]
///     command: Option<Command>,
/// }
///
/// #[derive(clap::Subcommand)]
/// enum Command {
///     Sync { folder: String },
///     /// What telemetry does here, and what it sent
///     #[command(subcommand)]
///     Telemetry(TelemetryCommand),
/// }
///
/// fn main() {
///     let (cli, _telemetry) = Telemetry::builder(app!())
///         .env_prefix("DEMO")
///         .sink(sink::Json::new("https://telemetry.example.org/v1/events"))
///         .parse::<Cli>();
///     match cli.command {
///         Some(Command::Sync { folder }) => drop(folder),
///         // `parse` has run it, and the program has ended.
///         Some(Command::Telemetry(_)) | None => {}
///     }
/// }
/// ```
///
/// - The program has the flags of [`Flags`], before and after every subcommand.
/// - Every event has the facts `command` (`demo sync`: names as the program declares them), `flags` (the long names of flags and options on
///   the command line, 32 at most) and `alias` (where a subcommand was called by one). Never a value, a positional argument or any other
///   word of the command line; a subcommand that is not declared is `external`. So declare no commands that a user has named, such as
///   aliases out of a settings file: let clap have them as external.
/// - A command line that clap refuses is an event, `Usage Error`, with clap's [kind of error](Misuse), unless the environment, settings or some word
///   of that line speak against it. Then comes clap's message and clap's exit code. `--help` and `--version` start nothing.
/// - A [`TelemetryCommand`] among the subcommands is run, and ends the program; nothing is recorded or sent meanwhile.
impl<'a> Builder<'a> {
    /// The flags that are added, and what they are called.
    pub fn flags(mut self, flags: Flags) -> Self {
        self.line.flags = flags;
        self
    }

    /// Says the rest of the description once the command line was parsed, before telemetry starts: what a flag of the program's own has a say
    /// in, such as `--profile` or `--config`. Of a line that clap refused, and that is about to be recorded as such, there are no matches.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app};
    ///
    /// let builder = Telemetry::builder(app!()).once_parsed(|builder, matches| {
    ///     builder.invocation_id(matches.and_then(|matches| matches.get_one::<String>("invocation-id").cloned()))
    /// });
    /// ```
    pub fn once_parsed(mut self, complete: impl FnOnce(Self, Option<&ArgMatches>) -> Self + 'a) -> Self {
        self.complete = Some(Complete(Box::new(complete)));
        self
    }

    /// Parses the command line of the program, and starts telemetry. Ends the program as `Cli::parse()` does where there is nothing to go on
    /// with; beyond that, it never fails. Bind the guard to a name, `let (cli, _telemetry)`: `let (cli, _)` drops it at once.
    #[must_use = "telemetry ends when the guard is dropped"]
    pub fn parse<Cli: Parser>(self) -> (Cli, Guard) {
        self.parse_from(std::env::args_os())
    }

    /// The same of other words, the first of which is the program's name.
    #[must_use = "telemetry ends when the guard is dropped"]
    pub fn parse_from<Cli: Parser>(self, words: impl IntoIterator<Item = impl Into<OsString>>) -> (Cli, Guard) {
        self.read(Cli::command(), words, Cli::from_arg_matches_mut, Mode::Run).or_exit()
    }

    /// The same, for programs that go on after an error: telemetry is at its end then, and a [`TelemetryCommand`] is left to be
    /// [run](TelemetryCommand::run).
    ///
    /// # Errors
    ///
    /// What clap says; the event is recorded.
    pub fn try_parse_from<Cli: Parser>(
        self,
        words: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Result<(Cli, Guard), Error> {
        self.read(Cli::command(), words, Cli::from_arg_matches_mut, Mode::Leave).or_error()
    }

    /// [`parse`](Self::parse) for a command that is built and not derived.
    #[must_use = "telemetry ends when the guard is dropped"]
    pub fn parse_command(self, command: Command) -> (ArgMatches, Guard) {
        self.parse_command_from(command, std::env::args_os())
    }

    /// The same of other words, the first of which is the program's name.
    #[must_use = "telemetry ends when the guard is dropped"]
    pub fn parse_command_from(
        self,
        command: Command,
        words: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> (ArgMatches, Guard) {
        self.read(command, words, |matches| Ok(std::mem::take(matches)), Mode::Run).or_exit()
    }

    /// The same, as [`try_parse_from`](Self::try_parse_from).
    ///
    /// # Errors
    ///
    /// What clap says; the event is recorded.
    pub fn try_parse_command_from(
        self,
        command: Command,
        words: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Result<(ArgMatches, Guard), Error> {
        self.read(command, words, |matches| Ok(std::mem::take(matches)), Mode::Leave).or_error()
    }

    fn read<T>(
        mut self,
        command: Command,
        words: impl IntoIterator<Item = impl Into<OsString>>,
        convert: impl FnOnce(&mut ArgMatches) -> Result<T, Error>,
        mode: Mode,
    ) -> Read<'a, T> {
        // Before clap takes it away, as it does of programs that are called by the names of their commands.
        let name = command.get_name().to_owned();
        let (mut command, problem) = self.line.flags.checked_add_to(command);
        self.line.problem = problem;
        if let Some(path) = TelemetryCommand::path_in(&command) {
            self = self.telemetry_command(path);
        }
        let first = First::of(&command);
        let mut words: Vec<OsString> = words.into_iter().map(Into::into).collect();
        let (mut matches, is_asked) = loop {
            let matches = match command.try_get_matches_from_mut(&words) {
                Ok(matches) => matches,
                Err(error) => return self.refuse(error, &command, &name, &first.rest(&words)),
            };
            match TelemetryCommand::among(&command, &matches) {
                // The rest of the line is a line of its own.
                Some(TelemetryCommand::Inspect { command }) => {
                    self = self.inspect(true);
                    words.truncate(usize::from(first == First::Name));
                    words.extend(command);
                }
                Some(asked) if mode == Mode::Run => {
                    self = self.completed(Some(&matches)).hear(&matches);
                    return Read::Asked(asked, Box::new(self.control()));
                }
                asked => break (matches, asked.is_some()),
            }
        };
        let words = &*first.rest(&words);
        let found = Recognised::by_matches(&command, &name, &self.line.flags, &matches, words);
        self = self.completed(Some(&matches)).hear(&matches);
        // What another program is told of telemetry is meant for this one as well, and what clap has passed over
        // (`Command::ignore_errors`) was said all the same.
        let heard = if found.path.last().is_some_and(|last| last == "external") {
            self.line.flags.heard_in(before_dashes(words))
        } else {
            self.line.flags.heard_last_in(before_dashes(words))
        };
        self = self.lower(heard.ceiling).inspect_if(heard.inspect);
        self = self.know(found);
        if is_asked {
            self = self.hold("telemetry command", "the program says what telemetry does, and nothing else");
        }
        match convert(&mut matches) {
            Ok(cli) => Read::Made(cli, self.start()),
            Err(error) => self.refuse(error.format(&mut command), &command, &name, words),
        }
    }

    /// Records that the command line was refused, unless it asked for help.
    fn refuse<T>(mut self, error: Error, command: &Command, name: &str, words: &[OsString]) -> Read<'a, T> {
        let found = Recognised::by_words(command, name, &self.line.flags, words);
        if !error.use_stderr() || TelemetryCommand::is_at(command, &found) {
            return Read::Refused(error, None);
        }
        let heard = self.line.flags.heard_in_refused(words);
        self = self.completed(None);
        self = self.lower(heard.ceiling).inspect_if(heard.inspect);
        let guard = self.know(found).start();
        // One that was started before, by another line, was not asked for this one.
        if guard.is_on() {
            recording::usage_error(Misuse::of(error.kind()));
        }
        Read::Refused(error, Some(guard))
    }

    /// With what the program has to say once the line was parsed, if that was not said yet.
    fn completed(mut self, matches: Option<&ArgMatches>) -> Self {
        match self.complete.take() {
            Some(Complete(complete)) => complete(self, matches),
            None => self,
        }
    }

    /// Takes note of what the flags say.
    fn hear(mut self, matches: &ArgMatches) -> Self {
        let said = self.line.flags.said(matches);
        self.line.flag = said.level;
        // What the program has set stays where no flag speaks.
        self = self.inspect_if(said.inspect);
        self = if said.error_texts { self.error_texts(true) } else { self };
        if said.bodies { self.show_bodies(true) } else { self }
    }

    /// Takes note of what was recognised.
    fn know(mut self, found: Recognised) -> Self {
        self.line.is_completion = found.path.iter().skip(1).any(|name| self.is_completion_command(name));
        self.line.names = found.facts();
        // Not even to look at.
        if self.line.is_completion { self.inspect(false) } else { self }
    }

    fn inspect_if(self, inspects: bool) -> Self {
        if inspects { self.inspect(true) } else { self }
    }

    fn lower(mut self, ceiling: Option<Level>) -> Self {
        let brake = ceiling.map(|ceiling| Brake {
            asked: "command line".into(),
            said: "a word of it speaks against more".into(),
            ceiling,
        });
        self.line.brakes.extend(brake);
        self
    }

    fn hold(mut self, asked: &str, said: &str) -> Self {
        self.line.brakes.push(Brake::none(asked, said));
        // Not even to look at.
        self.inspect(false)
    }
}

/// What the first word is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    /// What the program was called as, which says nothing.
    Name,
    /// A path, the last part of which is a command.
    Command,
    /// A word like others.
    Word,
}

impl First {
    fn of(command: &Command) -> Self {
        if command.is_multicall_set() {
            Self::Command
        } else if command.is_no_binary_name_set() {
            Self::Word
        } else {
            Self::Name
        }
    }

    /// The words from the first on that belongs to the command line.
    fn rest(self, words: &[OsString]) -> Cow<'_, [OsString]> {
        match (self, words) {
            (Self::Name, [_, rest @ ..]) => rest.into(),
            (Self::Command, [path, rest @ ..]) => {
                let command = Path::new(path).file_stem().unwrap_or_default().to_owned();
                [command].into_iter().chain(rest.iter().cloned()).collect()
            }
            _ => words.into(),
        }
    }
}

fn before_dashes(words: &[OsString]) -> &[OsString] {
    let end = words.iter().position(|word| word == "--").unwrap_or(words.len());
    words.get(..end).unwrap_or_default()
}

/// What is to happen to a telemetry command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Run,
    Leave,
}

/// What a command line came to.
enum Read<'a, T> {
    Made(T, Guard),
    /// It was refused, or help was asked for. The guard is there where that was recorded.
    Refused(Error, Option<Guard>),
    Asked(TelemetryCommand, Box<Control<'a>>),
}

impl<T> Read<'_, T> {
    fn or_exit(self) -> (T, Guard) {
        match self {
            Self::Made(cli, guard) => {
                if let Some(path) = guard.status().inspect()
                    && env::is_at_terminal()
                {
                    env::tell(&format!(
                        "telemetry: what would be sent is written to {}; nothing is sent\n",
                        path.display()
                    ));
                }
                (cli, guard)
            }
            // Telemetry ends after the message: at the exit of the process, where a grace cannot hold the message back.
            Self::Refused(error, _guard) => error.exit(),
            Self::Asked(command, control) => std::process::exit(i32::from(command.answer(&control))),
        }
    }

    fn or_error(self) -> Result<(T, Guard), Error> {
        match self {
            Self::Made(cli, guard) => Ok((cli, guard)),
            Self::Refused(error, guard) => {
                drop(guard);
                Err(error)
            }
            // Not in this mode.
            Self::Asked(..) => Err(Error::new(ErrorKind::InvalidSubcommand)),
        }
    }
}

impl Misuse {
    fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::InvalidValue => Self::InvalidValue,
            ErrorKind::UnknownArgument => Self::UnknownArgument,
            ErrorKind::InvalidSubcommand => Self::InvalidSubcommand,
            ErrorKind::NoEquals => Self::NoEquals,
            ErrorKind::ValueValidation => Self::ValueValidation,
            ErrorKind::TooManyValues => Self::TooManyValues,
            ErrorKind::TooFewValues => Self::TooFewValues,
            ErrorKind::WrongNumberOfValues => Self::WrongNumberOfValues,
            ErrorKind::ArgumentConflict => Self::ArgumentConflict,
            ErrorKind::MissingRequiredArgument => Self::MissingRequiredArgument,
            ErrorKind::MissingSubcommand => Self::MissingSubcommand,
            ErrorKind::InvalidUtf8 => Self::InvalidUtf8,
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Self::HelpOnMissingArgumentOrSubcommand,
            _ => Self::Other,
        }
    }
}

/// The subcommand by which users ask a program about its telemetry. In a derived command line it is a variant's field:
///
/// ```
/// use telemetry_runtime::TelemetryCommand;
///
/// #[derive(clap::Subcommand)]
/// enum Command {
///     /// What telemetry does here, and what it sent
///     #[command(subcommand)]
///     Telemetry(TelemetryCommand),
/// }
/// ```
///
/// In a built one it is `.subcommand(TelemetryCommand::command())`. Either way [`Builder::parse`] and its like run it and end the program,
/// with exit code 0, or 1 where something could not be done; results go to standard output. While it runs, nothing is recorded or sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TelemetryCommand {
    /// What telemetry does here, and why.
    Status,
    /// Switches it on.
    Enable,
    /// Switches it off, and deletes what waits to be sent.
    Disable,
    /// Runs a command of the program as if `--inspect-telemetry` was given: [`Builder::parse`] goes on with that command's line, and what
    /// would be sent is written to a file.
    #[non_exhaustive]
    Inspect {
        /// The command and its arguments.
        command: Vec<OsString>,
    },
    /// Shows what was sent.
    Log,
    /// Writes a page of it, and of all else that there is to see, and shows where that is: [`Control::page`]. `log --html`.
    #[cfg(feature = "page")]
    #[non_exhaustive]
    Page {
        /// The file, if it is to be another one than that in the state folder.
        file: Option<PathBuf>,
    },
    /// Shows what can be sent.
    #[non_exhaustive]
    Catalogue {
        /// … as JSON Schema, and not as Markdown.
        json_schema: bool,
        /// … or compares it with a file, and fails where that is not equal.
        check: Option<PathBuf>,
    },
    /// Takes a new installation id, and deletes what waits to be sent.
    Reset,
    /// Deletes everything, and asks receivers to do so as well.
    Forget,
}

/// By what the command is known in any tree.
const MARK: &str = "telemetry_runtime::TelemetryCommand";

impl TelemetryCommand {
    /// The subcommand `telemetry`, for command lines that are built.
    #[must_use]
    pub fn command() -> Command {
        Self::augment_subcommands(Command::new("telemetry").about("What telemetry does here, and what it sent"))
            .subcommand_required(true)
            .arg_required_else_help(true)
    }

    /// Does what the user asks for, and says the exit code. Only for programs that do not leave that to [`Builder::parse`].
    ///
    /// ```no_run
    /// use telemetry_runtime::{Telemetry, TelemetryCommand, app};
    ///
    /// fn main() -> std::process::ExitCode {
    ///     TelemetryCommand::Status.run(&Telemetry::builder(app!()).control())
    /// }
    /// ```
    #[must_use = "it says whether it was done"]
    pub fn run(&self, control: &Control<'_>) -> ExitCode {
        self.answer(control).into()
    }

    fn answer(&self, control: &Control<'_>) -> u8 {
        let mut text = Vec::new();
        let done = self.write(control, &mut text);
        let mut out = io::stdout().lock();
        let shown = match out.write_all(&text).and_then(|()| out.flush()) {
            // Who has stopped reading has seen enough.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("standard output: {error}")),
            _ => Ok(()),
        };
        match done.and(shown) {
            Ok(()) => 0,
            Err(error) => {
                drop(writeln!(io::stderr(), "error: {error}"));
                1
            }
        }
    }

    fn write(&self, control: &Control<'_>, to: &mut Vec<u8>) -> Result<(), String> {
        let said = |error: io::Error| error.to_string();
        match self {
            Self::Status => writeln!(to, "{}", control.status()),
            Self::Enable => writeln!(to, "{}", control.enable().map_err(said)?),
            Self::Disable => writeln!(to, "{}", control.disable().map_err(said)?),
            Self::Inspect { .. } => {
                return Err("only a program that parses by `Builder::parse` can be inspected".into());
            }
            Self::Log => control.log(to),
            #[cfg(feature = "page")]
            Self::Page { file } => {
                let file = control.write_page(file.as_deref()).map_err(said)?;
                writeln!(to, "{}", file.display())
            }
            Self::Catalogue { check: Some(file), .. } => {
                let committed =
                    std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
                match control.catalogue().check(&committed) {
                    check @ Check::Equal => writeln!(to, "{check}"),
                    check => return Err(format!("{}: {check}", file.display())),
                }
            }
            Self::Catalogue { json_schema: true, .. } => write!(to, "{}", control.catalogue().to_json_schema()),
            Self::Catalogue { .. } => write!(to, "{}", control.catalogue().to_markdown()),
            Self::Reset => writeln!(to, "{}", control.reset().map_err(said)?),
            Self::Forget => writeln!(to, "{}", control.forget(FORGET).map_err(|error| error.to_string())?),
        }
        .map_err(said)
    }

    /// The one that the user asks for, if it is one of these, wherever it is in the tree.
    fn among(root: &Command, matches: &ArgMatches) -> Option<Self> {
        let (mut level, mut matches) = (root, matches);
        loop {
            let (name, below) = matches.subcommand()?;
            if is_marked(level) && Self::has_subcommand(name) {
                return Self::from_arg_matches(matches).ok();
            }
            level = level.find_subcommand(name)?;
            matches = below;
        }
    }

    /// What a user writes after the program's name to get at it, if it is in the tree.
    fn path_in(command: &Command) -> Option<String> {
        command.get_subcommands().find_map(|below| {
            let name = below.get_name();
            if is_marked(below) {
                return Some(name.to_owned());
            }
            Self::path_in(below).map(|path| format!("{name} {path}"))
        })
    }

    /// Whether the way to what was recognised leads through it.
    fn is_at(root: &Command, found: &Recognised) -> bool {
        let mut level = root;
        found.path.iter().skip(1).any(|name| {
            let Some(below) = level.find_subcommand(name) else { return false };
            let is_one_of_several = is_marked(level) && Self::has_subcommand(name);
            level = below;
            is_one_of_several || is_marked(level)
        })
    }
}

fn is_marked(command: &Command) -> bool {
    command.get_groups().any(|group| group.get_id() == MARK)
}

impl Subcommand for TelemetryCommand {
    fn augment_subcommands(command: Command) -> Command {
        let words = Arg::new("command").value_name("COMMAND").required(true).num_args(1..);
        let words = words.trailing_var_arg(true).allow_hyphen_values(true).value_parser(ValueParser::os_string());
        let words = words.help("The command and its arguments, as without `inspect`");
        let json_schema = Arg::new("json-schema").long("json-schema").action(ArgAction::SetTrue);
        let json_schema = json_schema.help("As JSON Schema instead of Markdown").conflicts_with("check");
        let check = Arg::new("check").long("check").value_name("FILE").value_parser(ValueParser::path_buf());
        let check = check.help("Compare it with a file, and fail if that is not equal");
        let log = Command::new("log").about("Show what was sent");
        #[cfg(feature = "page")]
        let log = {
            let html = Arg::new("html").long("html").value_name("FILE").num_args(0..=1);
            let html = html.value_parser(ValueParser::path_buf());
            log.arg(html.help("Write a page for a browser, into FILE or the state folder, and show where it is"))
        };
        command.group(ArgGroup::new(MARK)).subcommands([
            Command::new("status").about("Say what telemetry does here, and why"),
            Command::new("enable").about("Switch telemetry on"),
            Command::new("disable").about("Switch telemetry off, and delete what waits to be sent"),
            Command::new("inspect")
                .about("Run a command, write what would be sent to a file, and send nothing")
                .arg(words),
            log,
            Command::new("catalogue")
                .alias("catalog")
                .about("Show everything that can be sent")
                .arg(json_schema)
                .arg(check),
            Command::new("reset").about("Take a new installation id, and delete what waits to be sent"),
            Command::new("forget").about("Delete everything here, and ask those who received it to do so as well"),
        ])
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        ["status", "enable", "disable", "inspect", "log", "catalogue", "reset", "forget"].contains(&name)
    }
}

impl FromArgMatches for TelemetryCommand {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let Some((name, matches)) = matches.subcommand() else {
            return Err(Error::raw(ErrorKind::MissingSubcommand, "a subcommand is required"));
        };
        Ok(match name {
            "status" => Self::Status,
            "enable" => Self::Enable,
            "disable" => Self::Disable,
            "inspect" => {
                let words = matches.get_many::<OsString>("command").unwrap_or_default();
                Self::Inspect { command: words.cloned().collect() }
            }
            #[cfg(feature = "page")]
            "log" if matches.contains_id("html") => Self::Page { file: matches.get_one::<PathBuf>("html").cloned() },
            "log" => Self::Log,
            "catalogue" => Self::Catalogue {
                json_schema: matches.get_flag("json-schema"),
                check: matches.get_one::<PathBuf>("check").cloned(),
            },
            "reset" => Self::Reset,
            "forget" => Self::Forget,
            _ => return Err(Error::raw(ErrorKind::InvalidSubcommand, "the subcommand is none of telemetry's")),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Also for a telemetry command, and of what was refused it is known that it was; nobody is asked who wants help.
    #[test]
    fn a_description_is_completed_once_with_what_was_parsed() {
        let command =
            || Command::new("demo").arg(Arg::new("profile").long("profile")).subcommand(TelemetryCommand::command());
        for (line, expected) in [
            ("demo --profile work", Some(Some("work"))),
            ("demo", Some(None)),
            ("demo --profile work telemetry status", Some(Some("work"))),
            ("demo --profile work --bogus", None),
        ] {
            let asked = std::cell::RefCell::new(Vec::new());
            let builder = Builder::new(crate::app!()).once_parsed(|builder, matches| {
                asked.borrow_mut().push(matches.map(|matches| matches.get_one::<String>("profile").cloned()));
                builder
            });
            drop(builder.try_parse_command_from(command(), line.split(' ')));
            let expected = expected.map(|profile| profile.map(str::to_owned));
            assert_eq!(asked.into_inner(), [expected], "{line}");
        }
        let never = Builder::new(crate::app!()).once_parsed(|_, _| panic!("nothing is started"));
        assert!(never.try_parse_command_from(command(), ["demo", "--help"]).is_err());
    }

    #[test]
    fn the_first_word_is_what_clap_takes_it_for() {
        let words = ["/home/ada/telemetry/ls.exe", "-l"].map(OsString::from);
        let rest = |command: Command| First::of(&command).rest(&words).into_owned();
        assert_eq!(rest(Command::new("demo")), ["-l"]);
        assert_eq!(rest(Command::new("demo").multicall(true)), ["ls", "-l"]);
        assert_eq!(rest(Command::new("demo").no_binary_name(true)), words);
        assert_eq!(*First::Name.rest(&[]), [] as [OsString; 0]);
    }

    /// Also where its commands are the program's own, among others.
    #[test]
    fn the_command_is_found_wherever_it_is() {
        let flat = || TelemetryCommand::augment_subcommands(Command::new("demo").subcommand(Command::new("sync")));
        let nested = || {
            let config = Command::new("config").subcommand(TelemetryCommand::command().name("data"));
            Command::new("demo").subcommand(config)
        };
        flat().debug_assert();
        nested().debug_assert();
        let among = |mut command: Command, line: &str| {
            let matches = command.try_get_matches_from_mut(line.split(' ')).unwrap();
            TelemetryCommand::among(&command, &matches)
        };
        assert_eq!(among(flat(), "x status"), Some(TelemetryCommand::Status));
        assert_eq!(among(flat(), "x sync"), None);
        assert_eq!(among(nested(), "x config data forget"), Some(TelemetryCommand::Forget));
        assert_eq!(TelemetryCommand::path_in(&nested()).as_deref(), Some("config data"));
        assert_eq!(TelemetryCommand::path_in(&flat()), None);
        let is_at = |command: Command, line: &str| {
            let words: Vec<OsString> = line.split(' ').map(Into::into).collect();
            let found = Recognised::by_words(&command, "demo", &Flags::default(), &words);
            TelemetryCommand::is_at(&command, &found)
        };
        assert!(is_at(flat(), "disable --bogus") && !is_at(flat(), "sync --bogus"));
        assert!(is_at(nested(), "config data bogus") && !is_at(nested(), "config bogus"));
    }
}
