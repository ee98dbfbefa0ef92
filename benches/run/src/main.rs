//! What a run costs from the program to the receiver: `run [--rounds N] [ROW…]` prints a table in Markdown.
//!
//! Each round measures every row once, in turns with a program without telemetry that does the same, so that what else the machine
//! does hits all alike; of the rounds' values the median is printed. Receivers are processes of their own. CPU time is what the system
//! says of a process and its threads; what was lost is what was recorded and the receiver has not got.

mod server;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use run::now;

use crate::server::{BlackHole, Server, nobody};

/// Rounds, unless told: some four minutes.
const ROUNDS: u32 = 5;
/// Runs of a short program, a round.
const RUNS: usize = 20;
/// … and of one that works on until its worker is at the network.
const LONG_RUNS: usize = 3;
/// Longer than a batch window.
const LIVES: u64 = 350;

/// What is held against the targets: name, unit, must, record, and whether more is better.
const TARGETS: [(&str, &str, f64, f64, bool); 12] = [
    ("start + exit CPU over bare, server up", "ms", 0.7, 0.4, false),
    ("main thread at start", "µs", 100.0, 50.0, false),
    ("exit over bare, server up", "ms", 5.0, 1.0, false),
    ("exit over bare, server down", "ms", 5.0, 1.0, false),
    ("exit over bare, server down, at the network", "ms", 5.0, 1.0, false),
    ("exit over bare, black hole", "ms", 5.0, 1.0, false),
    ("exit over bare, black hole, at the network", "ms", 5.0, 1.0, false),
    ("sustained, < 1 % lost", "events/s", 400_000.0, 1_000_000.0, true),
    ("CPU per event at 100,000/s", "µs", 1.5, 0.8, false),
    ("5,000/s, server answers in 200 ms: lost", "events", 0.0, 0.0, false),
    ("… and arriving meanwhile", "events/s", 4_950.0, 4_950.0, true),
    ("… and memory of its own over bare", "MiB", f64::NAN, 4.0, false),
];

/// Events a second that are tried.
const RATES: [u64; 6] = [200_000, 400_000, 450_000, 600_000, 800_000, 1_000_000];

/// What was measured, by name: one value a run or round.
#[derive(Default)]
struct Measured(BTreeMap<String, Vec<f64>>);

impl Measured {
    fn note(&mut self, name: &str, value: f64) {
        self.0.entry(name.to_owned()).or_default().push(value);
    }

    /// The value that so many of a thousand do not exceed.
    fn at(&self, name: &str, thousandths: usize) -> Option<f64> {
        let mut values = self.0.get(name)?.clone();
        values.sort_by(f64::total_cmp);
        values.get((values.len() * thousandths / 1000).min(values.len() - 1)).copied()
    }

    fn median(&self, name: &str) -> Option<f64> {
        self.at(name, 500)
    }
}

fn main() {
    let told = run::told();
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    if let ["serve", millis] = told.as_slice() {
        return server::serve(Duration::from_millis(millis.parse().expect("milliseconds")));
    }
    let (mut rounds, mut rows) = (ROUNDS, Vec::new());
    let mut arguments = told.iter();
    while let Some(argument) = arguments.next() {
        match *argument {
            "--rounds" => rounds = arguments.next().and_then(|rounds| rounds.parse().ok()).expect("a number of rounds"),
            row @ ("short" | "rates" | "cpu" | "slow") => rows.push(row),
            other => panic!("{other}: expected --rounds N, short, rates, cpu or slow"),
        }
    }
    let is_asked = |row: &str| rows.is_empty() || rows.contains(&row);
    build();
    let load = load();
    // Beside the programs: a disk, which the folder for temporary files need not be on.
    let folder = Folder(beside(&format!("run-{}", std::process::id())));
    fs::create_dir_all(&folder.0).expect("a folder");
    let mut measured = Measured::default();
    for round in 0..rounds {
        eprintln!("round {} of {rounds}", round + 1);
        if is_asked("short") {
            short(&folder.0, &mut measured);
        }
        if is_asked("cpu") {
            cpu(&folder.0, &mut measured);
        }
        if is_asked("rates") {
            rates(&folder.0, &mut measured);
        }
        if is_asked("slow") {
            slow(&folder.0, &mut measured);
        }
    }
    report(&measured, rounds, &load);
}

/// A folder that goes with its owner.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Builds the programs: `cargo run` builds only this one.
fn build() {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--release", "--locked", "--package", "run", "--bins"]);
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
    // What `cargo run` says to the program that it runs would have build scripts run again.
    let is_said =
        |name: &str| ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|part| name.starts_with(part));
    for (name, _) in std::env::vars().filter(|(name, _)| is_said(name)) {
        cargo.env_remove(name);
    }
    assert!(cargo.status().is_ok_and(|status| status.success()), "{cargo:?} failed");
}

fn beside(name: &str) -> PathBuf {
    std::env::current_exe().expect("an executable").with_file_name(name)
}

fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().next().unwrap_or("?").to_owned()
}

/// What a program said, how long it took to end once it was done, and its CPU time, both in nanoseconds.
fn said(program: &str, arguments: &[&str]) -> BTreeMap<String, f64> {
    let mut command = Command::new(beside(program));
    // With nothing of this machine in its environment: no proxy, no collector's address.
    command.args(arguments).env_clear().env("HOME", "/nonexistent").stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (code, cpu) = wait(child.id());
    let ended = now();
    let mut text = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut text).expect("text");
    assert_eq!(code, 0, "{command:?} ended with {code}: {text}");
    let mut said: BTreeMap<String, f64> = BTreeMap::new();
    for line in text.lines() {
        match line.split_once(' ') {
            Some((name @ ("problem" | "lost_as"), value)) => eprintln!("  {arguments:?}: {name} {value}"),
            Some((name, value)) => drop(said.insert(name.to_owned(), value.parse().expect("a number"))),
            None => panic!("{command:?} said {line}"),
        }
    }
    if let Some(done) = said.get("done").copied() {
        said.insert("exit".to_owned(), ended.as_secs_f64() * 1e9 - done);
    }
    said.insert("whole_cpu".to_owned(), cpu);
    said
}

/// Waits for a process to end; its exit code, or -1, and its CPU time in nanoseconds.
fn wait(process: u32) -> (i32, f64) {
    #[allow(unsafe_code, reason = "std says nothing of a process's CPU time")]
    // SAFETY: all zeros are times; the call writes to variables that live longer, of a process that is ours.
    let (status, usage) = unsafe {
        let (mut status, mut usage) = (0, std::mem::zeroed::<libc::rusage>());
        let process = libc::pid_t::try_from(process).expect("a process");
        assert_eq!(libc::wait4(process, &raw mut status, 0, &raw mut usage), process);
        (status, usage)
    };
    #[allow(clippy::cast_precision_loss, reason = "microseconds of a short time")]
    let nanos = |time: libc::timeval| time.tv_sec as f64 * 1e9 + time.tv_usec as f64 * 1e3;
    let code = if libc::WIFEXITED(status) { libc::WEXITSTATUS(status) } else { -1 };
    (code, nanos(usage.ru_utime) + nanos(usage.ru_stime))
}

/// Starts and ends of short programs.
fn short(folder: &Path, measured: &mut Measured) {
    let (up, down, hole) = (Server::start(Duration::ZERO), nobody(), BlackHole::new());
    let receivers = [("server up", up.url()), ("server down", down), ("black hole", hole.url())];
    let mut once = |program: &str, name: &str, url: &str, lives: u64, is_fresh: bool| {
        let state = folder.join(name.replace(' ', "-"));
        if is_fresh {
            drop(fs::remove_dir_all(&state));
        }
        let said = said(program, &["once", url, &state.display().to_string(), &lives.to_string()]);
        let is_long = if lives > 0 { ", at the network" } else { "" };
        for (what, value) in said.iter().filter(|(what, _)| *what != "done") {
            measured.note(&format!("{what}, {name}{is_long}"), *value);
        }
    };
    for (runs, lives) in [(RUNS, 0), (LONG_RUNS, LIVES)] {
        for _ in 0..runs {
            once("run-bare", "bare", "", lives, false);
            for (name, url) in &receivers {
                // A receiver that failed is left alone by the next run; one that is to be at the network knows nothing of that.
                once("run-ours", name, url, lives, lives > 0);
            }
        }
    }
}

/// CPU time at a rate that a server can have.
fn cpu(folder: &Path, measured: &mut Measured) {
    let (events, millis) = ("100000", "4000");
    let bare = said("run-bare", &["rate", "", "", events, millis]);
    let server = Server::start(Duration::ZERO);
    let ours = recorded(folder, &server, events, millis, "cpu", measured);
    let each = |said: &BTreeMap<String, f64>, what: &str| said[what] / said["recorded"];
    let caller = each(&ours, "own_cpu") - each(&bare, "cpu");
    measured.note("cpu", each(&ours, "cpu") - each(&bare, "cpu"));
    measured.note("cpu, caller", caller);
    measured.note("cpu, worker", each(&ours, "cpu") - each(&ours, "own_cpu"));
}

/// Records at a rate, and notes what became of that; a receiver that got something else than what was said is told of.
fn recorded(
    folder: &Path,
    server: &Server,
    events: &str,
    millis: &str,
    name: &str,
    measured: &mut Measured,
) -> BTreeMap<String, f64> {
    let state = Folder(folder.join("state"));
    let said = said("run-ours", &["rate", &server.url(), &state.0.display().to_string(), events, millis]);
    let counted = server.counted();
    #[allow(clippy::cast_precision_loss, reason = "not that many")]
    let [got, requests, bytes] = counted.map(|count| count as f64);
    // What tells of losses is an event, and none of those that are counted.
    if (got - said["said_delivered"]).abs() > 64.0 || said["pending"] > 0.0 {
        eprintln!(
            "  {name}: the receiver got {got}, said is {}, {} are pending",
            said["said_delivered"], said["pending"]
        );
    }
    for what in ["rate", "arriving", "waiting", "lost", "own_memory", "memory"] {
        measured.note(&format!("{name}, {what}"), said[what]);
    }
    measured.note(&format!("{name}, cpu"), said["cpu"] / said["recorded"]);
    measured.note(&format!("{name}, worker's cpu"), (said["cpu"] - said["own_cpu"]) / said["recorded"]);
    measured.note(&format!("{name}, request"), got / requests);
    measured.note(&format!("{name}, bytes"), bytes / got);
    measured.note(&format!("{name}, share lost"), said["lost"] / said["recorded"]);
    said
}

fn rates(folder: &Path, measured: &mut Measured) {
    let server = Server::start(Duration::ZERO);
    for rate in RATES {
        recorded(folder, &server, &rate.to_string(), "4000", &rate.to_string(), measured);
    }
}

fn slow(folder: &Path, measured: &mut Measured) {
    let bare = said("run-bare", &["rate", "", "", "5000", "100"]);
    let server = Server::start(Duration::from_millis(200));
    let ours = recorded(folder, &server, "5000", "10000", "slow", measured);
    measured.note("slow, memory over bare", (ours["own_memory"] - bare["own_memory"]) / 1024.0);
}

fn report(measured: &Measured, rounds: u32, load_before: &str) {
    println!(
        "Medians of {rounds} rounds; load average before and after, of which the programs here are a part: {load_before} and {}.\n",
        load()
    );
    let over = |what: &str, name: &str, bare: &str, unit: f64| {
        Some((measured.median(&format!("{what}, {name}"))? - measured.median(&format!("{what}, {bare}"))?) / unit)
    };
    let exit = |name: &str, is_long: bool| {
        let long = if is_long { ", at the network" } else { "" };
        over("exit", &format!("{name}{long}"), &format!("bare{long}"), 1e6)
    };
    let sustains = |rate: &u64| {
        let [rate, lost, arriving] =
            ["rate", "share lost", "arriving"].map(|what| measured.median(&format!("{rate}, {what}")));
        rate.zip(lost).zip(arriving).filter(|((rate, lost), arriving)| *lost < 0.01 && *arriving > 0.99 * rate)
    };
    let sustained = RATES.iter().rev().find_map(|rate| sustains(rate).map(|((rate, _), _)| rate));
    let values = [
        over("whole_cpu", "server up", "bare", 1e6),
        measured.median("start, server up").map(|start| start / 1e3),
        exit("server up", false),
        exit("server down", false),
        exit("server down", true),
        exit("black hole", false),
        exit("black hole", true),
        sustained.or(measured.median("200000, rate").map(|_| 0.0)),
        measured.median("cpu").map(|cpu| cpu / 1e3),
        measured.median("slow, lost"),
        measured.median("slow, arriving"),
        measured.median("slow, memory over bare"),
    ];
    println!("| figure | unit | must | record | measured | kept |\n|---|---|---|---|---|---|");
    for ((name, unit, must, record, is_more), value) in TARGETS.into_iter().zip(values) {
        let Some(value) = value else { continue };
        let keeps = |target: f64| if is_more { value >= target } else { value <= target };
        let kept = if keeps(record) {
            "record"
        } else if must.is_nan() {
            "–"
        } else if keeps(must) {
            "yes"
        } else {
            "**no**"
        };
        println!("| {name} | {unit} | {} | {} | {} | {kept} |", number(must), number(record), number(value));
    }
    detail(measured);
}

/// What the figures above are made of.
fn detail(measured: &Measured) {
    let shown = |name: &str, unit: f64| measured.median(name).map_or("–".to_owned(), |value| number(value / unit));
    if let Some(share) = measured.at("start, server up", 990) {
        println!(
            "\nStart, the main thread: {} µs of CPU; p99 of the time {} µs. CPU of a whole run, ms: bare {}, server up {}, \
             server down {}.",
            shown("start_cpu, server up", 1e3),
            number(share / 1e3),
            shown("whole_cpu, bare", 1e6),
            shown("whole_cpu, server up", 1e6),
            shown("whole_cpu, server down", 1e6),
        );
    }
    if measured.median("cpu").is_some() {
        println!(
            "\nCPU per event at 100,000/s, over bare: caller {} ns, worker {} ns. A request has {} events, an event {} bytes.",
            shown("cpu, caller", 1.0),
            shown("cpu, worker", 1.0),
            shown("cpu, request", 1.0),
            shown("cpu, bytes", 1.0),
        );
    }
    let columns = [
        ("recorded a second", "rate", 1.0),
        ("arriving a second, second half", "arriving", 1.0),
        ("lost, %", "share lost", 0.01),
        ("waiting at the end", "waiting", 1.0),
        ("CPU, µs an event", "cpu", 1e3),
        ("of the worker", "worker's cpu", 1e3),
        ("memory of its own, MiB", "own_memory", 1024.0),
        ("with that of files, at most", "memory", 1024.0),
        ("events a request", "request", 1.0),
    ];
    let rows: Vec<String> = RATES.iter().map(u64::to_string).chain(["slow".to_owned()]).collect();
    let rows: Vec<_> = rows.iter().filter(|row| measured.median(&format!("{row}, rate")).is_some()).collect();
    if rows.is_empty() {
        return;
    }
    let head: Vec<&str> = columns.iter().map(|(title, ..)| *title).collect();
    println!("\n| asked for | {} |\n|---{}|", head.join(" | "), "|---".repeat(head.len()));
    for row in rows {
        let cells: Vec<_> = columns.iter().map(|(_, what, unit)| shown(&format!("{row}, {what}"), *unit)).collect();
        println!("| {row} | {} |", cells.join(" | "));
    }
}

/// Three digits, or all of a large number.
fn number(value: f64) -> String {
    match value.abs() {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ if value.is_nan() => "–".to_owned(),
        _ if value == 0.0 => "0".to_owned(),
        _ => format!("{value:.2}"),
    }
}
