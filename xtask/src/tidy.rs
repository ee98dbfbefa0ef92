//! What `ARCHITECTURE.md` and the order of modules say, held against the tree: `cargo xtask tidy`.
//!
//! A check reads text, as a reviewer would, and not syntax: it takes well under a second, and is right for code in this project's style.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

const MAP: &str = "ARCHITECTURE.md";

/// The crates in which a file imports only from files above it.
const CRATES: [&str; 3] = ["telemetry-macros", "telemetry-runtime", "telemetry-receiver"];

/// The longest line of `ARCHITECTURE.md`, in characters; rows of tables cannot be broken.
const WIDTH: usize = 140;

/// Every file that a check looks at, by its path from the root, with `/`; where it is no text, without one.
struct Tree(BTreeMap<String, String>);

/// One thing that is not as it should be.
#[derive(Debug)]
struct Finding {
    file: String,
    line: usize,
    /// What is there, and what was expected.
    says: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, says } = self;
        write!(to, "{file}:{line}: {says}")
    }
}

/// Holds the tree against what is said of it.
///
/// # Errors
///
/// What was found, a line each.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let findings = findings(&Tree::read(root)?);
    if findings.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = findings.iter().map(Finding::to_string).collect();
    Err(format!("what is not tidy: {}\n{}", lines.len(), lines.join("\n")))
}

fn findings(tree: &Tree) -> Vec<Finding> {
    let mut all = Vec::new();
    for name in CRATES {
        all.extend(imports(tree, name));
        all.extend(code_map(tree, name));
    }
    all.extend(ways(tree));
    all.extend(tests_folders(tree));
    all.extend(help(tree));
    all.extend(links(tree));
    all.extend(width(tree));
    all
}

impl Tree {
    fn read(root: &Path) -> Result<Self, String> {
        let mut files = BTreeMap::new();
        read_folder(root, "", &mut files)?;
        Ok(Self(files))
    }

    fn text(&self, file: &str) -> &str {
        self.0.get(file).map_or("", String::as_str)
    }

    fn has(&self, file: &str) -> bool {
        self.0.contains_key(file)
    }

    fn has_folder(&self, folder: &str) -> bool {
        self.below(folder).next().is_some()
    }

    /// The files below a folder, by their paths from there.
    fn below<'tree>(&'tree self, folder: &str) -> impl Iterator<Item = (&'tree str, &'tree str)> {
        let prefix = format!("{folder}/");
        let files = self.0.range(prefix.clone()..);
        files.map_while(move |(file, text)| Some((file.strip_prefix(&prefix)?, text.as_str())))
    }
}

/// Takes in what is below a folder, but for what is built, what git has, and what is only there for a test of somebody.
fn read_folder(root: &Path, folder: &str, files: &mut BTreeMap<String, String>) -> Result<(), String> {
    let path = root.join(folder);
    let problem = |error: std::io::Error| format!("{}: {error}", path.display());
    for entry in fs::read_dir(&path).map_err(problem)? {
        let entry = entry.map_err(problem)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let within = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        if name.starts_with('.') && ![".ci", ".github"].contains(&name.as_str()) || name == "target" {
            continue;
        }
        if entry.file_type().map_err(problem)?.is_dir() {
            read_folder(root, &within, files)?;
        } else {
            files.insert(within, fs::read_to_string(entry.path()).unwrap_or_default());
        }
    }
    Ok(())
}

// A file imports only from files above it.

/// A module as `lib.rs` declares it.
struct Module {
    name: String,
    line: usize,
    /// The file that stands in its place in some builds.
    instead: Option<String>,
}

impl Module {
    /// Whether a file is this module or in it, by its path in `src`.
    fn has(&self, file: &str) -> bool {
        let first = file.split('/').next().unwrap_or(file);
        first.strip_suffix(".rs").unwrap_or(first) == self.name || self.instead.as_deref() == Some(first)
    }
}

/// The list of modules in `lib.rs`, in its order; without those of unit tests.
fn modules(lib: &str) -> Vec<Module> {
    let mut attributes = String::new();
    let mut modules = Vec::new();
    for (line, text) in numbered(lib) {
        if text.starts_with("#[") {
            attributes.push_str(text);
        } else if let Some(name) = module(text) {
            let instead = attributes.split_once("path = \"").and_then(|(_, rest)| rest.split('"').next());
            if !attributes.contains("cfg(test)") {
                modules.push(Module { name: name.to_owned(), line, instead: instead.map(str::to_owned) });
            }
            attributes.clear();
        } else {
            attributes.clear();
        }
    }
    modules
}

/// The name in `mod name;`.
fn module(line: &str) -> Option<&str> {
    let line = line.strip_prefix("pub(crate) ").or_else(|| line.strip_prefix("pub ")).unwrap_or(line);
    line.strip_prefix("mod ")?.strip_suffix(';')
}

/// What `lib.rs` exports, each with the module that it is from.
fn exports(lib: &str) -> BTreeMap<&str, &str> {
    let mut exports = BTreeMap::new();
    for statement in lib.split("\npub use ").skip(1).filter_map(|rest| rest.split(';').next()) {
        let statement = statement.strip_prefix("self::").unwrap_or(statement);
        if let Some((module, names)) = statement.split_once("::") {
            exports.extend(words(names).map(|name| (name, module)));
        }
    }
    exports
}

/// Imports of files that stand below, and files that `lib.rs` does not list.
fn imports(tree: &Tree, name: &str) -> Vec<Finding> {
    let src = format!("{name}/src");
    let lib = tree.text(&format!("{src}/lib.rs"));
    let (modules, exports) = (modules(lib), exports(lib));
    let mut found = Vec::new();
    for (file, text) in tree.below(&src) {
        if !is_a("rs", file) || matches!(file, "lib.rs" | "main.rs") || file.ends_with("tests.rs") {
            continue;
        }
        let path = format!("{src}/{file}");
        let Some(own) = modules.iter().position(|module| module.has(file)) else {
            let says = format!("no module of `{src}/lib.rs` is called so: expected `mod` there, or no such file");
            found.push(Finding { file: path, line: 1, says });
            continue;
        };
        for (line, name) in crate_paths(text, !file.contains('/')) {
            let module = exports.get(name).copied().unwrap_or(name);
            let from = modules.iter().position(|other| other.name == module);
            if from.is_some_and(|from| from > own) {
                let Module { name: own, line: place, .. } = &modules[own];
                let says = format!(
                    "`{own}` imports from `{module}`, which stands below it: expected an import from above `{src}/lib.rs:{place}`"
                );
                found.push(Finding { file: path.clone(), line, says });
            }
        }
    }
    found
}

/// The first names of the paths that start at the crate's root, each with its line; without those in comments and unit tests. In a file of the
/// root, `super` is the root as well.
fn crate_paths(text: &str, is_top: bool) -> Vec<(usize, &str)> {
    let code = &text[..code_ends(text)];
    let mut found = Vec::new();
    let roots = ["crate::"].into_iter().chain(is_top.then_some("\nuse super::"));
    for (at, root) in roots.flat_map(|root| code.match_indices(root)) {
        let before = code[..at].chars().next_back();
        let line_so_far = code[..at].rsplit('\n').next().unwrap_or_default();
        if before.is_some_and(|before| before == '$' || before == '_' || before.is_alphanumeric())
            || line_so_far.trim_start().starts_with("//")
        {
            continue;
        }
        let rest = &code[at + root.len()..];
        let line = line_of(code, at + root.len());
        match rest.strip_prefix('{') {
            Some(group) => found.extend(firsts(group).map(|(within, name)| (line + within, name))),
            None => found.extend(first_name(rest).map(|name| (line, name))),
        }
    }
    found
}

/// The first name of each path of a group, which has been opened, with the lines before it.
fn firsts(group: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut depth = 1_usize;
    let mut starts = vec![0];
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => starts.push(at + 1),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    starts.into_iter().filter_map(|start| {
        let path = group.get(start..)?.trim_start();
        Some((group[..group.len() - path.len()].matches('\n').count(), first_name(path)?))
    })
}

fn first_name(path: &str) -> Option<&str> {
    words(path).next().filter(|name| path.starts_with(name))
}

/// Where a file's unit tests begin, which are at its end; or its end.
fn code_ends(text: &str) -> usize {
    text.match_indices("\n#[cfg(")
        .find(|(at, _)| {
            let mut lines = text[at + 1..].lines();
            let is_test = lines.next().is_some_and(|line| line.contains("(test)") || line.contains("(all(test"));
            let item = lines.find(|line| !line.starts_with("#[")).unwrap_or_default();
            is_test && item.split(' ').any(|word| word == "mod") && item.ends_with('{')
        })
        .map_or(text.len(), |(at, _)| at)
}

// What is of the world enters in one place.

/// What enters, and where alone; a detached sender is told the variables that the run before it heeded.
const WAYS: [(&str, &[&str]); 4] = [
    ("SystemTime::now(", &["clock.rs"]),
    ("Instant::now(", &["clock.rs"]),
    ("env::var_os(", &["env.rs", "sender.rs"]),
    ("std::env::var(", &["env.rs"]),
];

fn ways(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    let src = "telemetry-runtime/src";
    for (file, text) in tree.below(src).filter(|(file, _)| is_a("rs", file) && !file.ends_with("tests.rs")) {
        for (line, code) in numbered(&text[..code_ends(text)]).filter(|(_, code)| !code.trim_start().starts_with("//"))
        {
            for (way, files) in WAYS.iter().filter(|(way, files)| code.contains(way) && !files.contains(&file)) {
                let says = format!("`{way}…)`: expected it in {} alone", files.join(" and "));
                found.push(Finding { file: format!("{src}/{file}"), line, says });
            }
        }
    }
    found
}

// What the code map names is there, in the order of `lib.rs`, and nothing else is.

/// A file that the code map names: `stack` (`no_stack`) is two of them, and the second has the first as its parent.
struct Named<'map> {
    name: &'map str,
    parent: Option<&'map str>,
    line: usize,
}

/// What a table has in its first column.
fn named<'map>(rows: &[Row<'map>]) -> Vec<Named<'map>> {
    let mut named: Vec<Named<'_>> = Vec::new();
    for Row { line, cell } in rows {
        let (mut parent, mut is_within) = (None, false);
        for (place, part) in cell.split('`').enumerate() {
            if place % 2 == 0 {
                is_within = (is_within || part.contains('(')) && !part.contains(')');
                continue;
            }
            let name = part.strip_suffix(".rs").unwrap_or(part);
            named.push(Named { name, parent: parent.filter(|_| is_within), line: *line });
            if !is_within {
                parent = Some(name);
            }
        }
    }
    named
}

fn code_map(tree: &Tree, name: &str) -> Vec<Finding> {
    let src = format!("{name}/src");
    let (head, rows) = table(tree.text(MAP), &format!("`{src}`"));
    let named = named(&rows);
    let at = |line, says| Finding { file: MAP.to_owned(), line, says };
    let mut found = Vec::new();

    for (file, _) in tree.below(&src).filter(|(file, _)| is_a("rs", file) && *file != "lib.rs") {
        let (folder, own) = file.rsplit_once('/').map_or(("", file), |(folder, own)| (folder, own));
        let own = own.strip_suffix(".rs").unwrap_or(own);
        let top = folder.split('/').next().unwrap_or_default();
        let is_named = named.iter().any(|named| match folder {
            "" => named.name == own && named.parent.is_none_or(|parent| !tree.has(&format!("{src}/{parent}/{own}.rs"))),
            _ => named.name.strip_suffix('/') == Some(top) || named.name == own && named.parent == Some(top),
        });
        if !is_named && own != "tests" {
            found.push(at(
                head,
                format!("`{src}/{file}` is not in this table: expected it to be named, as what it is about"),
            ));
        }
    }

    for Named { name, parent, line } in &named {
        let is_there = match (parent, name.strip_suffix('/')) {
            (_, Some(folder)) => tree.has_folder(&format!("{src}/{folder}")),
            (Some(parent), None) => {
                tree.has(&format!("{src}/{parent}/{name}.rs")) || tree.has(&format!("{src}/{name}.rs"))
            }
            (None, None) => tree.has(&format!("{src}/{name}.rs")),
        };
        if !is_there {
            found.push(at(*line, format!("`{name}` is no file of `{src}`: expected one, or no such name")));
        }
    }

    let listed = modules(tree.text(&format!("{src}/lib.rs")));
    let place = |named: &Named<'_>| {
        let name = named.name.strip_suffix('/').unwrap_or(named.name);
        listed.iter().position(|module| module.name == name && named.parent.is_none())
    };
    let ordered: Vec<_> = named.iter().filter_map(|named| Some((place(named)?, named))).collect();
    for pair in ordered.windows(2) {
        if let [(first, above), (second, below)] = pair
            && first > second
        {
            let says = format!(
                "`{}` stands before `{}`: expected the order of `{src}/lib.rs:{}`",
                above.name, below.name, listed[*second].line
            );
            found.push(at(below.line, says));
        }
    }
    found
}

// Each folder of `tests` is one test target, or is named as what else it is.

/// A test target of a manifest.
struct Target<'toml> {
    name: &'toml str,
    path: &'toml str,
    line: usize,
}

/// The test targets.
fn targets(manifest: &str) -> Vec<Target<'_>> {
    let mut targets: Vec<Target<'_>> = Vec::new();
    let mut is_inside = false;
    for (line, text) in numbered(manifest) {
        if text.starts_with('[') {
            is_inside = text == "[[test]]";
            if is_inside {
                targets.push(Target { name: "", path: "", line });
            }
        }
        let value = |key: &str| text.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"');
        if let Some(target) = targets.last_mut().filter(|_| is_inside) {
            target.name = value("name").unwrap_or(target.name);
            target.path = value("path").unwrap_or(target.path);
        }
    }
    targets
}

fn tests_folders(tree: &Tree) -> Vec<Finding> {
    const MANIFEST: &str = "tests/Cargo.toml";
    let manifest = tree.text(MANIFEST);
    let tests = targets(manifest);
    let (tests_head, tests_rows) = table(tree.text(MAP), "Test");
    let (others_head, others_rows) = table(tree.text(MAP), "Folder of `tests`");
    let (shown, others) = (named(&tests_rows), named(&others_rows));
    let in_map = |line, says| Finding { file: MAP.to_owned(), line, says };
    let mut found = Vec::new();

    for Target { name, path, line } in &tests {
        let at = |says| Finding { file: MANIFEST.to_owned(), line: *line, says };
        if *path != format!("{name}/main.rs") {
            found.push(at(format!("the test `{name}` is `{path}`: expected `{name}/main.rs`, a folder a test")));
        }
        if !shown.iter().any(|shown| shown.name == *name) {
            found.push(at(format!("the test `{name}` has no row at {MAP}:{tests_head}: expected what it shows")));
        }
    }

    let is_test = |name: &str| tests.iter().any(|test| test.name == name);
    let mut folders: Vec<_> = tree.below("tests").filter_map(|(file, _)| Some(file.split_once('/')?.0)).collect();
    folders.dedup();
    for folder in folders {
        if !is_test(folder) && !others.iter().any(|other| other.name == folder) {
            let says = format!("`tests/{folder}` is no test target and not in this table: expected to read what it is");
            found.push(in_map(others_head, says));
        }
    }

    for Named { name, line, .. } in &others {
        if is_test(name) {
            found.push(in_map(*line, format!("`{name}` is a test target: expected it in the table of tests alone")));
        } else if !tree.has_folder(&format!("tests/{name}")) {
            found.push(in_map(*line, format!("`{name}` is no folder of `tests`: expected one, or no such name")));
        }
    }

    for Named { name, parent, line } in &shown {
        // In parentheses: the command that runs it, or the package that it is in.
        let elsewhere =
            |shown: &Named<'_>| shown.parent == Some(name) && tree.has_folder(&format!("{}/tests/{name}", shown.name));
        let is_there = is_test(name) || tree.has(&format!("tests/{name}/Cargo.toml")) || shown.iter().any(elsewhere);
        if parent.is_none() && !is_there {
            found.push(in_map(
                *line,
                format!("`{name}` is no test: expected a target of {MANIFEST}, or a package of its own"),
            ));
        }
    }
    found
}

// Every command is in the help, and nothing else is.

fn help(tree: &Tree) -> Vec<Finding> {
    const MAIN: &str = "xtask/src/main.rs";
    let main = tree.text(MAIN);
    let at = |line, says| Finding { file: MAIN.to_owned(), line, says };
    let (before, usage) = main.split_once("const USAGE").unwrap_or((main, ""));
    let usage = usage.split("\n\";").next().unwrap_or_default();
    let told: Vec<_> = numbered(usage)
        .filter_map(|(line, text)| Some((line_of(before, before.len()) + line - 1, text.strip_prefix("  ")?)))
        .filter(|(_, text)| !text.starts_with(' '))
        .collect();
    let tells_of = |text: &str, command: &str| {
        text.strip_prefix(command).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let known: Vec<_> =
        numbered(main).flat_map(|(line, text)| commands(text).into_iter().map(move |name| (line, name))).collect();

    let missing = known.iter().filter(|(_, command)| !told.iter().any(|(_, text)| tells_of(text, command)));
    let missing =
        missing.map(|(line, command)| at(*line, format!("`{command}` is not in the help: expected a line in `USAGE`")));
    let surplus = told.iter().filter(|(_, text)| !known.iter().any(|(_, command)| tells_of(text, command)));
    let surplus =
        surplus.map(|(line, text)| at(*line, format!("`{text}` is no command: expected an arm in `main` for it")));
    missing.chain(surplus).collect()
}

/// The commands of an arm: `["bench", part @ ("run" | "size"), ..] =>` has two.
fn commands(arm: &str) -> Vec<String> {
    let pattern = arm.trim_start().strip_prefix('[').and_then(|arm| Some(arm.split_once("] =>")?.0));
    let mut words = pattern.unwrap_or_default().split('"').skip(1).step_by(2).filter(|word| !word.starts_with("--"));
    let Some(first) = words.next().filter(|first| *first != "help") else { return Vec::new() };
    let parts: Vec<_> = words.map(|part| format!("{first} {part}")).collect();
    if parts.is_empty() { vec![first.to_owned()] } else { parts }
}

// What a document links to is there.

fn links(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (file, text) in tree.0.iter().filter(|(file, _)| is_a("md", file)) {
        for (line, text) in prose(text) {
            for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let (path, heading) = link.split_once('#').unwrap_or((link, ""));
                if path.contains(':') {
                    continue;
                }
                let target = if path.is_empty() { file.clone() } else { beside(file, path) };
                let problem = if !tree.has(&target) && !tree.has_folder(&target) {
                    format!("`{link}` leads nowhere: expected a file `{target}`")
                } else if !heading.is_empty() && !headings(tree.text(&target)).any(|other| other == heading) {
                    format!("`{link}` leads to no heading of `{target}`: expected one that is `#{heading}`")
                } else {
                    continue;
                };
                found.push(Finding { file: file.clone(), line, says: problem });
            }
        }
    }
    found
}

/// A path that is relative to a file's folder, from the root.
fn beside(file: &str, path: &str) -> String {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// What a document's headings are as parts of an address.
fn headings(text: &str) -> impl Iterator<Item = String> {
    prose(text).filter(|(_, line)| line.starts_with('#')).map(|(_, line)| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = |letter: &char| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_');
        words.chars().filter(kept).map(|letter| if letter == ' ' { '-' } else { letter }).collect()
    })
}

fn width(tree: &Tree) -> Vec<Finding> {
    let long = |line: &str| line.chars().count() > WIDTH && !line.starts_with('|');
    prose(tree.text(MAP))
        .filter(|(_, text)| long(text))
        .map(|(line, text)| {
            let says = format!("{} characters in a line: expected {WIDTH} at most", text.chars().count());
            Finding { file: MAP.to_owned(), line, says }
        })
        .collect()
}

// How text is read.

/// The lines, from 1.
fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines())
}

/// The lines of a document that are not code.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    numbered(text).filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

fn is_a(extension: &str, file: &str) -> bool {
    Path::new(file).extension().is_some_and(|other| other == extension)
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| letter != '_' && !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The first column of a row.
struct Row<'text> {
    line: usize,
    cell: &'text str,
}

/// The table whose first column is called so: where it begins, and its rows.
fn table<'text>(text: &'text str, head: &str) -> (usize, Vec<Row<'text>>) {
    let cell = |line: &'text str| line.strip_prefix('|').and_then(|row| row.split('|').next()).map(str::trim);
    let mut lines = numbered(text).skip_while(|(_, line)| cell(line) != Some(head));
    let begin = lines.next().map_or(1, |(line, _)| line);
    let rows = lines.skip(1).map_while(|(line, text)| Some(Row { line, cell: cell(text)? })).collect();
    (begin, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small tree in which everything is as it should be.
    const TIDY: [(&str, &str); 12] = [
        (
            "ARCHITECTURE.md",
            "# Map\n\nTo the [tests](#the-tests).\n\n\
             | `telemetry-runtime/src` | Is about |\n|---|---|\n\
             | `words` | words |\n| `stack` (`symbols`, `no_stack`) `wire/` | more |\n\n\
             ## The tests\n\n\
             | Test | Shows |\n|---|---|\n| `one` | this |\n| `two` (`cargo xtask two`) | that |\n\n\
             | Folder of `tests` | Is |\n|---|---|\n| `helper`, `two` | others |\n",
        ),
        ("docs/README.md", "[map](../ARCHITECTURE.md#map) [outside](https://example.org/#x)\n"),
        (
            "telemetry-runtime/src/lib.rs",
            "mod words;\n#[cfg(x)]\n#[cfg_attr(not(x), path = \"no_stack.rs\")]\nmod stack;\npub mod wire;\n\npub use wire::{Format, Wire};\n",
        ),
        ("telemetry-runtime/src/no_stack.rs", "use crate::words;\n"),
        (
            "telemetry-runtime/src/stack.rs",
            "mod symbols;\nuse crate::words::Word;\n#[cfg(test)]\nmod tests {\n    use crate::wire;\n}\n",
        ),
        ("telemetry-runtime/src/stack/symbols.rs", "// crate::wire is below\nuse super::Stack;\nuse crate::stack;\n"),
        ("telemetry-runtime/src/wire/mod.rs", "use crate::{stack, words::{Word, wire}};\n"),
        ("telemetry-runtime/src/words.rs", "macro_rules! m { () => { $crate::wire::x() } }\n"),
        (
            "tests/Cargo.toml",
            "[[bin]]\nname = \"helper\"\npath = \"helper/main.rs\"\n\n[[test]]\nname = \"one\"\npath = \"one/main.rs\"\n",
        ),
        ("tests/helper/main.rs", ""),
        ("tests/two/Cargo.toml", ""),
        (
            "xtask/src/main.rs",
            "const USAGE: &str = \"\\\nusage\n\n  test    all of it\n          at once\n  bench run [--fast]\n  bench size\n\";\n\
             match x {\n    [\"test\"] => test(),\n    [\"bench\", part @ (\"run\" | \"size\"), ..] => x(),\n    [\"bench\", \"run\", \"--fast\"] => y(),\n    \
             [\"help\" | \"--help\"] => z(),\n}\n",
        ),
    ];

    fn tree(files: &[(&str, &str)]) -> Tree {
        let mut tree: BTreeMap<_, _> =
            TIDY.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
        tree.insert("tests/one/main.rs".into(), String::new());
        tree.extend(files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())));
        Tree(tree)
    }

    /// What is found once these files are there, or are so, and none of these any more.
    fn found(files: &[(&str, &str)], without: &[&str]) -> Vec<String> {
        let mut tree = tree(files);
        tree.0.retain(|file, _| !without.contains(&file.as_str()));
        findings(&tree).iter().map(Finding::to_string).collect()
    }

    /// A file of the tidy tree with something in it changed.
    fn changed(file: &str, from: &str, to: &str) -> Vec<String> {
        let (_, text) = TIDY.iter().find(|(name, _)| *name == file).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        found(&[(file, &text.replace(from, to))], &[])
    }

    #[track_caller]
    fn assert_found(found: &[String], expected: &[&str]) {
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "found {found}\nnot   {expected}");
        }
    }

    #[test]
    fn a_tidy_tree_has_nothing_to_be_found() {
        assert_found(&found(&[], &[]), &[]);
    }

    #[test]
    fn an_import_from_below_is_found_however_it_is_written() {
        for (text, line) in [
            ("\nuse crate::wire::Wire;\n", 2),
            ("use crate::Format;\n", 1),
            ("use crate::{\n    words,\n    stack::{A, B},\n    wire,\n};\n", 3),
            ("fn f() -> crate::wire::Wire {}\n", 1),
            ("mod a;\nuse super::stack;\n", 2),
        ] {
            let found = found(&[("telemetry-runtime/src/words.rs", text)], &[]);
            let place = format!("telemetry-runtime/src/words.rs:{line}: `words` imports from `");
            assert!(found.first().is_some_and(|first| first.starts_with(&place)), "{text}: {found:#?}");
        }
        let found = found(&[("telemetry-runtime/src/stack/symbols.rs", "use crate::wire;\n")], &[]);
        assert_found(&found, &["telemetry-runtime/src/stack/symbols.rs:1: `stack` imports from `wire`"]);
    }

    #[test]
    fn a_file_that_is_nobodys_is_found() {
        let found = found(&[("telemetry-runtime/src/odd.rs", "")], &[]);
        let expected = [
            "telemetry-runtime/src/odd.rs:1: no module",
            "ARCHITECTURE.md:5: `telemetry-runtime/src/odd.rs` is not in",
        ];
        assert_found(&found, &expected);
    }

    #[test]
    fn a_clock_elsewhere_is_found() {
        let text = "// Instant::now()\nfn f() { Instant::now() }\n#[cfg(test)]\nmod tests {\n    fn g() { SystemTime::now() }\n}\n";
        let found = found(&[("telemetry-runtime/src/words.rs", text)], &[]);
        assert_found(&found, &["telemetry-runtime/src/words.rs:2: `Instant::now(…)`: expected it in clock.rs alone"]);
    }

    #[test]
    fn the_code_map_is_the_tree() {
        assert_found(
            &changed("ARCHITECTURE.md", "`symbols`, ", ""),
            &["ARCHITECTURE.md:5: `telemetry-runtime/src/stack/symbols.rs` is not in"],
        );
        assert_found(
            &changed("ARCHITECTURE.md", " `wire/`", ""),
            &["ARCHITECTURE.md:5: `telemetry-runtime/src/wire/mod.rs` is not in"],
        );
        assert_found(
            &changed("ARCHITECTURE.md", "`wire/`", "`wire/` `gone`"),
            &["ARCHITECTURE.md:8: `gone` is no file of"],
        );
        assert_found(
            &changed("ARCHITECTURE.md", "`symbols`,", "`symbols`, `gone`,"),
            &["ARCHITECTURE.md:8: `gone` is no file of"],
        );
        let swapped = changed("telemetry-runtime/src/lib.rs", "mod words;\n", "");
        assert!(swapped.iter().any(|found| found.contains("words.rs:1: no module of")), "{swapped:#?}");
        let swapped = found(
            &[
                ("telemetry-runtime/src/lib.rs", "mod words;\npub mod wire;\n#[path = \"no_stack.rs\"]\nmod stack;\n"),
                ("telemetry-runtime/src/wire/mod.rs", ""),
            ],
            &[],
        );
        assert_found(
            &swapped,
            &[
                "ARCHITECTURE.md:8: `stack` stands before `wire/`: expected the order of `telemetry-runtime/src/lib.rs:2`",
            ],
        );
    }

    #[test]
    fn each_folder_of_tests_is_said_to_be_something() {
        assert_found(&found(&[("tests/odd/x.rs", "")], &[]), &["ARCHITECTURE.md:17: `tests/odd` is no test target"]);
        assert_found(
            &changed("ARCHITECTURE.md", "| `one` | this |\n", ""),
            &["tests/Cargo.toml:5: the test `one` has no row at ARCHITECTURE.md:12"],
        );
        assert_found(
            &changed("ARCHITECTURE.md", "`helper`,", "`helper`, `one`,"),
            &["ARCHITECTURE.md:19: `one` is a test target"],
        );
        assert_found(
            &changed("ARCHITECTURE.md", "`helper`,", "`helper`, `gone`,"),
            &["ARCHITECTURE.md:19: `gone` is no folder"],
        );
        assert_found(
            &changed("ARCHITECTURE.md", "| `one` |", "| `one`, `gone` |"),
            &["ARCHITECTURE.md:14: `gone` is no test"],
        );
        assert_found(
            &changed("tests/Cargo.toml", "one/main.rs", "one/other.rs"),
            &["tests/Cargo.toml:5: the test `one` is `one/other.rs`"],
        );
        assert_found(
            &found(&[], &["tests/two/Cargo.toml"]),
            &["ARCHITECTURE.md:19: `two` is no folder", "ARCHITECTURE.md:15: `two` is no test"],
        );
    }

    #[test]
    fn a_command_without_help_and_help_without_a_command_are_found() {
        assert_found(
            &changed("xtask/src/main.rs", "  bench size\n", ""),
            &["xtask/src/main.rs:10: `bench size` is not in the help"],
        );
        assert_found(
            &changed("xtask/src/main.rs", "    [\"test\"] => test(),\n", ""),
            &["xtask/src/main.rs:4: `test    all of it` is no command"],
        );
    }

    #[test]
    fn a_link_to_nowhere_is_found() {
        assert_found(
            &changed("docs/README.md", "#map", "#maps"),
            &["docs/README.md:1: `../ARCHITECTURE.md#maps` leads to no heading"],
        );
        assert_found(
            &changed("docs/README.md", "../ARCHITECTURE.md", "ARCHITECTURE.md"),
            &["docs/README.md:1: `ARCHITECTURE.md#map` leads nowhere"],
        );
        assert_found(
            &changed("ARCHITECTURE.md", "#the-tests", "#tests"),
            &["ARCHITECTURE.md:3: `#tests` leads to no heading"],
        );
    }

    #[test]
    fn a_long_line_of_the_map_is_found() {
        let long = "x".repeat(WIDTH + 1);
        assert_found(&changed("ARCHITECTURE.md", "To the", &long), &["ARCHITECTURE.md:3: 1"]);
        assert_found(&changed("ARCHITECTURE.md", "# Map\n", &format!("# Map\n```\n{long}\n```\n")), &[]);
        assert_found(&changed("ARCHITECTURE.md", "| words |\n", &format!("| {long} |\n")), &[]);
    }
}
