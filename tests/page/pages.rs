//! A program of which pages are made: `pages WORD…` does what the words say, and `pages telemetry log --html` shows what came of it.
//!
//! `ok` and `quick` run tracked functions, `fail` one that fails, `hot` one that is only counted, `hostile` one whose name and fields are markup, `panic` has
//! a thread panic, and `flush` delivers. `PAGES_ENDPOINT` and `PAGES_STATE` say where to, and where events are kept.
#![allow(clippy::print_stdout, clippy::panic, reason = "a program that says what it did, and has a thread panic")]

use std::time::Duration;

use clap::{Parser, Subcommand};
use telemetry_runtime::{Development, Telemetry, TelemetryCommand, app, label, record, sink, tracked};

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run {
        words: Vec<String>,
    },
    #[command(subcommand)]
    Telemetry(TelemetryCommand),
}

#[tracked(event = "Tables Sync", purpose = "how long it takes to keep tables in step", owner = "the storage team")]
fn sync(rows: u64) {
    std::thread::sleep(Duration::from_millis(2 * (rows % 7) + 1));
    record!(rows = rows, mode = label!("incremental"));
}

#[tracked(event = "Plugin List")]
fn list() {
    record!(plugins = 3);
}

#[tracked(event = "Plugin Install")]
fn install(nth: u64) -> Result<(), std::io::Error> {
    std::thread::sleep(Duration::from_micros(300 * nth));
    if nth.is_multiple_of(3) { Err(std::io::ErrorKind::NotFound.into()) } else { Ok(()) }
}

#[tracked(aggregate)]
fn parse_line(line: &str) -> usize {
    line.len()
}

#[tracked(event = "</script><img src=x onerror=\"document.title='hit'\">", purpose = "`</td></table><script>document.title='hit'</script>", fields(word = label!("\"></pre><img src=x onerror=document.title=1>&lt;")))]
fn hostile() {}

#[tracked]
fn fall() {
    panic!("as asked");
}

fn main() {
    // Of a panic, the page is to tell.
    std::panic::set_hook(Box::new(|_| {}));
    let endpoint = std::env::var("PAGES_ENDPOINT").unwrap_or_default();
    let mut builder = Telemetry::builder(app!("pages"))
        .env_prefix("PAGES")
        .development(Development::Send)
        .lasting_install_id()
        .batch_window(Duration::from_secs(3600))
        .sink(sink::Json::new(endpoint));
    if let Some(folder) = std::env::var_os("PAGES_STATE") {
        builder = builder.state_dir(folder);
    }
    let (cli, telemetry) = builder.parse::<Cli>();
    let Command::Run { words } = cli.command else { return };
    for (nth, word) in (1..).zip(words) {
        match word.as_str() {
            "ok" => sync(nth),
            "quick" => list(),
            "fail" => drop(install(nth)),
            "hot" => drop((0..1000).map(|_| parse_line("a line")).sum::<usize>()),
            "hostile" => hostile(),
            // The thread's panic is its own.
            "panic" => drop(std::thread::spawn(fall).join()),
            _ => drop(telemetry.flush(Duration::from_secs(60))),
        }
    }
}
