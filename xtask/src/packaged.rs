//! The crates as they are packaged: what somebody has of them who has no clone of the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{cargo, run, target};

/// The crates that a program has of us, in the order in which they depend on each other.
pub(crate) const CRATES: [&str; 2] = ["telemetry-macros", "telemetry-runtime"];

/// Packages the crates, and unpacks them in a folder: each with its own.
pub(crate) fn unpack(folder: &Path) -> Result<[(&'static str, PathBuf); 2], String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    // The lock file that would go along is asked of the registry, where these crates are not.
    let package = ["package", "--quiet", "--no-verify", "--no-metadata", "--exclude-lockfile", "--allow-dirty"];
    run(cargo().args(package).args(CRATES.map(|name| format!("--package={name}"))))?;
    let unpacked = CRATES.map(|name| (name, folder.join(versioned(name))));
    for (name, unpacked) in &unpacked {
        let archive = target().join("package").join(format!("{}.crate", versioned(name)));
        // What an earlier one had goes, and the times in the archive, which are always the same: by them, nothing would ever be built again.
        drop(std::fs::remove_dir_all(unpacked));
        run(Command::new("tar").arg("-xmzf").arg(archive).arg("-C").arg(folder))?;
    }
    Ok(unpacked)
}

/// What a package and its folder are called once it is packaged.
pub(crate) fn versioned(name: &str) -> String {
    format!("{name}-{}", env!("CARGO_PKG_VERSION"))
}

/// Has cargo take a crate from a folder, not from the registry.
pub(crate) fn patch(name: &str, folder: &Path) -> String {
    format!("--config=patch.crates-io.{name}.path='{}'", folder.display())
}
