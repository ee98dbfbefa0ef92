//! The project's own commands: `cargo xtask test` and what it needs. Thin: the tools themselves live in `tests`, `real` and `benches`.
#![allow(clippy::print_stderr, reason = "a command talks to the person who called it")]

mod manifests;
mod packaged;
mod surface;
mod tidy;
#[cfg(test)]
mod workflow;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use packaged::CRATES;

/// Pinned: another version prints expansions in another way.
const CARGO_EXPAND: (&str, &str) = ("cargo-expand", "1.0.127");

const USAGE: &str = "\
usage: cargo xtask <command>

  test    everything: unit, documentation, compile-error, expansion and program tests;
          installs cargo-expand under target/tools the first time
  tidy    what ARCHITECTURE.md says of files, their order and the tests' folders, held against the tree; and this help; in no time
  transparency [CRATE[@VERSION]… | --all]
          the attribute on every function of real crates, and their own tests before and after;
          without a crate, the three that are quick
  contract [--taken-out]
          every row of docs/parity.md has a test that is there and passes;
          or, for a sample of rows, that the test fails where the behaviour is taken out
  real [otlp | sentry | segment | faults]
          the sinks against receivers that others wrote, beside their official clients (docs/receivers.md);
          installs them under target/receivers the first time
  adopt   the programs of docs/guide-cli.md and docs/guide-server.md, built against the crates as they are packaged, and what of
          them arrives; under target/adopt, a minute or two the first time
  surface [--bless]
          the public items of the crates against docs/surface, or writes them there; installs cargo-public-api under target/tools
          the first time
  manifests [licences | advisories | unused | packages | features | least | oldest]…
          what the manifests declare is so: licences and duplicates (deny.toml), features in any combination, the least versions, the
          oldest Rust; nothing that is not used, and in the packages only what belongs there; installs cargo-deny, cargo-hack and
          cargo-machete under target/tools the first time, which takes some minutes
  portable
          what can be asked of any system: the crates' unit tests, and the quickstart
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
          instructions and allocations of a call against benches/bounds.toml: two minutes with the build, which leaves the others
          out; where valgrind neither is there nor can be installed, allocations alone
  bench curves [--check] [CURVE…]
          how cost grows with fields, nesting, threads, sinks, callsites, processes and what waits: the pictures of docs/performance.md,
          or, with --check, against benches/bounds.toml; some ten minutes, valgrind
  bench run [--rounds N] [short | cpu | rates | slow]
          from the program to the receiver: start, exit, events a second through one worker, CPU time of an event, memory; some
          four minutes
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
        ["tidy"] => tidy::run(&root()),
        ["transparency", crates @ ..] => tool("transparency", crates),
        ["contract", arguments @ ..] => tool("contract", arguments),
        ["adopt"] => adopt(),
        ["surface"] => surface::check(false),
        ["surface", "--bless"] => surface::check(true),
        ["manifests", parts @ ..] => manifests::check(parts),
        ["portable"] => portable(),
        ["peers"] => tool("peers", &[]),
        ["soak", arguments @ ..] => soak(arguments),
        ["page"] => page("target/pages"),
        ["page", folder] => page(folder),
        ["real", parts @ ..] => run(outside("real").args(["run", "--quiet", "--locked", "--"]).args(parts)),
        ["bench", "record", "--check"] => check_costs(),
        ["bench", package @ ("curves" | "exit" | "fleet" | "record" | "run" | "size"), parts @ ..] => {
            run(bench(package, &[]).args(parts))
        }
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
    // A debugger of system calls, and a clock that is wrong: without them, the tests that need them say that they did not run.
    install_system_tools(&["strace", "faketime"]);
    run(cargo().args(["test", "--workspace", "--no-fail-fast"]).env("PATH", with_first(&tools)?))
}

/// A package of the workspace `benches`, built and run, with these arguments to cargo.
fn bench(package: &str, arguments: &[&str]) -> Command {
    let mut bench = outside("benches");
    bench.args(["run", "--quiet", "--release", "--locked", "--package", package]).args(arguments).arg("--");
    bench
}

/// Holds what a call costs against its bounds, without building what ours is compared with elsewhere.
fn check_costs() -> Result<(), String> {
    install_system_tools(&["valgrind"]);
    run(bench("record", &["--no-default-features"]).arg("--check"))
}

/// Installs what of these the system lacks, where that takes no question. Whoever needs one that is still not there says so.
fn install_system_tools(tools: &[&str]) {
    let path = env::var_os("PATH").unwrap_or_default();
    let has = |tool: &str| env::split_paths(&path).any(|folder| folder.join(tool).is_file());
    let missing: Vec<&str> = tools.iter().copied().filter(|tool| !has(tool)).collect();
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

/// The programs of the guides: what is shown of each, and the package that it is in `tests/adopt`.
const ADOPTED: [(&str, &str, &str); 3] = [
    ("docs/guide-cli.md", "sync_cli", "tally"),
    ("docs/guide-cli.md", "tokio_cli", "copies"),
    ("docs/guide-server.md", "axum_server", "shop"),
];

/// Packages the crates, and has the guides' programs built and tested with nothing but those: by somebody who read the guides and has no
/// clone of the repository.
fn adopt() -> Result<(), String> {
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    for (guide, folder, _) in ADOPTED {
        let program = read(&root().join("tests/adopt").join(folder).join("src/main.rs"))?;
        if !read(&root().join(guide))?.contains(&program) {
            return Err(format!("{guide} does not show tests/adopt/{folder}/src/main.rs as it is"));
        }
    }

    let unpacked = target().join("adopt");
    let patches = packaged::unpack(&unpacked)?.map(|(name, folder)| packaged::patch(name, &folder));
    // One by one: together, each would have the features that the others ask for.
    for package in ADOPTED.map(|(_, _, package)| package).into_iter().chain(["loopback"]) {
        run(outside("tests/adopt")
            .args(["test", "--quiet", "--locked", "--package", package])
            .args(&patches)
            .env("CARGO_TARGET_DIR", unpacked.join("target")))?;
    }
    Ok(())
}

/// What can be asked of any system: the tests of the workspace need one with its own tools.
fn portable() -> Result<(), String> {
    run(cargo().args(["test", "--lib"]).args(CRATES.map(|name| format!("--package={name}"))))?;
    run(cargo().args(["run", "--quiet", "--example", "quickstart"]))
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
        // It is built here, and runs for seconds: the care that a release takes costs more than it saves.
        let quickly = [("LTO", "off"), ("CODEGEN_UNITS", "16"), ("OPT_LEVEL", "1")];
        run(cargo()
            .args(["install", "--quiet", "--locked", tool, "--version", &exact, "--root"])
            .arg(&root)
            .envs(quickly.map(|(setting, value)| (format!("CARGO_PROFILE_RELEASE_{setting}"), value))))?;
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
    let status = command.status();
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let said = words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ");
    let status = status.map_err(|error| format!("`{said}` did not start: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{said}` ended with {status}")) }
}

/// Where cargo builds.
fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new(".")).to_owned()
}
