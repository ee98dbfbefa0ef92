//! The tables file: of each table that a program syncs, when, how long, how much and what went wrong.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use comfy_table::{CellAlignment, Table, presets};
use tempfile::NamedTempFile;

use crate::batch::cut;
use crate::limits::{TABLE_ROWS, WORD_BYTES};
use crate::otlp::{Number, Point};

/// What was told of each table and client so far.
#[derive(Debug)]
pub(crate) struct Tables {
    prefix: String,
    rows: BTreeMap<(String, String), Row>,
}

/// Times in nanoseconds since 1970, the duration in nanoseconds.
#[derive(Debug, Default)]
struct Row {
    start: Option<i64>,
    end: Option<i64>,
    duration: Option<i64>,
    resources: i64,
    errors: i64,
    panics: i64,
}

impl Row {
    /// A sender that tells no times is done with a table once it says how long it took.
    fn is_finished(&self) -> bool {
        self.end.is_some() || (self.start.is_none() && self.duration.is_some())
    }

    /// What was told, or from the start to the end, or to now.
    fn duration(&self, now: i64) -> Option<i64> {
        self.duration.or_else(|| Some(self.end.unwrap_or(now).saturating_sub(self.start?)))
    }
}

impl Tables {
    /// With what the names of metrics and attributes begin with: `sync.table.`, usually.
    pub(crate) fn new(prefix: String) -> Self {
        Self { prefix, rows: BTreeMap::new() }
    }

    /// Takes a point in; `false` if it is none of a table.
    pub(crate) fn add(&mut self, point: &Point) -> bool {
        let attribute = |name: &str| {
            // As CloudQuery's plugins have it, or as a member of a snapshot of ours that is called as the prefix.
            let is_it = |key: &str| key.strip_prefix(&self.prefix).unwrap_or(key) == name;
            let found = point.attributes.iter().find(|(key, _)| is_it(key));
            found.map(|(_, value)| cut(value, WORD_BYTES))
        };
        let Some(name) = point.metric.strip_prefix(&self.prefix) else { return false };
        let is_time = matches!(name, "start_time" | "end_time" | "duration");
        if !is_time && !matches!(name, "resources" | "errors" | "panics") {
            return false;
        }
        let usual_unit = if name == "duration" { "ms" } else { "ns" };
        let factor = match (is_time, if point.unit.is_empty() { usual_unit } else { point.unit.as_str() }) {
            (true, "ns") | (false, _) => 1,
            (true, "us") => 1_000,
            (true, "ms") => 1_000_000,
            (true, "s") => 1_000_000_000,
            (true, _) => return false,
        };
        let Some(value) = whole(point.value, factor) else { return false };
        let Some(table) = attribute("name") else { return false };
        let key = (table, attribute("client_id").unwrap_or_default());
        if self.rows.len() >= TABLE_ROWS && !self.rows.contains_key(&key) {
            return false;
        }
        let row = self.rows.entry(key).or_default();
        let number = match name {
            "start_time" => row.start.get_or_insert(0),
            "end_time" => row.end.get_or_insert(0),
            "duration" => row.duration.get_or_insert(0),
            "resources" => &mut row.resources,
            "errors" => &mut row.errors,
            _ => &mut row.panics,
        };
        *number = if point.is_delta { number.saturating_add(value) } else { value };
        true
    }

    /// The file's text: unfinished tables first, each part by name.
    pub(crate) fn render(&self, now: SystemTime) -> String {
        let now = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos().try_into().unwrap_or(i64::MAX));
        let mut table = Table::new();
        table.load_style(presets::ASCII_FULL_CONDENSED);
        table.set_header(["Table", "Client", "Start", "End", "Duration", "Resources", "Errors", "Panics"]);
        for column in table.column_iter_mut().skip(4) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by_key(|(_, row)| row.is_finished());
        for ((name, client), row) in rows {
            let count = |count: i64| count.to_string();
            table.add_row([
                name.clone(),
                client.clone(),
                row.start.map(time).unwrap_or_default(),
                row.end.map(time).unwrap_or_default(),
                row.duration(now).map(span).unwrap_or_default(),
                count(row.resources),
                count(row.errors),
                count(row.panics),
            ]);
        }
        format!("{table}\n")
    }
}

/// Writes a file in one step: whoever reads it sees the old text or the new one.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A number that a row can hold, in its unit.
fn whole(number: Number, factor: i64) -> Option<i64> {
    let whole = match number {
        Number::Int(int) => int.checked_mul(factor)?,
        Number::Double(double) => {
            #[allow(clippy::cast_precision_loss, reason = "a factor is a power of ten, far below 2^53")]
            let scaled = (double * factor as f64).round();
            if !(0.0..9e18).contains(&scaled) {
                return None;
            }
            #[allow(clippy::cast_possible_truncation, reason = "it was looked at")]
            let whole = scaled as i64;
            whole
        }
    };
    (whole >= 0).then_some(whole)
}

fn time(nanos: i64) -> String {
    let since = Duration::from_nanos(nanos.try_into().unwrap_or(0));
    humantime::format_rfc3339_millis(UNIX_EPOCH + since).to_string()
}

fn span(nanos: i64) -> String {
    let millis = Duration::from_millis((nanos / 1_000_000).try_into().unwrap_or(0));
    humantime::format_duration(millis).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(metric: &str, unit: &str, value: i64, table: &str) -> Point {
        let attributes =
            vec![("sync.table.name".into(), table.into()), ("sync.table.client_id".into(), "eu\n1".into())];
        Point { metric: metric.into(), unit: unit.into(), is_delta: false, value: Number::Int(value), attributes }
    }

    #[test]
    fn unfinished_tables_come_first_with_the_time_so_far() {
        let mut tables = Tables::new("sync.table.".into());
        let second = 1_000_000_000;
        for (metric, unit, value, table) in [
            ("sync.table.start_time", "ns", 1_000 * second, "accounts"),
            ("sync.table.end_time", "ns", 1_090 * second, "accounts"),
            ("sync.table.resources", "/{tot}", 12, "accounts"),
            ("sync.table.panics", "", 1, "accounts"),
            ("sync.table.start_time", "", 1_000 * second, "users"),
            ("sync.table.errors", "", 3, "users"),
            ("sync.table.duration", "ms", 1_500, "buckets"),
        ] {
            assert!(tables.add(&point(metric, unit, value, table)), "{metric}");
        }
        let text = tables.render(UNIX_EPOCH + Duration::from_secs(1_100));
        let expected = "\
+----------+--------+--------------------------+--------------------------+----------+-----------+--------+--------+
| Table    | Client | Start                    | End                      | Duration | Resources | Errors | Panics |
+==================================================================================================================+
| users    | eu\u{fffd}1   | 1970-01-01T00:16:40.000Z |                          |   1m 40s |         0 |      3 |      0 |
| accounts | eu\u{fffd}1   | 1970-01-01T00:16:40.000Z | 1970-01-01T00:18:10.000Z |   1m 30s |        12 |      0 |      1 |
| buckets  | eu\u{fffd}1   |                          |                          | 1s 500ms |         0 |      0 |      0 |
+----------+--------+--------------------------+--------------------------+----------+-----------+--------+--------+
";
        assert_eq!(text, expected, "\n{text}");
    }

    #[test]
    fn what_is_no_table_s_is_not_taken() {
        let mut tables = Tables::new("sync.table.".into());
        assert!(!tables.add(&point("http.requests", "", 1, "a")));
        assert!(!tables.add(&point("sync.table.rows", "", 1, "a")));
        assert!(!tables.add(&point("sync.table.errors", "", -1, "a")));
        assert!(!tables.add(&point("sync.table.duration", "fortnights", 1, "a")));
        assert!(!tables.add(&Point { attributes: vec![], ..point("sync.table.errors", "", 1, "a") }));
        assert!(!tables.add(&Point { value: Number::Double(f64::NAN), ..point("sync.table.errors", "", 1, "a") }));
        assert!(tables.rows.is_empty());
    }

    /// The names of a snapshot's members have no dots in them.
    #[test]
    fn an_attribute_need_not_have_the_prefix() {
        let mut tables = Tables::new("sync.table.".into());
        let attributes = vec![("name".into(), "a".into()), ("client_id".into(), "eu".into())];
        assert!(tables.add(&Point { attributes, ..point("sync.table.resources", "1", 1, "b") }));
        assert!(tables.rows.contains_key(&("a".into(), "eu".into())), "{tables:?}");
    }

    #[test]
    fn deltas_add_up_and_totals_replace() {
        let mut tables = Tables::new("t.".into());
        let attributes = vec![("t.name".to_owned(), "a".to_owned())];
        for (metric, is_delta) in [("t.errors", true), ("t.errors", true), ("t.panics", false), ("t.panics", false)] {
            let value = Number::Double(2.0);
            let point =
                Point { metric: metric.into(), unit: String::new(), is_delta, value, attributes: attributes.clone() };
            assert!(tables.add(&point));
        }
        let row = tables.rows.values().next().unwrap();
        assert_eq!((row.errors, row.panics), (4, 2));
    }
}
