//! What is said above a test, in the file that it stands in.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::proof::Test;

/// The documentation above a test and at the head of its file; `None` if there is no such test.
pub(crate) fn documentation(root: &Path, test: &Test) -> anyhow::Result<Option<String>> {
    let mut said = None;
    for file in rust_files(&root.join(test.folder()))? {
        let content = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        if is_module(&file, test)
            && let Some(above) = above(&content, test.name())
        {
            said.get_or_insert_with(String::new).push_str(&above);
        }
    }
    Ok(said)
}

/// Whether a documentation names a row.
pub(crate) fn names(said: &str, id: &str) -> bool {
    said.split(|part: char| !part.is_ascii_alphanumeric() && part != '-').any(|word| word == id)
}

/// Whether a test of this name can stand in the file: its module's, or, of modules within, the target's own.
fn is_module(file: &Path, test: &Test) -> bool {
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let modules = test.modules();
    modules.is_empty() || modules.contains(&stem) || matches!(stem, "main" | "lib" | "mod")
}

/// What stands right above `fn name(`.
fn above(text: &str, name: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let at = lines.iter().position(|line| line.contains(&format!("fn {name}(")))?;
    let belongs = |line: &&&str| line.starts_with("///") || line.starts_with("#[");
    let above: Vec<&str> = lines[..at].iter().rev().take_while(belongs).copied().collect();
    Some(above.join("\n"))
}

fn rust_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}
