//! Projects, clusters and tables: folders, folders in these, and CSV files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::profiles::home;

/// The first project's id.
const FIRST: u64 = 43511;

pub(crate) struct Projects(PathBuf);

pub(crate) struct Project(PathBuf);

impl Projects {
    pub(crate) fn open() -> Result<Self> {
        let folder = home()?.join("projects");
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    fn ids(&self) -> Result<Vec<u64>> {
        let mut ids: Vec<u64> = names(&self.0)?.iter().filter_map(|name| name.parse().ok()).collect();
        ids.sort_unstable();
        Ok(ids)
    }

    /// Makes a project, and says its id.
    pub(crate) fn create(&self, name: &str) -> Result<u64> {
        let id = self.ids()?.last().map_or(FIRST, |last| last + 1);
        fs::create_dir_all(self.0.join(id.to_string()).join("clusters"))?;
        fs::write(self.0.join(id.to_string()).join("name"), name)?;
        Ok(id)
    }

    pub(crate) fn list(&self) -> Result<Value> {
        let row = |id: u64| {
            let name = fs::read_to_string(self.0.join(id.to_string()).join("name"))?;
            Ok(json!({"id": id, "name": name}))
        };
        self.ids()?.into_iter().map(row).collect()
    }

    pub(crate) fn project(&self, id: u64) -> Result<Project> {
        let folder = self.0.join(id.to_string()).join("clusters");
        if !folder.is_dir() {
            bail!("you do not have permission to access this project, project_id: {id}");
        }
        Ok(Project(folder))
    }
}

impl Project {
    fn cluster(&self, name: &str) -> Result<PathBuf> {
        let folder = self.0.join(name);
        if name.contains(['/', '\\', '.']) || !folder.is_dir() {
            bail!("there is no cluster of that name");
        }
        Ok(folder)
    }

    pub(crate) fn create_cluster(&self, name: &str) -> Result<Value> {
        if name.contains(['/', '\\', '.']) {
            bail!("a cluster's name has no `/`, `\\` and `.` in it");
        }
        fs::create_dir(self.0.join(name)).context("the cluster cannot be made")?;
        Ok(json!({"name": name}))
    }

    pub(crate) fn clusters(&self) -> Result<Value> {
        Ok(names(&self.0)?.into_iter().map(|name| json!({"name": name})).collect())
    }

    pub(crate) fn tables(&self, cluster: &str) -> Result<Value> {
        let folder = self.cluster(cluster)?;
        names(&folder)?.into_iter().map(|table| described(&folder.join(&table))).collect()
    }

    /// Copies a table that can be read to its end.
    pub(crate) fn import(&self, cluster: &str, file: &Path) -> Result<Value> {
        let folder = self.cluster(cluster)?;
        let imported = described(file)?;
        fs::copy(file, folder.join(file.file_name().context("it is no file")?))?;
        Ok(imported)
    }
}

/// A table's name, its columns and how many rows it has.
fn described(file: &Path) -> Result<Value> {
    let mut table = csv::Reader::from_path(file)?;
    let columns: Vec<_> = table.headers()?.iter().map(ToOwned::to_owned).collect();
    let mut rows = 0;
    for row in table.records() {
        row?;
        rows += 1;
    }
    let name = file.file_stem().map(|name| name.to_string_lossy().into_owned());
    Ok(json!({"name": name, "columns": columns, "rows": rows}))
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    let mut names: Vec<_> = entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}
