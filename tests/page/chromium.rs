//! A browser without a window.

use std::path::Path;
use std::process::{Command, Output};

/// Its name, if there is one.
pub(crate) fn name() -> Option<&'static str> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |name: &&str| std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find(is_there)
}

/// Runs it with a profile of its own, and nobody to ask but this machine.
pub(crate) fn run(name: &str, profile: &Path, arguments: &[&str]) -> Output {
    let mut browser = Command::new(name);
    browser.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]);
    browser.args(["--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-sync"]);
    browser.args(["--disable-background-networking", "--disable-component-update", "--disable-default-apps"]);
    browser.args(["--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--enable-logging=stderr"]);
    browser.arg(format!("--user-data-dir={}", profile.display())).env("HOME", profile);
    browser.args(arguments).output().unwrap_or_else(|error| panic!("{name}: {error}"))
}
