//! What the end of a program costs, and what arrives, with telemetry by this framework and by others, against receivers from
//! healthy to hostile; and what start and recording cost. Prints tables in Markdown: `cargo run --release`.

mod table;
mod process;
mod servers;
mod exits;
mod recording;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::exits::{Cell, Client, GRACE};
use crate::recording::Recording;
use crate::table::{Table, duration};

/// How often start and end are measured.
const RUNS: usize = 200;

/// A folder that goes with its owner.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn main() {
    build();
    // Beside the programs: the same file system, so that they can be linked, and a disk.
    let folder = Folder(process::program(&format!("exit-{}", std::process::id())));
    fs::create_dir_all(&folder.0).expect("a folder");
    let which: Vec<_> = std::env::args().skip(1).collect();
    let is_asked = |part: &str| which.is_empty() || which.iter().any(|one| one == part);

    let load = load();
    let starts = if is_asked("starts") { exits::starts_and_ends(&folder.0, RUNS) } else { Vec::new() };
    let recording = if is_asked("recording") { recording::run(&folder.0) } else { Recording::default() };
    let cells = if is_asked("exits") { exits::run(&folder.0) } else { Vec::new() };
    introduce(&load);
    promises(&cells, &starts, &recording);
    if !cells.is_empty() {
        exits::report(&cells);
    }
    if !starts.is_empty() {
        exits::report_starts_and_ends(&starts, RUNS);
    }
    if !recording.measured.is_empty() {
        recording::report(&recording);
    }
}

/// Builds the programs that are measured: `cargo run` builds only this one.
fn build() {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["build", "--quiet", "--release", "--locked", "--package", "exit", "--bins"])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    // What `cargo run` says to the program that it runs would have build scripts run again.
    let is_said =
        |name: &str| ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|part| name.starts_with(part));
    for (name, _) in std::env::vars().filter(|(name, _)| is_said(name)) {
        cargo.env_remove(name);
    }
    assert!(cargo.status().expect("cargo").success(), "the programs are built");
    if cfg!(debug_assertions) {
        eprintln!("only what is optimised is worth measuring: `cargo run --release`");
    }
}

/// Where and when this was measured.
fn introduce(load_before: &str) {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    let cpu = read("/proc/cpuinfo");
    let cpu =
        cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map_or("?", |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let day = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs() / 86_400;
    println!(
        "Measured on {}: {cores} cores ({cpu}), Linux {}, {}. Load average before and after, of which the programs here are a \
         part: {load_before} and {}.",
        date(day),
        read("/proc/sys/kernel/osrelease"),
        output("rustc", "--version"),
        load(),
    );
}

fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().next().unwrap_or("?").to_owned()
}

fn output(program: &str, argument: &str) -> String {
    let output = Command::new(program).arg(argument).output().map(|output| output.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&output);
    text.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

/// A day since 1970 as a date (Howard Hinnant, `civil_from_days`).
fn date(day: u64) -> String {
    let day = day + 719_468;
    let (era, day_of_era) = (day / 146_097, day % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let (day, month) = (day_of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    format!("{}-{month:02}-{day:02}", year_of_era + era * 400 + u64::from(month <= 2))
}

/// What was promised, and the worst that was measured.
fn promises(cells: &[Cell], starts: &[Cell], recording: &Recording) {
    println!("\n### Promises\n");
    let mut table = Table::new(["promise", "measured", "where", "kept"]);
    let mut row = |promise: String, worst: Option<(Duration, String)>, limit: Duration| {
        let Some((worst, place)) = worst else { return };
        let kept = if worst <= limit { "yes" } else { "**no**" };
        table.row([promise, duration(Some(worst)), place, kept.to_owned()]);
    };
    let place = |cell: &Cell| {
        let works_on = if cell.lives.is_zero() { "" } else { ", at the network" };
        format!("{}, {} recorded{works_on}", cell.kind.name(), cell.events)
    };
    let worst = |client: Client, measure: fn(&Cell) -> Option<Duration>| {
        let over = cells.iter().filter(|cell| cell.client == client).map(|cell| {
            let run = |cell: &Cell| (cell.kind, cell.events, cell.lives);
            let is_bare = |other: &&Cell| other.client == Client::None && run(other) == run(cell);
            let bare = cells.iter().find(is_bare).and_then(|bare| bare.delays().median()).unwrap_or_default();
            (measure(cell).unwrap_or(Duration::MAX).saturating_sub(bare), place(cell))
        });
        over.max()
    };
    let ms = Duration::from_millis;
    for (client, limit) in [(Client::Default, ms(5)), (Client::Detached, ms(5)), (Client::Grace, GRACE + ms(20))] {
        let promise = format!("{}: the end costs ≤ {} over none", client.name(), duration(Some(limit)));
        row(format!("{promise}, median"), worst(client, |cell| cell.delays().median()), limit);
        row(format!("{promise}, longest"), worst(client, |cell| cell.delays().longest()), limit);
    }
    let us = Duration::from_micros;
    let ours = || starts.iter().filter(|cell| cell.client == Client::Default);
    let bare = |kind| starts.iter().find(|cell| cell.client == Client::None && cell.kind == kind).map(Cell::delays);
    for (name, at) in [("p50", 500), ("p99", 990)] {
        let start = ours().filter_map(|cell| Some((cell.starts().at(at)?, place(cell)))).max();
        row(format!("ours: start costs ≤ {}, {name} of {RUNS}", duration(Some(us(100)))), start, us(100));
        let end = ours().filter_map(|cell| {
            let bare = bare(cell.kind)?.at(at)?;
            Some((cell.delays().at(at)?.saturating_sub(bare), place(cell)))
        });
        row(format!("ours: the end costs ≤ {} over none, {name} of {RUNS}", duration(Some(ms(5)))), end.max(), ms(5));
    }
    for (name, at, limit) in [("p50", 0, us(2)), ("p99", 1, us(20))] {
        for pattern in ["isolated", "bursts"] {
            let of_pattern =
                recording.measured.iter().filter(|measured| measured.is_ours && measured.pattern == pattern);
            let worst = of_pattern.map(|measured| (measured.took[at] / 2, measured.situation.to_owned())).max();
            row(format!("recording an event costs < {}, {pattern}, {name}", duration(Some(limit))), worst, limit);
        }
    }
    table.print();
}
