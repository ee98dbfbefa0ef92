//! What of a command line has a name in the program's own declaration: the command, its flags, the aliases that were used.
//!
//! Everything here is copied out of the [`Command`] tree. The words of the command line are compared with it, and none is kept.

use std::ffi::OsString;
use std::iter::Peekable;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::flags::Flags;
use crate::value::Value;

/// So many flags are named; what comes after them is left out.
const FLAGS: usize = 32;
/// A command that the program does not declare: a program of its own, a script.
const EXTERNAL: &str = "external";

/// What was recognised.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Recognised {
    /// The program's name and those of the commands, as they are declared.
    pub(crate) path: Vec<String>,
    /// The aliases that commands were called by, as they are declared.
    pub(crate) aliases: Vec<String>,
    /// Long names of flags and options, or their ids where they have none.
    pub(crate) flags: Vec<String>,
}

impl Recognised {
    /// What clap found in `words`, which come after the program's name. `name` is the program's, as it declares it.
    pub(crate) fn by_matches(
        root: &Command,
        name: &str,
        flags: &Flags,
        matches: &ArgMatches,
        words: &[OsString],
    ) -> Self {
        let mut found = Self { path: vec![name.to_owned()], ..Self::default() };
        let mut levels = vec![root];
        let mut matches = matches;
        loop {
            for id in matches.ids() {
                let arg = levels.iter().rev().find_map(|level| level.get_arguments().find(|arg| arg.get_id() == id));
                if let Some(arg) = arg
                    && matches.value_source(id.as_str()) == Some(ValueSource::CommandLine)
                {
                    found.add(arg, flags);
                }
            }
            let Some((name, below)) = matches.subcommand() else { break };
            let Some(level) = levels.last().and_then(|level| level.find_subcommand(name)) else {
                found.path.push(EXTERNAL.into());
                break;
            };
            found.path.push(level.get_name().to_owned());
            levels.push(level);
            matches = below;
        }
        let by_words = Self::by_words(root, name, flags, words);
        if by_words.path == found.path {
            found.aliases = by_words.aliases;
        }
        found
    }

    /// What is recognised in words that clap refused, from the first on until one is not recognised.
    pub(crate) fn by_words(root: &Command, name: &str, flags: &Flags, words: &[OsString]) -> Self {
        let found = Self { path: vec![name.to_owned()], ..Self::default() };
        let mut walk = Walk { here: root, above: Vec::new(), positionals: 0, flags, found };
        let mut words = words.iter().map(|word| word.to_str()).peekable();
        while let Some(word) = words.next() {
            if !walk.step(word.unwrap_or_default(), &mut words) {
                break;
            }
        }
        walk.found
    }

    /// The facts that are made of it.
    pub(crate) fn facts(self) -> Vec<(&'static str, Value)> {
        let mut facts = vec![("command", Value::declared(self.path.join(" ")))];
        if !self.aliases.is_empty() {
            facts.push(("alias", Value::declared(self.aliases.join(" "))));
        }
        if !self.flags.is_empty() {
            facts.push(("flags", Value::declared_list(self.flags)));
        }
        facts
    }

    /// Names a flag, unless it is one of ours.
    fn add(&mut self, arg: &Arg, ours: &Flags) {
        let name = arg.get_long().unwrap_or(arg.get_id().as_str());
        let is_known = arg.is_positional() || ours.has(name) || self.flags.iter().any(|flag| flag == name);
        if !is_known && self.flags.len() < FLAGS {
            self.flags.push(name.to_owned());
        }
    }
}

/// A way along the words and down the tree.
struct Walk<'a> {
    here: &'a Command,
    above: Vec<&'a Command>,
    /// So many positional arguments of this command were seen.
    positionals: usize,
    flags: &'a Flags,
    found: Recognised,
}

impl<'a> Walk<'a> {
    /// Goes on by a word, and by those after it that are its values; says whether it was recognised.
    fn step<'w>(&mut self, word: &str, rest: &mut Peekable<impl Iterator<Item = Option<&'w str>>>) -> bool {
        if word == "--" {
            return false;
        }
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
            return self.long(name, value.is_some(), rest);
        }
        match word.strip_prefix('-') {
            Some(letters) if !letters.is_empty() => self.letters(letters, rest),
            _ => self.word(word),
        }
    }

    fn long<'w>(
        &mut self,
        name: &str,
        has_value: bool,
        rest: &mut Peekable<impl Iterator<Item = Option<&'w str>>>,
    ) -> bool {
        let is_so_called = |arg: &&'a Arg| {
            arg.get_long() == Some(name) || arg.get_all_aliases().is_some_and(|aliases| aliases.contains(&name))
        };
        if let Some(arg) = self.find(is_so_called) {
            self.found.add(arg, self.flags);
            if !has_value {
                skip_values(arg, rest);
            }
            return true;
        }
        let below = self.here.get_subcommands().find(|command| {
            command.get_long_flag() == Some(name) || command.get_all_long_flag_aliases().any(|alias| alias == name)
        });
        below.is_some_and(|below| self.descend(below))
    }

    fn letters<'w>(&mut self, letters: &str, rest: &mut Peekable<impl Iterator<Item = Option<&'w str>>>) -> bool {
        for (at, letter) in letters.char_indices() {
            let is_so_called = |arg: &&'a Arg| {
                arg.get_short() == Some(letter)
                    || arg.get_all_short_aliases().is_some_and(|aliases| aliases.contains(&letter))
            };
            if let Some(arg) = self.find(is_so_called) {
                self.found.add(arg, self.flags);
                if takes_values(arg) {
                    if at + letter.len_utf8() == letters.len() {
                        skip_values(arg, rest);
                    }
                    return true;
                }
                continue;
            }
            let below = self.here.get_subcommands().find(|command| {
                command.get_short_flag() == Some(letter)
                    || command.get_all_short_flag_aliases().any(|alias| alias == letter)
            });
            if !below.is_some_and(|below| self.descend(below)) {
                return false;
            }
        }
        true
    }

    fn word(&mut self, word: &str) -> bool {
        if let Some(below) = self.here.find_subcommand(word) {
            let alias = below.get_all_aliases().find(|alias| *alias == word);
            self.found.aliases.extend(alias.map(ToOwned::to_owned));
            return self.descend(below);
        }
        let Some(positional) = self.here.get_positionals().nth(self.positionals) else {
            if self.here.is_allow_external_subcommands_set() {
                self.found.path.push(EXTERNAL.into());
            }
            return false;
        };
        let most = positional.get_num_args().map_or(1, |count| count.max_values());
        let has_many = most > 1 || matches!(positional.get_action(), ArgAction::Append);
        self.positionals += usize::from(!has_many);
        // From there on, everything is its value.
        !positional.is_trailing_var_arg_set() && !positional.is_last_set()
    }

    fn descend(&mut self, below: &'a Command) -> bool {
        self.found.path.push(below.get_name().to_owned());
        self.above.push(std::mem::replace(&mut self.here, below));
        self.positionals = 0;
        true
    }

    /// A flag of this command, or a global one of those above it.
    fn find(&self, is_it: impl Fn(&&'a Arg) -> bool) -> Option<&'a Arg> {
        let of_above =
            self.above.iter().rev().flat_map(|above| above.get_arguments()).filter(|arg| arg.is_global_set());
        self.here.get_arguments().chain(of_above).find(is_it)
    }
}

fn takes_values(arg: &Arg) -> bool {
    arg.get_action().takes_values() && arg.get_num_args().is_none_or(|count| count.max_values() > 0)
}

/// Skips what comes after an option and is its values.
fn skip_values<'w>(arg: &Arg, rest: &mut Peekable<impl Iterator<Item = Option<&'w str>>>) {
    if !takes_values(arg) || arg.is_require_equals_set() {
        return;
    }
    let (least, most) = arg.get_num_args().map_or((1, 1), |count| (count.min_values(), count.max_values()));
    for at in 0..most {
        let is_value = rest.peek().is_some_and(|word| at < least || !word.is_some_and(|word| word.starts_with('-')));
        if !is_value {
            return;
        }
        rest.next();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn program() -> Command {
        let output = Arg::new("output").long("output").short('o').alias("out");
        let verbose = Arg::new("verbose").short('v').action(ArgAction::Count).global(true);
        let list = Command::new("list").alias("ls").arg(Arg::new("what")).arg(output);
        let sync = Command::new("sync").long_flag("sync").short_flag('S').arg(Arg::new("from").num_args(1..));
        let run = Command::new("run").arg(Arg::new("line").num_args(1..).trailing_var_arg(true));
        Command::new("demo")
            .arg(verbose)
            .subcommand(Command::new("project").alias("p").subcommand(list))
            .subcommands([sync, run])
            .allow_external_subcommands(true)
    }

    fn recognised(line: &str) -> (String, String, String) {
        let words: Vec<OsString> = line.split_whitespace().map(Into::into).collect();
        let mut program = program();
        let all = [OsString::from("x")].into_iter().chain(words.iter().cloned());
        let flags = Flags::default();
        let said = program.try_get_matches_from_mut(all).map_or_else(
            |_| Recognised::by_words(&program, "demo", &flags, &words),
            |matches| Recognised::by_matches(&program, "demo", &flags, &matches, &words),
        );
        (said.path.join(" "), said.aliases.join(" "), said.flags.join(" "))
    }

    /// TI-07, TI-10, TI-13: names out of the tree, whatever the words are.
    #[test]
    fn what_is_declared_is_named() {
        for (line, path, aliases, flags) in [
            ("", "demo", "", ""),
            ("project list", "demo project list", "", ""),
            ("p ls -v", "demo project list", "p ls", "verbose"),
            ("project ls secret -osecret", "demo project list", "ls", "output"),
            ("project list -vo sync secret", "demo project list", "", "verbose output"),
            ("project list --out=secret", "demo project list", "", "output"),
            ("-S secret secret", "demo sync", "", ""),
            ("--sync secret", "demo sync", "", ""),
            ("run secret --output -v ls", "demo run", "", ""),
            ("secret ls -v", "demo external", "", ""),
            // Refused.
            ("project secret", "demo project", "", ""),
            ("project ls --secret list", "demo project list", "ls", ""),
            ("project list --outpu x", "demo project list", "", ""),
            ("project list --output", "demo project list", "", "output"),
            ("project list -vX", "demo project list", "", "verbose"),
            ("sync -- -v", "demo sync", "", ""),
        ] {
            assert_eq!(recognised(line), (path.into(), aliases.into(), flags.into()), "{line}");
        }
    }

    proptest! {
        /// Whatever the words are: they are compared, and never kept.
        #[test]
        fn nothing_else_is_named(words in prop::collection::vec(word(), 0..8)) {
            let (path, aliases, flags) = recognised(&words.join(" "));
            let declared = ["demo", "project", "list", "sync", "run", "help", "external", "p", "ls", "verbose", "output"];
            for name in [path, aliases, flags].iter().flat_map(|names| names.split_whitespace()) {
                prop_assert!(declared.contains(&name), "{}", name);
            }
        }
    }

    fn word() -> impl Strategy<Value = String> {
        let known =
            ["project", "p", "list", "ls", "sync", "run", "-v", "-S", "--sync", "-o", "--output", "--out=", "--", "-"];
        prop_oneof![prop::sample::select(known.to_vec()).prop_map(Into::into), "-{0,2}[a-zA-Z=é]{1,6}"]
    }

    #[test]
    fn so_many_flags_are_named() {
        let names: Vec<&'static str> =
            ('a'..='z').flat_map(|a| ['x', 'y'].map(|b| &*format!("{a}{b}").leak())).collect();
        let flag = |name: &&'static str| Arg::new(*name).long(*name).action(ArgAction::SetTrue);
        let mut program = Command::new("demo").args(names.iter().map(flag));
        let words: Vec<OsString> = names.iter().map(|name| format!("--{name}").into()).collect();
        let all = [OsString::from("x")].into_iter().chain(words.iter().cloned());
        let matches = program.try_get_matches_from_mut(all).unwrap();
        let found = Recognised::by_matches(&program, "demo", &Flags::default(), &matches, &words);
        assert_eq!(found.flags.len(), FLAGS);
    }
}
