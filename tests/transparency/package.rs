//! Makes the two packages of a crate: without and with the attribute.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::cargo::Cargo;
use crate::crates::Entry;
use crate::source::Source;
use crate::track::{Forms, Functions, track};

/// Takes longer to build than most crates with their tests, and no test needs it.
const BENCHES_ONLY: &str = "[dev-dependencies.criterion]";

/// Both copies of a crate.
#[derive(Debug)]
pub(crate) struct Package {
    /// As published, but for blanks where the attribute is in the other.
    pub(crate) before: PathBuf,
    /// With the attribute on every function, and telemetry started before `main`.
    pub(crate) after: PathBuf,
    pub(crate) functions: Functions,
}

impl Package {
    /// Copies a crate twice and rewrites the functions of its `src`.
    pub(crate) fn prepare(source: &Source, entry: &Entry, work: &Path) -> anyhow::Result<Self> {
        let folder = work.join(format!("{}-{}", source.name, source.version));
        let (before, after) = (folder.join("before"), folder.join("after"));
        for copy in [&before, &after] {
            if copy.exists() {
                fs::remove_dir_all(copy)?;
            }
            copy_folder(&source.folder, copy)?;
        }
        let mut package = Self { before, after, functions: Functions::default() };
        package.rewrite(Path::new("src"), entry)?;
        package.write_manifests()?;
        package.start_telemetry(source)?;
        Ok(package)
    }

    /// Takes the attribute away, and leaves telemetry linked.
    pub(crate) fn only_link(&self, source: &Source) -> anyhow::Result<()> {
        copy_folder(&self.before.join("src"), &self.after.join("src"))?;
        self.start_telemetry(source)
    }

    /// Rewrites all files of a folder, in both copies.
    fn rewrite(&mut self, folder: &Path, entry: &Entry) -> anyhow::Result<()> {
        let mut files: Vec<PathBuf> = fs::read_dir(self.after.join(folder))?
            .map(|file| file.map(|file| folder.join(file.file_name())))
            .collect::<Result<_, _>>()?;
        files.sort();
        for file in files {
            let (before, after) = (self.before.join(&file), self.after.join(&file));
            if after.is_dir() {
                self.rewrite(&file, entry)?;
            } else if file.extension().is_some_and(|ending| ending == "rs") {
                let source = fs::read_to_string(&after)?;
                let mut functions = self.functions.clone();
                if let Some((_, reason)) = entry.left_out.iter().find(|(left_out, _)| Path::new(left_out) == file) {
                    track(&source, &mut functions)?;
                    *self.functions.excluded.entry(reason).or_default() += functions.tracked - self.functions.tracked;
                } else if let Ok(forms) = track(&source, &mut functions) {
                    let Forms { before: blank, after: tracked } = forms;
                    fs::write(before, blank)?;
                    fs::write(after, tracked)?;
                    self.functions = functions;
                } else {
                    *self.functions.excluded.entry("file that cannot be parsed").or_default() += 1;
                }
            }
        }
        Ok(())
    }

    fn write_manifests(&self) -> anyhow::Result<()> {
        let path = self.before.join("Cargo.toml");
        let mut manifest = without_section(&fs::read_to_string(&path)?, BENCHES_ONLY);
        if !manifest.lines().any(|line| line.trim() == "[workspace]") {
            manifest.push_str("\n[workspace]\n");
        }
        fs::write(path, &manifest)?;
        for (name, path) in [("telemetry-runtime", "telemetry-runtime"), ("telemetry-start", "tests/start")] {
            // As a TOML string: `\` of a path stays what it is.
            let path = crate::root().join(path).display().to_string();
            write!(manifest, "\n[dependencies.{name}]\npath = {path:?}\n")?;
        }
        // What records is not what is tested, and tests may make very many calls.
        for name in ["telemetry-runtime", "crc32fast"] {
            write!(manifest, "\n[profile.dev.package.{name}]\nopt-level = 3\n")?;
        }
        fs::write(self.after.join("Cargo.toml"), manifest)?;
        Ok(())
    }

    /// Links the crate that starts telemetry. At the end of the file, so that every line keeps its number.
    fn start_telemetry(&self, source: &Source) -> anyhow::Result<()> {
        let library = self.after.join(&source.library);
        let mut text = fs::read_to_string(&library)?;
        text.push_str("\nextern crate telemetry_start as _;\n");
        match source.edition.as_str() {
            // There, a path that starts with `::` starts at the crate's root.
            "2015" => text.push_str("extern crate telemetry_runtime;\n"),
            "2018" | "2021" | "2024" => {}
            edition => bail!("nothing is known of edition {edition}"),
        }
        fs::write(library, text)?;
        Ok(())
    }

    /// Gives both the same versions of their dependencies; those that the workspace has, where it has them.
    pub(crate) fn lock(&self, cargo: &Cargo) -> anyhow::Result<()> {
        let lock = self.after.join("Cargo.lock");
        fs::copy(crate::root().join("Cargo.lock"), &lock)?;
        cargo.lock(&self.after)?;
        fs::copy(lock, self.before.join("Cargo.lock"))?;
        cargo.lock(&self.before)
    }
}

/// A manifest, as cargo publishes it, without one of its sections.
fn without_section(manifest: &str, header: &str) -> String {
    let mut inside = false;
    let is_outside = |line: &&str| {
        if line.starts_with('[') {
            inside = line.trim_end() == header;
        }
        !inside
    };
    manifest.split_inclusive('\n').filter(is_outside).collect()
}

/// Copies a folder, but for what would choose another toolchain or other settings than the caller's.
fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    const NOT: [&str; 5] = [".cargo", ".git", "target", "rust-toolchain", "rust-toolchain.toml"];
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (entry, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        if NOT.iter().any(|not| name == *not) {
            continue;
        }
        let to = to.join(name);
        if entry.is_dir() {
            copy_folder(&entry, &to)?;
        } else {
            fs::copy(&entry, &to).with_context(|| entry.display().to_string())?;
        }
    }
    Ok(())
}
