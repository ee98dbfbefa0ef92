//! The public surface of the crates, a line an item: `cargo xtask surface`.
//!
//! rustdoc says in JSON what it documents, and cargo-public-api makes lines of that, which lie in `docs/surface` and are reviewed as code
//! is. What is `#[doc(hidden)]` is not in them. The JSON is unstable: so the tool and the compiler are pinned, and a release of Rust that is
//! asked for it is told that this is as good as a nightly.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{cargo, install, root, run};

/// Pinned: another version prints items in another way, and reads the JSON of other compilers.
const CARGO_PUBLIC_API: (&str, &str) = ("cargo-public-api", "0.52.0");
/// The compiler whose JSON that one reads. To go on to another one: both versions, and `--bless`.
const RUST: &str = "1.95";

/// One surface of a crate, and the file that says it.
struct Surface {
    file: &'static str,
    package: &'static str,
    features: &'static [&'static str],
}

const SURFACES: [Surface; 3] = [
    Surface { file: "telemetry-runtime.txt", package: "telemetry-runtime", features: &[] },
    Surface { file: "telemetry-runtime-all-features.txt", package: "telemetry-runtime", features: &["--all-features"] },
    Surface { file: "telemetry-macros.txt", package: "telemetry-macros", features: &[] },
];

/// Without `record`, the surface of the default features is the same, but that where there is nothing inside, nothing hinders a type from being shared.
const INERT: &[&str] = &["--no-default-features", "--features=tls,uuid"];

/// Nobody can ask for these but the compiler.
const UNNAMEABLE: [&str; 3] =
    ["core::marker::Freeze for ", "core::marker::UnsafeUnpin for ", "core::marker::StructuralPartialEq for "];

/// Compares the surfaces with what is in the repository; with `bless`, writes them there.
pub(crate) fn check(bless: bool) -> Result<(), String> {
    let version = output(Command::new("rustc").arg("--version"))?;
    if !version.starts_with(&format!("rustc {RUST}.")) {
        return Err(format!(
            "the surface is read from the JSON of Rust {RUST}, and this is {}: `cargo +{RUST} xtask surface`",
            version.trim_end()
        ));
    }
    let tool = install(CARGO_PUBLIC_API)?.join("cargo-public-api");
    let folder = root().join("docs").join("surface");
    let mut changed = Vec::new();
    for surface in &SURFACES {
        let is = listed(&tool, surface.package, surface.features, "blanket-impls")?;
        let file = folder.join(surface.file);
        if bless {
            fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            fs::write(&file, &is).map_err(|error| format!("{}: {error}", file.display()))?;
        } else {
            let was = fs::read_to_string(&file).unwrap_or_default();
            changed.extend(difference(&was, &is).map(|lines| format!("docs/surface/{}\n{lines}", surface.file)));
        }
    }
    if !changed.is_empty() {
        return Err(format!(
            "the public surface is not what the repository says; see docs/semver.md, and write it by `cargo xtask surface --bless`\n\n{}",
            changed.join("\n")
        ));
    }

    let omitted = "blanket-impls,auto-trait-impls";
    let recording = listed(&tool, "telemetry-runtime", &[], omitted)?;
    let inert = listed(&tool, "telemetry-runtime", INERT, omitted)?;
    difference(&recording, &inert).map_or(Ok(()), |lines| {
        Err(format!("without the feature `record`, the surface of telemetry-runtime is another one\n{lines}"))
    })
}

/// The lines of a crate's surface with some features, but for what is omitted.
fn listed(tool: &Path, package: &str, features: &[&str], omitted: &str) -> Result<String, String> {
    let target = target();
    run(cargo()
        // Build scripts see this and have their crates built in another way, so all of it has a folder of its own.
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["rustdoc", "--quiet", "--locked", "--lib", "--package", package])
        .args(features)
        .arg("--target-dir")
        .arg(&target)
        .args(["--", "-Z", "unstable-options", "--output-format", "json"]))?;
    let json = target.join("doc").join(format!("{}.json", package.replace('-', "_")));
    // Which types are `Send` stays in, and which traits are derived; what everything implements says nothing.
    let lines = output(Command::new(tool).args(["--color=never", "--omit", omitted, "--rustdoc-json"]).arg(json))?;
    let is_nameable = |line: &&str| !UNNAMEABLE.iter().any(|name| line.contains(name));
    Ok(lines.lines().filter(is_nameable).flat_map(|line| [line, "\n"]).collect())
}

fn target() -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder));
    target.join("surface")
}

/// What went, and what came, a line each; `None` where that is nothing.
fn difference(was: &str, is: &str) -> Option<String> {
    let (before, now): (BTreeSet<_>, BTreeSet<_>) = (was.lines().collect(), is.lines().collect());
    let went = before.difference(&now).map(|line| format!("- {line}\n"));
    let came = now.difference(&before).map(|line| format!("+ {line}\n"));
    let lines: String = went.chain(came).collect();
    (!lines.is_empty()).then_some(lines)
}

/// What a command prints, if it succeeds.
fn output(command: &mut Command) -> Result<String, String> {
    let done = command.output().map_err(|error| format!("{command:?} did not start: {error}"))?;
    if !done.status.success() {
        return Err(format!("{command:?} ended with {}\n{}", done.status, String::from_utf8_lossy(&done.stderr)));
    }
    String::from_utf8(done.stdout).map_err(|error| format!("{command:?}: {error}"))
}
