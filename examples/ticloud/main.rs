//! Telemetry configured as TiDB Cloud's `ticloud` has it: off until a profile says `telemetry-enabled`, each profile for itself; one event for each
//! execution, with the words of its error; and `--debug` logs every body that is sent.
//!
//! The clusters are folders of tables, below `~/.ticloud`:
//!
//! ```sh
//! cargo run --example ticloud -- config set telemetry-enabled true
//! cargo run --example ticloud -- project create shop
//! cargo run --example ticloud -- cluster create --project-id 43511 dev
//! cargo run --example ticloud -- import orders.csv --project-id 43511 --cluster dev
//! cargo run --example ticloud -- project ls --debug
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program prints")]

mod profiles;
mod projects;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{ArgMatches, Parser, Subcommand, ValueEnum};
use serde_json::{Value, json};
use telemetry_runtime::sink::{self, Kinds};
use telemetry_runtime::{Builder, Form, Identifier, Level, Telemetry, TelemetryCommand, app, label, record, tracked};

use crate::profiles::{Profiles, Setting};
use crate::projects::{Project, Projects};

/// A name that nobody has: this is an example, and TiDB Cloud's receiver is not for it.
const REPORT: &str = "https://telemetry.pingcap.invalid/api/v1/ticloud/report";

/// Manages projects, their clusters and the tables in these
#[derive(Parser)]
#[command(name = "ticloud", version)]
struct Cli {
    /// The profile to go by, instead of the current one
    #[arg(short = 'P', long, global = true)]
    profile: Option<String>,
    /// Log what is done, and what telemetry is sent
    #[arg(short = 'D', long, global = true)]
    debug: bool,
    /// How results are printed
    #[arg(short, long, global = true, value_enum, default_value = "human")]
    output: Output,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, ValueEnum)]
enum Output {
    Human,
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Profiles, and what each is set to
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Projects
    #[command(subcommand)]
    Project(ProjectCommand),
    /// The clusters of a project
    #[command(subcommand)]
    Cluster(ClusterCommand),
    /// Import a CSV file into a cluster, as a table
    Import {
        file: PathBuf,
        #[arg(long)]
        project_id: u64,
        #[arg(long)]
        cluster: String,
    },
    /// What telemetry does here, and what it sent
    #[command(subcommand)]
    Telemetry(TelemetryCommand),
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Make a profile
    Create {
        name: String,
        #[arg(long, requires = "private_key")]
        public_key: Option<String>,
        #[arg(long)]
        private_key: Option<String>,
    },
    /// List the profiles
    #[command(alias = "ls")]
    List,
    /// Say what a profile is set to
    #[command(alias = "get")]
    Describe { name: String },
    /// Make a profile the current one
    Use { name: String },
    /// Delete a profile
    #[command(alias = "rm")]
    Delete { name: String },
    /// Set something of the profile
    Set { key: Setting, value: String },
}

#[derive(Subcommand)]
enum ProjectCommand {
    /// Make a project
    Create { name: String },
    /// List the projects
    #[command(alias = "ls")]
    List,
}

#[derive(Subcommand)]
enum ClusterCommand {
    /// Make a cluster
    Create {
        name: String,
        #[arg(long)]
        project_id: u64,
    },
    /// List a project's clusters
    #[command(alias = "ls")]
    List {
        #[arg(long)]
        project_id: u64,
    },
    /// List a cluster's tables, with their columns and numbers of rows
    #[command(alias = "get")]
    Describe {
        name: String,
        #[arg(long)]
        project_id: u64,
    },
}

static IS_DEBUG: AtomicBool = AtomicBool::new(false);

/// The program's logger.
macro_rules! debug {
    ($message:literal, $($name:ident = $value:expr),*) => {
        if IS_DEBUG.load(Ordering::Relaxed) {
            eprint!("[DEBUG] [{}:{}] [{:?}]", file!(), line!(), $message);
            eprintln!(concat!($(" [", stringify!($name), "={:?}]"),*), $($value),*);
        }
    };
}

fn main() -> ExitCode {
    let (cli, telemetry) = described().parse::<Cli>();
    let is_debug = cli.debug;
    let done = execute(cli);
    // Whoever looks wants to see what is sent. Otherwise it goes with a run that lasts for longer, or with the next one.
    if is_debug && let Err(error) = telemetry.flush(Duration::from_secs(2)) {
        debug!("telemetry is sent later", error = error.to_string());
    }
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn described() -> Builder<'static> {
    let report = sink::Ticloud::new(REPORT)
        .array()
        .local_time()
        .timeout(Duration::from_secs(1))
        .kinds(Kinds::FINISHES | Kinds::USAGE_ERRORS);
    let builder = Telemetry::builder(app!("ticloud"))
        .env_prefix("TICLOUD")
        .default_level(Level::None)
        .no_install_id()
        .build_info(
            label!(option_env!("TICLOUD_GIT_COMMIT"), "unknown"),
            label!(option_env!("TICLOUD_BUILD_DATE"), "unknown"),
        )
        .installer_file("/etc/ticloud/installer", [label!("TiUP"), label!("brew"), label!("script")])
        .show_bodies_by(|line| {
            let body = line.split_once(" body=").map_or(line, |(_, body)| body);
            debug!("sending telemetry events", body = body);
        })
        .once_parsed(of_profile)
        .sink(report);
    let is_under_tiup = std::env::var_os("TIUP_COMPONENT_DATA_DIR").is_some();
    if is_under_tiup { builder.installer(label!("TiUP")) } else { builder }
}

/// What the profile says of telemetry, and by whom it is used.
fn of_profile<'a>(builder: Builder<'a>, matches: Option<&ArgMatches>) -> Builder<'a> {
    IS_DEBUG.store(matches.is_some_and(|matches| matches.get_flag("debug")), Ordering::Relaxed);
    let Ok(profiles) = Profiles::read() else { return builder };
    let named = matches.and_then(|matches| matches.get_one::<String>("profile").cloned());
    // A line that clap refused may have been meant for another profile, which has not agreed to anything.
    let may_be_named = std::env::args().any(|word| word.starts_with("-P") || word.starts_with("--p"));
    let builder = builder.hold_if(matches.is_none() && may_be_named, "whose profile it is, is not known");
    let name = named.unwrap_or_else(|| profiles.current().to_owned());
    let said = profiles.get(&name, Setting::TelemetryEnabled).map(ToOwned::to_owned);
    builder
        .setting(format!("telemetry-enabled of profile {name}"), said, Form::On)
        .identity(profiles.identity(&name))
        .profile(name)
}

/// One event for each execution, and one place for it: which command it was, its command line says.
#[tracked(
    event = "Execution",
    emit = finish,
    error_text,
    identifiable = when_known,
    purpose = "which commands are used, and why they fail: to improve the product"
)]
fn execute(cli: Cli) -> Result<()> {
    let project = |id: u64| {
        record!(project_id: Identifier = Identifier::tenant(id.to_string()));
        Projects::open()?.project(id)
    };
    let result = match cli.command {
        Command::Config(command) => configure(command, cli.profile)?,
        Command::Project(ProjectCommand::Create { name }) => {
            let id = Projects::open()?.create(&name)?;
            record!(project_id: Identifier = Identifier::tenant(id.to_string()));
            json!({"id": id, "name": name})
        }
        Command::Project(ProjectCommand::List) => Projects::open()?.list()?,
        Command::Cluster(ClusterCommand::Create { name, project_id }) => project(project_id)?.create_cluster(&name)?,
        Command::Cluster(ClusterCommand::List { project_id }) => project(project_id)?.clusters()?,
        Command::Cluster(ClusterCommand::Describe { name, project_id }) => project(project_id)?.tables(&name)?,
        Command::Import { file, project_id, cluster } => {
            let imported = |project: Project| project.import(&cluster, &file);
            project(project_id).and_then(imported).with_context(|| format!("cannot import {}", file.display()))?
        }
        // `parse` has run it, and ended the program.
        Command::Telemetry(_) => return Ok(()),
    };
    debug!("done", output = result.to_string());
    match cli.output {
        Output::Json => println!("{result:#}"),
        Output::Human => print_rows(&result),
    }
    Ok(())
}

fn configure(command: ConfigCommand, profile: Option<String>) -> Result<Value> {
    let mut profiles = Profiles::read()?;
    match command {
        ConfigCommand::List => return Ok(profiles.list()),
        ConfigCommand::Describe { name } => return profiles.describe(&name),
        ConfigCommand::Create { name, public_key, private_key } => {
            profiles.create(&name)?;
            for (key, value) in [(Setting::PublicKey, public_key), (Setting::PrivateKey, private_key)] {
                value.map_or(Ok(()), |value| profiles.set(&name, key, value))?;
            }
        }
        ConfigCommand::Use { name } => profiles.make_current(&name)?,
        ConfigCommand::Delete { name } => profiles.delete(&name)?,
        ConfigCommand::Set { key, value } => {
            let name = profile.unwrap_or_else(|| profiles.current().to_owned());
            let takes_back = matches!(key, Setting::TelemetryEnabled)
                && value == "false"
                && profiles.get(&name, key) == Some("true");
            profiles.set(&name, key, value)?;
            // Also what was recorded and not sent, of this run as well.
            if takes_back {
                described().control().reset().context("cannot delete what waits to be sent")?;
            }
        }
    }
    profiles.save()?;
    Ok(Value::Null)
}

/// A line for each row, its values between tabs.
fn print_rows(result: &Value) {
    let line = |row: &Value| match row {
        Value::Object(row) => row.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\t"),
        other => other.to_string(),
    };
    match result {
        Value::Null => {}
        Value::Array(rows) => rows.iter().for_each(|row| println!("{}", line(row))),
        row => println!("{}", line(row)),
    }
}
