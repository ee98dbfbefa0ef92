//! Policies: what no row of a table may be above.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use telemetry_runtime::record;

use crate::tables::Table;

/// Prints the rows that break the policy in a file; an error, where there are any.
pub(crate) fn run(file: &Path) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let rules: Vec<Value> = serde_json::from_str(&text)?;
    let mut broken = 0;
    for rule in &rules {
        let word = |name: &str| rule[name].as_str().with_context(|| format!("a rule has a `{name}`"));
        let (table, column) = (Table::load(word("table")?)?, word("column")?);
        let at_most = rule["at_most"].as_u64().context("a rule has an `at_most`")?;
        for (row, value) in table.numbers(column)?.filter(|(_, value)| *value > at_most) {
            println!("{row}: {column} is {value}, above {at_most}");
            broken += 1;
        }
    }
    record!(rules: usize = rules.len(), broken: u32 = broken);
    if broken > 0 {
        bail!("{broken} rows break the policy");
    }
    Ok(())
}
