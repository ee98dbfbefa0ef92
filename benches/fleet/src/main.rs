//! A fleet: many runs of a program in many homes, a real receiver, and the books of both.
//!
//! `fleet [RUNS] ROTEL`, where `ROTEL` is the executable in the Python package `rotel`; see the README of the benchmarks. `fleet sizes` says how
//! many bytes an event is.
#![allow(clippy::print_stdout, reason = "a program for people")]

mod http;
mod lane;
mod records;
mod servers;
mod sizes;

use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use lane::{Done, Told, home};
use servers::{Received, Relayed, Shared};
use telemetry_runtime::Loss;

const RUNS: u32 = 1_000_000;
const HOMES: u32 = 100;
const LANES: u32 = 2;
/// One in so many answers never arrives.
const CUTS: u64 = 500;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["lane", homes, count, url, runs, seed] => as_lane(homes, count, url, runs, seed),
        ["drain", folder, url] => return ExitCode::from(u8::from(!lane::drain(folder.as_ref(), url))),
        ["part", folder, address, how, events] => {
            let events = events.parse().map_err(io::Error::other);
            let done = events.and_then(|events| sizes::as_part(folder.as_ref(), address, how, events));
            return ExitCode::from(u8::from(!done.unwrap_or(false)));
        }
        ["sizes"] => in_a_folder(sizes::measure),
        [rotel] => in_a_folder(|folder| measure(RUNS, rotel.as_ref(), folder)),
        [runs, rotel] if runs.parse::<u32>().is_ok() => {
            in_a_folder(|folder| measure(runs.parse().unwrap_or(RUNS), rotel.as_ref(), folder))
        }
        _ => Err(io::Error::other("usage: fleet [RUNS] ROTEL, or fleet sizes")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("fleet: {error}");
            ExitCode::FAILURE
        }
    }
}

fn as_lane(homes: &str, count: &str, url: &str, runs: &str, seed: &str) -> io::Result<()> {
    let number = |text: &str| text.parse::<u32>().map_err(io::Error::other);
    let (count, runs, seed) = (number(count)?, number(runs)?, number(seed)?.into());
    let told = Told { homes: homes.into(), count, url: url.to_owned(), runs, seed };
    println!("{}", lane::run(&told)?.line());
    Ok(())
}

/// Does something in a folder that is empty, and deletes that.
fn in_a_folder(what: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let folder = std::env::temp_dir().join(format!("fleet-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let done = what(&folder);
    if done.is_ok() {
        std::fs::remove_dir_all(&folder)?;
    } else {
        println!("what there is of it is in {}", folder.display());
    }
    done
}

fn measure(runs: u32, rotel: &Path, folder: &Path) -> io::Result<()> {
    let (relayed, passed_on) = (Shared::<Relayed>::default(), Shared::<Received>::default());
    let cuts = Shared::<u64>::default();
    *cuts.lock() = CUTS;
    let sink = servers::sink(passed_on.clone())?;
    let receiver = Receiver::start(rotel, folder, sink)?;
    let url = format!("http://{}", servers::relay(receiver.address, cuts.clone(), relayed.clone())?);

    let began = Instant::now();
    let lanes: Vec<Child> = (0..LANES)
        .map(|lane| {
            let share = runs / LANES + u32::from(lane < runs % LANES);
            let mut command = this(folder)?;
            command.arg("lane").arg(folder).args([&HOMES.to_string(), &url, &share.to_string(), &lane.to_string()]);
            command.stdout(Stdio::piped()).spawn()
        })
        .collect::<io::Result<_>>()?;
    let mut done = Done::default();
    for lane in lanes {
        let output = lane.wait_with_output()?;
        if !output.status.success() {
            return Err(io::Error::other("a lane failed"));
        }
        done.add(&String::from_utf8_lossy(&output.stdout));
    }
    let ran = began.elapsed();

    // No answer is kept back any more: now everything is to arrive.
    *cuts.lock() = 0;
    let mut homes = Books::default();
    for number in 0..HOMES {
        let home = home(folder, number);
        let is_drained = (0..5).any(|_| {
            let drained = this(folder).and_then(|mut this| this.arg("drain").arg(&home).arg(&url).status());
            drained.is_ok_and(|status| status.success())
        });
        let status = fleet::telemetry(&home, &url, "status").control().status();
        homes.add(status.totals().unwrap_or_default(), status.waiting(), is_drained);
    }
    let drained = began.elapsed();

    // What the receiver has accepted it passes on when its own batch is full, or after 200 ms.
    let patience = Instant::now();
    while passed_on.lock().records < relayed.lock().events && patience.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let used = receiver.used()?;
    let counted = receiver.stop()?;
    report(&done, [ran, drained], &homes, &relayed.lock(), &passed_on.lock(), used, counted);
    homes.agree(&relayed.lock(), &passed_on.lock(), counted)
}

/// This program again, where it finds nothing of this machine in its environment.
fn this(folder: &Path) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.env_clear().env("HOME", folder).current_dir(folder).stdin(Stdio::null()).stderr(Stdio::null());
    Ok(command)
}

/// What `telemetry status` says of all homes together.
#[derive(Debug, Default)]
struct Books {
    recorded: u64,
    delivered: u64,
    rejected: u64,
    pending: u64,
    lost: u64,
    waiting: u64,
    undrained: u64,
}

impl Books {
    fn add(&mut self, totals: telemetry_runtime::Counts, waiting: u64, is_drained: bool) {
        self.recorded += totals.recorded;
        self.delivered += totals.delivered;
        self.rejected += totals.rejected;
        self.pending += totals.pending;
        let reasons = Loss::ALL.iter().copied().filter(|reason| *reason != Loss::Rejected);
        self.lost += reasons.map(|reason| totals.lost(reason)).sum::<u64>();
        self.waiting += waiting;
        self.undrained += u64::from(!is_drained);
    }

    /// Holds the books against what was received: events of losses are in no books.
    fn agree(&self, relayed: &Relayed, passed_on: &Received, counted: u64) -> io::Result<()> {
        let losses = passed_on.kinds.get("loss").copied().unwrap_or(0);
        let agreements = [
            ("the books balance", self.recorded == self.delivered + self.rejected + self.pending + self.lost),
            ("everything was drained", self.undrained + self.waiting == 0),
            ("what was delivered was received", self.delivered + losses == passed_on.distinct() as u64),
            ("the receiver counted what was sent", [counted, passed_on.records] == [relayed.events; 2]),
            ("what came again has a reason", relayed.again[2] == 0),
        ];
        match agreements.iter().find(|(_, is_so)| !is_so) {
            Some((what, _)) => Err(io::Error::other(format!("not so: {what}"))),
            None => Ok(()),
        }
    }
}

/// The receiver that the fleet sends to.
struct Receiver {
    process: Child,
    address: SocketAddr,
    log: PathBuf,
}

impl Receiver {
    fn start(rotel: &Path, folder: &Path, sink: SocketAddr) -> io::Result<Self> {
        let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr();
        let (address, other) = (free()?, free()?);
        let log = folder.join("rotel.log");
        let mut command = Command::new(rotel);
        command.env_clear().current_dir(folder).stdin(Stdio::null()).stdout(File::create(&log)?).stderr(Stdio::null());
        command.args(["start", "--log-format", "json", "--debug-log", "logs", "--debug-log-verbosity", "basic"]);
        command.args(["--exporter", "otlp", "--otlp-exporter-protocol", "http", "--otlp-exporter-compression", "none"]);
        command.arg("--otlp-exporter-endpoint").arg(format!("http://{sink}"));
        command.arg("--otlp-http-endpoint").arg(address.to_string());
        command.arg("--otlp-grpc-endpoint").arg(other.to_string());
        command.arg("--pid-file").arg(folder.join("rotel.pid")).arg("--log-file").arg(folder.join("rotel-agent.log"));
        let process = command.spawn()?;
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            if began.elapsed() > Duration::from_secs(20) {
                return Err(io::Error::other("the receiver does not listen"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self { process, address, log })
    }

    /// CPU time in seconds, and the most memory that it had, in KB.
    fn used(&self) -> io::Result<(f64, String)> {
        let proc = PathBuf::from(format!("/proc/{}", self.process.id()));
        let stat = std::fs::read_to_string(proc.join("stat"))?;
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks: f64 = fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
        let status = std::fs::read_to_string(proc.join("status"))?;
        let memory = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        // Linux counts in hundredths of a second for those who ask.
        Ok((ticks / 100.0, memory.trim().to_owned()))
    }

    /// Ends it; says how many log records it says it has received.
    fn stop(mut self) -> io::Result<u64> {
        self.process.kill()?;
        self.process.wait()?;
        let mut counted = 0;
        for line in BufReader::new(File::open(&self.log)?).lines() {
            let line = line?;
            let after = line.split_once("\"logs\":").map(|(_, after)| after).unwrap_or_default();
            let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
            counted += digits.parse::<u64>().unwrap_or(0);
        }
        Ok(counted)
    }
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn report(
    done: &Done,
    [ran, drained]: [Duration; 2],
    homes: &Books,
    relayed: &Relayed,
    passed_on: &Received,
    (receiver_cpu, receiver_memory): (f64, String),
    counted: u64,
) {
    let runs = done.forked + done.started;
    let requests: u64 = relayed.requests.iter().sum();
    let per = |micros: u64, of: u64| micros as f64 / of.max(1) as f64;
    println!(
        "runs: {runs} ({} forked, {} started, {} of those killed from outside)",
        done.forked, done.started, done.killed
    );
    println!(
        "drains: {}, not everything delivered in {}; and one of each of {HOMES} homes at the end",
        done.drains[0], done.drains[1]
    );
    println!("wall clock: {:.1} s, {:.1} s with the last drains", ran.as_secs_f64(), drained.as_secs_f64());
    println!(
        "a second: {:.0} runs, {:.0} events",
        runs as f64 / ran.as_secs_f64(),
        homes.recorded as f64 / ran.as_secs_f64()
    );
    println!(
        "CPU a run: {:.0} µs forked, {:.0} µs started",
        per(done.micros[0], done.forked),
        per(done.micros[1], done.started)
    );
    println!("CPU an event, of the drains: {:.2} µs", per(done.micros[2], homes.delivered));
    println!();
    println!("expected of the runs that were not killed from outside: {}", done.events);
    println!(
        "the books of all homes: {} recorded, {} delivered, {} rejected, {} pending, {} lost",
        homes.recorded, homes.delivered, homes.rejected, homes.pending, homes.lost
    );
    println!("waiting: {}, homes that could not be drained: {}", homes.waiting, homes.undrained);
    println!(
        "balance: {}",
        homes.recorded.cast_signed() - (homes.delivered + homes.rejected + homes.pending + homes.lost).cast_signed()
    );
    println!();
    println!(
        "requests: {requests} ({} of runs, {} of drains), answers {:?}",
        relayed.requests[0], relayed.requests[1], relayed.answers
    );
    println!(
        "bytes on the wire: {} ({:.1} an event sent), bodies before compression: {} ({:.1})",
        relayed.bytes,
        per(relayed.bytes, relayed.events),
        relayed.plain,
        per(relayed.plain, relayed.events)
    );
    println!("events sent: {}, distinct {}", relayed.events, relayed.distinct());
    println!("answers kept back: {}", relayed.cut);
    println!(
        "events sent again: {} that a run had sent, {} of an answer kept back, {} of a drain that was answered",
        relayed.again[0], relayed.again[1], relayed.again[2]
    );
    println!();
    println!("the receiver: {receiver_cpu:.1} s CPU, {receiver_memory} at most; it counted {counted} log records");
    println!("what it passed on: {} log records, {} distinct", passed_on.records, passed_on.distinct());
    for (kind, count) in &passed_on.kinds {
        println!("  {kind}: {count}");
    }
}
