//! The sinks against receivers that others wrote, beside their official clients.
//!
//! ```text
//! install    pip, npm, apt ─▶ target/receivers
//! process    a server that ends when this does         http      a server that keeps what it gets
//! rotel, bugsink, nginx                                ours      the program whose events are sent
//! otlp, sentry, segment, faults    the checks          differ    field by field, beside official clients
//! ```
//!
//! In each: first the official client against the same receiver; where that fails, the receiver is broken, and not we.

mod differ;
mod report;
mod process;
mod install;
mod http;
mod ours;
mod rotel;
mod bugsink;
mod nginx;
mod otlp;
mod sentry;
mod segment;
mod faults;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::install::Installed;
use crate::report::Report;

/// A folder that goes with its owner.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn main() -> anyhow::Result<ExitCode> {
    let which: Vec<String> = std::env::args().skip(1).collect();
    let is_asked = |name: &str| which.is_empty() || which.iter().any(|one| one == name);
    build()?;
    let all = root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into())).join("receivers");
    fs::create_dir_all(&all)?;
    let installed = Installed::new(&all);
    forget_the_dead(&all)?;
    let folder = Folder(all.join(format!("run-{}", std::process::id())));
    let mut report = Report::new();
    let mut group = |name: &str, tools: &[&install::Tool], run: &mut dyn FnMut(&mut Report, &Path, &[&Path])| {
        if !is_asked(name) {
            return;
        }
        report.group(name);
        let there: Vec<&Path> = tools.iter().filter_map(|tool| tool.as_ref().ok()).map(PathBuf::as_path).collect();
        if let Some(why) = tools.iter().find_map(|tool| tool.as_ref().err()) {
            return report.skip(name, why);
        }
        let folder = folder.0.join(name);
        match fs::create_dir_all(&folder) {
            Ok(()) => run(&mut report, &folder, &there),
            Err(error) => {
                report.check("a folder", Err(error.into()));
            }
        }
    };
    group("otlp", &[&installed.otlp], &mut |report, folder, tools| otlp::run(report, tools[0], folder));
    group("sentry", &[&installed.bugsink], &mut |report, folder, tools| {
        sentry::run(report, tools[0], installed.otlp.as_deref(), &all, folder);
    });
    group("segment", &[&installed.node], &mut |report, folder, tools| segment::run(report, tools[0], folder));
    let tools = [&installed.nginx, &installed.bugsink, &installed.otlp];
    group("faults", &tools, &mut |report, folder, tools| {
        let mitmproxy = installed.mitmproxy.as_deref();
        faults::run(
            report,
            &faults::Tools { nginx: tools[0], bugsink: tools[1], otlp: tools[2], mitmproxy, all: &all },
            folder,
        );
    });
    Ok(if report.end() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Removes the folders of runs that were killed.
fn forget_the_dead(all: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(all)? {
        let path = entry?.path();
        let process = path.file_name().and_then(|name| name.to_str()?.strip_prefix("run-"));
        if process.is_some_and(|id| !Path::new("/proc").join(id).exists()) {
            fs::remove_dir_all(&path)?;
        }
    }
    Ok(())
}

/// The repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Builds the programs that are run: `cargo run` builds only this one.
fn build() -> anyhow::Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--locked", "--bins"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    // What `cargo run` says to the program that it runs would have build scripts run again.
    let is_said =
        |name: &str| ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|part| name.starts_with(part));
    for (name, _) in std::env::vars().filter(|(name, _)| is_said(name)) {
        cargo.env_remove(name);
    }
    anyhow::ensure!(cargo.status()?.success(), "the programs do not build");
    Ok(())
}
