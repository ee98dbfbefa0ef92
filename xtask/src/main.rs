//! The project's own commands: `cargo xtask test` and what it needs. Thin: the tools themselves live in `tests`, `real` and `benches`.
#![allow(clippy::print_stderr, reason = "a command talks to the person who called it")]

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Pinned: another version prints expansions in another way.
const CARGO_EXPAND: (&str, &str) = ("cargo-expand", "1.0.127");

const USAGE: &str = "\
usage: cargo xtask <command>

  test    everything: unit, documentation, compile-error, expansion and program tests;
          installs cargo-expand under target/tools the first time
  transparency [CRATE[@VERSION]… | --all]
          the attribute on every function of real crates, and their own tests before and after;
          without a crate, the three that are quick
  contract [--taken-out]
          every row of docs/parity.md has a test that is there and passes;
          or, for a sample of rows, that the test fails where the behaviour is taken out
  real [otlp | sentry | segment | faults]
          the sinks against receivers that others wrote, beside their official clients (docs/receivers.md);
          installs them under target/receivers the first time
  peers   other attributes on the same functions: a table
  soak [--seconds N]
          the server of examples/hasura under load, with receivers that fail in turn: its books have to balance, and it may not grow;
          a minute unless told
  page [FOLDER]
          the pages of a program and of a receiver in a browser, light and dark, on a desk and on a telephone: pictures,
          under target/pages unless told; needs chromium
  bench exit [starts | recording | exits]
          start, recording, exit and arrival beside other clients: the tables of benches/README.md; some five minutes, and
          as much for the first build
  bench record [--instructions] [--rounds N] [SUBJECT…]
          what a tracked call costs beside what else one would take: the tables of docs/performance.md; some three minutes,
          or with valgrind a minute
  bench record --check
          instructions and allocations of a call against benches/bounds.toml, with valgrind; half a minute after the build
  bench size [builds | starts | functions]
          what the framework adds to a program: bytes, crates, build time, instructions at start; some five minutes
  bench fleet [RUNS] ROTEL
          a million runs, real processes and forked ones, against a real OTLP receiver, and the books of both sides; some 20 minutes
  bench fleet sizes
          how many bytes an event is, in each format and on disk: the table of docs/scaling.md
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["test"] => test(),
        ["transparency", crates @ ..] => tool("transparency", crates),
        ["contract", arguments @ ..] => tool("contract", arguments),
        ["peers"] => tool("peers", &[]),
        ["soak", arguments @ ..] => soak(arguments),
        ["page"] => page("target/pages"),
        ["page", folder] => page(folder),
        ["real", parts @ ..] => run(outside("real").args(["run", "--quiet", "--locked", "--"]).args(parts)),
        ["bench", package @ ("exit" | "fleet" | "record" | "size"), parts @ ..] => run(outside("benches")
            .args(["run", "--quiet", "--release", "--locked", "--package", package, "--"])
            .args(parts)),
        ["help" | "--help"] => {
            eprint!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("unknown command\n\n{USAGE}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn test() -> Result<(), String> {
    let tools = install(CARGO_EXPAND)?;
    install_system_tools();
    run(cargo().args(["test", "--workspace", "--no-fail-fast"]).env("PATH", with_first(&tools)?))
}

/// What some tests need of the system: a debugger of system calls, a clock that is wrong. Installed where that takes no question;
/// elsewhere those tests say that they did not run.
fn install_system_tools() {
    let path = env::var_os("PATH").unwrap_or_default();
    let has = |tool: &str| env::split_paths(&path).any(|folder| folder.join(tool).is_file());
    let missing: Vec<&str> = ["strace", "faketime"].into_iter().filter(|tool| !has(tool)).collect();
    if missing.is_empty() || !has("apt-get") || !is_root() {
        return;
    }
    let apt = |arguments: &[&str]| {
        let mut apt = Command::new("apt-get");
        apt.args(["--quiet=2", "--yes"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        apt.stdout(std::process::Stdio::null()).status().is_ok_and(|status| status.success())
    };
    let install: Vec<&str> = std::iter::once("install").chain(missing.iter().copied()).collect();
    if !(apt(&install) || apt(&["update"]) && apt(&install)) {
        eprintln!("xtask: {} could not be installed", missing.join(", "));
    }
}

fn is_root() -> bool {
    #[cfg(unix)]
    let owner = std::fs::metadata("/proc/self").map(|process| std::os::unix::fs::MetadataExt::uid(&process));
    #[cfg(not(unix))]
    let owner: std::io::Result<u32> = Err(std::io::ErrorKind::Unsupported.into());
    owner.is_ok_and(|owner| owner == 0)
}

/// Runs one of the tools that live in `tests`.
fn tool(name: &str, arguments: &[&str]) -> Result<(), String> {
    run(cargo().args(["run", "--quiet", "--package=telemetry-tests", "--bin", name, "--"]).args(arguments))
}

/// Runs the soak, and with it the server, both as users would build them.
fn soak(arguments: &[&str]) -> Result<(), String> {
    let release = ["--quiet", "--release", "--package=telemetry-tests"];
    run(cargo().arg("build").args(release).args(["--bin", "soak", "--bin", "hasura_server"]))?;
    run(cargo().arg("run").args(release).args(["--bin", "soak", "--"]).args(arguments))
}

/// Takes pictures of pages.
fn page(folder: &str) -> Result<(), String> {
    let bins = ["--quiet", "--package=telemetry-tests", "--bin"];
    run(cargo().arg("build").args(bins).arg("pages"))?;
    run(cargo().arg("run").args(bins).args(["page_shots", "--", folder]))
}

/// Cargo in a folder that is a workspace of its own.
fn outside(folder: &str) -> Command {
    let mut cargo = cargo();
    cargo.current_dir(root().join(folder));
    // What cargo says to this program of itself would have build scripts run again, and all that needs them built again.
    let is_said =
        |name: &str| ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|part| name.starts_with(part));
    for (name, _) in env::vars().filter(|(name, _)| is_said(name)) {
        cargo.env_remove(name);
    }
    cargo
}

/// Installs a tool under `target/tools` unless it is there, and returns the folder that it is in.
fn install((tool, version): (&str, &str)) -> Result<PathBuf, String> {
    let root = root().join("target").join("tools");
    let listed = std::fs::read_to_string(root.join(".crates.toml")).unwrap_or_default();
    if !listed.contains(&format!("\"{tool} {version} ")) {
        eprintln!("xtask: installing {tool} {version} under target/tools (once; a few minutes)");
        let exact = format!("={version}");
        run(cargo().args(["install", "--quiet", "--locked", tool, "--version", &exact, "--root"]).arg(&root))?;
    }
    Ok(root.join("bin"))
}

/// `PATH` with a folder before all others.
fn with_first(folder: &Path) -> Result<std::ffi::OsString, String> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(std::iter::once(folder.to_owned()).chain(env::split_paths(&path)))
        .map_err(|error| error.to_string())
}

fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?} did not start: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}")) }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new(".")).to_owned()
}
