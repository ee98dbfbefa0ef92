//! The file that says what to sync.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::ValueEnum;
use serde_json::{Value, json};
use telemetry_runtime::ClosedEnum;

use crate::wire::{Source, path};

/// The destinations that there are, which are a part of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ClosedEnum, ValueEnum)]
pub(crate) enum Destination {
    /// A JSON object a line
    #[telemetry(rename = "cloudquery/jsonl")]
    Jsonl,
    /// Comma-separated values
    #[telemetry(rename = "cloudquery/csv")]
    Csv,
}

/// What is read and where it goes.
pub(crate) struct Spec {
    pub(crate) source: Source,
    /// The folders that the source reads.
    pub(crate) folders: Vec<PathBuf>,
    /// The tables that are wanted; all of them if there are none.
    pub(crate) tables: Vec<String>,
    /// What the tables are written as, and to which folders.
    pub(crate) destinations: Vec<(Destination, PathBuf)>,
}

impl Spec {
    /// Reads a spec. Folders are seen from the current one.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let spec = serde_json::from_str(&text).map_err(anyhow::Error::from).and_then(|spec| Self::of(&spec));
        spec.with_context(|| format!("{} is no spec", file.display()))
    }

    fn of(spec: &Value) -> Result<Self> {
        let source = &spec["source"];
        let destination = |it: &Value| Ok((plugin(it)?, PathBuf::from(text(&it["folder"], "folder")?)));
        let spec = Self {
            source: plugin(source)?,
            folders: texts(&source["folders"], "folders")?.into_iter().map(PathBuf::from).collect(),
            tables: if source["tables"].is_null() { Vec::new() } else { texts(&source["tables"], "tables")? },
            destinations: list(&spec["destinations"], "destinations")?
                .iter()
                .map(destination)
                .collect::<Result<_>>()?,
        };
        ensure!(!spec.folders.is_empty(), "expected a folder in `folders`");
        ensure!(!spec.destinations.is_empty(), "expected a destination in `destinations`");
        Ok(spec)
    }

    /// What a spec of these plugins looks like.
    pub(crate) fn sample(source: Source, destination: Destination) -> String {
        let spec = json!({
            "source": {"path": path(&source), "folders": ["data"]},
            "destinations": [{"path": path(&destination), "folder": "out"}],
        });
        format!("{spec:#}\n")
    }

    /// The destinations without their folders.
    pub(crate) fn destination_paths(&self) -> Vec<Destination> {
        self.destinations.iter().map(|(destination, _)| *destination).collect()
    }
}

fn plugin<T: ClosedEnum + ValueEnum>(it: &Value) -> Result<T> {
    let said = text(&it["path"], "path")?;
    let found = T::value_variants().iter().find(|plugin| path(*plugin) == said);
    found.cloned().with_context(|| format!("there is no plugin `{said}` here, but {}", T::NAMES.join(" and ")))
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    value.as_str().with_context(|| format!("expected a text `{name}`"))
}

fn list<'a>(value: &'a Value, name: &str) -> Result<&'a Vec<Value>> {
    value.as_array().with_context(|| format!("expected a list `{name}`"))
}

fn texts(value: &Value, name: &str) -> Result<Vec<String>> {
    list(value, name)?.iter().map(|one| Ok(text(one, name)?.to_owned())).collect()
}
