//! What the program and its plugin both know, and what they say to each other: a JSON object a line.

use std::env;
use std::fmt;
use std::str::FromStr;

use anyhow::{Context as _, Error, Result, bail};
use serde_json::{Map, Value, json};
use telemetry_runtime::{ClosedEnum, sink};

/// The sources that there are, with the team that owns each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ClosedEnum, clap::ValueEnum)]
pub(crate) enum Source {
    /// Any CSV files: a table each, called as the file
    #[telemetry(rename = "cloudquery/csv")]
    Csv,
    /// The tables that a shop's system exports, and no others
    #[telemetry(rename = "cloudquery/shop")]
    Shop,
}

/// The variable that names another licensing server.
pub(crate) const LICENSING: &str = "CQ_LICENSING_ENDPOINT";

/// Where the rows that are to be paid for are reported, at every level. The plugin meters them; the program says so to whoever asks.
pub(crate) fn licensing() -> sink::Usage {
    let url = env::var(LICENSING).unwrap_or_else(|_| "https://licensing.cloudquery.invalid/usage".into());
    // With the names of the document, or those of the code.
    let usage = sink::Usage::new(url);
    if env::var_os("CQ_LICENSING_SDK").is_some() { usage.plugin_sdk() } else { usage }
}

/// A plugin's full name, with its team.
pub(crate) fn path<T: ClosedEnum>(plugin: &T) -> &'static str {
    T::NAMES.get(plugin.index()).copied().unwrap_or_default()
}

/// A line from a plugin.
#[derive(Debug)]
pub(crate) enum Message {
    /// The first one: which version it is of.
    Hello(String),
    /// A table begins; it has these columns.
    Table(String, Vec<String>),
    /// A row of the table that began last.
    Row(Vec<String>),
    /// A table is at its end: so many of its lines were no rows, and perhaps a bug of the plugin's ended it.
    Done { table: String, errors: u64, panicked: bool },
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = match self {
            Self::Hello(version) => json!({"hello": version}),
            Self::Table(name, columns) => json!({"table": name, "columns": columns}),
            Self::Row(cells) => json!({"row": cells}),
            Self::Done { table, errors, panicked } => json!({"done": table, "errors": errors, "panicked": panicked}),
        };
        value.fmt(f)
    }
}

impl FromStr for Message {
    type Err = Error;

    fn from_str(line: &str) -> Result<Self> {
        let value: Map<String, Value> = serde_json::from_str(line).context("the plugin says what is no message")?;
        let texts = |name: &str| -> Vec<String> {
            let list = value.get(name).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(|text| text.as_str().map(str::to_owned)).collect()
        };
        Ok(if let Some(Value::String(version)) = value.get("hello") {
            Self::Hello(version.clone())
        } else if let Some(Value::String(name)) = value.get("table") {
            Self::Table(name.clone(), texts("columns"))
        } else if value.contains_key("row") {
            Self::Row(texts("row"))
        } else if let Some(Value::String(table)) = value.get("done") {
            let errors = value.get("errors").and_then(Value::as_u64).unwrap_or_default();
            Self::Done { table: table.clone(), errors, panicked: value.get("panicked") == Some(&Value::Bool(true)) }
        } else {
            bail!("the plugin says what is no message")
        })
    }
}
