//! Telemetry configured as version 0 of CloudQuery has it: a trace of each operation over OTLP, with a cookie in the working folder that the user may
//! delete or forbid; `--inspect-telemetry` to see it, `--no-telemetry` to have none, and `--debug-telemetry` to send the words of errors as well.
//!
//! What is fetched are tables of what lies in a folder, one by each provider that is installed:
//!
//! ```sh
//! cargo run --example cloudquery_v0 -- provider install files
//! cargo run --example cloudquery_v0 -- fetch src
//! cargo run --example cloudquery_v0 -- policy run policy.json
//! cargo run --example cloudquery_v0 -- drift scan src
//! ```
//!
//! A policy is a list of what no row of a table may be above: `[{"table": "files", "column": "bytes", "at_most": 100000}]`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program prints")]

mod policy;
mod providers;
mod tables;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::{Parser, Subcommand};
use telemetry_runtime::sink::{self, Signal};
use telemetry_runtime::{Builder, Flags, Form, Telemetry, TelemetryCommand, add, app, label, record, tracked};

use crate::providers::{Installed, Provider};
use crate::tables::Table;

/// A name that nobody has: this is an example, and CloudQuery's receiver is not for it.
const RECEIVER: &str = "https://telemetry.cloudquery.invalid";

/// Fetches what lies in a folder into tables, and says what is wrong with it
#[derive(Parser)]
#[command(name = "cloudquery", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fetch a folder's tables, one by each provider that is installed
    Fetch { folder: PathBuf },
    /// What must hold of what was fetched
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// What is not as it was fetched
    #[command(subcommand)]
    Drift(DriftCommand),
    /// Who fetches
    #[command(subcommand)]
    Provider(ProviderCommand),
    /// What telemetry does here, and what it sent
    #[command(subcommand)]
    Telemetry(TelemetryCommand),
}

#[derive(Subcommand)]
enum PolicyCommand {
    /// List the rows that break a policy
    Run { file: PathBuf },
}

#[derive(Subcommand)]
enum DriftCommand {
    /// Read a folder again, and list what was added, removed and changed since it was fetched
    Scan { folder: PathBuf },
}

#[derive(Subcommand)]
enum ProviderCommand {
    /// Install a provider
    Install { provider: Provider },
    /// List what is installed
    List,
}

fn main() -> ExitCode {
    // Beside each other in the folder that the program is run in.
    let installed = Installed::read(Path::new(".cq/providers"));
    let (cli, _telemetry) = described(&installed).parse::<Cli>();
    let done = match cli.command {
        Command::Fetch { folder } => fetch(&installed, &folder),
        Command::Policy(PolicyCommand::Run { file }) => policy_run(&file),
        Command::Drift(DriftCommand::Scan { folder }) => drift_scan(&installed, &folder),
        Command::Provider(ProviderCommand::Install { provider }) => provider_install(&installed, provider),
        Command::Provider(ProviderCommand::List) => {
            provider_list(&installed);
            Ok(())
        }
        // `parse` has run it, and ended the program.
        Command::Telemetry(_) => Ok(()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn described(installed: &Installed) -> Builder<'static> {
    // As JSON, so that what is inspected is what is sent.
    let traces = sink::Otlp::new(RECEIVER).json().signals([Signal::Traces]).timeout(Duration::from_secs(2));
    let builder = Telemetry::builder(app!("cloudquery"))
        .env_prefix("CQ")
        .variable("CQ_NO_TELEMETRY", Form::Off)
        .flags(Flags::default().level(None))
        .inspect_file("cq-telemetry.txt")
        // It lies with what is fetched, which outlives a container.
        .install_id_file(".cq/telemetry-cookie")
        .lasting_install_id()
        .build_info(label!(option_env!("CQ_GIT_COMMIT"), "unknown"), label!(option_env!("CQ_BUILD_DATE"), "unknown"))
        .derived_fact("ip_hash", "the SHA-1 hash of the address that the request came from")
        .derived_fact("location", "where on earth that address is")
        .grace(Duration::from_secs(2))
        .sink(traces);
    installed.providers().fold(builder, |builder, (provider, version)| builder.plugin(provider.as_str(), version))
}

// Each operation ends with a value of its own, so that its error is there to be asked for its words, where the user wants these told.

#[tracked(event = "Fetch", purpose = "which operations are used, for how long, and whether they fail")]
fn fetch(installed: &Installed, folder: &Path) -> Result<()> {
    installed.providers().try_for_each(|(provider, _)| {
        let table = fetch_table(provider, folder)?;
        store_table(&table)?;
        println!("{}: {} rows", table.name, table.rows.len());
        Ok(())
    })
}

#[tracked(event = "Fetch Table", fields(provider: Provider = provider), purpose = "how long each provider takes")]
fn fetch_table(provider: Provider, folder: &Path) -> Result<Table> {
    provider.fetch(folder).inspect(|table| record!(rows: usize = table.rows.len()))
}

#[tracked(event = "Store Table", purpose = "how long it takes to store what was fetched")]
fn store_table(table: &Table) -> Result<()> {
    table.store()
}

#[tracked(event = "Policy Run", purpose = "which operations are used, for how long, and whether they fail")]
fn policy_run(file: &Path) -> Result<()> {
    policy::run(file)
}

#[tracked(event = "Drift Scan", purpose = "which operations are used, for how long, and whether they fail")]
fn drift_scan(installed: &Installed, folder: &Path) -> Result<()> {
    installed.providers().try_for_each(|(provider, _)| {
        let now = fetch_table(provider, folder)?;
        let changes = now.changes_since(&Table::load(&now.name)?);
        for change in &changes {
            println!("{change}");
        }
        add!(changes: usize = changes.len());
        Ok(())
    })
}

#[tracked(event = "Provider Install", fields(provider: Provider = provider), purpose = "which providers are used")]
fn provider_install(installed: &Installed, provider: Provider) -> Result<()> {
    installed.install(provider)
}

#[tracked(event = "Provider List", purpose = "which operations are used, for how long, and whether they fail")]
fn provider_list(installed: &Installed) {
    for (provider, version) in installed.providers() {
        println!("{}\t{version}", provider.as_str());
    }
}
