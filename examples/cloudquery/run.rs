//! A sync: the plugin's rows into the destinations' files.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use clap::ValueEnum as _;
use serde_json::{Map, Value};
use telemetry_runtime::{Guard, Version};

use crate::spec::{Destination, Spec};
use crate::wire::Message;

/// The plugin, a process of its own.
pub(crate) struct Plugin {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub(crate) version: Version,
}

impl Plugin {
    /// Starts it with what it is to read. It is told what it may collect, and where to say what tables came to.
    pub(crate) fn start(telemetry: &Guard, spec: &Spec, words: &[String], metrics: Option<&str>) -> Result<Self> {
        let program = env::current_exe()?.with_file_name(format!("cloudquery_plugin{}", env::consts::EXE_SUFFIX));
        let mut command = Command::new(&program);
        let source = spec.source.to_possible_value().context("a source without a name")?;
        command.args(words).arg(source.get_name()).args(&spec.folders).stdin(Stdio::null()).stdout(Stdio::piped());
        let (name, value) = telemetry.child_env();
        command.env(name, value).envs(metrics.map(|url| ("CQ_OTLP_ENDPOINT", url)));
        let mut process = command.spawn().with_context(|| {
            format!("cannot start {}; `cargo build --example cloudquery_plugin` makes it", program.display())
        })?;
        let lines = process.stdout.take().context("the plugin says nothing")?;
        let mut plugin = Self { process, lines: BufReader::new(lines).lines(), version: Version::new(0, 0, 0) };
        match plugin.next()? {
            Some(Message::Hello(version)) => plugin.version = version.parse()?,
            Some(_) => bail!("the plugin does not say which version it is"),
            None => bail!("the plugin could not begin"),
        }
        Ok(plugin)
    }

    /// What it says next; `None` at its good end.
    pub(crate) fn next(&mut self) -> Result<Option<Message>> {
        if let Some(line) = self.lines.next() {
            return line?.parse().map(Some);
        }
        let status = self.process.wait()?;
        ensure!(status.success(), "the plugin ended with {status}");
        Ok(None)
    }
}

/// No plugin outlives who started it.
impl Drop for Plugin {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// What a sync came to so far.
#[derive(Clone, Copy, Default)]
pub(crate) struct Totals {
    pub(crate) rows: u64,
    pub(crate) errors: u64,
    /// Tables without rows.
    pub(crate) warnings: u64,
    pub(crate) panics: u64,
}

/// Writes what the plugin says, and counts it.
pub(crate) fn sync(plugin: &mut Plugin, spec: &Spec, totals: &mut Totals) -> Result<()> {
    for (_, folder) in &spec.destinations {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let mut written: BTreeMap<String, Vec<Writer>> = BTreeMap::new();
    let (mut current, mut rows) = (String::new(), 0);
    while let Some(message) = plugin.next()? {
        match message {
            Message::Hello(_) => {}
            Message::Table(name, columns) => {
                if !written.contains_key(&name) {
                    let writers =
                        spec.destinations.iter().map(|(kind, folder)| Writer::new(*kind, folder, &name, &columns));
                    written.insert(name.clone(), writers.collect::<Result<_>>()?);
                }
                (current, rows) = (name, 0);
            }
            Message::Row(cells) => {
                let writers = written.get_mut(&current).context("a row of no table")?;
                writers.iter_mut().try_for_each(|writer| writer.write(&cells))?;
                rows += 1;
                totals.rows += 1;
            }
            Message::Done { table, errors, panicked } => {
                totals.errors += errors;
                totals.warnings += u64::from(rows == 0);
                totals.panics += u64::from(panicked);
                let bug = if panicked { ", and then a bug" } else { "" };
                println!("{table:<20} {rows:>6} rows {errors:>6} errors{bug}");
                rows = 0;
            }
        }
    }
    written.into_values().flatten().try_for_each(Writer::finish)
}

/// A table of a destination.
enum Writer {
    Jsonl(Vec<String>, BufWriter<File>),
    Csv(Box<csv::Writer<File>>),
}

impl Writer {
    fn new(kind: Destination, folder: &Path, table: &str, columns: &[String]) -> Result<Self> {
        ensure!(Path::new(table).file_name().is_some_and(|name| name == table), "`{table}` cannot be a file's name");
        let create = |extension| {
            let path = folder.join(format!("{table}.{extension}"));
            File::create(&path).with_context(|| format!("cannot write {}", path.display()))
        };
        Ok(match kind {
            Destination::Jsonl => Self::Jsonl(columns.to_vec(), BufWriter::new(create("jsonl")?)),
            Destination::Csv => {
                let mut writer = csv::Writer::from_writer(create("csv")?);
                writer.write_record(columns)?;
                Self::Csv(Box::new(writer))
            }
        })
    }

    fn write(&mut self, cells: &[String]) -> Result<()> {
        match self {
            Self::Jsonl(columns, file) => {
                let cells = columns.iter().cloned().zip(cells.iter().cloned().map(Value::String));
                writeln!(file, "{}", Value::Object(cells.collect::<Map<_, _>>()))?;
            }
            Self::Csv(writer) => writer.write_record(cells)?,
        }
        Ok(())
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Jsonl(_, mut file) => file.flush()?,
            Self::Csv(mut writer) => writer.flush()?,
        }
        Ok(())
    }
}
