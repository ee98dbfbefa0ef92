//! How cost grows with what there is more of: `curves [--check] [CURVE…]`.
//!
//! Costs are instructions, as valgrind counts them, wherever one thread or one process does the work, and CPU time where many do. Each
//! curve is drawn into `docs/performance`, and a table says how steep it is at its end; `--check` draws nothing, and fails where one is
//! steeper than `bounds.toml` lets it be.
#![allow(clippy::print_stdout, reason = "a program for people")]

mod growth;
mod picture;
mod receiver;
mod generated;
mod measure;

use std::path::Path;
use std::process::{Command, ExitCode};

use growth::Line;
use measure::Bench;
use picture::{Axes, short};
use record::bounds::{self, Bound};
use record::table::{Table, number};

/// Something that there is more and more of, and what that costs.
struct Curve {
    /// Its name on the command line, in `bounds.toml` and in `docs/performance`.
    name: &'static str,
    axes: Axes,
    measure: fn(&Bench) -> Vec<Line>,
}

const fn curve(
    name: &'static str,
    is_geometric: bool,
    title: &'static str,
    [input, cost]: [&'static str; 2],
    measure: fn(&Bench) -> Vec<Line>,
) -> Curve {
    Curve { name, axes: Axes { title, input, cost, is_geometric }, measure }
}

const CURVES: &[Curve] = &[
    curve("fields", false, "A call with more fields", ["fields", "instructions of a call"], measure::fields),
    curve(
        "nesting",
        true,
        "Calls within calls",
        ["calls, each within the one before", "instructions of all of them"],
        measure::nesting,
    ),
    curve(
        "threads",
        true,
        "More threads that record at once",
        ["threads", "CPU time of a call on each thread, together, ns"],
        measure::threads,
    ),
    curve("sinks-call", false, "A call with more sinks behind it", ["sinks", "instructions of a call"], {
        measure::calls_to_sinks
    }),
    curve("sinks-deliver", false, "Sending 1,000 events to more sinks", ["sinks", "instructions of the process"], {
        measure::delivery_to_sinks
    }),
    curve(
        "spool-start",
        false,
        "Starting while more waits on the disk",
        ["events that wait, MB", "instructions of the start and the first call, on their thread"],
        measure::starts_with_spool,
    ),
    curve(
        "spool-deliver",
        false,
        "Sending what waits on the disk",
        ["events that wait, MB", "instructions of the process that sends them"],
        measure::delivery_of_spool,
    ),
    curve(
        "processes",
        true,
        "More processes at once on one folder",
        ["processes", "CPU time of all: start, a call, end; ms"],
        measure::processes,
    ),
    curve(
        "processes-start",
        true,
        "Starting while more processes are there",
        ["processes, with this one", "instructions of the start and the first call, on their thread"],
        measure::starts_of_processes,
    ),
    curve(
        "processes-deliver",
        true,
        "Sending what many processes left",
        ["processes, with a segment each", "instructions of the process that sends it"],
        measure::delivery_of_processes,
    ),
    curve(
        "callsites-start",
        true,
        "A program with more tracked functions: its whole run",
        ["tracked functions", "instructions: loading, start, one call, end"],
        measure::starts_with_callsites,
    ),
    curve(
        "callsites-catalogue",
        true,
        "A program with more tracked functions: its catalogue",
        ["tracked functions", "instructions of the page and the schema"],
        measure::catalogues,
    ),
];

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let checks = arguments.iter().any(|argument| argument == "--check");
    let names: Vec<_> = arguments.iter().filter(|argument| *argument != "--check").collect();
    if let Some(name) = names.iter().find(|name| CURVES.iter().all(|curve| curve.name != **name)) {
        let known: Vec<_> = CURVES.iter().map(|curve| curve.name).collect();
        eprintln!("no curve is called {name}; there are {}", known.join(", "));
        return ExitCode::FAILURE;
    }
    build();
    let bench = Bench::new();
    let text = bounds::text();
    let bounds = bounds::read(&text);
    let mut table = Table::new([
        "curve",
        "line",
        "inputs",
        "cost, least input",
        "cost, largest input",
        "times",
        "slope at the end",
        "at most",
        "",
    ]);
    let mut is_kept = true;
    for curve in CURVES.iter().filter(|curve| names.is_empty() || names.iter().any(|name| *name == curve.name)) {
        eprintln!("{}", curve.name);
        let lines = (curve.measure)(&bench);
        for line in &lines {
            eprintln!("  {}: {:?}", line.name, line.points);
            is_kept &= say(&mut table, curve, line, &bounds);
        }
        if !checks {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/performance");
            let path = folder.join(format!("{}.svg", curve.name));
            let drawn = std::fs::create_dir_all(&folder)
                .and_then(|()| std::fs::write(&path, picture::draw(&curve.axes, &lines)));
            drawn.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
    }
    table.print();
    if is_kept || !checks { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Adds a line to the table; says whether it grows no faster than it may.
fn say(table: &mut Table, curve: &Curve, line: &Line, bounds: &[Bound<'_>]) -> bool {
    let most = |figure: &str| {
        let is_it = |bound: &&Bound<'_>| bound.of == format!("curve.{}", curve.name) && bound.figure == figure;
        bounds.iter().find(is_it).map(|bound| bound.most)
    };
    let (rise, slope) = (line.rise(), line.slope());
    let Some(steepest) = most("slope") else { panic!("bounds.toml: no slope of curve.{}", curve.name) };
    let most_rise = most("rise");
    // Also where it is no number.
    let is_kept = slope.is_none_or(|slope| slope <= steepest) && most_rise.is_none_or(|most| rise <= most);
    let [(first, least), .., (last, most)] = line.points.as_slice() else { panic!("{}: no curve", curve.name) };
    let may = match most_rise {
        Some(times) => format!("{}, and {} times", number(Some(steepest)), number(Some(times))),
        None => number(Some(steepest)),
    };
    table.row([
        curve.axes.title.to_owned(),
        line.name.clone(),
        format!("{} – {}", short(*first), short(*last)),
        short(*least),
        short(*most),
        number(Some(rise)),
        slope.map_or("flat".to_owned(), |slope| format!("{slope:.2}")),
        may,
        if is_kept { "" } else { "**more**" }.to_owned(),
    ]);
    is_kept
}

/// Builds the program that is measured: `cargo run` builds only this one.
fn build() {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--release", "--locked", "--package", "curves", "--bins"]);
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(cargo.status().is_ok_and(|status| status.success()), "{cargo:?} failed");
}
