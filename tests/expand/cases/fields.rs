//! Fields are evaluated by reference and only while telemetry is on. Closed enums are fields.

use telemetry_runtime::{ClosedEnum, tracked};

#[derive(ClosedEnum)]
pub enum Format {
    Csv,
    JsonLines,
    #[telemetry(rename = "xlsx")]
    Spreadsheet,
}

#[tracked(event = "Export Started", finish = "Export Over", fields(format = format, tables = tables.len()))]
pub fn export(format: Format, tables: Vec<String>) {
    drop((format, tables));
}
