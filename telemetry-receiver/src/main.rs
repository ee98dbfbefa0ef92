//! `telemetry-receiver serve` receives, `telemetry-receiver report` says what was received.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program prints")]

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::{Duration, SystemTime};

use clap::{Args, Parser, Subcommand, ValueEnum};
use telemetry_receiver::{Error, Receiver, Report};

/// Receives telemetry on this machine: OTLP/HTTP and plain JSON.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Receive until SIGTERM or SIGINT
    Serve(Serve),
    /// Say what a store has in it
    Report(Reported),
}

#[derive(Args)]
struct Serve {
    /// Where to listen; with port 0 on a free one, which is printed
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", value_parser = address)]
    listen: SocketAddr,
    /// The SQLite file for events; without it they are in memory
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
    /// Remove what was received longer ago, such as 30d
    #[arg(long, value_name = "TIME", value_parser = duration)]
    keep: Option<Duration>,
    /// Remove the oldest where the store is larger, such as 500MiB
    #[arg(long, value_name = "SIZE", value_parser = size)]
    most_bytes: Option<u64>,
    /// A catalogue's JSON Schema: what is not in it is kept apart; may be given more than once
    #[arg(long, value_name = "FILE")]
    catalogue: Vec<PathBuf>,
    /// Write what metrics say of tables into this file
    #[arg(long, value_name = "FILE")]
    tables: Option<PathBuf>,
    /// How often to write it
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = duration)]
    tables_every: Duration,
    /// What the names of those metrics and their attributes begin with
    #[arg(long, value_name = "PREFIX", default_value = "sync.table.")]
    metric_prefix: String,
    /// What to keep of a sender's address
    #[arg(long, value_enum, value_name = "WHAT", default_value = "none")]
    ip: Ip,
    /// The salt of the hashes, at least 8 bytes; a random one at each start unless given
    #[arg(long, value_name = "SALT", env = "TELEMETRY_RECEIVER_IP_SALT", hide_env_values = true)]
    ip_salt: Option<String>,
    /// Show what is stored as a page for a browser; its address is printed after the other one
    #[arg(long)]
    page: bool,
    /// Refuse bodies that are larger, as they come or unpacked
    #[arg(long, value_name = "SIZE", default_value = "16MiB", value_parser = size)]
    most_body: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Ip {
    /// Nothing
    None,
    /// A salted hash
    Hash,
}

#[derive(Args)]
struct Reported {
    /// The store of a receiver, which may be running
    #[arg(long, value_name = "FILE")]
    store: PathBuf,
    /// Only what happened since: a time such as 2026-11-20T08:00:00Z, or how long ago, such as 7d
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<SystemTime>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(args) => serve(args),
        Command::Report(args) => report(&args),
    };
    done.map_or_else(
        |why| {
            eprintln!("telemetry-receiver: {why}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

fn serve(args: Serve) -> Result<(), Box<dyn std::error::Error>> {
    // Before anything is received, so that no signal ends it the short way.
    let (end, ended) = mpsc::channel();
    ctrlc::set_handler(move || {
        // A second signal, when nobody waits any more, changes nothing.
        let _unheard = end.send(());
    })?;
    let mut receiver = Receiver::builder()
        .listen(args.listen)
        .tables_every(args.tables_every)
        .metric_prefix(args.metric_prefix)
        .most_body(args.most_body.try_into()?)
        .on_trouble(|why| eprintln!("telemetry-receiver: {why}"));
    if let Some(file) = args.store {
        receiver = receiver.store(file);
    }
    if let Some(age) = args.keep {
        receiver = receiver.keep(age);
    }
    if let Some(bytes) = args.most_bytes {
        receiver = receiver.most_bytes(bytes);
    }
    for file in args.catalogue {
        receiver = receiver.catalogue(file);
    }
    if let Some(file) = args.tables {
        receiver = receiver.tables(file);
    }
    if let Ip::Hash = args.ip {
        receiver = receiver.hash_addresses(args.ip_salt.as_deref());
    }
    if args.page {
        receiver = receiver.page();
    }
    let running = receiver.start()?;
    // Whoever started it may not be listening.
    drop(writeln!(std::io::stdout(), "{}", running.url()));
    if let Some(url) = running.page_url() {
        drop(writeln!(std::io::stdout(), "{url}"));
    }
    ended.recv()?;
    running.stop()?;
    Ok(())
}

fn report(args: &Reported) -> Result<(), Box<dyn std::error::Error>> {
    let report = Report::of_store(&args.store, args.since).map_err(|why: Error| why)?;
    let text = if args.json { format!("{}\n", serde_json::to_string_pretty(&report)?) } else { report.to_string() };
    // A pipe that is closed is no failure of ours.
    drop(std::io::stdout().write_all(text.as_bytes()));
    Ok(())
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "expected an IP address and a port, such as 127.0.0.1:4318")
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    let duration = humantime::parse_duration(text).ok().filter(|duration| !duration.is_zero());
    duration.ok_or("expected a duration over 0, such as 20s, 12h or 30d")
}

fn size(text: &str) -> Result<u64, &'static str> {
    let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let factor = match text.strip_prefix(digits).unwrap_or_default() {
        "" | "B" => Some(1),
        "KiB" => Some(1 << 10),
        "MiB" => Some(1 << 20),
        "GiB" => Some(1 << 30),
        _ => None,
    };
    let size = factor.zip(digits.parse::<u64>().ok()).and_then(|(factor, number)| number.checked_mul(factor));
    size.filter(|size| *size > 0).ok_or("expected a size over 0 in bytes, KiB, MiB or GiB, such as 500MiB")
}

fn since(text: &str) -> Result<SystemTime, &'static str> {
    let ago = || SystemTime::now().checked_sub(humantime::parse_duration(text).ok()?);
    let time = humantime::parse_rfc3339(text).ok().or_else(ago);
    time.ok_or("expected a time such as 2026-11-20T08:00:00Z, or how long ago, such as 7d")
}
