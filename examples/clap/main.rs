//! A clap program with telemetry: what it takes is the call in `main`, the variant `Telemetry`, and `#[tracked]`.
//!
//! Try `cargo run --example clap -- greet Ada`, `… -- telemetry status` and `… -- greet --help`.

#![allow(clippy::print_stdout, reason = "a command-line program prints")]

use clap::{Parser, Subcommand};
use telemetry_runtime::{Telemetry, TelemetryCommand, app, sink, tracked};

/// Greets people
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say hello
    #[command(alias = "hello")]
    Greet {
        /// Whom
        name: String,
        /// Louder
        #[arg(long)]
        loud: bool,
    },
    /// What telemetry does here, and what it sent
    #[command(subcommand)]
    Telemetry(TelemetryCommand),
}

#[tracked]
fn greet(name: &str, loud: bool) {
    println!("Hello, {name}{}", if loud { "!" } else { "." });
}

fn main() {
    let (cli, _telemetry) = Telemetry::builder(app!())
        .env_prefix("GREETER")
        .sink(sink::Json::new("https://telemetry.example.org/v1/events"))
        .parse::<Cli>();
    match cli.command {
        Command::Greet { name, loud } => greet(&name, loud),
        // `parse` has run it, and ended the program.
        Command::Telemetry(_) => {}
    }
}
