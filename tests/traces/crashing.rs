//! The program that panics, built in several ways, and what is told of it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

/// What a user is called, and in what nobody may find it.
pub(crate) const USER: &str = "secretive";

/// Where the builds are: in the home of that user, and so is their source.
pub(crate) static BUILDS: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let traces = root.join("target/traces");
    let home = traces.join("home").join(USER);
    let package = home.join("crashing");
    std::fs::create_dir_all(package.join("src")).unwrap();
    std::fs::write(package.join("src/main.rs"), include_str!("program.rs")).unwrap();
    std::fs::write(home.join("elsewhere.rs"), include_str!("elsewhere.rs")).unwrap();
    let manifest = format!(
        "[package]\nname = \"crashing\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [lints.rust]\nunexpected_cfgs = \"allow\"\n\n[profile.dev]\ndebug = \"line-tables-only\"\n\n\
         [dependencies.telemetry-runtime]\npath = \"{}\"\ndefault-features = false\nfeatures = [\"backtrace\"]\n",
        root.join("telemetry-runtime").display()
    );
    std::fs::write(package.join("Cargo.toml"), manifest).unwrap();
    // The versions that the workspace has, so that nothing is looked up.
    std::fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock")).unwrap();

    let mut rustc = Command::new("rustc");
    rustc.args(["--edition=2024", "--crate-type=cdylib", "-g", "-o", "libcalls_back.so"]).current_dir(&package);
    assert!(rustc.arg(root.join("tests/traces/calls_back.rs")).status().unwrap().success());
    // One build after another, for they have one place; only the program itself is built again.
    for (name, flags) in [
        ("plain", ""),
        ("other", "--cfg other"),
        ("aborting", "-C panic=abort"),
        ("stripped", "-C strip=symbols"),
        ("without-lines", "-C strip=debuginfo"),
    ] {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["rustc", "--quiet", "--offline", "--"]).args(flags.split_whitespace()).current_dir(&package);
        cargo.env_remove("RUSTFLAGS").env("CARGO_TARGET_DIR", traces.join("target"));
        assert!(cargo.status().unwrap().success(), "{name}");
        telemetry_tests::copy_program(&traces.join("target/debug/crashing"), &package.join(name));
    }
    package
});

/// A user's machine: the folder that the program's telemetry has there.
pub(crate) struct Machine {
    pub(crate) folder: TempDir,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    /// One on which a build has panicked.
    pub(crate) fn after(build: &str, how: &str) -> Self {
        let machine = Self::new();
        machine.run(build, how);
        machine
    }

    pub(crate) fn command(&self, build: &str, how: &str) -> Command {
        let mut command = Command::new(BUILDS.join(build));
        command.arg(self.folder.path()).args(how.split_whitespace()).env_clear();
        command.env("HOME", BUILDS.parent().unwrap()).env("USER", USER).env("LOGNAME", USER);
        command
    }

    pub(crate) fn run(&self, build: &str, how: &str) -> Output {
        self.command(build, how).output().unwrap()
    }

    /// What another run of a build delivers, of what is left here. That stays, so that another build can be asked as well.
    pub(crate) fn told_by(&self, build: &str, libraries: &str) -> Vec<Value> {
        let other = Self::new();
        let spool = |machine: &Self| machine.folder.path().join("state/spool-1");
        std::fs::create_dir_all(spool(&other)).unwrap();
        for file in std::fs::read_dir(spool(self)).unwrap().map(Result::unwrap) {
            std::fs::copy(file.path(), spool(&other).join(file.file_name())).unwrap();
        }
        other.tell(build, libraries)
    }

    /// What has been delivered here, when a run more has delivered what was left.
    pub(crate) fn tell(&self, build: &str, libraries: &str) -> Vec<Value> {
        let output = self.run(build, &format!("tell {libraries}"));
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        self.delivered()
    }

    pub(crate) fn delivered(&self) -> Vec<Value> {
        let lines = std::fs::read_to_string(self.folder.path().join("lines")).unwrap_or_default();
        for telling in [USER, "/home", "/root", "target/traces"] {
            assert!(!lines.contains(telling), "{telling} in {lines}");
        }
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The frames of the one panic here, as a build names them.
    pub(crate) fn frames(&self, build: &str) -> Vec<Frame> {
        self.frames_with(build, "")
    }

    pub(crate) fn frames_with(&self, build: &str, libraries: &str) -> Vec<Frame> {
        let told = self.told_by(build, libraries);
        let [panic] = &panics(&told)[..] else { panic!("{told:#?}") };
        frames(panic)
    }
}

/// A frame, as it was delivered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) function: Option<String>,
    /// File and line.
    pub(crate) place: Option<(String, u64)>,
    /// Build id and offset.
    pub(crate) at: (Option<String>, u64),
}

impl Frame {
    pub(crate) fn is_nameless(&self) -> bool {
        self.function.is_none() && self.place.is_none()
    }
}

pub(crate) fn frames(panic: &Value) -> Vec<Frame> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let frame = |frame: &Value| Frame {
        function: text(&frame["function"]),
        place: text(&frame["file"]).zip(frame["line"].as_u64()),
        at: (text(&frame["module"]), frame["offset"].as_u64().unwrap()),
    };
    panic["frames"].as_array().unwrap().iter().map(frame).collect()
}

pub(crate) fn panics(events: &[Value]) -> Vec<&Value> {
    events.iter().filter(|event| event["kind"] == "panic").collect()
}

/// The functions of the program itself.
pub(crate) fn own(frames: &[Frame]) -> Vec<&str> {
    let functions = frames.iter().filter_map(|frame| frame.function.as_deref());
    functions.filter(|function| function.starts_with("crashing::")).collect()
}
