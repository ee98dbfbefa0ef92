//! The receivers and clients that others wrote, installed by their own package managers, in these versions, once.
#![allow(clippy::print_stderr, reason = "an installation takes a while, and its user is told")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::process::{find, output};

/// Something that is installed, or why not.
pub type Tool = Result<PathBuf, String>;

/// Where everything is.
pub struct Installed {
    /// A Python with rotel, the official OTLP schema and Relay's normaliser.
    pub otlp: Tool,
    /// A Python with Bugsink.
    pub bugsink: Tool,
    /// A Python with mitmproxy.
    pub mitmproxy: Tool,
    /// A folder with Segment's and RudderStack's clients and Segment's validator.
    pub node: Tool,
    /// nginx itself.
    pub nginx: Tool,
}

impl Installed {
    /// Installs what is not there yet.
    pub fn new(folder: &Path) -> Self {
        let python =
            |name: &'static str, wants: &'static str| move || told(name, virtual_env(&folder.join(name), wants));
        let tools: Vec<Box<dyn FnOnce() -> Tool + Send + '_>> = vec![
            Box::new(python("otlp", include_str!("../python/otlp.txt"))),
            Box::new(python("bugsink", include_str!("../python/bugsink.txt"))),
            Box::new(python("mitmproxy", include_str!("../python/mitmproxy.txt"))),
            Box::new(|| told("node", node(&folder.join("node")))),
            Box::new(|| told("nginx", nginx())),
        ];
        let mut done = std::thread::scope(|scope| {
            let running: Vec<_> = tools.into_iter().map(|tool| scope.spawn(tool)).collect();
            let ended = running.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err("a panic".into())));
            ended.collect::<Vec<_>>().into_iter()
        });
        let mut next = || done.next().unwrap_or_else(|| Err("not installed".into()));
        Self { otlp: next(), bugsink: next(), mitmproxy: next(), node: next(), nginx: next() }
    }
}

fn told(name: &str, tool: anyhow::Result<PathBuf>) -> Tool {
    tool.map_err(|problem| format!("{name} cannot be installed: {problem:#}"))
}

/// Whether this is what was installed in a folder; otherwise there is an empty one.
fn is_there(folder: &Path, wants: &str) -> anyhow::Result<bool> {
    if fs::read_to_string(folder.join("installed")).is_ok_and(|has| has == wants) {
        return Ok(true);
    }
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    eprintln!("installing {} (once)", folder.display());
    Ok(false)
}

fn virtual_env(folder: &Path, wants: &str) -> anyhow::Result<PathBuf> {
    let python = folder.join("bin/python");
    if !is_there(folder, wants)? {
        output(Command::new("python3").args(["-m", "venv"]).arg(folder), b"")?;
        let list = folder.join("wanted.txt");
        fs::write(&list, wants)?;
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
        output(pip.arg("--requirement").arg(&list), b"")?;
        fs::write(folder.join("installed"), wants)?;
    }
    Ok(python)
}

fn node(folder: &Path) -> anyhow::Result<PathBuf> {
    let wants = include_str!("../node/package.json");
    ensure!(find("node").is_some() && find("npm").is_some(), "there is no node, or no npm");
    if !is_there(folder, wants)? {
        fs::write(folder.join("package.json"), wants)?;
        let mut npm = Command::new("npm");
        npm.args([
            "install",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--loglevel=error",
            "--no-update-notifier",
        ])
        .current_dir(folder);
        output(&mut npm, b"")?;
        fs::write(folder.join("installed"), wants)?;
    }
    Ok(folder.to_owned())
}

/// The distribution's, which does not run by itself.
fn nginx() -> anyhow::Result<PathBuf> {
    if find("nginx").is_none() {
        ensure!(find("apt-get").is_some(), "there is no nginx");
        eprintln!("installing nginx-light (once)");
        let apt = |arguments: &[&str]| {
            let mut apt = Command::new("apt-get");
            output(apt.args(["--quiet=2", "--yes"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive"), b"")
        };
        let install = ["install", "--no-install-recommends", "nginx-light"];
        if apt(&install).is_err() {
            apt(&["update"])?;
            apt(&install)?;
        }
    }
    find("nginx").context("there is no nginx")
}
