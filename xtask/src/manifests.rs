//! Whether what the manifests declare is so: `cargo xtask manifests`. Each part is a tool's work or a few lines, says what it is about before it runs,
//! and none keeps the others from running.

use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, io};

use crate::packaged::{self, CRATES, versioned};
use crate::{install, outside, root, run, target, with_first};

const CARGO_DENY: (&str, &str) = ("cargo-deny", "0.18.9");
const CARGO_HACK: (&str, &str) = ("cargo-hack", "0.6.46");
const CARGO_MACHETE: (&str, &str) = ("cargo-machete", "0.9.2");

/// The Rust that is promised.
const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");

/// A file of a package that is larger is no source that somebody wrote, bytes.
const LARGEST_FILE: u64 = 128 * 1024;

/// Looks into one part, which was asked for by its name, or is one of all.
type Look = fn(asked: bool) -> Result<(), String>;

/// What is looked into, what it means when it fails, and how it is found out. The quick ones are first.
const PARTS: [(&str, &str, Look); 7] = [
    ("unused", "a dependency is declared that nothing uses", |_| unused()),
    ("licences", "the lock file has what deny.toml does not allow", |_| licences()),
    ("advisories", "a dependency has a known hole, or was yanked", |_| advisories()),
    ("packages", "a package is not what it should be", |_| packages()),
    ("least", "the crates do not work with the least versions that they declare", |_| least()),
    ("features", "the runtime does not build without warnings with each combination of features", |_| features()),
    ("oldest", "the crates do not build with the oldest Rust that they declare", oldest),
];

/// Looks into the parts that are asked for, or all.
pub(crate) fn check(asked: &[&str]) -> Result<(), String> {
    if let Some(unknown) = asked.iter().find(|name| PARTS.iter().all(|(part, ..)| part != *name)) {
        return Err(format!("manifests: no part {unknown:?}; there are {}", PARTS.map(|(part, ..)| part).join(", ")));
    }
    let mut failed = Vec::new();
    for (part, means, look) in PARTS {
        if asked.is_empty() || asked.contains(&part) {
            eprintln!("xtask: manifests: {part}");
            if let Err(problem) = look(!asked.is_empty()) {
                failed.push(format!("manifests {part}: {means}: {problem}"));
            }
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\nxtask: ")) }
}

/// Of all manifests of the repository, also those of other workspaces.
fn unused() -> Result<(), String> {
    run(installed(CARGO_MACHETE)?.args(["machete", "--skip-target-dir"]))
}

fn licences() -> Result<(), String> {
    run(deny()?.args(["check", "licenses", "bans", "sources"]))
}

/// The advisories are a git repository, which not everybody can reach: who cannot is told, and goes on.
fn advisories() -> Result<(), String> {
    let fetched = deny()?.args(["fetch", "db"]).stderr(Stdio::null()).status();
    if !fetched.is_ok_and(|status| status.success()) {
        eprintln!("xtask: manifests: advisories are not checked: their database cannot be reached from here");
        return Ok(());
    }
    run(deny()?.args(["check", "--disable-fetch", "advisories"]))
}

fn deny() -> Result<Command, String> {
    let mut deny = installed(CARGO_DENY)?;
    deny.args(["deny", "--locked", "--log-level", "error"]);
    Ok(deny)
}

/// What is packaged is all there, and no more than that. That it builds is seen in the next part, and by `cargo xtask adopt`.
fn packages() -> Result<(), String> {
    for (name, folder) in packaged::unpack(&target().join("manifests"))? {
        let files = files_in(&folder, "").map_err(|error| format!("{}: {error}", folder.display()))?;
        if let Some((stranger, _)) = files.iter().find(|(file, _)| !belongs(file)) {
            return Err(format!("{name} has {stranger}"));
        }
        if let Some(missing) = MUST.iter().find(|must| files.iter().all(|(file, _)| file != **must)) {
            return Err(format!("{name} has no {missing}"));
        }
        if let Some((large, size)) = files.iter().find(|(_, size)| *size > LARGEST_FILE) {
            return Err(format!("{name} has {large} of {size} bytes, and {LARGEST_FILE} should do"));
        }
    }
    Ok(())
}

/// The files of a folder and its folders: where each is, from here on, and how many bytes it has.
fn files_in(folder: &Path, here: &str) -> io::Result<Vec<(String, u64)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{here}{}", entry.file_name().display());
        if entry.file_type()?.is_dir() {
            files.extend(files_in(&entry.path(), &format!("{name}/"))?);
        } else {
            files.push((name, entry.metadata()?.len()));
        }
    }
    Ok(files)
}

/// What a package has to have.
const MUST: [&str; 5] = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md", "src/lib.rs"];

/// Whether a file is something for whoever has the package: what is compiled, with its unit tests and what they read, and what is said of it.
fn belongs(file: &str) -> bool {
    let added_by_cargo = [".cargo_vcs_info.json", "Cargo.toml.orig"];
    let ends = |end: &&str| file.ends_with(end);
    let of_source = file.starts_with("src/") && [".rs", ".css", ".snap", ".json", ".proto"].iter().any(ends);
    MUST.contains(&file) || added_by_cargo.contains(&file) || of_source
}

/// The crates as they are packaged, with the least version of each dependency that they declare, and the newest of theirs that the oldest Rust can
/// build: their unit tests pass. Stable cargo can choose versions so only where it is told that it may.
fn least() -> Result<(), String> {
    let folder = target().join("manifests").join("least");
    let crates = packaged::unpack(&folder)?;
    let members = crates.clone().map(|(name, _)| format!("{:?}", versioned(name))).join(", ");
    let workspace = folder.join("Cargo.toml");
    fs::write(&workspace, format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n"))
        .map_err(|error| format!("{}: {error}", workspace.display()))?;
    drop(fs::remove_file(folder.join("Cargo.lock")));

    let patches = crates.map(|(name, folder)| packaged::patch(name, &folder));
    let there = || {
        let mut cargo = outside(".");
        cargo.current_dir(&folder).args(&patches).env("CARGO_TARGET_DIR", folder.join("target"));
        cargo
    };
    let chosen = there().args(["update", "-Zdirect-minimal-versions"]).env("RUSTC_BOOTSTRAP", "1").output();
    let chosen = chosen.map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&chosen.stderr);
    if !chosen.status.success() {
        eprintln!("{said}");
        return Err("no versions fit together".to_owned());
    }
    if let Some(newer) = said.lines().find(|line| line.contains("(requires Rust ")) {
        return Err(format!("not with Rust {OLDEST}: {}", newer.trim()));
    }
    run(there().args(["check", "--quiet", "--locked"]))?;
    run(there().args(["test", "--quiet", "--locked", "--all-features", "--lib"]))
}

/// Each feature, and each two that could meet, with recording; and each without. Clippy warns of all that the compiler warns of, and takes no longer.
fn features() -> Result<(), String> {
    let hack = |features: &[&str]| {
        let mut hack = installed(CARGO_HACK)?;
        hack.args(["hack", "clippy", "--quiet", "--locked", "--package=telemetry-runtime"]).args(features);
        run(hack.args(["--", "--deny", "warnings"]))
    };
    // `record` has `uuid` on.
    let with = ["--features=record", "--exclude-features=default,uuid"];
    hack(&[&["--each-feature"], &with[..]].concat())?;
    // These are about a file or two each, which they share with nobody: they are on together.
    let of_their_own = "--group-features=backtrace,gzip,local-time";
    hack(&[&["--feature-powerset", "--depth=2", of_their_own], &with[..]].concat())?;
    hack(&["--each-feature", "--exclude-features=default,record,backtrace"])
}

/// Builds the crates with the Rust that is promised, where it is; if this part is asked for by name, it is installed.
fn oldest(asked: bool) -> Result<(), String> {
    let listed = rustup(&["toolchain", "list"]).output().map(|list| list.stdout).unwrap_or_default();
    if !String::from_utf8_lossy(&listed).lines().any(|toolchain| toolchain.starts_with(&format!("{OLDEST}-"))) {
        if !asked {
            eprintln!(
                "xtask: manifests: not tried with Rust {OLDEST}, which `cargo xtask manifests oldest` would install"
            );
            return Ok(());
        }
        run(&mut rustup(&["toolchain", "install", OLDEST, "--profile", "minimal", "--no-self-update"]))?;
    }
    let check = ["run", OLDEST, "cargo", "check", "--quiet", "--locked", "--all-features"];
    run(rustup(&check).args(CRATES.map(|name| format!("--package={name}"))))
}

fn rustup(arguments: &[&str]) -> Command {
    let mut rustup = Command::new("rustup");
    rustup.args(arguments).current_dir(root());
    rustup
}

/// Cargo, with this subcommand.
fn installed(tool: (&str, &str)) -> Result<Command, String> {
    let mut cargo = outside(".");
    cargo.env("PATH", with_first(&install(tool)?)?);
    Ok(cargo)
}
