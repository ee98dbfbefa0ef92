//! Tables of what was fetched, in `.cq/tables`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

pub(crate) struct Table {
    pub(crate) name: String,
    columns: Vec<String>,
    /// The columns by the file's name.
    pub(crate) rows: BTreeMap<String, Vec<String>>,
}

fn path(table: &str) -> PathBuf {
    PathBuf::from(".cq/tables").join(table).with_extension("csv")
}

impl Table {
    pub(crate) fn new(name: &str, columns: &[&str]) -> Self {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        Self { name: name.to_owned(), columns, rows: BTreeMap::new() }
    }

    pub(crate) fn store(&self) -> Result<()> {
        fs::create_dir_all(".cq/tables")?;
        let mut file = csv::Writer::from_path(path(&self.name))?;
        file.write_record(["name"].into_iter().chain(self.columns.iter().map(String::as_str)))?;
        for (name, row) in &self.rows {
            file.write_record([name].into_iter().chain(row))?;
        }
        file.flush().context("cannot store the table")
    }

    pub(crate) fn load(name: &str) -> Result<Self> {
        let mut file = csv::Reader::from_path(path(name)).with_context(|| format!("{name} was not fetched"))?;
        let columns = file.headers()?.iter().skip(1).map(ToOwned::to_owned).collect();
        let mut rows = BTreeMap::new();
        for row in file.records() {
            let mut row = row?.into_iter().map(ToOwned::to_owned).collect::<Vec<_>>().into_iter();
            rows.insert(row.next().unwrap_or_default(), row.collect());
        }
        Ok(Self { name: name.to_owned(), columns, rows })
    }

    /// A column's numbers, by row.
    pub(crate) fn numbers(&self, column: &str) -> Result<impl Iterator<Item = (&str, u64)>> {
        let at = self.columns.iter().position(|known| known == column);
        let at = at.with_context(|| format!("{} has no column {column}", self.name))?;
        Ok(self.rows.iter().filter_map(move |(name, row)| Some((name.as_str(), row.get(at)?.parse().ok()?))))
    }

    /// A line for each row that was added, removed or changed.
    pub(crate) fn changes_since(&self, before: &Self) -> Vec<String> {
        let removed = before.rows.keys().filter(|name| !self.rows.contains_key(*name));
        let removed = removed.map(|name| format!("{}: {name} removed", self.name));
        let others = self.rows.iter().filter_map(|(name, row)| {
            let what = match before.rows.get(name) {
                None => "added",
                Some(was) if was != row => "changed",
                Some(_) => return None,
            };
            Some(format!("{}: {name} {what}", self.name))
        });
        removed.chain(others).collect()
    }
}
