//! Each program against each receiver: what the end costs, and what arrives.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::PoisonError;
use std::time::Duration;

use crate::process::{self, Ended};
use crate::servers::{Arrived, Kind, Server};
use crate::table::{Spread, Table, duration};

/// What `.grace(…)` is told.
pub const GRACE: Duration = Duration::from_secs(1);

/// How many events a run records, and how long it works on after that.
pub const RUNS: [(u32, Duration); 3] = [(1, Duration::ZERO), (300, Duration::ZERO), (1, Duration::from_millis(1500))];

/// A detached sender is gone after so long.
const SENDER_LIVES: Duration = Duration::from_secs(31);

/// How long the run after that has for what is left.
const NEXT_RUN: &str = "5000";

/// A program, and how it is told to use its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Client {
    None,
    Default,
    Grace,
    Detached,
    Sentry,
    Posthog,
    Rudderstack,
    Opentelemetry,
}

impl Client {
    /// All of them, in the order of the tables' columns.
    pub const ALL: [Self; 8] = [
        Self::None,
        Self::Default,
        Self::Grace,
        Self::Detached,
        Self::Sentry,
        Self::Posthog,
        Self::Rudderstack,
        Self::Opentelemetry,
    ];

    /// As the tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "no telemetry",
            Self::Default => "ours",
            Self::Grace => "ours, `.grace(1 s)`",
            Self::Detached => "ours, detached sender",
            Self::Sentry => "sentry 0.49.5",
            Self::Posthog => "posthog-rs 0.30.0",
            Self::Rudderstack => "rudderanalytics 2.0.1",
            Self::Opentelemetry => "opentelemetry-otlp 0.32.0",
        }
    }

    fn program(self) -> &'static str {
        match self {
            Self::None => "with-none",
            Self::Default | Self::Grace | Self::Detached => "with-ours",
            Self::Sentry => "with-sentry",
            Self::Posthog => "with-posthog",
            Self::Rudderstack => "with-rudderstack",
            Self::Opentelemetry => "with-opentelemetry",
        }
    }

    fn is_ours(self) -> bool {
        matches!(self, Self::Default | Self::Grace | Self::Detached)
    }

    /// How often it is run in each cell: the longer it may take, the less often.
    fn runs(self, kind: Kind, lives: Duration) -> u32 {
        let is_brief = lives.is_zero();
        match self {
            Self::None | Self::Default if is_brief => 20,
            Self::None | Self::Default | Self::Grace | Self::Detached => 5,
            _ if is_brief && matches!(kind, Kind::Healthy | Kind::Refused) => 5,
            _ => 1,
        }
    }
}

/// A program and a receiver of its own.
pub struct Cell {
    pub client: Client,
    pub kind: Kind,
    pub events: u32,
    pub lives: Duration,
    /// In the order of the runs.
    pub ended: Vec<Ended>,
    /// What had arrived before the next run.
    pub at_end: usize,
    /// … and after it.
    pub in_the_end: usize,
    /// The receiver had asked for an hour's pause, which was cut short.
    pub is_cut_short: bool,
    server: Option<Server>,
    addr: SocketAddr,
    arrived: Arrived,
    folder: PathBuf,
}

impl Cell {
    /// Starts the receiver.
    pub fn new(number: u8, client: Client, kind: Kind, (events, lives): (u32, Duration), folder: &Path) -> Self {
        let arrived = Arrived::default();
        // An address of its own, so that nothing else comes to its port when nobody listens there.
        let server = Server::start(kind, SocketAddr::from(([127, 77, number, 1], 0)), &arrived);
        Self {
            client,
            kind,
            events,
            lives,
            ended: Vec::new(),
            at_end: 0,
            in_the_end: 0,
            is_cut_short: false,
            addr: server.addr(),
            server: Some(server),
            arrived,
            folder: folder.join(number.to_string()),
        }
    }

    /// How many events were recorded.
    pub fn recorded(&self) -> usize {
        if self.client == Client::None { 0 } else { self.ended.len() * self.events as usize }
    }

    pub fn delays(&self) -> Spread {
        Spread::of(self.ended.iter().map(|ended| ended.delay))
    }

    pub fn starts(&self) -> Spread {
        Spread::of(self.ended.iter().map(|ended| Some(ended.start)))
    }

    /// Runs the program once more, in a folder of its own.
    pub fn run(&mut self) {
        let run = self.ended.len();
        let folder = self.folder.join(run.to_string());
        fs::create_dir_all(&folder).expect("a folder");
        fs::hard_link(process::program(self.client.program()), folder.join("program")).expect("the program");
        if self.client == Client::Detached {
            fs::write(folder.join("endpoint"), self.url()).expect("a file");
        }
        let mut command = self.command(run, self.events);
        if !self.lives.is_zero() {
            command.env(exit::LIVES, self.lives.as_millis().to_string());
        }
        if self.client == Client::Grace {
            command.arg(GRACE.as_millis().to_string());
        }
        self.ended.push(process::run(&mut command));
    }

    fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    fn command(&self, run: usize, events: u32) -> Command {
        let folder = self.folder.join(run.to_string());
        let first = 1_000_000 + run * 1000;
        let mut command = process::command(&folder.join("program"), &folder);
        command.args([self.url(), first.to_string(), events.to_string()]);
        command
    }

    fn count(&self) -> usize {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Puts a healthy receiver where the other one was, and runs everything once more without recording.
    pub fn deliver(&mut self) {
        self.at_end = self.count();
        drop(self.server.take());
        let healthy = Server::start(Kind::Healthy, self.addr, &self.arrived);
        self.next_runs();
        if self.client.is_ours() && self.count() < self.recorded() {
            self.is_cut_short = self.forget_pauses();
            self.next_runs();
        }
        self.in_the_end = self.count();
        drop(healthy);
    }

    fn next_runs(&self) {
        for run in 0..self.ended.len() {
            let mut command = self.command(run, 0);
            if self.client.is_ours() {
                command.arg(NEXT_RUN);
            }
            process::run(&mut command);
        }
    }

    /// As if the hour was over.
    fn forget_pauses(&self) -> bool {
        let mut is_any = false;
        for run in 0..self.ended.len() {
            is_any |= fs::remove_file(self.folder.join(format!("{run}/state/spool-1/pauses"))).is_ok();
        }
        is_any
    }
}

/// Runs everything. Takes some four minutes, most of it waiting for others.
pub fn run(folder: &Path) -> Vec<Cell> {
    let mut cells = Vec::new();
    for kind in Kind::ALL {
        for run in RUNS {
            for client in Client::ALL {
                let number = u8::try_from(cells.len()).expect("an address for each");
                cells.push(Cell::new(number, client, kind, run, folder));
            }
        }
    }
    let is_peer = |cell: &Cell| cell.client > Client::Detached;
    let is_quick = |cell: &Cell| !is_peer(cell) || matches!(cell.kind, Kind::Healthy | Kind::Refused);
    let is_long = |cell: &Cell| !cell.lives.is_zero() || !is_quick(cell);

    eprintln!("the ends of programs, one after another …");
    for run in 0..20 {
        for cell in cells.iter_mut().filter(|cell| !is_long(cell) && run < cell.client.runs(cell.kind, cell.lives)) {
            cell.run();
        }
    }
    eprintln!("those that may take long, all at once …");
    std::thread::scope(|scope| {
        for cell in cells.iter_mut().filter(|cell| is_long(cell)) {
            scope.spawn(|| (0..cell.client.runs(cell.kind, cell.lives)).for_each(|_| cell.run()));
            // What is measured is the wait, and not the crowd.
            std::thread::sleep(Duration::from_millis(200));
        }
    });
    std::thread::sleep(SENDER_LIVES);

    eprintln!("the runs after …");
    cells.iter_mut().for_each(Cell::deliver);
    cells
}

/// The tables.
pub fn report(cells: &[Cell]) {
    for run @ (events, lives) in RUNS {
        let plural = if events == 1 { "event" } else { "events" };
        let works_on =
            if lives.is_zero() { String::new() } else { format!(", {} before the end", duration(Some(lives))) };
        println!("\n### The end's cost, {events} {plural} recorded{works_on}\n");
        println!(
            "From `done` to the end of the process: the median, and the longest where there was more than one run.\n"
        );
        let delays = by_cell(cells, run, |cell| {
            let codes = cell.ended.iter().filter(|ended| ended.delay.is_some()).map(|ended| ended.code);
            let fails = codes.filter(|code| *code != Some(0)).count();
            let note = if fails == 0 { String::new() } else { format!(", **{fails} exit codes are not 0**") };
            format!("{}{note}", cell.delays())
        });
        delays.print();
        println!("\n### What arrives, {events} {plural} a run{works_on}\n");
        println!("By the end of the process, and of its detached sender → after the next run, of what was recorded.\n");
        let arrived = by_cell(cells, run, |cell| {
            let star = if cell.is_cut_short { " ¹" } else { "" };
            match (cell.at_end, cell.in_the_end, cell.recorded()) {
                (_, _, 0) => "–".into(),
                (at_end, in_the_end, recorded) => format!("{at_end} → {in_the_end} of {recorded}{star}"),
            }
        });
        arrived.print();
        println!(
            "\n¹ The receiver had asked for an hour's pause; the note of that was removed before another next run."
        );
    }
}

fn by_cell(cells: &[Cell], run: (u32, Duration), show: impl Fn(&Cell) -> String) -> Table {
    let mut table = Table::new(std::iter::once("receiver").chain(Client::ALL.map(Client::name)));
    for kind in Kind::ALL {
        let of_row = cells.iter().filter(|cell| (cell.events, cell.lives) == run && cell.kind == kind);
        table.row(std::iter::once(kind.name().to_owned()).chain(of_row.map(&show)));
    }
    table
}

/// Many runs with and without, one after the other: what start and end cost.
pub fn starts_and_ends(folder: &Path, runs: usize) -> Vec<Cell> {
    eprintln!("starts and ends, {runs} of each …");
    let mut cells = Vec::new();
    for kind in [Kind::Healthy, Kind::Refused] {
        for client in [Client::None, Client::Default] {
            let number = 200 + u8::try_from(cells.len()).expect("few");
            cells.push(Cell::new(number, client, kind, (1, Duration::ZERO), folder));
        }
    }
    for _ in 0..runs {
        cells.iter_mut().for_each(Cell::run);
    }
    cells
}

/// The table of [`starts_and_ends`].
pub fn report_starts_and_ends(cells: &[Cell], runs: usize) {
    println!("\n### Start and end, {runs} runs each, one event\n");
    let mut table = Table::new(["receiver", "program", "start p50", "p99", "end p50", "p90", "p99", "longest"]);
    for cell in cells {
        let (starts, ends) = (cell.starts(), cell.delays());
        let start = [starts.at(500), starts.at(990)];
        let end = [ends.at(500), ends.at(900), ends.at(990), ends.at(1000)];
        let names = [cell.kind.name().to_owned(), cell.client.name().to_owned()];
        table.row(names.into_iter().chain(start.into_iter().chain(end).map(duration)));
    }
    table.print();
}
