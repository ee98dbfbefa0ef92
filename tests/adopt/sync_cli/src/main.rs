use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Parser, Subcommand};
use telemetry_runtime::{Notice, Telemetry, TelemetryCommand, app, buckets, record, sink, tracked};

/// Counts what is in files
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Count the lines of a file
    Lines { file: PathBuf },
    /// What telemetry does here, and what it sent
    #[command(subcommand)]
    Telemetry(TelemetryCommand),
}

#[tracked(purpose = "how large the files are that people count")]
fn lines(file: &Path) -> std::io::Result<()> {
    let text = std::fs::read_to_string(file)?;
    let lines = text.lines().count();
    record!(lines = buckets![0, 100, 10_000, 1_000_000].of(lines as u64)); // a `String` would not compile
    println!("{lines}");
    Ok(())
}

fn main() -> std::io::Result<()> {
    let (cli, _telemetry) = Telemetry::builder(app!()) // name and version from Cargo
        .env_prefix("TALLY") // users set TALLY_TELEMETRY_LEVEL=none, errors, stats or all
        .sink(sink::Json::new("https://telemetry.example.org/v1/events"))
        .notice(Notice::Standard) // nothing is collected before users were told
        .grace(Duration::from_millis(300)) // the end may wait that long for the receiver
        .parse::<Cli>(); // as `Cli::parse()`, and starts telemetry
    match cli.command {
        Command::Lines { file } => lines(&file),
        Command::Telemetry(_) => Ok(()), // `parse` has run it, and ended the program
    }
}
