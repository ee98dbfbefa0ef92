//! A small real program: it checks tables and converts them to JSON Lines. It is also the model of how to use
//! `telemetry-runtime`: read `main` from top to bottom, then one handler in `commands.rs`.
//!
//! Its telemetry leaves the machine only if `QUICKSTART_ENDPOINT` says where to. Without it, events go over real HTTP to a
//! receiver in this very process, and you are shown them, and what can be learnt of them.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program prints")]

mod commands;
mod receiver;
mod show;
mod tables;

use std::env;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use clap::{Parser, Subcommand};
use telemetry_runtime::{Builder, Check, Development, Level, Notice, Telemetry, app, sink};

use crate::receiver::Receiver;
use crate::show::Show;

/// Checks the tables of a folder and converts them to JSON Lines.
///
/// Without a command it syncs a sample that it brings with it.
#[derive(Parser)]
#[command(
    version,
    after_help = "Environment:
  QUICKSTART_TELEMETRY_LEVEL  none, errors, stats or all
  QUICKSTART_ENDPOINT         a URL that takes the events instead of the receiver inside this process
  DO_NOT_TRACK=1              no telemetry, as with the level none"
)]
struct Cli {
    /// Which telemetry may be collected: none, errors, stats or all
    #[arg(long, global = true, value_name = "LEVEL")]
    telemetry_level: Option<Level>,

    /// How to show what was sent; `json` is one event a line on stdout, `none` is not a word about telemetry
    #[arg(long, global = true, value_name = "FORM", default_value = "table")]
    show: Show,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Create a folder with a small sample
    Init {
        /// The folder to create
        dir: PathBuf,
    },
    /// Check the .csv and .json files of a folder and convert each to JSON Lines
    Sync {
        /// The folder with the tables
        dir: PathBuf,
        /// The folder for the results, created if need be
        out: PathBuf,
        /// Stop with a panic after N tables, to see how telemetry reports a bug
        #[arg(long, value_name = "N")]
        panic_after: Option<usize>,
    },
    /// List the tables of a folder with their columns
    Tables {
        /// The folder with the tables
        dir: PathBuf,
    },
    /// Print everything that this program can send, as TELEMETRY.md has it
    Catalogue {
        /// Print a JSON Schema of what is sent instead
        #[arg(long)]
        schema: bool,
        /// Compare with a page that was printed before, and fail unless it is the same
        #[arg(long, value_name = "FILE", conflicts_with = "schema")]
        check: Option<PathBuf>,
    },
}

fn main() -> Result<ExitCode> {
    let cli = Cli::parse();
    if let Some(Command::Catalogue { schema, check }) = cli.command {
        return catalogue(schema, check.as_deref());
    }
    let receiver = Receiver::new(env::var("QUICKSTART_ENDPOINT").ok());
    let telemetry = telemetry()
        .flag(cli.telemetry_level)
        // By default a debug build sends nothing. This one may: it sends to itself, to show how it is done.
        .development(Development::Send)
        // It says itself, at each start, what it collects. A program that is not for trying telemetry out has `Notice::Standard` here:
        // nothing is collected before the user was told, and nothing new before they were told of that.
        .notice(Notice::ByProgram)
        // Asked for only if something is to be sent: with telemetry off there is no receiver either.
        .sink_with(|| sink::Json::new(receiver.url()))
        .start();
    show::notice(cli.show, &telemetry.status(), &receiver);

    // Telemetry sees a panic without this; it is caught so that what was sent can be shown after it as well.
    let result = panic::catch_unwind(AssertUnwindSafe(|| run(cli.command)));
    if let Ok(Err(error)) = &result {
        eprintln!("error: {error:#}");
    }

    // Only because what has arrived is shown next. Other programs need no flush: what has not been sent when they end is
    // safe on disk, and goes with the next run.
    let flushed = telemetry.flush(Duration::from_secs(2));
    show::sent(cli.show, &telemetry.status(), &receiver, flushed);

    match result {
        Ok(Ok(())) => Ok(ExitCode::SUCCESS),
        Ok(Err(_)) => Ok(ExitCode::FAILURE),
        Err(panic) => panic::resume_unwind(panic),
    }
}

/// What is the same whether telemetry is started or only described.
fn telemetry<'a>() -> Builder<'a> {
    Telemetry::builder(app!()).env_prefix("QUICKSTART")
}

/// Says what can be sent, without starting telemetry.
fn catalogue(schema: bool, check: Option<&Path>) -> Result<ExitCode> {
    let catalogue = telemetry().catalogue();
    match check {
        Some(page) => {
            let check = catalogue.check(&std::fs::read_to_string(page)?);
            println!("{check}");
            return Ok(if check == Check::Equal { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        None if schema => println!("{}", catalogue.to_json_schema()),
        None => print!("{}", catalogue.to_markdown()),
    }
    Ok(ExitCode::SUCCESS)
}

fn run(command: Option<Command>) -> Result<()> {
    match command {
        Some(Command::Init { dir }) => commands::init(&dir),
        Some(Command::Sync { dir, out, panic_after }) => commands::sync(&dir, &out, panic_after),
        Some(Command::Tables { dir }) => commands::tables(&dir),
        Some(Command::Catalogue { .. }) => Ok(()),
        None => sync_sample(),
    }
}

fn sync_sample() -> Result<()> {
    let dir = env::temp_dir().join(format!("quickstart-{}", milliseconds()?));
    commands::write_sample(&dir)?;
    commands::sync(&dir, &dir.join("out"), None)
}

/// Since 1970: for the names of folders.
fn milliseconds() -> Result<u128> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())
}
