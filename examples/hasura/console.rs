//! The console that the engine serves: a page over all tables, and one a table. What goes wrong there although nobody asked for anything
//! odd is reported, with the route's template in the place of the table's name.

use std::fmt;

use serde_json::{Value, json};
use telemetry_runtime::{ClosedEnum, Label, Template, label, report_error, template};
use uuid::Uuid;

use crate::engine::Engine;
use crate::metadata::tables;

/// Who serves the console.
#[derive(ClosedEnum)]
enum ConsoleMode {
    Server,
}

/// Why a table cannot be shown. Its words are the engine's own.
#[derive(Debug)]
enum Broken {
    NoColumns,
    NoName,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoColumns => "a table's columns are no list",
            Self::NoName => "a column's name is no text",
        })
    }
}

/// The page over all tables. Whoever has turned the engine's telemetry off has turned off that of the console that it serves.
pub(crate) fn overview(engine: &Engine, tells: bool) -> String {
    let known = json!({"enableTelemetry": tells, "serverUuid": tells.then(|| engine.store.db_uid().to_string())});
    let tables = engine.store.with(|metadata| tables(metadata).count());
    format!("<!doctype html><title>Console</title><script>window.__env = {known}</script><p>{tables} tables\n")
}

/// The page of the table that a path names, `/console/data/schema/…/tables/…/modify`; `None` where there is no such page.
pub(crate) fn table(engine: &Engine, path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let ["", "console", "data", "schema", _, "tables", name, "modify"] = parts.as_slice() else { return None };
    let columns = engine.store.with(|metadata| tables(metadata).find(|table| table["name"] == *name).map(columns))?;
    Some(match columns {
        Ok(columns) => format!("<!doctype html><title>{name}</title><ul>{columns}</ul>\n"),
        Err(error) => {
            report(&error, engine.store.db_uid());
            "<!doctype html><title>Console</title><p>This table cannot be shown.\n".to_owned()
        }
    })
}

fn columns(table: &Value) -> Result<String, Broken> {
    let columns = table["columns"].as_array().ok_or(Broken::NoColumns)?;
    columns.iter().map(|column| Ok(format!("<li>{}</li>", column.as_str().ok_or(Broken::NoName)?))).collect()
}

fn report(error: &Broken, server: Uuid) {
    report_error!(
        event = "Main/RUN_TIME_ERROR",
        purpose = "which pages of the console fail",
        error_text = error,
        url: Template = template!("/data/schema/SCHEMA_NAME/tables/TABLE_NAME/modify"),
        console_mode: ConsoleMode = ConsoleMode::Server,
        server_version: Label = label!(env!("CARGO_PKG_VERSION")),
        server_uuid: Uuid = server,
    );
}
