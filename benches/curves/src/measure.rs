//! What each curve is measured by.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use record::measure::CALLS;
use record::programs::{beside, instructions, said_soundly};

use crate::generated;
use crate::growth::Line;
use crate::receiver;

/// The function in which a start is counted.
const START: &str = "subject::begin";
/// Where nobody listens.
const NOWHERE: &str = "http://127.0.0.1:9/";
/// A run records so many calls before its segment is as full as one may be that the next run goes on with.
const CALLS_OF_A_RUN: u32 = 5000;
/// What is measured by a clock is measured so often, and the least counts: whatever else the machine does only adds.
const ROUNDS: u32 = 3;

/// What all of them need.
#[derive(Debug)]
pub struct Bench {
    /// A receiver that takes everything.
    url: String,
    /// A folder that goes with this.
    folder: PathBuf,
}

impl Bench {
    pub fn new() -> Self {
        let folder = beside(&format!("curves-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        Self { url: receiver::start().expect("a receiver"), folder }
    }

    /// A folder with nothing in it.
    fn fresh(&self) -> PathBuf {
        let folder = self.folder.join("state");
        drop(fs::remove_dir_all(&folder));
        folder
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn subject<const N: usize>(arguments: [&str; N]) -> Command {
    let mut subject = Command::new(beside("subject"));
    subject.args(arguments);
    subject
}

/// The one thing that a program said.
fn one(command: &mut Command, name: &str) -> f64 {
    let said = said_soundly(command);
    assert!(said.iter().all(|(said, _)| said != "problems"), "{command:?} had a problem");
    said.into_iter().find_map(|(said, value)| (said == name).then_some(value)).expect("it says so")
}

fn line(name: &str, points: impl IntoIterator<Item = (f64, f64)>) -> Line {
    Line { name: name.to_owned(), points: points.into_iter().collect() }
}

/// Instructions of a call on its thread: those of twice as many less those of so many.
fn call(name: &str, calls: u32) -> f64 {
    let [once, twice] =
        [calls, 2 * calls].map(|calls| instructions(&subject(["calls", name, &calls.to_string()]), Some(CALLS)));
    (twice - once) / f64::from(calls)
}

pub fn fields(_: &Bench) -> Vec<Line> {
    ["direct", "queued"]
        .map(|mode| {
            let cost = |fields: u32| (fields.into(), call(&format!("{mode}-fields-{fields}"), 1500));
            line(mode, [0, 1, 2, 4, 8, 16].map(cost))
        })
        .into()
}

pub fn nesting(_: &Bench) -> Vec<Line> {
    // As many calls in each, so that as often a segment grows.
    let cost = |depth: u32| (depth.into(), call(&format!("nesting-{depth}"), 3200 / depth));
    vec![line("direct", [1, 2, 4, 8, 16, 32].map(cost))]
}

pub fn threads(_: &Bench) -> Vec<Line> {
    ["direct", "queued", "aggregate"]
        .map(|name| {
            let cost = |threads: u32| {
                let round = |_| one(&mut subject(["threads", name, &threads.to_string()]), "cpu");
                (threads.into(), (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min))
            };
            line(name, [1, 2, 4, 8].map(cost))
        })
        .into()
}

pub fn calls_to_sinks(_: &Bench) -> Vec<Line> {
    vec![line("direct", [1, 2, 3, 4, 5].map(|sinks: u32| (sinks.into(), call(&format!("sinks-{sinks}"), 1500))))]
}

/// Records so many calls, a run after the other; says how many MB that is on the disk.
fn fill(folder: &Path, calls: u32) -> f64 {
    let mut left = calls;
    while left > 0 {
        let calls = left.min(CALLS_OF_A_RUN);
        let recorded = one(&mut subject(["fill", text(folder), NOWHERE, &calls.to_string()]), "recorded");
        assert!((recorded - 2.0 * f64::from(calls)).abs() < 0.5, "{recorded} events were recorded of {calls} calls");
        left -= calls;
    }
    let spool = fs::read_dir(folder.join("spool-1")).into_iter().flatten().flatten();
    let bytes: u64 = spool.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum();
    #[allow(clippy::cast_precision_loss, reason = "some megabytes")]
    let megabytes = bytes as f64 / 1e6;
    megabytes
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in text")
}

/// Instructions of a process that sends all that waits.
fn deliver(bench: &Bench, folder: &Path, sinks: u32, events: u32) -> f64 {
    let waiting = || one(&mut subject(["waiting", text(folder), NOWHERE]), "waiting");
    assert!((waiting() - f64::from(events)).abs() < 0.5, "{} wait of {events}", waiting());
    let cost = instructions(&subject(["deliver", text(folder), &bench.url, &sinks.to_string()]), None);
    assert!(waiting() < 0.5, "{} of {events} wait still", waiting());
    cost
}

pub fn delivery_to_sinks(bench: &Bench) -> Vec<Line> {
    let cost = |sinks: u32| {
        let folder = bench.fresh();
        fill(&folder, 500);
        (sinks.into(), deliver(bench, &folder, sinks, 1000))
    };
    vec![line("plain JSON over HTTP", [1, 2, 3, 4, 5].map(cost))]
}

/// Calls that are recorded for the spool to be so full; the last one's events are just below what it holds.
const WAITING: [u32; 5] = [0, 3750, 7500, 15_000, 30_000];

pub fn starts_with_spool(bench: &Bench) -> Vec<Line> {
    let cost = |calls: u32| {
        let folder = bench.fresh();
        let megabytes = fill(&folder, calls);
        (megabytes, instructions(&subject(["start", text(&folder), NOWHERE]), Some(START)))
    };
    vec![line("direct", WAITING.map(cost))]
}

pub fn delivery_of_spool(bench: &Bench) -> Vec<Line> {
    let cost = |calls: u32| {
        let folder = bench.fresh();
        let megabytes = fill(&folder, calls);
        (megabytes, deliver(bench, &folder, 1, 2 * calls))
    };
    vec![line("plain JSON over HTTP", WAITING.map(cost))]
}

const PROCESSES: [u32; 8] = [1, 3, 6, 12, 25, 50, 100, 200];

/// Has so many processes start and record, does something while all are there, and has them end; says their CPU time in milliseconds.
fn at_once(folder: &Path, processes: u32, meanwhile: impl FnOnce()) -> f64 {
    let mut started: Vec<_> = (0..processes)
        .map(|_| {
            let mut subject = subject(["process", text(folder), NOWHERE]);
            subject.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a process")
        })
        .collect();
    let mut said: Vec<_> = started.iter_mut().map(|process| process.stdout.take().map(BufReader::new)).collect();
    for said in said.iter_mut().flatten() {
        let mut line = String::new();
        said.read_line(&mut line).expect("it says that it has recorded");
    }
    meanwhile();
    started.iter_mut().for_each(|process| drop(process.stdin.take()));
    let mut used = 0.0;
    for (mut process, said) in started.into_iter().zip(said) {
        let mut text = String::new();
        said.expect("it was taken").read_to_string(&mut text).expect("it says what it used");
        assert!(process.wait().is_ok_and(|ended| ended.success()), "a process failed");
        let cpu: f64 = text.trim().strip_prefix("cpu ").and_then(|cpu| cpu.parse().ok()).expect("it says what it used");
        used += cpu / 1e6;
    }
    used
}

pub fn processes(bench: &Bench) -> Vec<Line> {
    let cost = |processes: u32| {
        let round = |_| at_once(&bench.fresh(), processes, || {});
        (processes.into(), (0..ROUNDS).map(round).fold(f64::INFINITY, f64::min))
    };
    vec![line("direct", PROCESSES.map(cost))]
}

pub fn starts_of_processes(bench: &Bench) -> Vec<Line> {
    let cost = |processes: u32| {
        let folder = bench.fresh();
        let mut cost = f64::NAN;
        at_once(&folder, processes - 1, || {
            cost = instructions(&subject(["start", text(&folder), NOWHERE]), Some(START))
        });
        (processes.into(), cost)
    };
    vec![line("direct", PROCESSES.map(cost))]
}

pub fn delivery_of_processes(bench: &Bench) -> Vec<Line> {
    let cost = |processes: u32| {
        let folder = bench.fresh();
        at_once(&folder, processes, || {});
        (processes.into(), deliver(bench, &folder, 1, 2 * processes))
    };
    vec![line("plain JSON over HTTP", PROCESSES.map(cost))]
}

pub fn starts_with_callsites(bench: &Bench) -> Vec<Line> {
    let cost = |(callsites, program): (u32, PathBuf)| {
        let mut start = Command::new(program);
        start.arg(bench.fresh());
        (callsites.into(), instructions(&start, None))
    };
    vec![line("all levels", generated::build().into_iter().map(cost))]
}

pub fn catalogues(_: &Bench) -> Vec<Line> {
    let cost = |(callsites, program): (u32, PathBuf)| {
        let mut catalogue = Command::new(program);
        catalogue.arg("catalogue");
        (callsites.into(), instructions(&catalogue, Some(generated::CATALOGUE)))
    };
    vec![line("page and schema", generated::build().into_iter().map(cost))]
}
