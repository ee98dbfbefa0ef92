//! What a tracked call costs, beside what else one would take: `record [--rounds N] [--instructions] [SUBJECT…]` prints tables in
//! Markdown.
//!
//! Each round runs one process a subject, in turns, so that what else the machine does hits all alike; of the rounds' medians the median
//! is printed. `--instructions` has valgrind count them instead, which is exact and does not mind the machine. `record --check` holds
//! instructions and allocations of ours against `bounds.toml`, and fails where there are more.

mod check;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode};

use record::measure::{self, CALLS, percentile};
use record::programs::{beside, instructions, said, said_soundly};
use record::subject::{self, Subject};
use record::table::{Table, nanos, number, ratio};

/// Rounds, unless told.
const ROUNDS: u32 = 10;
/// Instructions are those of twice as many calls less those of so many: what is done once is in neither.
const COUNTED: u32 = 1000;
/// Where calls cost this many or fewer, more calls are counted, for digits behind the point.
const COUNTED_LIGHT: u32 = 100_000;

/// What was measured of a subject, by name: one value a round.
type Measured = BTreeMap<String, Vec<f64>>;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["times", name] => measure::times(subject::find(name).expect("a subject")),
        ["calls", name, calls] => {
            measure::calls(subject::find(name).expect("a subject"), calls.parse().expect("a number"));
        }
        ["--check"] => {
            build();
            return check::check();
        }
        arguments => tables(arguments),
    }
    ExitCode::SUCCESS
}

fn tables(arguments: &[&str]) {
    let (mut rounds, mut counts, mut names) = (ROUNDS, false, Vec::new());
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match *argument {
            "--rounds" => rounds = arguments.next().and_then(|rounds| rounds.parse().ok()).expect("a number of rounds"),
            "--instructions" => counts = true,
            name => names.push(subject::find(name).unwrap_or_else(|| panic!("no subject is called {name}")).name),
        }
    }
    let is_asked = |subject: &&Subject| names.is_empty() || names.contains(&subject.name);
    let subjects: Vec<_> = subject::all().filter(is_asked).collect();
    build();
    let mut measured: BTreeMap<&str, Measured> = BTreeMap::new();
    for subject in &subjects {
        let measured = measured.entry(subject.name).or_default();
        for (name, value) in allocations(subject) {
            measured.entry(name).or_default().push(value);
        }
        if counts {
            let counted = count(subject);
            measured.entry("instructions".into()).or_default().push(counted);
        }
    }
    if !counts {
        for round in 0..rounds {
            eprintln!("round {} of {rounds}", round + 1);
            for subject in &subjects {
                let measured = measured.entry(subject.name).or_default();
                for (name, value) in said(Command::new(beside("record")).args(["times", subject.name])) {
                    measured.entry(name).or_default().push(value);
                }
            }
        }
    }
    let of = |subject: &&'static Subject| Some((*subject, Of(measured.remove(subject.name)?)));
    let measured: Vec<_> = subjects.iter().filter_map(of).collect();
    if counts { report_instructions(&measured) } else { report_times(&measured, rounds) }
}

/// Builds the other program: `cargo run` builds only this one.
fn build() {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--release", "--locked", "--package", "record", "--bins"]);
    if !cfg!(feature = "peers") {
        cargo.arg("--no-default-features");
    }
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(cargo.status().is_ok_and(|status| status.success()), "{cargo:?} failed");
}

/// Allocations of a call on the caller's thread, and their bytes.
fn allocations(subject: &Subject) -> Vec<(String, f64)> {
    let calls = COUNTED.min(subject.burst);
    let said = said_soundly(Command::new(beside("allocations")).args([subject.name, &calls.to_string()]));
    said.into_iter().map(|(name, value)| (name, value / f64::from(calls))).collect()
}

/// Instructions of a call on the caller's thread, in user mode: what the kernel does is not counted.
fn count(subject: &Subject) -> f64 {
    let calls = if subject.burst > COUNTED { COUNTED_LIGHT } else { COUNTED.min(subject.burst) };
    let [once, twice] = [calls, 2 * calls].map(|calls| {
        let mut record = Command::new(beside("record"));
        record.args(["calls", subject.name, &calls.to_string()]);
        instructions(&record, Some(CALLS))
    });
    (twice - once) / f64::from(calls)
}

/// What was measured of one subject.
struct Of(Measured);

impl Of {
    /// The median over all rounds; `None` where it was not measured.
    fn median(&self, name: &str) -> Option<f64> {
        self.0.get(name).map(|values| percentile(&mut values.clone(), 50))
    }

    fn sum(&self, name: &str) -> Option<f64> {
        self.0.get(name).map(|values| values.iter().sum())
    }

    fn least(&self, name: &str) -> Option<f64> {
        self.0.get(name).map(|values| percentile(&mut values.clone(), 0))
    }
}

fn find<'a>(measured: &'a [(&Subject, Of)], name: &str) -> Option<&'a Of> {
    measured.iter().find(|(subject, _)| subject.name == name).map(|(_, of)| of)
}

fn report_instructions(measured: &[(&Subject, Of)]) {
    let bare = find(measured, "bare").and_then(|of| of.median("instructions")).unwrap_or_default();
    let ours = find(measured, "queued").and_then(|of| of.median("instructions")).map(|ours| ours - bare);
    println!("### Instructions and allocations of a call, on the caller's thread\n");
    let head =
        ["subject", "a call makes", "instructions over bare", "÷ ours, queued", "allocations", "bytes allocated"];
    let mut table = Table::new(head);
    for (subject, of) in measured {
        let over = of.median("instructions").map(|instructions| instructions - bare);
        table.row([
            subject.title.to_owned() + if of.median("problems").is_some() { " (!)" } else { "" },
            subject.makes.to_owned(),
            number(over),
            ratio(over, ours),
            number(of.median("allocations")),
            number(of.median("bytes")),
        ]);
    }
    table.print();
    println!("\nThe bare call is {} instructions with its loop.\n", number(Some(bare)));
    targets(measured, INSTRUCTION_TARGETS);
}

fn report_times(measured: &[(&Subject, Of)], rounds: u32) {
    let over = |of: &Of, name: &str| Some(of.median(name)? - of.median(&format!("bare_{name}"))?);
    let ours = find(measured, "queued").and_then(|of| over(of, "together_cpu"));
    println!("### Time of a call, the median of {rounds} rounds\n");
    let mut table = Table::new([
        "subject",
        "back to back, CPU over bare",
        "÷ ours, queued",
        "wall over bare",
        "one by one p50",
        "p99",
        "isolated p50",
        "p99",
        "CPU",
        "parked",
        "two threads, CPU ÷ one",
        "wall ÷ one",
        "pairs that were at once, of all rounds",
        "allocations",
    ]);
    for (subject, of) in measured {
        let cpu = over(of, "together_cpu");
        let parked = match of.median("threads") {
            None | Some(0.0) => "–".to_owned(),
            Some(_) => of.median("parked").map_or("–".to_owned(), |parked| format!("{:.0} %", parked * 100.0)),
        };
        table.row([
            subject.title.to_owned() + if of.median("problems").is_some() { " (!)" } else { "" },
            nanos(cpu),
            ratio(cpu, ours),
            nanos(over(of, "together_wall")),
            nanos(of.median("each_p50")),
            nanos(of.median("each_p99")),
            nanos(of.median("isolated_p50")),
            nanos(of.median("isolated_p99")),
            nanos(of.median("isolated_cpu")),
            parked,
            ratio(of.median("two_cpu"), of.median("one_cpu")),
            ratio(of.median("two_wall"), of.median("one_wall")),
            number(of.sum("pairs")),
            number(of.median("allocations")),
        ]);
    }
    table.print();
    println!();
    targets(measured, TIME_TARGETS);
}

/// What is promised of a figure.
struct Target {
    what: &'static str,
    subject: &'static str,
    /// What was measured; `a-b` is a difference, `a/b` a quotient, and `-bare` what the bare function has of the same.
    figure: &'static str,
    must: f64,
    /// What it was once, at its best.
    record: f64,
    unit: &'static str,
}

const fn target(
    what: &'static str,
    subject: &'static str,
    figure: &'static str,
    (must, record): (f64, f64),
    unit: &'static str,
) -> Target {
    Target { what, subject, figure, must, record, unit }
}

const INSTRUCTION_TARGETS: &[Target] = &[
    target("gate closed, over bare", "closed-plain", "instructions-bare", (18.0, 4.0), "instructions"),
    target("gate closed, one field, over bare", "closed", "instructions-bare", (18.0, 4.0), "instructions"),
    target("queued, two events, over bare", "queued", "instructions-bare", (f64::INFINITY, 550.0), "instructions"),
    target("direct, 1 field, two events", "direct", "allocations", (0.0, 0.0), "allocations"),
    target("direct, 8 fields, two events", "direct-8", "allocations", (0.0, 0.0), "allocations"),
    target("queued, 1 field, two events", "queued", "allocations", (0.0, 0.0), "allocations"),
    target("queued, 8 fields, two events", "queued-8", "allocations", (0.0, 0.0), "allocations"),
    target("aggregated", "aggregate", "allocations", (0.0, 0.0), "allocations"),
];

const TIME_TARGETS: &[Target] = &[
    target("gate closed, over bare", "closed-plain", "together_cpu-bare_together_cpu", (0.7, 0.2), "ns"),
    target("gate closed, one field, over bare", "closed", "together_cpu-bare_together_cpu", (0.7, 0.2), "ns"),
    target("level `errors`, success, over bare", "errors", "together_cpu-bare_together_cpu", (50.0, 25.0), "ns"),
    target("direct, two events, isolated, p50", "direct", "isolated_p50", (3000.0, 1500.0), "ns"),
    target("direct, two events, isolated, p99", "direct", "isolated_p99", (12_000.0, 6000.0), "ns"),
    target("queued, two events, back to back", "queued", "together_cpu", (300.0, 100.0), "ns"),
    target("queued, two threads over one, CPU", "queued", "two_cpu/one_cpu", (2.0, 1.3), "times"),
    target("queued, two threads over one, wall", "queued", "two_wall/one_wall", (2.0, 1.3), "times"),
    target("aggregated, back to back", "aggregate", "together_cpu", (80.0, 45.0), "ns"),
];

fn targets(measured: &[(&Subject, Of)], targets: &[Target]) {
    println!("### Targets\n");
    let mut table = Table::new(["figure", "unit", "must", "record", "measured", "least of the rounds", "kept"]);
    for target in targets {
        let value = |pick: fn(&Of, &str) -> Option<f64>| {
            let of = find(measured, target.subject)?;
            if let Some(figure) = target.figure.strip_suffix("-bare") {
                return Some(pick(of, figure)? - pick(find(measured, "bare")?, figure)?);
            }
            if let Some((left, right)) = target.figure.split_once('-') {
                return Some(pick(of, left)? - pick(of, right)?);
            }
            match target.figure.split_once('/') {
                Some((left, right)) => Some(pick(of, left)? / pick(of, right)?),
                None => pick(of, target.figure),
            }
        };
        let Some(median) = value(Of::median) else { continue };
        table.row([
            target.what.to_owned(),
            target.unit.to_owned(),
            if target.must.is_finite() { number(Some(target.must)) } else { "–".to_owned() },
            number(Some(target.record)),
            number(Some(median)),
            number(value(Of::least)),
            match target.must {
                must if must.is_infinite() => "–",
                must if median <= must => "yes",
                _ => "**no**",
            }
            .to_owned(),
        ]);
    }
    table.print();
}
