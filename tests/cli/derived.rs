//! A program with a derived command line, as a newcomer would write it, but for what tests have to set.
#![allow(clippy::print_stdout, reason = "a program prints")]

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use telemetry_runtime::{Builder, Development, Flags, Form, Guard, Telemetry, TelemetryCommand, app, sink, tracked};

/// Keeps things in step
#[derive(Parser)]
#[command(name = "demo", version)]
struct Cli {
    /// Say more
    #[arg(long, short, global = true)]
    verbose: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Copy a folder
    #[command(alias = "s")]
    Sync {
        /// The folder
        from: String,
        /// Where to
        #[arg(long, short, env = "DEMO_OUTPUT", alias = "out")]
        output: Option<String>,
        /// How many at once
        #[arg(long, default_value_t = 2)]
        jobs: u8,
    },
    /// Projects
    #[command(subcommand, visible_alias = "p")]
    Project(Project),
    /// Write a script for a shell
    Completions { shell: String },
    /// What telemetry does here, and what it sent
    #[command(subcommand)]
    Telemetry(TelemetryCommand),
    #[command(external_subcommand)]
    Other(Vec<OsString>),
}

#[derive(Subcommand)]
enum Project {
    /// List them
    #[command(alias = "ls")]
    List {
        /// Which
        #[arg(short = 'x')]
        which: Option<String>,
    },
}

#[tracked(event = "Work")]
fn work() {}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn telemetry() -> Builder<'static> {
    let flags = match variable("CLI_FLAGS").as_deref() {
        Some("none") => Flags::none(),
        Some("other") => Flags::none().level("collect").debug("debug").heading("Collecting").also("verbose", Form::Off),
        _ => Flags::default().debug("debug").also("enable-telemetry", Form::On),
    };
    let endpoint = variable("CLI_ENDPOINT");
    let builder = Telemetry::builder(app!())
        .env_prefix("DEMO")
        .flags(flags)
        .completion_command("completions")
        .completion_var("DEMO_COMPLETES")
        .development(Development::Send)
        .state_dir(variable("CLI_STATE").unwrap_or_default());
    // What is to be found on disk must not go meanwhile.
    let builder = if endpoint.is_some() { builder.grace(Duration::from_secs(60)) } else { builder };
    let endpoint = endpoint.unwrap_or_else(|| "http://127.0.0.1:9/".into());
    builder.sink(sink::Json::new(endpoint))
}

fn main() -> ExitCode {
    if variable("CLI_PLAIN").is_some() {
        drop(Cli::parse());
        return ExitCode::SUCCESS;
    }
    let (cli, guard): (Cli, Guard) = if variable("CLI_TRY").is_some() {
        match telemetry().try_parse_from(std::env::args_os()) {
            Ok(parsed) => parsed,
            Err(error) => {
                println!("refused: {:?}", error.kind());
                return ExitCode::FAILURE;
            }
        }
    } else {
        telemetry().parse()
    };
    if variable("CLI_STATUS").is_some() {
        println!("{}", guard.status());
        println!("problems: {:?}", guard.status().problems().iter().map(ToString::to_string).collect::<Vec<_>>());
    }
    match cli.command {
        Command::Sync { from, output, jobs } => {
            println!("sync {from} {output:?} {jobs} {}", cli.verbose);
            work();
        }
        Command::Project(Project::List { which }) => {
            println!("list {which:?}");
            work();
        }
        Command::Completions { shell } => {
            println!("completions {shell}");
            work();
        }
        Command::Other(words) => {
            println!("other {words:?}");
            work();
        }
        Command::Telemetry(command) => {
            println!("left: {command:?}");
            work();
            return command.run(&telemetry().control());
        }
    }
    ExitCode::SUCCESS
}
