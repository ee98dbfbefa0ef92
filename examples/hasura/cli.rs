//! A command line for the engine, whose telemetry is configured as that of Hasura's: each execution is told by the command's name, whether
//! it failed, and which engine it talked to. No argument, no flag and no text of an error.
//!
//! ```text
//! cargo run --example hasura -- init my-project
//! cargo run --example hasura -- metadata export --project my-project
//! cargo run --example hasura -- telemetry inspect version
//! ```
//!
//! `HASURA_GRAPHQL_ENABLE_TELEMETRY=false` turns it off, and so does `"enable_telemetry": false` in `~/.hasura/config.json`, a file that this
//! program makes. `HASURA_HASURA_ENDPOINT` says where else to send to.

#![allow(clippy::print_stdout, reason = "a command-line program prints")]

mod client;
mod metadata;

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::{Args, Parser, Subcommand};
use serde_json::{Value, json};
use telemetry_runtime::{Environment, Form, Telemetry, TelemetryCommand, Version, app, record, sink, tracked};
use uuid::Uuid;

use crate::client::Client;

const TELEMETRY: &str = "https://telemetry.hasura.io/v1/http";
/// How long the end of a command may wait for its event to go. What has not gone by then goes with a later command.
const GRACE: Duration = Duration::from_secs(2);

/// Keeps the metadata of an engine in files
#[derive(Parser)]
#[command(name = "hasura", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Create a project
    Init {
        /// The folder to create
        folder: PathBuf,
        /// Where its engine is
        #[arg(long, value_name = "URL", default_value = "http://localhost:8080")]
        endpoint: String,
    },
    /// Move metadata between an engine and a project
    #[command(subcommand)]
    Metadata(Metadata),
    /// Print the versions of this program and of the engine
    Version(Project),
    /// What telemetry does here, and what it sent
    #[command(subcommand)]
    Telemetry(TelemetryCommand),
}

#[derive(Subcommand)]
enum Metadata {
    /// Write the engine's metadata to the project
    Export(Project),
    /// Have the engine take the project's metadata
    Apply(Project),
    /// Show what `apply` would change
    Diff(Project),
}

#[derive(Args)]
struct Project {
    /// The folder of the project
    #[arg(long = "project", value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
}

fn main() -> Result<()> {
    let settings = env::home_dir().unwrap_or_default().join(".hasura");
    let config = settings.join("config.json");
    let (cli, _telemetry) = Telemetry::builder(app!("hasura"))
        .env_prefix("HASURA")
        .variable("HASURA_GRAPHQL_ENABLE_TELEMETRY", Form::On)
        .setting("~/.hasura/config.json", refusal(&config), Form::On)
        .environment(Environment::Cli)
        .state_dir(settings.join("telemetry"))
        .install_id_file(settings.join("uuid"))
        .lasting_install_id()
        .grace(GRACE)
        .access("the team that makes the engine, and no third parties; nobody can be told by it")
        .policy("https://hasura.io/legal/hasura-privacy-policy")
        .command_reference("https://hasura.io/docs/latest/policies/telemetry/#telemetry-optout")
        .sink(sink::Hasura::new(TELEMETRY, "cli"))
        .parse::<Cli>();
    if !config.exists() {
        std::fs::create_dir_all(&settings)?;
        write_json(&config, &json!({"enable_telemetry": true}))?;
    }
    match cli.command {
        Command::Init { folder, endpoint } => init(&folder, &endpoint),
        Command::Metadata(Metadata::Export(project)) => export(&project),
        Command::Metadata(Metadata::Apply(project)) => apply(&project),
        Command::Metadata(Metadata::Diff(project)) => diff(&project),
        Command::Version(project) => version(&project),
        // `parse` has run it, and ended the program.
        Command::Telemetry(_) => Ok(()),
    }
}

/// What the user's file says against telemetry, if it does. That it is not against it does not speak for it: others are still asked.
fn refusal(config: &Path) -> Option<String> {
    let said = std::fs::read_to_string(config).ok()?;
    match serde_json::from_str::<Value>(&said) {
        Ok(said) if said.get("enable_telemetry").is_none_or(|enabled| enabled == true) => None,
        _ => Some("false".to_owned()),
    }
}

#[tracked(purpose = "which commands are used, and which fail")]
fn init(folder: &Path, endpoint: &str) -> Result<()> {
    std::fs::create_dir_all(folder.join("migrations"))?;
    write_json(&folder.join("config.json"), &json!({"version": 3, "endpoint": endpoint}))?;
    write_json(&folder.join("metadata.json"), &metadata::empty())?;
    println!("created {}", folder.display());
    Ok(())
}

#[tracked(purpose = "which commands are used, and which fail")]
fn export(project: &Project) -> Result<()> {
    let client = project.client()?;
    record!(server_uuid: Option<Uuid> = client.uuid, server_version: Option<Version> = client.version);
    let exported = client.metadata("export_metadata", &Value::Null)?;
    write_json(&project.file("metadata.json"), &exported["metadata"])?;
    println!("exported version {}", exported["resource_version"]);
    Ok(())
}

#[tracked(purpose = "which commands are used, and which fail")]
fn apply(project: &Project) -> Result<()> {
    let metadata = read_json(&project.file("metadata.json"))?;
    let client = project.client()?;
    record!(server_uuid: Option<Uuid> = client.uuid, server_version: Option<Version> = client.version);
    let applied = client.metadata("replace_metadata", &metadata)?;
    for problem in metadata::list(&applied, "inconsistent_objects") {
        println!("inconsistent: {problem}");
    }
    println!("applied as version {}", applied["resource_version"]);
    Ok(())
}

#[tracked(purpose = "which commands are used, and which fail")]
fn diff(project: &Project) -> Result<()> {
    let own = read_json(&project.file("metadata.json"))?;
    let client = project.client()?;
    record!(server_uuid: Option<Uuid> = client.uuid, server_version: Option<Version> = client.version);
    let exported = client.metadata("export_metadata", &Value::Null)?;
    let names =
        |metadata: &Value| -> BTreeSet<String> { metadata::tables(metadata).map(ToString::to_string).collect() };
    let (here, there) = (names(&own), names(&exported["metadata"]));
    there.difference(&here).for_each(|table| println!("- {table}"));
    here.difference(&there).for_each(|table| println!("+ {table}"));
    Ok(())
}

#[tracked(purpose = "which commands are used, and which fail")]
fn version(project: &Project) -> Result<()> {
    println!("hasura {}", env!("CARGO_PKG_VERSION"));
    // Outside a project there is no engine to ask.
    if project.file("config.json").exists() {
        let client = project.client()?;
        record!(server_uuid: Option<Uuid> = client.uuid, server_version: Option<Version> = client.version);
        println!("engine {}", client.version.map_or("unknown".to_owned(), |version| version.to_string()));
    }
    Ok(())
}

impl Project {
    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn client(&self) -> Result<Client> {
        let config = read_json(&self.file("config.json"))?;
        Client::connect(config["endpoint"].as_str().context("config.json names no endpoint")?)
    }
}

fn read_json(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))
}

fn write_json(path: &Path, value: &Value) -> Result<()> {
    std::fs::write(path, format!("{value:#}\n")).with_context(|| format!("cannot write {}", path.display()))
}
