//! Those that fetch tables: what is in them, and which are installed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::ValueEnum;
use telemetry_runtime::{ClosedEnum, Version};

use crate::tables::Table;

/// The providers that there are.
#[derive(Clone, Copy, ClosedEnum, ValueEnum)]
pub(crate) enum Provider {
    /// Files, with how large they are.
    Files,
    /// Texts, with their lines and words.
    Texts,
    /// CSV files, with their columns and rows.
    Sheets,
}

/// A file's row; `None` of one that is not this provider's.
type Row = fn(&Path) -> Result<Option<Vec<usize>>>;

impl Provider {
    pub(crate) const ALL: [Self; 3] = [Self::Files, Self::Texts, Self::Sheets];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Texts => "texts",
            Self::Sheets => "sheets",
        }
    }

    /// The version that would be installed.
    const fn version(self) -> &'static str {
        match self {
            Self::Files => "0.10.2",
            Self::Texts => "0.4.0",
            Self::Sheets => "0.5.1",
        }
    }

    /// A row for each of the files that are in the folder and no folders themselves, as far as it is this provider's.
    pub(crate) fn fetch(self, folder: &Path) -> Result<Table> {
        let (columns, row): (&[&str], Row) = match self {
            Self::Files => (&["bytes"], |file| Ok(Some(vec![fs::read(file)?.len()]))),
            Self::Texts => (&["lines", "words"], |file| {
                let text = String::from_utf8(fs::read(file)?).ok();
                Ok(text.map(|text| vec![text.lines().count(), text.split_whitespace().count()]))
            }),
            Self::Sheets => (&["columns", "rows"], |file| {
                if file.extension().is_none_or(|extension| extension != "csv") {
                    return Ok(None);
                }
                let mut sheet = csv::Reader::from_path(file)?;
                let columns = sheet.headers()?.len();
                let rows = sheet.records().try_fold(0, |rows, row| row.map(|_| rows + 1))?;
                Ok(Some(vec![columns, rows]))
            }),
        };
        let mut table = Table::new(self.as_str(), columns);
        for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let file = entry?.path();
            if file.is_file()
                && let Some(numbers) = row(&file)?
            {
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                table.rows.insert(name, numbers.iter().map(ToString::to_string).collect());
            }
        }
        Ok(table)
    }
}

/// The folder with a file for each provider that is installed, which holds its version.
pub(crate) struct Installed(PathBuf);

impl Installed {
    pub(crate) fn read(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// Those that are installed, with their versions. A file that is not of ours is no provider.
    pub(crate) fn providers(&self) -> impl Iterator<Item = (Provider, Version)> {
        Provider::ALL.into_iter().filter_map(|provider| {
            let version = fs::read_to_string(self.0.join(provider.as_str())).ok()?;
            Some((provider, version.trim().parse().ok()?))
        })
    }

    pub(crate) fn install(&self, provider: Provider) -> Result<()> {
        fs::create_dir_all(&self.0)?;
        fs::write(self.0.join(provider.as_str()), provider.version()).context("cannot install")
    }
}
