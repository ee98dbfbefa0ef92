//! The program that is watched: a real process, what the system says of it, and what it says itself.

use std::fmt;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::json;
use telemetry_runtime::Loss;

/// What the system says of a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Used {
    /// Memory that is really there, in KiB.
    pub(crate) rss: u64,
    pub(crate) threads: u64,
    pub(crate) descriptors: u64,
}

/// What a run says of its events when it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Books {
    pub(crate) recorded: u64,
    pub(crate) delivered: u64,
    pub(crate) rejected: u64,
    pub(crate) pending: u64,
    pub(crate) recovered: u64,
    pub(crate) lost: Vec<(String, u64)>,
    /// Queries that it asked itself.
    pub(crate) load: u64,
}

impl Books {
    /// Reads what the server prints.
    pub(crate) fn read(said: &str) -> Option<Self> {
        let load = said.lines().find_map(|line| line.strip_prefix("load: "));
        let events = said.lines().find_map(|line| line.strip_prefix("events: "))?;
        let mut books =
            Self { load: load.map_or(Some(0), |load| load.split(' ').next()?.parse().ok())?, ..Self::default() };
        for part in events.split([',', ';']) {
            let (number, what) = part.trim().split_once(' ')?;
            let number = number.parse().ok()?;
            match what {
                "recorded" => books.recorded = number,
                "delivered" => books.delivered = number,
                "rejected" => books.rejected = number,
                "pending" => books.pending = number,
                "of earlier runs delivered" => books.recovered = number,
                lost => books.lost.push((lost.strip_prefix("lost: ")?.to_owned(), number)),
            }
        }
        Some(books)
    }

    /// How many were lost for this reason.
    pub(crate) fn lost(&self, reason: &str) -> u64 {
        self.lost.iter().filter(|(other, _)| other == reason).map(|(_, lost)| lost).sum()
    }

    /// Deliveries that will never be, where each event is to go to so many sinks: some losses are of an event, and others of a delivery.
    pub(crate) fn lost_deliveries(&self, sinks: u64) -> u64 {
        let of_delivery = [Loss::Expired, Loss::Evicted, Loss::Excluded, Loss::Purged].map(|loss| loss.to_string());
        // What was rejected is counted as that, too.
        let others = self.lost.iter().filter(|(reason, _)| *reason != Loss::Rejected.to_string());
        others.map(|(reason, lost)| if of_delivery.contains(reason) { *lost } else { sinks * lost }).sum()
    }
}

impl fmt::Display for Books {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { recorded, delivered, rejected, pending, recovered, lost, .. } = self;
        write!(f, "{recorded} recorded, {delivered} delivered, {rejected} rejected, {pending} pending")?;
        write!(f, ", {recovered} of earlier runs delivered")?;
        lost.iter().try_for_each(|(reason, lost)| write!(f, ", {lost} lost: {reason}"))
    }
}

/// The program and the folder that it keeps everything in.
pub(crate) struct Place {
    program: PathBuf,
    folder: PathBuf,
    urls: String,
}

impl Place {
    /// A folder with metadata of one table and its rows.
    pub(crate) fn new(folder: &Path, urls: &[String]) -> io::Result<Self> {
        let program = std::env::current_exe()?.with_file_name("hasura_server");
        let table = json!({"name": "authors", "columns": ["id", "name"], "select_permissions": []});
        let metadata = json!({"version": 3, "sources": [{"name": "default", "kind": "postgres", "tables": [table]}]});
        let uid = "dddff371-dab2-450f-9969-235bca66dab1";
        let catalog = json!({"db_uid": uid, "resource_version": 1, "metadata": metadata});
        std::fs::write(folder.join("catalog.json"), catalog.to_string())?;
        let rows: Vec<_> = (0..4).map(|id| json!({"id": id, "name": format!("author {id}")})).collect();
        std::fs::write(folder.join("rows.json"), json!({"authors": rows}).to_string())?;
        Ok(Self { program, folder: folder.to_owned(), urls: urls.join(",") })
    }

    /// The program with these words, and nothing of this machine in its environment.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(words).env_clear().current_dir(&self.folder).env("HOME", &self.folder);
        command.env("HASURA_GRAPHQL_METADATA_FOLDER", &self.folder).env("HASURA_GRAPHQL_TELEMETRY_TO", &self.urls);
        command.env("HASURA_GRAPHQL_TELEMETRY_INTERVAL", "1");
        command
    }

    pub(crate) fn serve(&self, load: usize) -> io::Result<Server> {
        let load = load.to_string();
        let mut command = self.command(&["serve", "--server-port", "0", "--load", &load]);
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let stdout = process.stdout.take().ok_or_else(|| io::Error::other("it has no output"))?;
        let mut server = Server { process, said: BufReader::new(stdout) };
        server.said.read_line(&mut String::new())?;
        Ok(server)
    }

    /// Whether nothing waits there to be sent.
    pub(crate) fn is_drained(&self) -> io::Result<bool> {
        let output = self.command(&["telemetry", "status"]).output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let waiting = said.lines().find_map(|line| line.trim().strip_prefix("waiting: "));
        let waiting = waiting.ok_or_else(|| io::Error::other(format!("nothing said of what waits: {said}")))?;
        Ok(waiting.starts_with("0 "))
    }
}

/// A server that runs.
pub(crate) struct Server {
    process: Child,
    said: BufReader<ChildStdout>,
}

impl Server {
    pub(crate) fn used(&self) -> io::Result<Used> {
        let proc = PathBuf::from(format!("/proc/{}", self.process.id()));
        let status = std::fs::read_to_string(proc.join("status"))?;
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
        };
        let descriptors = std::fs::read_dir(proc.join("fd"))?.count() as u64;
        Ok(Used { rss: number("VmRSS:"), threads: number("Threads:"), descriptors })
    }

    /// Ends it as the system does; says what it said at its end.
    pub(crate) fn end(mut self) -> io::Result<Books> {
        terminate(&self.process)?;
        let mut said = String::new();
        self.said.read_to_string(&mut said)?;
        let status = self.process.wait()?;
        if !status.success() {
            return Err(io::Error::other(format!("the server ended with {status}: {said}")));
        }
        Books::read(&said).ok_or_else(|| io::Error::other(format!("no books in what it said: {said}")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Where it has ended, this does nothing.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[allow(unsafe_code, reason = "std does not send signals")]
fn terminate(process: &Child) -> io::Result<()> {
    let id = i32::try_from(process.id()).map_err(io::Error::other)?;
    // SAFETY: a system call without pointers, to a child that was not waited for.
    if unsafe { libc::kill(id, libc::SIGTERM) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
