//! Compiles and runs the same source with and without an attribute, and says where the two differ.
//!
//! A **case** is a program of one file, in which the attribute is written `#[tracked]`. For each attribute the cases become the
//! binaries of one generated package under `target/attributes`; without one, a comment of the same length is in its place, so
//! that lines and columns are the same.
//!
//! What else is to be known of a case is said in comments at its very start: `// edition: 2024`, and whatever a test asks for
//! with [`Case::header`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use serde_json::Value;

/// An attribute to be compared with none.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// What it is called in tables.
    pub name: &'static str,
    text: &'static str,
    /// Lines for the `[dependencies]` of the generated package; `{root}` is this repository.
    dependencies: &'static str,
    /// What is put behind the last line of each case that is run.
    epilogue: &'static str,
}

impl Attribute {
    /// What stands in the place of `#[tracked]`.
    #[must_use]
    pub fn text(&self) -> &'static str {
        self.text
    }
}

/// No attribute: what the others are compared with.
pub const NONE: Attribute = Attribute { name: "none", text: "/*      */", dependencies: "", epilogue: "" };

/// Ours, recording at level `all`.
pub const TRACKED: Attribute = Attribute {
    name: "tracked",
    text: "#[::telemetry_runtime::tracked]",
    dependencies: "telemetry-runtime = { path = \"{root}/telemetry-runtime\" }\ntelemetry-start = { path = \"{root}/tests/start\" }\n",
    epilogue: "\nextern crate telemetry_start as _;\n",
};

/// Ours, where calls are only counted.
pub const AGGREGATED: Attribute =
    Attribute { name: "aggregated", text: "#[::telemetry_runtime::tracked(aggregate)]", ..TRACKED };

/// What people use today, for comparison.
pub const PEERS: [Attribute; 3] = [
    Attribute {
        name: "tracing::instrument",
        text: "#[::tracing::instrument(skip_all)]",
        dependencies: "tracing = \"=0.1.44\"\n",
        epilogue: "",
    },
    Attribute {
        name: "fastrace::trace",
        text: "#[::fastrace::trace]",
        dependencies: "fastrace = { version = \"=0.7.19\", features = [\"enable\"] }\n",
        epilogue: "",
    },
    Attribute {
        name: "autometrics",
        text: "#[::autometrics::autometrics]",
        dependencies: "autometrics = { version = \"=2.0.0\", features = [\"prometheus-exporter\"] }\n",
        epilogue: "",
    },
];

/// A program of one file.
#[derive(Clone, Debug)]
pub struct Case {
    /// The file's name without its ending.
    pub name: String,
    source: String,
}

impl Case {
    /// What the comments at the very start say after `// key`: `2024` in `// edition: 2024`, nothing in `// silent`.
    #[must_use]
    pub fn header(&self, key: &str) -> Option<&str> {
        let mut comments = self.source.lines().map_while(|line| line.strip_prefix("// "));
        let value = comments.find_map(|comment| comment.strip_prefix(key))?;
        match value.strip_prefix(':') {
            Some(value) => Some(value.trim()),
            None => value.is_empty().then_some(value),
        }
    }
}

/// The cases of a folder, by name.
///
/// # Panics
///
/// Where the folder cannot be read or holds none.
#[must_use]
pub fn cases(folder: &Path) -> Vec<Case> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("a readable folder").path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect();
    paths.sort();
    assert!(!paths.is_empty(), "no case in {}", folder.display());
    let case = |path: PathBuf| {
        let source = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(source.contains("#[tracked]"), "{}: nothing is tracked", path.display());
        let name = path.file_stem().expect("a file name").to_string_lossy().into_owned();
        Case { name, source }
    };
    paths.into_iter().map(case).collect()
}

/// What the compiler said of one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// First line, first column, last line, last column, counted from 1, of each primary span.
    pub places: Vec<[u64; 4]>,
    /// The lint, or the error's code.
    pub code: String,
    /// `warning` or `error`.
    pub level: String,
    /// All that the user reads, with the notes and suggestions.
    pub rendered: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.level, self.code)?;
        self.places.iter().try_for_each(|[line, column, ..]| write!(f, " {line}:{column}"))
    }
}

/// How a case ended when it was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The exit code; `None` after a signal.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// What the compiler, with clippy, says of each case.
///
/// `lints` are the lints and groups to warn of; with `-A`, `-D` or `-F` as they are given to the compiler.
///
/// # Panics
///
/// Where cargo cannot be run.
#[must_use]
pub fn lint(attribute: Attribute, cases: &[Case], lints: &[&str]) -> BTreeMap<String, BTreeSet<Diagnostic>> {
    let package = Package::generate(attribute, cases, "lint");
    package.cargo("clippy", lints)
}

/// Builds and runs each case. A case that does not build has what the compiler said instead.
///
/// # Panics
///
/// Where cargo cannot be run.
#[must_use]
pub fn run(attribute: Attribute, cases: &[Case]) -> BTreeMap<String, Result<Run, BTreeSet<Diagnostic>>> {
    let package = Package::generate(attribute, cases, "run");
    let mut said = package.cargo("build", &[]);
    let run = |case: &Case| {
        let said = said.remove(&case.name).unwrap_or_default();
        let built = !said.iter().any(|diagnostic| diagnostic.level == "error");
        (case.name.clone(), if built { Ok(package.run(&case.name)) } else { Err(said) })
    };
    cases.iter().map(run).collect()
}

struct Package {
    folder: PathBuf,
}

impl Package {
    fn generate(attribute: Attribute, cases: &[Case], purpose: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
        let folder = root.join("target/attributes").join(format!("{purpose}-{}", attribute.name.replace("::", "-")));
        let sources = folder.join("src");
        // Other files than the cases' are of cases that were.
        let temporary = folder.join("temporary");
        for emptied in [&sources, &temporary] {
            drop(std::fs::remove_dir_all(emptied));
            std::fs::create_dir_all(emptied).expect("a folder under target");
        }
        let mut manifest = String::from(MANIFEST);
        let mut dependencies = attribute.dependencies.to_owned();
        if purpose == "lint" && attribute.dependencies != TRACKED.dependencies {
            dependencies.push_str(TRACKED.dependencies);
        }
        manifest.push_str(&dependencies.replace("{root}", &root.display().to_string()));
        for case in cases {
            let Case { name, source } = case;
            let file = format!("src/{name}.rs");
            let edition = case.header("edition").unwrap_or("2021");
            let mut source = source.replace("#[tracked]", attribute.text);
            // What is only looked at needs no telemetry. But which implementations there are, and with it some errors, is a
            // matter of the crates that are loaded, so they are the same with and without the attribute.
            source.push_str(if purpose == "lint" { LINT_EPILOGUE } else { attribute.epilogue });
            std::fs::write(folder.join(&file), source).expect("a file under target");
            write!(manifest, "\n[[bin]]\nname = \"{name}\"\npath = \"{file}\"\nedition = \"{edition}\"\n")
                .expect("a string");
        }
        std::fs::write(folder.join("Cargo.toml"), manifest).expect("a file under target");
        std::fs::write(folder.join("clippy.toml"), CLIPPY).expect("a file under target");
        if [NONE.name, TRACKED.name, AGGREGATED.name].contains(&attribute.name) {
            // The versions that the workspace has, so that nothing is looked up.
            std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("a file under target");
        }
        Self { folder }
    }

    fn cargo(&self, command: &str, lints: &[&str]) -> BTreeMap<String, BTreeSet<Diagnostic>> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args([command, "--quiet", "--bins", "--keep-going", "--message-format=json"]).current_dir(&self.folder);
        // What this test was built with is not for the cases.
        cargo
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("CARGO_TARGET_DIR", self.folder.join("target"));
        if !lints.is_empty() {
            cargo.arg("--");
            for lint in lints {
                if !lint.starts_with('-') {
                    cargo.arg("-W");
                }
                cargo.args(lint.split(' '));
            }
        }
        let output = cargo.output().expect("cargo");
        let mut said: BTreeMap<String, BTreeSet<Diagnostic>> = BTreeMap::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let Ok(told) = serde_json::from_str::<Value>(line) else { continue };
            let (Some(target), Some(diagnostic)) = (told["target"]["name"].as_str(), diagnostic(&told["message"]))
            else {
                continue;
            };
            said.entry(target.to_owned()).or_default().insert(diagnostic);
        }
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() || !said.is_empty(), "cargo {command} in {}:\n{errors}", self.folder.display());
        said
    }

    fn run(&self, case: &str) -> Run {
        let program = self.folder.join("target/debug").join(case);
        let mut command = Command::new(&program);
        command.env("RUST_BACKTRACE", "0").current_dir(&self.folder).stdin(Stdio::null());
        // Telemetry's state goes there, a folder a process.
        command.env("TMPDIR", self.folder.join("temporary"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let stdout = read(child.stdout.take());
        let stderr = read(child.stderr.take());
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().expect("a child") {
                break Some(status);
            }
            if started.elapsed() > TIME_LIMIT {
                child.kill().expect("a child");
                child.wait().expect("a child");
                break None;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        // What it has started itself may hold the pipes open for longer.
        let text = |output: Receiver<Vec<u8>>| {
            let bytes = output.recv_timeout(TIME_LIMIT).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let (stdout, mut stderr) = (text(stdout), text(stderr));
        // The number of the panicking thread is the system's.
        stderr = stderr.lines().map(without_thread_number).collect::<Vec<_>>().join("\n");
        if status.is_none() {
            // Named, so that two that hang are not the same.
            write!(stderr, "\n{} was stopped after {TIME_LIMIT:?}", program.display()).expect("a string");
        }
        Run { code: status.and_then(|status| status.code()), stdout, stderr }
    }
}

/// How long a case may run. It needs a few milliseconds, but one that hangs must not hang everything else.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// Reads everything on a thread of its own, so that a full pipe stops nobody.
fn read(output: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    let mut output = output.expect("a pipe");
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What could not be read is missing, which shows.
        drop(output.read_to_end(&mut bytes));
        drop(sender.send(bytes));
    });
    receiver
}

/// What a case may use beside the standard library.
const MANIFEST: &str = r#"[package]
name = "cases"
version = "0.0.0"
edition = "2021"
autobins = false

[workspace]

# There are hundreds of programs, each run once.
[profile.dev]
debug = false
strip = "debuginfo"
incremental = false

[dependencies]
anyhow = "1"
async-trait = "0.1"
futures = "0.3"
tokio = { version = "1", features = ["macros", "rt-multi-thread", "time", "sync"] }
"#;

/// What is put behind the last line of each case that is only looked at.
const LINT_EPILOGUE: &str = "\nextern crate telemetry_runtime as _;\n";

/// What clippy is told: limits that short cases can reach, and names for the lints that know none by themselves.
const CLIPPY: &str = r#"
cognitive-complexity-threshold = 6
too-many-lines-threshold = 8
excessive-nesting-threshold = 3
stack-size-threshold = 100000
await-holding-invalid-types = ["await_holding_invalid_type::NotHeld"]
disallowed-fields = ["core::ops::Range::start"]
disallowed-macros = ["std::assert"]
disallowed-methods = ["std::thread::sleep"]
disallowed-types = ["std::net::Ipv4Addr"]
"#;

fn diagnostic(message: &Value) -> Option<Diagnostic> {
    let level = message["level"].as_str()?;
    let spans = message["spans"].as_array()?;
    let primary = spans.iter().filter(|span| span["is_primary"] == true);
    let place = |span: &Value| {
        ["line_start", "column_start", "line_end", "column_end"].map(|key| span[key].as_u64().unwrap_or(0))
    };
    let places: Vec<_> = primary.map(place).collect();
    // "2 warnings emitted" and the like.
    if places.is_empty() {
        return None;
    }
    let code = message["code"]["code"].as_str().or_else(|| message["message"].as_str())?;
    let rendered = message["rendered"].as_str().unwrap_or_default();
    Some(Diagnostic { places, code: code.to_owned(), level: level.to_owned(), rendered: rendered.to_owned() })
}

/// `thread 'main' (1234) panicked` without the number.
fn without_thread_number(line: &str) -> String {
    match (line.find("' ("), line.find(") panicked at")) {
        (Some(open), Some(close)) if line.starts_with("thread '") => {
            format!("{}{}", &line[..=open], &line[close + 1..])
        }
        _ => line.to_owned(),
    }
}
