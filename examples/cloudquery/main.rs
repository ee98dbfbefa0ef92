//! A sync program whose telemetry is configured as that of CloudQuery's command line is: usage to RudderStack, bugs to Sentry, what each table
//! came to into a local file; anonymous, unless somebody has signed in.
//!
//! ```sh
//! cargo build --example cloudquery_plugin
//! cargo run --example cloudquery -- init --accept-defaults      # writes spec.json: the CSV files of `data`, as JSON Lines to `out`
//! cargo run --example cloudquery -- sync spec.json
//! cargo run --example cloudquery -- telemetry inspect sync spec.json
//! ```
//!
//! Read `telemetry` first, then the commands below it. The plugin is a program of its own, `plugin.rs`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program prints")]

mod account;
mod run;
mod spec;
mod wire;

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::{Parser, Subcommand};
use telemetry_receiver::Receiver;
use telemetry_runtime::{
    Builder, Flags, Guard, Identifier, Identity, Level, Telemetry, TelemetryCommand, Version, app, record, sink,
    tracked,
};

use crate::run::{Plugin, Totals};
use crate::spec::{Destination, Spec};
use crate::wire::{Message, Source};

/// CloudQuery's are `https://analytics-events.cloudquery.io` and its own project: an example is to report to nobody.
const DATA_PLANE: &str = "https://analytics-events.cloudquery.invalid";
const WRITE_KEY: &str = "example-write-key";
const SENTRY_DSN: &str = "https://public@sentry.cloudquery.invalid/1";
/// The team that makes the program: what it does is nobody's usage.
const OWN_TEAM: &str = "cloudquery";

/// A flag that says what telemetry is to be like: it is asked for before telemetry starts.
const INVOCATION_ID: &str = "invocation-id";

/// Syncs tables from a source to destinations
#[derive(Parser)]
#[command(name = "cloudquery", version)]
struct Cli {
    /// The id of this run, where somebody else keeps count: a UUID
    #[arg(long, id = INVOCATION_ID, global = true, value_name = "UUID")]
    _invocation_id: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Sign in with the key that standard input says
    Login,
    /// Sign out
    Logout,
    /// Write a spec
    Init {
        /// Where to read from
        #[arg(long, value_enum)]
        source: Option<Source>,
        /// What to write
        #[arg(long, value_enum)]
        destination: Option<Destination>,
        /// Ask nothing
        #[arg(long)]
        accept_defaults: bool,
        /// The file
        #[arg(long, default_value = "spec.json")]
        spec_path: PathBuf,
    },
    /// Read the tables of a spec and write them to its destinations
    Sync {
        spec: PathBuf,
        /// Write what each table came to into this file
        #[arg(long, value_name = "FILE")]
        tables_metrics_location: Option<PathBuf>,
        /// Have a bug after so many rows of a table, to see how it is reported
        #[arg(long, value_name = "ROWS")]
        panic_after: Option<u64>,
    },
    /// Say which tables the source of a spec has
    Tables { spec: PathBuf },
    /// Say whether a spec can be synced
    Validate { spec: PathBuf },
    /// What telemetry does here, and what it sent
    #[command(subcommand)]
    Telemetry(TelemetryCommand),
}

fn telemetry<'a>(account: Option<Identity>) -> Builder<'a> {
    Telemetry::builder(app!("cloudquery"))
        // CQ_TELEMETRY_LEVEL, CQ_RUDDERSTACK_WRITE_KEY, CQ_RUDDERSTACK_DATA_PLANE_URL, CQ_SENTRY_DSN; and CQ_NO_TELEMETRY, deprecated
        .env_prefix("CQ")
        .flags(Flags::none().level("telemetry-level"))
        .warn_by(|warning| eprintln!("warning: {warning}"))
        .environment_from_var("CQ_CLOUD")
        .identity(account)
        .exclude_if(|identity| identity.team_id() == Some(OWN_TEAM))
        .grace(Duration::from_secs(2))
        .sink(
            sink::RudderStack::new(DATA_PLANE, WRITE_KEY)
                .rename("invocation_id", "invocation_uuid")
                .rename("duration_ns", "duration")
                .rename("outcome", "status"),
        )
        .sink(sink::Sentry::new(SENTRY_DSN))
        .required_usage(wire::licensing())
        .policy("https://www.cloudquery.io/legal/privacy-policy")
        .command_reference("https://docs.cloudquery.io/docs/reference/cli/cloudquery")
}

fn main() -> ExitCode {
    let account = account::known();
    let (cli, telemetry) = telemetry(account.clone())
        .once_parsed(|builder, line| builder.invocation_id(line.and_then(|line| line.get_one(INVOCATION_ID).cloned())))
        .parse::<Cli>();
    let team = Team(account);
    let done = match cli.command {
        Command::Login => login(&telemetry),
        Command::Logout => logout(&telemetry),
        Command::Init { source, destination, accept_defaults, spec_path } => {
            init(source, destination, accept_defaults, &spec_path, &team)
        }
        Command::Sync { spec, tables_metrics_location, panic_after } => Spec::read(&spec).and_then(|spec| {
            let words = panic_after.map(|rows| format!("--panic-after={rows}"));
            sync(&spec, words, tables_metrics_location.as_deref(), &team, &telemetry)
        }),
        Command::Tables { spec } => tables(&spec, &telemetry),
        Command::Validate { spec } => validate(&spec, &telemetry),
        // `parse` has run it, and ended the program.
        Command::Telemetry(_) => Ok(()),
    };
    done.map_or_else(
        |error| {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

/// The team of whoever is signed in.
struct Team(Option<Identity>);

impl Team {
    fn id(&self) -> Option<Identifier> {
        self.0.as_ref().and_then(Identity::team_id).map(Identifier::team)
    }
}

/// Who has just signed in is told of by the event of that.
#[tracked(
    event = "login_success",
    emit = success,
    identifiable = when_known,
    purpose = "who uses the product, and how often"
)]
fn login(telemetry: &Guard) -> Result<()> {
    eprint!("Key: ");
    io::stderr().flush()?;
    let identity = account::keep(io::read_to_string(io::stdin())?.trim())?;
    println!("You are signed in.");
    telemetry.identify(identity.clone());
    record!(team: Option<Identifier> = Team(Some(identity)).id());
    Ok(())
}

#[tracked(event = "logout_success", emit = success, purpose = "how often people sign out")]
fn logout(telemetry: &Guard) -> Result<()> {
    telemetry.sign_out();
    println!("{}", if account::forget()? { "You are signed out." } else { "You were not signed in." });
    Ok(())
}

/// Neither the path nor what an error says is on the events: both are somebody's own.
#[tracked(
    event = "init_started",
    finish = "init_completed",
    identifiable = when_known,
    purpose = "whether a spec is easily begun",
    fields(
        source: Option<Source> = source,
        destination: Option<Destination> = destination,
        accept_defaults: bool = accept_defaults,
        team: Option<Identifier> = team.id(),
    )
)]
fn init(
    source: Option<Source>,
    destination: Option<Destination>,
    accept_defaults: bool,
    spec_path: &Path,
    team: &Team,
) -> Result<()> {
    let is_said = source.is_some() && destination.is_some();
    ensure!(accept_defaults || is_said, "say --source and --destination, or --accept-defaults");
    let sample = Spec::sample(source.unwrap_or(Source::Csv), destination.unwrap_or(Destination::Jsonl));
    let file = File::create_new(spec_path).with_context(|| format!("cannot create {}", spec_path.display()));
    file?.write_all(sample.as_bytes())?;
    println!("Wrote {}; see that its folders are there, and run `cloudquery sync`.", spec_path.display());
    Ok(())
}

/// What a sync was like, of whom: told only while somebody is signed in.
#[tracked(
    event = "sync_run_started",
    finish = "sync_run_completed",
    identifiable,
    purpose = "how syncs go, to help those whose do not",
    fields(
        team: Option<Identifier> = team.id(),
        source_path: Source = spec.source,
        destination_paths: Vec<Destination> = spec.destination_paths(),
    )
)]
fn sync(spec: &Spec, words: Option<String>, metrics: Option<&Path>, team: &Team, telemetry: &Guard) -> Result<()> {
    let mut totals = Totals::default();
    let result = sync_summary(spec, words, metrics, telemetry, &mut totals);
    record!(total_rows: u64 = totals.rows, errors: u64 = totals.errors, warnings: u64 = totals.warnings);
    result
}

/// The same of everybody, and of whom not, at the end of the sync.
#[tracked(
    event = "sync_summary",
    emit = finish,
    purpose = "which integrations are used, and how much",
    fields(source_path: Source = spec.source, destination_paths: Vec<Destination> = spec.destination_paths())
)]
fn sync_summary(
    spec: &Spec,
    words: Option<String>,
    metrics: Option<&Path>,
    telemetry: &Guard,
    totals: &mut Totals,
) -> Result<()> {
    let words: Vec<String> =
        words.into_iter().chain(spec.tables.iter().map(|table| format!("--table={table}"))).collect();
    // The numbers of each table go to a file of the user's, by way of a receiver in this very process.
    let tables = metrics.map(|file| Receiver::builder().tables(file).start()).transpose()?;
    if let (Some(file), Level::None | Level::Errors) = (metrics, telemetry.status().level()) {
        eprintln!("{} stays empty: telemetry is off ({})", file.display(), telemetry.status().decision().reason());
    }
    let mut plugin =
        Plugin::start(telemetry, spec, &words, tables.as_ref().map(telemetry_receiver::Running::url).as_deref())?;
    record!(source_version: Version = plugin.version);
    let result = run::sync(&mut plugin, spec, totals);
    let Totals { rows, errors, panics, .. } = *totals;
    record!(resources: u64 = rows, errors: u64 = errors, panics: u64 = panics);
    tables.map(telemetry_receiver::Running::stop).transpose()?;
    result?;
    println!("Synced {rows} rows with {errors} errors.");
    ensure!(panics == 0, "{panics} tables met a bug of the plugin's, which has been reported if you allow that");
    Ok(())
}

#[tracked(event = "tables_started", finish = "tables_completed", purpose = "whether people look at tables first")]
fn tables(spec: &Path, telemetry: &Guard) -> Result<()> {
    let mut plugin = Plugin::start(telemetry, &Spec::read(spec)?, &["--list".into()], None)?;
    while let Some(message) = plugin.next()? {
        if let Message::Table(name, columns) = message {
            println!("{name}: {}", columns.join(", "));
        }
    }
    Ok(())
}

#[tracked(event = "validate_started", finish = "validate_completed", purpose = "how often a spec is wrong")]
fn validate(spec: &Path, telemetry: &Guard) -> Result<()> {
    let spec = Spec::read(spec)?;
    let words = spec.tables.iter().map(|table| format!("--table={table}")).chain(["--list".into()]);
    let mut plugin = Plugin::start(telemetry, &spec, &words.collect::<Vec<_>>(), None)?;
    let mut tables = 0;
    while plugin.next()?.is_some() {
        tables += 1;
    }
    record!(tables: u64 = tables);
    println!("The spec is valid: {tables} tables.");
    Ok(())
}
