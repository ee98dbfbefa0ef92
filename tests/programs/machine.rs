//! A machine of its own for each test: an empty home, a temporary folder, a working folder, and no environment but that.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct Machine {
    root: TempDir,
    home: PathBuf,
}

/// How a run ended and what it said.
#[derive(Debug, PartialEq)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self::with_home("home")
    }

    pub(crate) fn with_home(name: &str) -> Self {
        let root = TempDir::new().unwrap();
        let home = root.path().join(name);
        for dir in [&home, &root.path().join("work"), &root.path().join("tmp")] {
            fs::create_dir(dir).unwrap();
        }
        Self { root, home }
    }

    /// A quickstart in the working folder.
    pub(crate) fn quickstart<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quickstart"));
        command
            .args(arguments)
            .current_dir(self.work())
            .env_clear()
            .env("HOME", &self.home)
            .env("XDG_STATE_HOME", self.home.join("state"))
            .env("TMPDIR", self.root.path().join("tmp"));
        command
    }

    /// Runs a quickstart to its end; the arguments are words between spaces.
    pub(crate) fn run(&self, arguments: &str) -> Run {
        Run::of(&mut self.quickstart(arguments.split_whitespace()))
    }

    pub(crate) fn work(&self) -> PathBuf {
        self.root.path().join("work")
    }

    /// Writes files to the working folder; content by path.
    pub(crate) fn write<C: AsRef<[u8]>>(&self, files: impl IntoIterator<Item = (&'static str, C)>) {
        for (path, content) in files {
            let path = self.work().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    }

    /// A file of the working folder.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.work().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The names in a folder of the working folder, sorted.
    pub(crate) fn list(&self, dir: &str) -> Vec<String> {
        let entries = fs::read_dir(self.work().join(dir)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub(crate) fn home(&self) -> &Path {
        &self.home
    }
}

/// The bytes of every file under a folder, and the name of everything that is in it.
pub(crate) fn everything_under(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(everything_under(&path));
            found.push((path, Vec::new()));
        } else {
            let content = fs::read(&path).unwrap();
            found.push((path, content));
        }
    }
    found
}

/// Holds a batch against the quickstart's own schema.
pub(crate) fn assert_is_listed(batch: &Value) {
    static SCHEMA: LazyLock<(Schemas, SchemaIndex)> = LazyLock::new(|| {
        let schema = serde_json::from_str(&Machine::new().run("catalogue --schema").stdout).unwrap();
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("schema.json", schema).unwrap();
        let index = compiler.compile("schema.json", &mut schemas).unwrap();
        (schemas, index)
    });
    let (schemas, index) = &*SCHEMA;
    if let Err(error) = schemas.validate(batch, *index) {
        panic!("{error:#}\n{batch}");
    }
}

impl Run {
    pub(crate) fn of(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
    }

    /// What `--show json` printed: the events that the receiver got. Each is one that the program says it can send.
    pub(crate) fn events(&self) -> Vec<Value> {
        let lines = self.stdout.lines().filter(|line| line.starts_with('{'));
        let events: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_is_listed(&serde_json::json!({"sent_at": "2027-01-01T00:00:00.000000Z", "events": events}));
        events
    }
}
