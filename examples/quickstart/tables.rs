//! The real work: tables are found, read, checked and written as JSON Lines. Nothing here knows of telemetry, but for one
//! derive on [`Format`].

use std::collections::HashSet;
use std::fmt;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value, json};
use telemetry_runtime::ClosedEnum;

/// A file that holds a table.
pub(crate) struct Source {
    pub(crate) table: String,
    pub(crate) format: Format,
    path: PathBuf,
}

/// The derive makes it a type that an event may carry: it can only ever be one of these names, whatever the user's files
/// are called and hold.
#[derive(Clone, Copy, PartialEq, Eq, ClosedEnum)]
pub(crate) enum Format {
    Csv,
    Json,
}

pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Value>>,
    pub(crate) rejected: Vec<Rejected>,
}

pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// What the cells of a column have in common.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Empty,
    Boolean,
    Integer,
    Number,
    Text,
    Mixed,
}

/// A row that does not fit its table.
pub(crate) struct Rejected {
    place: String,
    reason: String,
    content: Value,
}

/// The tables of a folder, by name.
pub(crate) fn find(dir: &Path) -> Result<Vec<Source>> {
    let cannot_read = || format!("cannot read the folder {}", dir.display());
    let mut sources = Vec::new();
    for entry in fs::read_dir(dir).with_context(cannot_read)? {
        let path = entry.with_context(cannot_read)?.path();
        if path.is_file()
            && let Some(format) = Format::of(&path)
            && let Some(stem) = path.file_stem()
        {
            sources.push(Source { table: stem.to_string_lossy().into_owned(), format, path });
        }
    }
    ensure!(!sources.is_empty(), "no .csv or .json file in {}", dir.display());
    sources.sort_by(|a, b| a.path.cmp(&b.path));

    let mut taken = HashSet::new();
    for name in sources.iter().flat_map(Source::outputs) {
        ensure!(!taken.contains(&name), "two files of {} would both be written to {name}", dir.display());
        taken.insert(name);
    }
    Ok(sources)
}

impl Source {
    /// The names of the files that the table is written to: its rows, and its rejected rows.
    fn outputs(&self) -> [String; 2] {
        [format!("{}.jsonl", self.table), format!("{}.rejected.jsonl", self.table)]
    }

    /// Reads and checks the table. A row that does not fit is rejected; a header that does not is an error.
    pub(crate) fn read(&self) -> Result<Table> {
        let table = match self.format {
            Format::Csv => read_csv(&self.path),
            Format::Json => read_json(&self.path),
        };
        table.with_context(|| self.path.display().to_string())
    }

    /// Writes the table to the folder `out`. A reader of `out` sees a whole file or none.
    pub(crate) fn write(&self, table: &Table, out: &Path) -> Result<()> {
        let rows = table.rows.iter().map(|row| {
            let cells = table.columns.iter().zip(row);
            Value::Object(cells.map(|(column, cell)| (column.name.clone(), cell.clone())).collect())
        });
        let rejected =
            table.rejected.iter().map(|row| json!({ "place": row.place, "reason": row.reason, "row": row.content }));

        let [rows_path, rejected_path] = self.outputs().map(|name| out.join(name));
        write_lines(&rows_path, rows)?;
        if !table.rejected.is_empty() {
            write_lines(&rejected_path, rejected)?;
        } else if rejected_path.exists() {
            fs::remove_file(&rejected_path).with_context(|| format!("cannot remove {}", rejected_path.display()))?;
        }
        Ok(())
    }
}

fn write_lines(path: &Path, lines: impl Iterator<Item = Value>) -> Result<()> {
    let write = || -> std::io::Result<()> {
        let unfinished = path.with_extension("jsonl.unfinished");
        let mut file = BufWriter::new(File::create(&unfinished)?);
        for line in lines {
            writeln!(file, "{line}")?;
        }
        file.flush()?;
        fs::rename(unfinished, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

fn read_csv(path: &Path) -> Result<Table> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path)?;
    let names = check_header(reader.headers()?.iter().map(str::to_owned).collect())?;

    let mut texts = Vec::new();
    let mut rejected = Vec::new();
    for record in reader.into_byte_records() {
        let record = record?;
        let content: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
        let reason = if record.len() != names.len() {
            format!("has {} cells, the header has {}", record.len(), names.len())
        } else if record.iter().any(|cell| std::str::from_utf8(cell).is_err()) {
            "is not UTF-8".to_owned()
        } else {
            texts.push(content.into_iter().map(String::from).collect::<Vec<_>>());
            continue;
        };
        let line = record.position().map_or(0, csv::Position::line);
        rejected.push(Rejected { place: format!("line {line}"), reason, content: json!(content) });
    }

    let kinds = common_kinds(names.len(), texts.iter().map(|row| row.iter().map(|text| parse_cell(text))));
    // Text and numbers in one column (postal codes, say): all of it is text.
    let kinds = kinds.into_iter().map(|kind| if kind == Kind::Mixed { Kind::Text } else { kind });
    let columns: Vec<_> = names.into_iter().zip(kinds).map(|(name, kind)| Column { name, kind }).collect();
    let typed = |text: String, column: &Column| match column.kind {
        Kind::Text if !text.is_empty() => Value::String(text),
        _ => parse_cell(&text),
    };
    let rows = texts.into_iter().map(|row| row.into_iter().zip(&columns).map(|(text, c)| typed(text, c)).collect());
    Ok(Table { rows: rows.collect(), columns, rejected })
}

fn read_json(path: &Path) -> Result<Table> {
    let Value::Array(items) = serde_json::from_slice(&fs::read(path)?)? else { bail!("is not an array of objects") };
    let Some(Value::Object(first)) = items.first() else { bail!("has no first object that could name the columns") };
    let names = check_header(first.keys().cloned().collect())?;

    let mut rows: Vec<Vec<Value>> = Vec::new();
    let mut rejected = Vec::new();
    for (item, number) in items.into_iter().zip(1..) {
        match check_item(&item, &names) {
            Ok(cells) => rows.push(cells.into_iter().cloned().collect()),
            Err(reason) => rejected.push(Rejected { place: format!("item {number}"), reason, content: item }),
        }
    }

    let kinds = common_kinds(names.len(), rows.iter().map(|row| row.iter().cloned()));
    let columns = names.into_iter().zip(kinds).map(|(name, kind)| Column { name, kind }).collect();
    Ok(Table { columns, rows, rejected })
}

fn check_header(names: Vec<String>) -> Result<Vec<String>> {
    ensure!(!names.is_empty(), "broken header: there is none");
    let mut known = HashSet::new();
    for (name, number) in names.iter().zip(1..) {
        ensure!(!name.trim().is_empty(), "broken header: column {number} has no name");
        ensure!(known.insert(name), "broken header: two columns are called `{name}`");
    }
    Ok(names)
}

/// The cells of a JSON object in the order of the columns, or why it is no row.
fn check_item<'a>(item: &'a Value, names: &[String]) -> Result<Vec<&'a Value>, String> {
    let object: &Map<_, _> = item.as_object().ok_or("is not an object")?;
    if let Some(unknown) = object.keys().find(|key| !names.contains(key)) {
        return Err(format!("has `{unknown}`, which the first object has not"));
    }
    let cell = |name: &String| match object.get(name) {
        None => Err(format!("has no `{name}`")),
        Some(Value::Array(_) | Value::Object(_)) => Err(format!("`{name}` is not a single value")),
        Some(cell) => Ok(cell),
    };
    names.iter().map(cell).collect()
}

/// A cell of a CSV file as the value that it looks like. What would lose something as a number (`007`, more digits than a
/// float keeps) stays text.
fn parse_cell(text: &str) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    if let Ok(boolean) = text.parse::<bool>() {
        return Value::Bool(boolean);
    }
    if let Ok(integer) = text.parse::<i64>()
        && integer.to_string() == text
    {
        return Value::from(integer);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or_default();
    let only_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    if only_digits(digits) && only_digits(fraction) && text.len() <= 15 && (digits == "0" || !digits.starts_with('0')) {
        return text.parse::<f64>().map_or(Value::Null, Value::from);
    }
    Value::String(text.to_owned())
}

fn common_kinds(width: usize, rows: impl Iterator<Item = impl Iterator<Item = Value>>) -> Vec<Kind> {
    rows.fold(vec![Kind::Empty; width], |kinds, row| {
        kinds.into_iter().zip(row).map(|(kind, cell)| kind.or(Kind::of(&cell))).collect()
    })
}

impl Kind {
    fn of(cell: &Value) -> Self {
        match cell {
            Value::Null => Self::Empty,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_f64() => Self::Number,
            Value::Number(_) => Self::Integer,
            Value::String(_) => Self::Text,
            Value::Array(_) | Value::Object(_) => Self::Mixed,
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Empty, kind) | (kind, Self::Empty) => kind,
            (Self::Integer, Self::Number) | (Self::Number, Self::Integer) => Self::Number,
            (a, b) if a == b => a,
            _ => Self::Mixed,
        }
    }
}

impl Format {
    fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        [(Self::Csv, "csv"), (Self::Json, "json")]
            .into_iter()
            .find_map(|(format, name)| extension.eq_ignore_ascii_case(name).then_some(format))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Csv => "csv",
            Self::Json => "json",
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Empty => "empty",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Text => "text",
            Self::Mixed => "mixed",
        })
    }
}
