//! The plugin of `cloudquery`, a process of its own: it reads tables and streams their rows to the program that started it.
//!
//! Of telemetry it decides nothing: it has the level, the installation and the trace of the program that started it, by one variable. A bug
//! of its own it reports itself, and what each table came to it tells the program, which writes it into a file.
//!
//! It is a plugin that has to be paid for: how many rows it reads goes to a licensing server at every level, and nothing else does.
#![allow(clippy::print_stdout, reason = "what it prints is what it is for")]

mod wire;

use std::env;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, bail};
use clap::Parser;
use telemetry_runtime::sink::{self, Kinds, Signal};
use telemetry_runtime::{
    Builder, ClosedEnum, Development, Guard, Hashed, Identifier, Label, Snapshot, Telemetry, UsageMeter, app, label,
    tracked,
};

use crate::wire::{Message, Source};

/// The vendor's own is not here: an example is to report to nobody.
const SENTRY_DSN: &str = "https://public@sentry.cloudquery.invalid/2";

/// What a plugin is, as its usage is reported.
#[derive(ClosedEnum)]
enum PluginKind {
    Source,
}

/// Reads tables, for `cloudquery`
#[derive(Parser)]
struct Cli {
    /// Which source to be
    source: Source,
    /// The folders to read
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// A table that is wanted; all of them unless said
    #[arg(long)]
    table: Vec<String>,
    /// Say which tables there are, and not what is in them
    #[arg(long)]
    list: bool,
    /// Have a bug after so many rows of a table, to see how it is reported
    #[arg(long)]
    panic_after: Option<u64>,
}

/// A table that is there to be read.
struct Table<'a> {
    /// What it is called by whoever named the file.
    called: String,
    /// What it is called in this source's own code, if that knows it.
    known: Option<Label>,
    /// The columns that it has to have, where they are known.
    columns: Option<&'static [&'static str]>,
    file: PathBuf,
    folder: &'a Path,
}

/// What a shop's system exports.
const SHOP: [(Label, &str, &[&str]); 3] = [
    (label!("shop_customers"), "customers.csv", &["id", "name", "country"]),
    (label!("shop_orders"), "orders.csv", &["id", "customer_id", "total"]),
    (label!("shop_products"), "products.csv", &["id", "name", "price"]),
];

/// What a table came to. Its name is known where it stands in this source's code; any other is somebody's own.
#[derive(Snapshot)]
#[snapshot(event = "sync.table", purpose = "what each table came to; stays on the machine", cumulative)]
struct KnownTable<'a> {
    name: Label,
    client_id: Hashed<'a>,
    start_time: SystemTime,
    end_time: SystemTime,
    resources: u64,
    errors: u64,
    panics: u64,
}

/// The same of a table that the user named.
#[derive(Snapshot)]
#[snapshot(event = "sync.table", purpose = "what each table came to; stays on the machine", cumulative)]
struct UsersTable<'a> {
    name: Hashed<'a>,
    client_id: Hashed<'a>,
    start_time: SystemTime,
    end_time: SystemTime,
    resources: u64,
    errors: u64,
    panics: u64,
}

fn telemetry<'a>() -> Builder<'a> {
    let mut builder =
        Telemetry::builder(app!()).env_prefix("CQ").grace(Duration::from_secs(2)).sink(sink::Sentry::new(SENTRY_DSN));
    // Set by the program, where it was asked for a file of what each table came to.
    if let Ok(url) = env::var("CQ_OTLP_ENDPOINT") {
        builder = builder.sink(sink::Otlp::new(url).signals([Signal::Metrics]).kinds(Kinds::SNAPSHOTS));
    }
    // A developer's runs are not metered, but where somebody names a server of their own.
    let builder = if env::var_os(wire::LICENSING).is_some() { builder.development(Development::Send) } else { builder };
    builder.required_usage(wire::licensing())
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    let telemetry = telemetry().start();
    let meter = telemetry.usage_meter(&Identifier::plugin(wire::path(&cli.source)), &PluginKind::Source);
    let tables = find(&cli)?;
    println!("{}", Message::Hello(env!("CARGO_PKG_VERSION").into()));
    for table in &tables {
        if cli.list {
            println!("{}", Message::Table(table.called.clone(), header(table)?));
        } else {
            sync(table, cli.panic_after, &telemetry, meter);
        }
    }
    Ok(())
}

/// The tables that are wanted and there.
fn find(cli: &Cli) -> Result<Vec<Table<'_>>> {
    let mut tables = Vec::new();
    for folder in &cli.folders {
        let files = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
        let mut files = files.map(|file| Ok(file?.path())).collect::<Result<Vec<_>>>()?;
        files.sort();
        for file in files.into_iter().filter(|file| file.extension().is_some_and(|it| it == "csv")) {
            let is_it = |name: &str| file.file_name().is_some_and(|it| it == name);
            let known = SHOP.iter().find(|(_, name, _)| cli.source == Source::Shop && is_it(name));
            let called = match (cli.source, known, file.file_stem().and_then(|stem| stem.to_str())) {
                (Source::Shop, Some((name, ..)), _) => name.as_str().to_owned(),
                (Source::Csv, _, Some(stem)) => stem.to_owned(),
                _ => continue,
            };
            let (known, columns) = (known.map(|(name, ..)| *name), known.map(|(.., columns)| *columns));
            tables.push(Table { called, known, columns, file, folder });
        }
    }
    if let Some(missing) = cli.table.iter().find(|name| tables.iter().all(|table| table.called != **name)) {
        bail!("there is no table `{missing}`");
    }
    tables.retain(|table| cli.table.is_empty() || cli.table.contains(&table.called));
    Ok(tables)
}

/// Streams a table and says what it came to. A bug in the reading of one table is no reason not to read the others.
fn sync(table: &Table<'_>, panic_after: Option<u64>, telemetry: &Guard, meter: UsageMeter) {
    let (start_time, mut resources, mut errors) = (SystemTime::now(), 0, 0);
    let result = panic::catch_unwind(AssertUnwindSafe(|| read(table, panic_after, meter, &mut resources, &mut errors)));
    errors += u64::from(matches!(result, Ok(Err(_))));
    println!("{}", Message::Done { table: table.called.clone(), errors, panicked: result.is_err() });

    let (client_id, end_time) = (table.folder.to_string_lossy(), SystemTime::now());
    let (client_id, panics) = (Hashed::of(&client_id), u64::from(result.is_err()));
    if let Some(name) = table.known {
        telemetry.snapshot_now(&KnownTable { name, client_id, start_time, end_time, resources, errors, panics });
    } else {
        let name = Hashed::of(&table.called);
        telemetry.snapshot_now(&UsersTable { name, client_id, start_time, end_time, resources, errors, panics });
    }
}

/// Streams the rows, each of which is to be paid for. Lines that do not fit are counted.
#[tracked]
fn read(
    table: &Table<'_>,
    panic_after: Option<u64>,
    meter: UsageMeter,
    rows: &mut u64,
    errors: &mut u64,
) -> Result<()> {
    println!("{}", Message::Table(table.called.clone(), header(table)?));
    for record in csv::Reader::from_path(&table.file)?.into_records() {
        assert!(panic_after != Some(*rows), "a bug after {rows} rows, as --panic-after asked for");
        match record {
            Ok(record) => {
                println!("{}", Message::Row(record.iter().map(str::to_owned).collect()));
                *rows += 1;
                // A table is named where its name stands above; what the user calls theirs is nobody's business.
                table.known.map_or_else(|| meter.add(1), |name| meter.add_to(name, 1));
            }
            Err(_) => *errors += 1,
        }
    }
    Ok(())
}

/// The columns, which are those that the source knows, where it does.
fn header(table: &Table<'_>) -> Result<Vec<String>> {
    let header = csv::Reader::from_path(&table.file)?.headers()?.iter().map(str::to_owned).collect::<Vec<_>>();
    match table.columns {
        Some(columns) if columns != header => bail!("{} has other columns than {columns:?}", table.called),
        _ => Ok(header),
    }
}
