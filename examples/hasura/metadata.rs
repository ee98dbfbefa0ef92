//! What an engine knows of its databases, as JSON that people can read.

use serde_json::{Value, json};

/// The members of an array that is a member; none where there is no such.
pub(crate) fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of[name].as_array().map_or(&[], Vec::as_slice)
}

/// All tables of all sources.
pub(crate) fn tables(metadata: &Value) -> impl Iterator<Item = &Value> {
    list(metadata, "sources").iter().flat_map(|source| list(source, "tables"))
}

/// The metadata of an engine that nobody has told anything.
pub(crate) fn empty() -> Value {
    json!({"version": 3, "sources": [{"name": "default", "kind": "postgres", "tables": []}], "remote_schemas": []})
}
