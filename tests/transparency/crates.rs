//! Which crates, and why these.

use std::fmt;

/// A crate to be compared.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// The newest, if there is none.
    pub(crate) version: Option<String>,
    /// For cargo.
    pub(crate) features: &'static [&'static str],
    /// Tests that are not run, neither before nor after, with the reason.
    pub(crate) skipped: &'static [(&'static str, &'static str)],
    /// Files of `src` that are not tracked, with the reason.
    pub(crate) left_out: &'static [(&'static str, &'static str)],
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{} {version}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// A crate whose version is fixed, so that a difference is ours.
struct Pinned {
    name: &'static str,
    version: &'static str,
    features: &'static [&'static str],
    skipped: &'static [(&'static str, &'static str)],
    left_out: &'static [(&'static str, &'static str)],
    /// Part of the set that has to be quick.
    quick: bool,
}

/// Every call is recorded, and that is more than its own work.
const MANY_CALLS: &str = "makes hundreds of millions of calls";

const PINNED: &[Pinned] = &[
    // Errors, with a hand-made vtable in unsafe code, and macros that return.
    Pinned { quick: true, ..pinned("anyhow", "1.0.104") },
    // A version number in a pointer: unsafe allocation, and `Result`s all through.
    pinned("semver", "1.0.28"),
    // Reference counts by hand, vtables, pointers; tests that count allocations.
    pinned("bytes", "1.12.1"),
    // Unsafe storage behind const generics.
    pinned("arrayvec", "0.7.8"),
    // Unions, raw pointers, tests of what is dropped when.
    pinned("smallvec", "1.16.5"),
    // A parser whose macros return from the function that they are in; SIMD.
    Pinned { quick: true, skipped: &[("test_all_utf8_char_in_paths", MANY_CALLS)], ..pinned("httparse", "1.10.1") },
    // The map of the standard library: unsafe, generic over the allocator, closures.
    Pinned { skipped: &[("test_lots_of_insertions", MANY_CALLS)], ..pinned("hashbrown", "0.17.1") },
    // A recursive parser and printer, whose results are compared with tables.
    pinned("regex-syntax", "0.8.11"),
    // Parsers that are functions which return `impl Parser`, generic over every argument.
    pinned("winnow", "1.0.5"),
    // Serializers made by macros; the positions of errors are compared.
    pinned("serde_json", "1.0.154"),
    // Generic graphs, default trait methods, macros for whole families of methods.
    pinned("petgraph", "0.8.3"),
    // Async: hand-written futures and their waiting.
    Pinned { quick: true, ..pinned("async-channel", "2.5.0") },
    // Async: locks whose futures are dropped while they wait.
    pinned("async-lock", "3.5.0"),
    // Async: combinators and pin projections, tested by their documentation.
    pinned("futures-lite", "2.6.1"),
    // Async: stream adaptors, generic and pinned.
    Pinned { features: &["--features=full"], ..pinned("tokio-stream", "0.1.19") },
    // Async: services in services, boxed futures, generics to the limit.
    Pinned { features: &["--features=full"], ..pinned("tower", "0.5.3") },
    // Async: codecs, timers, task trackers, cancellation.
    Pinned { features: &["--features=full"], ..pinned("tokio-util", "0.7.20") },
];

const fn pinned(name: &'static str, version: &'static str) -> Pinned {
    Pinned { name, version, features: &[], skipped: &[], left_out: &[], quick: false }
}

impl From<&Pinned> for Entry {
    fn from(pinned: &Pinned) -> Self {
        Self {
            name: pinned.name.to_owned(),
            version: Some(pinned.version.to_owned()),
            features: pinned.features,
            skipped: pinned.skipped,
            left_out: pinned.left_out,
        }
    }
}

/// The crates that the arguments ask for.
pub(crate) fn choose(arguments: &[String]) -> Result<Vec<Entry>, String> {
    if arguments.is_empty() {
        return Ok(PINNED.iter().filter(|pinned| pinned.quick).map(Entry::from).collect());
    }
    if arguments == ["--all"] {
        return Ok(PINNED.iter().map(Entry::from).collect());
    }
    arguments.iter().map(|argument| parse(argument)).collect()
}

/// `CRATE` or `CRATE@VERSION`.
fn parse(argument: &str) -> Result<Entry, String> {
    let (name, version) = match argument.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (argument, None),
    };
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if name.is_empty() || !name.chars().all(is_name) {
        return Err(format!("`{argument}` is not the name of a crate"));
    }
    let pinned = PINNED.iter().find(|pinned| pinned.name == name);
    let mut entry = Entry::from(pinned.unwrap_or(&self::pinned("", "")));
    name.clone_into(&mut entry.name);
    entry.version = version.or(pinned.map(|pinned| pinned.version)).map(ToOwned::to_owned);
    Ok(entry)
}
