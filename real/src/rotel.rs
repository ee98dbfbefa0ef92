//! rotel: an OpenTelemetry collector. It prints every record that it decoded, which is read here.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::{Map, Value, json};

use crate::process::{Server, free_address};

/// One, which runs.
pub struct Rotel {
    /// Where it listens.
    pub addr: SocketAddr,
    log: PathBuf,
    _server: Server,
}

impl Rotel {
    /// Starts one that keeps nothing.
    pub fn start(python: &Path, folder: &Path) -> anyhow::Result<Self> {
        let libraries = python.with_file_name("../lib");
        let mut versions = fs::read_dir(libraries)?.filter_map(Result::ok);
        let library = versions.next().context("a folder of libraries")?.path();
        let (addr, grpc) = (free_address()?, free_address()?);
        let log = folder.join("rotel.log");
        let mut rotel = Command::new(library.join("site-packages/rotel/rotel-agent"));
        rotel.args(["start", "--exporter", "blackhole", "--debug-log", "logs", "--debug-log", "traces"]);
        rotel.args(["--debug-log", "metrics", "--debug-log-verbosity", "detailed"]);
        rotel.args(["--otlp-http-endpoint", &addr.to_string(), "--otlp-grpc-endpoint", &grpc.to_string()]);
        rotel.arg("--pid-file").arg(folder.join("rotel.pid"));
        let server = Server::start(&mut rotel, &log, addr)?;
        Ok(Self { addr, log, _server: server })
    }

    /// How much it has said so far: what is behind that is of later requests.
    pub fn mark(&self) -> usize {
        fs::read(&self.log).map_or(0, |said| said.len())
    }

    /// The records that it decoded since a mark, once there are as many as are expected: it prints them after it has answered.
    pub fn records(&self, mark: usize, expected: usize) -> anyhow::Result<Vec<Value>> {
        let begun = Instant::now();
        loop {
            let said = fs::read(&self.log)?;
            let said = String::from_utf8_lossy(said.get(mark..).unwrap_or_default()).into_owned();
            let records = read(&said);
            // The last one may be half printed.
            if records.len() >= expected && said.ends_with('\n') {
                std::thread::sleep(Duration::from_millis(50));
                if self.mark() == mark + said.len() {
                    return Ok(records);
                }
            }
            ensure!(begun.elapsed() < Duration::from_secs(10), "rotel printed {} of {expected} records", records.len());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// What the lines that follow belong to.
#[derive(Clone, Copy)]
enum Part {
    Resource,
    Record,
    Descriptor,
    Nothing,
}

/// Where in a record a line's value goes, by what the line begins with.
const KEYS: [(&str, &str); 12] = [
    ("Timestamp: ", "time"),
    ("StartTimestamp: ", "start"),
    ("ObservedTimestamp: ", "observed"),
    ("EventName: ", "name"),
    ("SeverityNumber: ", "severity"),
    ("Body: ", "body"),
    ("Trace ID       : ", "trace"),
    ("Span ID        : ", "span"),
    ("Parent ID      : ", "parent"),
    ("ID             : ", "span"),
    ("Name           : ", "name"),
    ("Status code    : ", "status"),
];

/// Reads what is printed for people.
fn read(said: &str) -> Vec<Value> {
    let mut records: Vec<Value> = Vec::new();
    let (mut resource, mut descriptor) = (Map::new(), Map::new());
    let mut part = Part::Nothing;
    let mut last: Option<String> = None;
    for line in said.lines() {
        let begun =
            |signal: &str, resource: &Map<_, _>| json!({"signal": signal, "resource": resource, "attributes": {}});
        let was = last.take();
        if ["ResourceLog #", "ResourceSpans #", "ResourceMetrics #"].iter().any(|head| line.starts_with(head)) {
            (resource, part) = (Map::new(), Part::Nothing);
        } else if line == "Resource attributes:" {
            part = Part::Resource;
        } else if line.starts_with("LogRecord #") {
            records.push(begun("logs", &resource));
            part = Part::Nothing;
        } else if line.starts_with("Span #") {
            records.push(begun("traces", &resource));
            part = Part::Nothing;
        } else if line.starts_with("Metric #") {
            (descriptor, part) = (Map::new(), Part::Nothing);
        } else if line == "Descriptor:" {
            part = Part::Descriptor;
        } else if line.starts_with("NumberDataPoints #") {
            let mut point = begun("metrics", &resource);
            point["name"] = descriptor.get("Name").cloned().unwrap_or_default();
            point["unit"] = descriptor.get("Unit").cloned().unwrap_or_default();
            records.push(point);
            part = Part::Nothing;
        } else if line == "Attributes:" || line == "Data point attributes:" {
            part = Part::Record;
        } else if let Some((name, value)) = line.strip_prefix("     -> ").and_then(|pair| pair.split_once(": ")) {
            let to = match part {
                Part::Resource => Some(&mut resource),
                Part::Descriptor => Some(&mut descriptor),
                Part::Record => records.last_mut().and_then(|record| record["attributes"].as_object_mut()),
                Part::Nothing => None,
            };
            if let Some(to) = to {
                to.insert(name.to_owned(), value.into());
                last = Some(name.to_owned());
            }
        } else if let Some(name) = was.filter(|_| matches!(part, Part::Record) && is_text(line)) {
            // The next line of a text of several.
            if let Some(Value::String(value)) =
                records.last_mut().and_then(|record| record["attributes"].get_mut(&name))
            {
                value.push('\n');
                value.push_str(line);
                last = Some(name);
            }
        } else if let Some(record) = records.last_mut() {
            let line = line.trim_start();
            if let Some((key, value)) = KEYS.iter().find_map(|(head, key)| Some((*key, line.strip_prefix(head)?))) {
                record[key] = value.into();
            } else if let Some(time) = line.strip_prefix("Start time: ") {
                record["time"] = time.into();
            } else if let Some(time) = line.strip_prefix("End time: ") {
                record["end"] = time.into();
            }
        }
    }
    for record in &mut records {
        for (key, value) in record.as_object_mut().into_iter().flatten() {
            // `SEVERITY_NUMBER_INFO(9)`
            let number =
                (key == "severity").then(|| value.as_str()?.split_once('(')?.1.strip_suffix(')')?.parse::<i64>().ok());
            if let Some(Some(number)) = number {
                *value = Value::from(number);
            } else if key == "body" && value == "Empty" {
                *value = "".into();
            }
        }
    }
    records
}

/// Whether a line goes on with what is before it.
fn is_text(line: &str) -> bool {
    let heads = [
        "    Trace ID",
        "StartTimestamp: ",
        "Timestamp: ",
        "Flags: ",
        "Dropped",
        "Events:",
        "Links:",
        "Span #",
        "LogRecord #",
    ];
    !heads.iter().any(|head| line.starts_with(head)) && !line.starts_with('\u{1b}')
}
