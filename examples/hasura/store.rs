//! Where an engine keeps its metadata, with an id that stays.

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::metadata::{empty, list, tables};

/// What cannot be: relationships to tables that are not tracked.
pub(crate) fn inconsistencies(metadata: &Value) -> Vec<String> {
    let is_tracked = |name: &Value| tables(metadata).any(|table| &table["name"] == name);
    let relationships =
        tables(metadata).flat_map(|table| list(table, "relationships").iter().map(move |to| (table, to)));
    let broken = relationships.filter(|(_, to)| !is_tracked(&to["table"]));
    broken.map(|(table, to)| format!("{} of {}: no such table", to["name"], table["name"])).collect()
}

/// The metadata of one engine, in a file.
pub(crate) struct Store {
    path: PathBuf,
    kept: RwLock<Kept>,
}

struct Kept {
    /// Of the store, and so the same for all engines that use it, one after another.
    db_uid: Uuid,
    resource_version: i64,
    metadata: Value,
}

impl Store {
    /// The store in a folder, which is made if there is none.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("catalog.json");
        let kept = match std::fs::read_to_string(&path) {
            Ok(text) => Kept::read(&text).with_context(|| format!("{} is no catalog", path.display()))?,
            Err(_) => Kept { db_uid: Uuid::new_v4(), resource_version: 1, metadata: empty() },
        };
        let store = Self { path, kept: RwLock::new(kept) };
        std::fs::create_dir_all(folder)?;
        store.write(&store.kept.read().unwrap_or_else(PoisonError::into_inner))?;
        Ok(store)
    }

    pub(crate) fn db_uid(&self) -> Uuid {
        self.read(|kept| kept.db_uid)
    }

    pub(crate) fn resource_version(&self) -> i64 {
        self.read(|kept| kept.resource_version)
    }

    /// The metadata, and which version they are.
    pub(crate) fn export(&self) -> (i64, Value) {
        self.read(|kept| (kept.resource_version, kept.metadata.clone()))
    }

    /// Looks at the metadata. Nothing else of the store is asked meanwhile: who waits to replace them goes before who asks again, and would wait
    /// for this for ever.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&Value) -> T) -> T {
        self.read(|kept| look(&kept.metadata))
    }

    /// Puts other metadata into their place, on disk first; says which version they are.
    pub(crate) fn replace(&self, metadata: Value) -> Result<i64> {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        let new = Kept { db_uid: kept.db_uid, resource_version: kept.resource_version + 1, metadata };
        self.write(&new)?;
        *kept = new;
        Ok(kept.resource_version)
    }

    fn read<T>(&self, look: impl FnOnce(&Kept) -> T) -> T {
        look(&self.kept.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write(&self, kept: &Kept) -> Result<()> {
        let Kept { db_uid, resource_version, metadata } = kept;
        let text = json!({"db_uid": db_uid.to_string(), "resource_version": resource_version, "metadata": metadata});
        let part = self.path.with_extension("part");
        std::fs::write(&part, format!("{text:#}\n"))?;
        Ok(std::fs::rename(part, &self.path)?)
    }
}

impl Kept {
    fn read(text: &str) -> Option<Self> {
        let mut kept: Value = serde_json::from_str(text).ok()?;
        let db_uid = kept["db_uid"].as_str()?.parse().ok()?;
        Some(Self { db_uid, resource_version: kept["resource_version"].as_i64()?, metadata: kept["metadata"].take() })
    }
}
