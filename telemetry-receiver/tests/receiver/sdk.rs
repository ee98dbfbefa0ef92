//! The official OpenTelemetry client as the sender. It is built first, in a workspace of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::common::Program;

/// Builds the sender. Where cargo cannot get what it needs, the tests say so and do not count, but for continuous integration.
#[allow(clippy::print_stderr, reason = "what is not tested is to be said")]
fn sender() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sdk-sender");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sdk-sender");
    let cargo = |words: &[&str]| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(words).arg("--locked").current_dir(&folder).env("CARGO_TARGET_DIR", &target).output().unwrap()
    };
    let fetched = cargo(&["fetch"]);
    if !fetched.status.success() && std::env::var_os("CI").is_none() {
        eprintln!("skipped: this test needs crates from crates.io: {}", String::from_utf8_lossy(&fetched.stderr));
        return None;
    }
    assert!(fetched.status.success(), "{fetched:?}");
    let built = cargo(&["build", "--offline"]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Some(target.join("debug").join(format!("sdk-sender{}", std::env::consts::EXE_SUFFIX)))
}

/// CW-29.
#[test]
fn what_the_official_client_sends_is_understood() {
    let Some(sender) = sender() else { return };
    for protocol in ["proto", "json"] {
        for compression in ["none", "gzip"] {
            let home = TempDir::new().unwrap();
            let (store, file) = (home.path().join("store.db"), home.path().join("tables.txt"));
            let program = Program::storing(&store, &["--tables", file.to_str().unwrap()]);
            let output = Command::new(&sender).args([&program.url, protocol, compression]).output().unwrap();
            let case = format!("{protocol}, {compression}: {output:?}");
            assert!(output.status.success(), "{case}");
            // Two requests with metrics, one with a span, one with a log record.
            assert_eq!(String::from_utf8_lossy(&output.stdout), "200\n".repeat(4), "{case}");
            program.stop();
            let text = fs::read_to_string(&file).unwrap();
            assert_eq!(text, include_str!("sdk.txt"), "{case}\n{text}");
            let rejected = crate::common::ask(&store, "SELECT count FROM totals WHERE name = 'rejected'");
            // The histogram, the span and the log record.
            assert_eq!(rejected, ["3"], "{case}");
        }
    }
}
