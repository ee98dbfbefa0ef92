//! Gets a crate's files from crates.io, by cargo.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::cargo;
use crate::crates::Entry;

/// A crate as it was published.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) edition: String,
    /// Where cargo unpacked it; not ours to change.
    pub(crate) folder: PathBuf,
    /// The library's first file, relative to the folder.
    pub(crate) library: PathBuf,
}

/// Lets cargo download the crate, as a dependency of a package that is made for that.
pub(crate) fn fetch(entry: &Entry, work: &Path) -> anyhow::Result<Source> {
    let scratch = work.join("fetch").join(&entry.name);
    fs::create_dir_all(scratch.join("src"))?;
    fs::write(scratch.join("src/lib.rs"), "")?;
    let version = entry.version.as_ref().map_or_else(|| "*".to_owned(), |version| format!("={version}"));
    let manifest = format!(
        "[package]\nname = \"fetch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\n{} = {{ version = \"{version}\", default-features = false }}\n",
        entry.name
    );
    fs::write(scratch.join("Cargo.toml"), manifest)?;
    let output = cargo::command(&scratch).args(["metadata", "--quiet", "--format-version=1"]).output()?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let is_it = |package: &&Value| {
        package["name"] == *entry.name && entry.version.as_ref().is_none_or(|version| package["version"] == **version)
    };
    let package = packages.find(is_it).context("it is not among the packages that cargo found")?;
    let text = |key: &str| package[key].as_str().map(ToOwned::to_owned).context("a package that cargo described");
    let folder = PathBuf::from(text("manifest_path")?).parent().context("a manifest in a folder")?.to_owned();
    let mut targets = package["targets"].as_array().into_iter().flatten();
    let is_library = |target: &&Value| target["kind"][0].as_str().is_some_and(|kind| kind == "lib" || kind == "rlib");
    let library = targets.find(is_library).context("it has no library (or is a proc-macro crate)")?;
    let library = Path::new(library["src_path"].as_str().unwrap_or_default());
    let library = library.strip_prefix(&folder)?.to_owned();
    Ok(Source { name: text("name")?, version: text("version")?, edition: text("edition")?, folder, library })
}
