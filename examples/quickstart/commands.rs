//! The commands. One `#[tracked]` line each: a start and a finish event, with how long it took and how it ended. No
//! argument is ever captured; what an event says beside that is what `record!`, `add!` and `fields(…)` name.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use telemetry_runtime::{add, record, tracked};

use crate::tables::{self, Format, Source, Table};

const SAMPLE: [(&str, &str); 4] = [
    ("README.txt", include_str!("data/README.txt")),
    ("customers.csv", include_str!("data/customers.csv")),
    ("orders.csv", include_str!("data/orders.csv")),
    ("products.json", include_str!("data/products.json")),
];

/// The events are `Init Started` and `Init Finished`, after the function's name.
#[tracked]
pub(crate) fn init(dir: &Path) -> Result<()> {
    write_sample(dir)?;
    println!("A sample to sync is in {}; its README.txt says what is what.", dir.display());
    Ok(())
}

/// The event is named by hand; its finish is `Sync Finished`, with the sums over all tables.
#[tracked(event = "Sync Started", purpose = "how large real folders are, and how much of them is bad")]
pub(crate) fn sync(dir: &Path, out: &Path, panic_after: Option<usize>) -> Result<()> {
    let sources = tables::find(dir)?;
    fs::create_dir_all(out).with_context(|| format!("cannot create the folder {}", out.display()))?;
    for (source, number) in sources.iter().zip(1..) {
        let table = convert_table(source, out)?;
        let (rows, bad_rows) = (table.rows.len(), table.rejected.len());
        add!(tables = 1, rows: usize = rows, bad_rows: usize = bad_rows);
        println!("{:<20} {:<4} {rows:>6} rows {bad_rows:>6} bad", source.table, source.format);
        assert!(panic_after != Some(number), "a bug after {number} tables, as --panic-after asked for");
    }
    println!("Wrote {} tables to {}; bad rows are in *.rejected.jsonl.", sources.len(), out.display());
    Ok(())
}

/// A tracked call in a tracked call: its events name `sync`'s as their parent. A type that is written is what the catalogue says.
#[tracked(purpose = "which formats are used", fields(format: Format = source.format))]
fn convert_table(source: &Source, out: &Path) -> Result<Table> {
    let table = source.read()?;
    source.write(&table, out)?;
    record!(rows: usize = table.rows.len(), bad_rows: usize = table.rejected.len());
    Ok(table)
}

#[tracked]
pub(crate) fn tables(dir: &Path) -> Result<()> {
    let sources = tables::find(dir)?;
    record!(tables: usize = sources.len());
    for source in sources {
        let table = source.read()?;
        println!("{} ({}, {} rows, {} bad)", source.table, source.format, table.rows.len(), table.rejected.len());
        for column in table.columns {
            println!("  {:<20} {}", column.name, column.kind);
        }
    }
    Ok(())
}

/// Writes the sample to a new folder; one that exists is not touched.
pub(crate) fn write_sample(dir: &Path) -> Result<()> {
    fs::create_dir(dir).with_context(|| format!("cannot create the folder {}", dir.display()))?;
    for (name, content) in SAMPLE {
        let path = dir.join(name);
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
