//! `docs/parity.md`: tables with a line a row.

use anyhow::{Context as _, bail, ensure};

use crate::proof::Test;

/// The contract's rows: each system's letters, and how many it has.
const ROWS: [(&str, u32); 5] = [("CQ", 20), ("CW", 36), ("CL", 22), ("HA", 24), ("TI", 25)];

/// What stands in the place of tests where there are none yet.
const OPEN: &str = "open";

/// One line of a table.
#[derive(Debug)]
pub(crate) struct Row {
    /// As `CQ-01`.
    pub(crate) id: String,
    /// What ours does.
    pub(crate) says: String,
    /// The tests that show it; none where it is open.
    pub(crate) tests: Vec<Test>,
}

/// The rows of a page, in its order.
pub(crate) fn parse(page: &str) -> anyhow::Result<Vec<Row>> {
    let is_row = |line: &str| ROWS.iter().any(|(system, _)| line.starts_with(&format!("| {system}-")));
    let lines = page.lines().enumerate().filter(|(_, line)| is_row(line));
    lines.map(|(at, line)| row(line).with_context(|| format!("line {}", at + 1))).collect()
}

fn row(line: &str) -> anyhow::Result<Row> {
    let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
    let [id, says, tests] = cells.as_slice() else { bail!("expected `| row | what ours does | tests |`") };
    ensure!(!says.is_empty(), "{id} does not say what ours does");
    let tests = if *tests == OPEN {
        Vec::new()
    } else {
        tests.split(", ").map(|name| test(name).with_context(|| format!("{id}: {name}"))).collect::<Result<_, _>>()?
    };
    Ok(Row { id: (*id).to_owned(), says: (*says).to_owned(), tests })
}

fn test(name: &str) -> anyhow::Result<Test> {
    let name = name.strip_prefix('`').and_then(|name| name.strip_suffix('`'));
    let name = name.context("expected the name of a test between backticks, or `open` without them")?;
    Test::parse(name)
}

/// What is wrong with which rows there are.
pub(crate) fn missing(rows: &[Row]) -> Vec<String> {
    let expected: Vec<String> =
        ROWS.iter().flat_map(|(system, count)| (1..=*count).map(move |n| format!("{system}-{n:02}"))).collect();
    let count = |id: &str| rows.iter().filter(|row| row.id == id).count();
    let absent = expected.iter().filter(|id| count(id) != 1).map(|id| format!("{id} has {} lines, not one", count(id)));
    let strange = rows.iter().filter(|row| !expected.contains(&row.id)).map(|row| format!("{} is no row", row.id));
    absent.chain(strange).collect()
}
