//! The catalogue as a page: written for users, and read back strictly, so that it can be compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

use super::{Added, Catalogue, Class, Entry, Fact, Needed, Type, When};
use crate::value::is_field_name;

impl Catalogue {
    /// The catalogue as a page that users can read and [`check`](Self::check) reads back. The same catalogue makes the same page.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut page = String::new();
        // Writing to a string does not fail.
        let _ = self.write_markdown(&mut page);
        page
    }

    fn write_markdown(&self, page: &mut String) -> fmt::Result {
        writeln!(page, "# Telemetry of `{}`\n", self.app)?;
        page.push_str("<!-- Written by the program: everything that it can send. Not to be edited by hand. -->\n\n");
        page.push_str(INTRODUCTION);
        if self.events.keys().any(|(_, when)| *when == When::Aggregate) {
            page.push_str(AGGREGATES);
        }
        if !self.required.is_empty() {
            page.push_str(REQUIRED);
        }
        if self.events.keys().any(|(_, when)| *when == When::Error) {
            page.push_str(ERRORS);
        }
        if let Some(access) = &self.access {
            writeln!(page, "\nWho sees it: {access}")?;
        }
        if let Some(policy) = &self.policy {
            writeln!(page, "\nWhat becomes of it is said in the policy: <{policy}>.")?;
        }
        if let Some(reference) = &self.command_reference {
            writeln!(page, "\nThe commands and flags that control it are in the command reference: <{reference}>.")?;
        }
        for (section, rows) in SECTIONS.iter().zip(self.sections()) {
            if !(rows.is_empty() && section.is_optional) {
                section.write(page, &rows)?;
            }
        }
        Ok(())
    }

    /// The rows of each section of the page.
    fn sections(&self) -> [Vec<Vec<String>>; 7] {
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| NONE.to_owned());
        let listed = |names: &BTreeSet<String>| {
            if names.is_empty() {
                NONE.to_owned()
            } else {
                names.iter().map(|name| code(name)).collect::<Vec<_>>().join(", ")
            }
        };
        let events = self.events.iter().map(|((name, when), entry)| {
            vec![
                code(name),
                when.to_string(),
                entry.class.to_string(),
                entry.level.to_string(),
                or_none(&entry.purpose),
                or_none(&entry.owner),
                or_none(&entry.expires),
                listed(&entry.functions),
            ]
        });
        let fields = self.events.iter().flat_map(|((name, when), entry)| {
            entry.fields.iter().map(|(field, kind)| {
                vec![code(name), when.to_string(), code(field), kind.to_string(), kind.class().to_string()]
            })
        });
        let additions = self.additions.iter().map(|(name, added)| {
            vec![code(name), added.kind.to_string(), added.kind.class().to_string(), listed(&added.modules)]
        });
        let facts = |facts: &BTreeMap<String, Fact>| {
            let row = |(name, fact): (&String, &Fact)| {
                vec![code(name), fact.kind.to_string(), fact.kind.class().to_string(), or_none(&fact.says)]
            };
            facts.iter().map(row).collect()
        };
        let derived = self.derived.iter().map(|(name, says)| vec![code(name), says.clone()]);
        let required = self.required.iter().map(|(name, address)| vec![code(name), address.clone()]);
        let (origin, facts) = (facts(&self.origin), facts(&self.facts));
        [events.collect(), fields.collect(), additions.collect(), origin, facts, derived.collect(), required.collect()]
    }

    /// The sections of the page as tables: title, columns and rows. Names are between backticks.
    #[cfg(feature = "page")]
    pub(crate) fn tables(
        &self,
    ) -> impl Iterator<Item = (&'static str, &'static [&'static str], Vec<Vec<String>>)> + use<> {
        let sections = SECTIONS.iter().zip(self.sections());
        sections
            .filter(|(section, rows)| !(rows.is_empty() && section.is_optional))
            .map(|(section, rows)| (section.title, section.columns, rows))
    }

    /// One line for each thing that may be collected, the same for the same catalogue: what consent remembers.
    pub(crate) fn lines(&self) -> Vec<String> {
        let rows = SECTIONS.iter().zip(self.sections());
        rows.flat_map(|(section, rows)| {
            rows.into_iter().map(|row| {
                let told = row.iter().zip(section.columns).filter(|(_, column)| !matches!(**column, "Owner" | "From"));
                let cells: Vec<&str> = told.map(|(cell, _)| cell.as_str()).collect();
                format!("{}: {}", section.title, cells.join(" | "))
            })
        })
        .collect()
    }

    /// Reads a page back; says at which line it is none, and why.
    pub(super) fn read(page: &str) -> Result<Self, (usize, String)> {
        let mut lines = page.lines().zip(1..).peekable();
        let mut catalogue = Self::empty();
        for (at, section) in SECTIONS.iter().enumerate() {
            let expected = format!("## {}", section.title);
            if section.is_optional {
                while lines.next_if(|(line, _)| !line.starts_with('|') && !line.starts_with("## ")).is_some() {}
                if lines.peek().is_none_or(|(line, _)| *line != expected) {
                    continue;
                }
            }
            loop {
                match lines.next() {
                    Some((line, _)) if line == expected => break,
                    Some((line, number)) if line.starts_with("## ") || line.starts_with('|') => {
                        return Err((number, format!("expected `{expected}`")));
                    }
                    Some(_) => {}
                    None => return Err((page.lines().count(), format!("expected `{expected}` before the end"))),
                }
            }
            while lines.next_if(|(line, _)| !line.starts_with('|') && !line.starts_with("## ")).is_some() {}
            for expected in [section.header(), section.rule()] {
                match lines.next_if(|(line, _)| line.starts_with('|')) {
                    Some((line, _)) if line == expected => {}
                    Some((_, number)) => return Err((number, format!("expected `{expected}`"))),
                    // A section that has nothing has no table.
                    None => break,
                }
            }
            while let Some((line, number)) = lines.next_if(|(line, _)| line.starts_with('|')) {
                let row = cells(line).filter(|row| row.len() == section.columns.len());
                let row = row.ok_or_else(|| (number, format!("expected {} cells", section.columns.len())))?;
                catalogue.read_row(at, &row).map_err(|problem| (number, problem))?;
            }
        }
        match lines.find(|(line, _)| line.starts_with("## ") || line.starts_with('|')) {
            Some((_, number)) => Err((number, "expected nothing more".to_owned())),
            None => Ok(catalogue),
        }
    }

    fn read_row(&mut self, section: usize, row: &[String]) -> Result<(), String> {
        let optional = |cell: &String| (cell != NONE).then(|| cell.clone());
        let is_new = match (section, row) {
            (0, [name, when, class, level, purpose, owner, expires, functions]) => {
                let expires = optional(expires);
                if expires.as_deref().is_some_and(|expires| !is_date(expires)) {
                    return Err("expected a month as `2027-06`, a day as `2027-06-30`, or `–`".to_owned());
                }
                let entry = Entry {
                    class: Class::read(class)?,
                    level: Needed::read(level)?,
                    purpose: optional(purpose),
                    owner: optional(owner),
                    expires,
                    functions: names(functions)?,
                    fields: BTreeMap::new(),
                };
                self.events.insert((uncode(name)?, When::read(when)?), entry).is_none()
            }
            (1, [name, when, field, kind, class]) => {
                let kind = Type::read_with_class(kind, class)?;
                let entry = self.events.get_mut(&(uncode(name)?, When::read(when)?));
                let entry = entry.ok_or_else(|| format!("there is no event {name} ({when})"))?;
                entry.fields.insert(uncode(field)?, kind).is_none()
            }
            (2, [name, kind, class, modules]) => {
                let added = Added { kind: Type::read_with_class(kind, class)?, modules: names(modules)? };
                self.additions.insert(uncode(name)?, added).is_none()
            }
            (3 | 4, [name, kind, class, says]) => {
                let fact = Fact { kind: Type::read_with_class(kind, class)?, says: optional(says) };
                let facts = if section == 3 { &mut self.origin } else { &mut self.facts };
                facts.insert(uncode(name)?, fact).is_none()
            }
            (5, [name, says]) => self.derived.insert(uncode(name)?, says.clone()).is_none(),
            (6, [name, address]) => self.required.insert(uncode(name)?, address.clone()).is_none(),
            _ => return Err("expected another number of cells".to_owned()),
        };
        if is_new { Ok(()) } else { Err("the same is said above".to_owned()) }
    }
}

impl Type {
    fn read_with_class(text: &str, class: &str) -> Result<Self, String> {
        let kind = Self::read(text).ok_or_else(|| format!("`{text}` is not a type of fields"))?;
        let expected = kind.class();
        if Class::read(class)? == expected { Ok(kind) } else { Err(format!("expected the class {expected} of {kind}")) }
    }

    fn read(text: &str) -> Option<Self> {
        Self::read_first(text).and_then(|(kind, rest)| rest.is_empty().then_some(kind))
    }

    /// The type that a text begins with, and what comes after it.
    fn read_first(text: &str) -> Option<(Self, &str)> {
        if let Some(item) = text.strip_prefix("list of ") {
            return Self::read_first(item).map(|(item, rest)| (Self::List(Box::new(item)), rest));
        }
        if let Some(words) = text.strip_prefix("one of ") {
            return quoted(words).map(|(words, rest)| (Self::Words(words), rest));
        }
        if let Some(mut rest) = text.strip_prefix('{') {
            let mut members = BTreeMap::new();
            while !rest.starts_with('}') {
                rest = if members.is_empty() { rest } else { rest.strip_prefix(", ")? };
                let (name, kind) = rest.split_once(": ").filter(|(name, _)| is_field_name(name))?;
                let (kind, behind) = Self::read_first(kind)?;
                if members.insert(name.to_owned(), kind).is_some() {
                    return None;
                }
                rest = behind;
            }
            return rest.strip_prefix('}').map(|rest| (Self::Struct(members), rest));
        }
        Self::NAMED.into_iter().find_map(|(kind, name)| Some((kind, text.strip_prefix(name)?)))
    }

    const NAMED: [(Self, &'static str); 15] = [
        (Self::Any, "any field"),
        (Self::Bool, "boolean"),
        (Self::Int, "integer"),
        (Self::UInt, "unsigned"),
        (Self::Float, "float"),
        (Self::Duration, "duration"),
        (Self::Time, "time"),
        (Self::Id, "UUID"),
        (Self::Version, "version"),
        (Self::Label, "label"),
        (Self::Bucket, "range"),
        (Self::Template, "template"),
        (Self::Identifier, "identifier"),
        (Self::ErrorText, "error text"),
        (Self::Hash, "hash"),
    ];
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(item) => write!(f, "list of {item}"),
            Self::Words(words) => {
                f.write_str("one of ")?;
                for (at, word) in words.iter().enumerate() {
                    let word = word.replace('\\', "\\\\").replace('"', "\\\"");
                    write!(f, "{}\"{word}\"", if at == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
            Self::Struct(members) => {
                f.write_str("{")?;
                for (at, (name, kind)) in members.iter().enumerate() {
                    write!(f, "{}{name}: {kind}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str("}")
            }
            named => {
                let name = Self::NAMED.into_iter().find(|(kind, _)| kind == named);
                f.write_str(name.map_or("any field", |(_, name)| name))
            }
        }
    }
}

/// `"a", "b"`, and what comes after them.
fn quoted(text: &str) -> Option<(BTreeSet<String>, &str)> {
    let mut words = BTreeSet::new();
    let mut rest = text;
    loop {
        let mut word = String::new();
        let mut letters = rest.strip_prefix('"')?.chars();
        loop {
            match letters.next()? {
                '"' => break,
                '\\' => word.push(letters.next()?),
                letter => word.push(letter),
            }
        }
        words.insert(word);
        rest = letters.as_str();
        match rest.strip_prefix(", ") {
            Some(next) if next.starts_with('"') => rest = next,
            _ => return Some((words, rest)),
        }
    }
}

macro_rules! words {
    ($name:ident: $what:literal, $($variant:ident = $word:literal),+) => {
        impl $name {
            fn read(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(format!(concat!("`{}` is not ", $what), text)),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$variant => $word,)+
                })
            }
        }
    };
}

words!(When: "a time at which events are recorded",
    Start = "start", Finish = "finish", Success = "success", Panic = "panic", Loss = "loss", UsageError = "usage error",
    Aggregate = "aggregate",
    Snapshot = "snapshot",
    UsageReport = "usage report",
    Error = "error");
words!(Class: "a class",
    Anonymous = "anonymous", Unspecified = "unspecified", Identifying = "identifying", Content = "content");
words!(Needed: "a level that events need", Stats = "stats", Errors = "errors", Any = "any", Required = "required");

/// What stands where nothing is said.
const NONE: &str = "–";

const INTRODUCTION: &str = "\
Each event says when it was recorded, of which run of the program, which program and version that was, and on which operating
system and processor. A *start* is recorded when the program begins something, a *finish* when that ends, however it does, with
how it ended and how long it took; a *success* only if it went well. A *snapshot* is recorded from time to time while the program runs;
with `since`, its numbers are counted from then on. Nothing is sent but what is listed here, and no argument, path or
text that a user typed, unless the class of a field says so: *identifying* says who somebody is, and is sent only where the user has
told the program; *content* is the text of an error. With debug telemetry, which only the user turns on, every finish may carry `error`,
the text of the error, and every panic `text`, what it says. A field whose class is *unspecified* is one of the types below, and the source does not say which.

The user decides by the level: `stats` lets starts and finishes through, `errors` what tells of faults of the program, `all` both, `none`
nothing. What is not delivered yet is kept on the user's machine, for seven days at most. An event that expires is not recorded any
more after that month or day.
";

/// … where there are some.
const AGGREGATES: &str = "
An *aggregate* is recorded from time to time and stands for many calls of one thing: how many there were, how many failed, and how long
they took, counted by ranges. It needs the level `stats`.
";

/// … where the program has to report something.
const REQUIRED: &str = "
A *usage report* is **required**: it is sent at every level, at `none` too, and cannot be turned off. It goes to an address of its own, with `id` (as
`request_id`), `time`, `app` and `version`, and nothing else of what goes with other events.
";

/// … where the program reports errors itself.
const ERRORS: &str = "
An *error* is recorded where the program meets one that it does not expect: the place in its source, of some the calls that led there, and what the
error says only where it is listed as a field, `error`.
";

struct Section {
    title: &'static str,
    columns: &'static [&'static str],
    /// Where it has nothing, it is not there.
    is_optional: bool,
}

const SECTIONS: [Section; 7] = [
    Section::new("Events", &["Event", "When", "Class", "Level", "Purpose", "Owner", "Expires", "From"]),
    Section::new("Fields of events", &["Event", "When", "Field", "Type", "Class"]),
    Section::new("Fields that the program may add to any finish", &["Field", "Type", "Class", "From"]),
    Section::new("On every event of which it is known", &["Name", "Type", "Class", "Says"]),
    Section::new("Facts about the program, on every event", &["Fact", "Type", "Class", "Says"]),
    Section::new("Facts that the receiver derives", &["Fact", "Says"]),
    Section { is_optional: true, ..Section::new("Where required reports go", &["Event", "Address"]) },
];

impl Section {
    const fn new(title: &'static str, columns: &'static [&'static str]) -> Self {
        Self { title, columns, is_optional: false }
    }

    fn header(&self) -> String {
        format!("| {} |", self.columns.join(" | "))
    }

    fn rule(&self) -> String {
        format!("|{}", "---|".repeat(self.columns.len()))
    }

    fn write(&self, page: &mut String, rows: &[Vec<String>]) -> fmt::Result {
        writeln!(page, "\n## {}\n", self.title)?;
        if rows.is_empty() {
            return page.write_str("None.\n");
        }
        writeln!(page, "{}\n{}", self.header(), self.rule())?;
        rows.iter().try_for_each(|row| {
            let cells: Vec<_> = row.iter().map(|cell| cell.replace('\\', "\\\\").replace('|', "\\|")).collect();
            writeln!(page, "| {} |", cells.join(" | "))
        })
    }
}

/// The cells of a row; `None` if it is none.
fn cells(line: &str) -> Option<Vec<String>> {
    let mut letters = line.strip_prefix("| ")?.chars();
    let (mut cells, mut cell) = (Vec::new(), String::new());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => cell.push(letters.next().filter(|letter| matches!(letter, '\\' | '|'))?),
            '|' => {
                cells.push(std::mem::take(&mut cell).strip_suffix(' ')?.to_owned());
                match letters.next() {
                    Some(' ') => {}
                    None => return Some(cells),
                    Some(_) => return None,
                }
            }
            letter => cell.push(letter),
        }
    }
    None
}

fn code(name: &str) -> String {
    format!("`{name}`")
}

fn uncode(cell: &str) -> Result<String, String> {
    let name = cell.strip_prefix('`').and_then(|cell| cell.strip_suffix('`'));
    name.map(str::to_owned).ok_or_else(|| format!("expected a name between backticks instead of {cell}"))
}

/// `` `a`, `b` ``, or nothing.
fn names(cell: &str) -> Result<BTreeSet<String>, String> {
    if cell == NONE { Ok(BTreeSet::new()) } else { cell.split(", ").map(uncode).collect() }
}

fn is_date(text: &str) -> bool {
    let form: String = text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    matches!(form.as_str(), "0000-00" | "0000-00-00")
}
