//! The victim: its state, its runs, and what it says.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::Value;
use telemetry_tests::Receiver;
use tempfile::TempDir;

use crate::balance::Batch;

/// An address where nobody listens.
pub(crate) const NOBODY: &str = "http://127.0.0.1:9/";

/// A folder with the victim's state, and whatever else a test needs.
pub(crate) struct Bench {
    folder: TempDir,
    program: PathBuf,
    /// What stands before the victim on its command line, as `["prlimit", "--nofile=4"]`.
    wrapper: Vec<String>,
}

/// How a run ended and what it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::in_folder(TempDir::new().unwrap())
    }

    /// A bench elsewhere than where temporary files are, with a copy of the program.
    pub(crate) fn new_in(folder: &str) -> Self {
        let mut bench = Self::in_folder(TempDir::new_in(folder).unwrap());
        bench.copy_program();
        bench
    }

    fn in_folder(folder: TempDir) -> Self {
        // Other users may come in.
        fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).unwrap();
        Self { folder, program: env!("CARGO_BIN_EXE_victim").into(), wrapper: Vec::new() }
    }

    fn copy_program(&mut self) {
        let program = self.path("victim");
        telemetry_tests::copy_program(&self.program, &program);
        self.program = program;
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.path("state")
    }

    pub(crate) fn spool(&self) -> PathBuf {
        self.state().join("spool-1")
    }

    pub(crate) fn slot(&self, slot: u32) -> PathBuf {
        self.spool().join(format!("segment-{slot:02}"))
    }

    /// Lets all runs from now on begin with this, as `prlimit --nofile=4`.
    pub(crate) fn wrap(&mut self, wrapper: &str) {
        self.wrapper = wrapper.split_whitespace().map(Into::into).collect();
    }

    /// Lets all runs be of a copy of the program, for where it cannot be read, and by another user, whose the folder is then.
    pub(crate) fn give_to(&mut self, user: u32) {
        self.copy_program();
        std::os::unix::fs::chown(&self.folder, Some(user), Some(user)).unwrap();
        self.wrap(&format!("setpriv --reuid={user} --regid={user} --clear-groups"));
    }

    /// The victim, with its wrapper and without a word.
    pub(crate) fn bare(&self) -> Command {
        let mut words = self.wrapper.iter().map(Into::into).chain([self.program.clone().into_os_string()]);
        let mut command = Command::new(words.next().unwrap());
        command.args(words).env_clear().stdin(Stdio::null());
        command
    }

    /// The victim, with this state.
    pub(crate) fn command(&self, endpoint: &str, words: &str) -> Command {
        let mut command = self.bare();
        command.arg(format!("state={}", self.state().display())).arg(format!("endpoint={endpoint}"));
        command.args(words.split_whitespace());
        command
    }

    pub(crate) fn run(&self, endpoint: &str, words: &str) -> Ran {
        Ran::of(&mut self.command(endpoint, words))
    }

    /// Starts the victim and waits until it has said so much.
    pub(crate) fn start(&self, endpoint: &str, words: &str, until: &str) -> Running {
        let child = self.command(endpoint, words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut running = Running { child, said: String::new() };
        running.wait_for(until);
        running
    }

    /// What is still to be delivered: what others deliver of a copy.
    pub(crate) fn pending(&self) -> Vec<Batch> {
        self.copy().drain()
    }

    /// Another bench with the same state. Nobody may be using it.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self::new();
        let copied = Command::new("cp").arg("-a").arg(self.state()).arg(copy.state()).status().unwrap();
        assert!(copied.success());
        copy
    }

    /// Has further runs deliver what is left, until one finds nothing.
    pub(crate) fn drain(&self) -> Vec<Batch> {
        let mut batches = Vec::new();
        for run in 0..8 {
            let receiver = Receiver::start();
            let ran = self.run(&format!("{}/drain/{run}", receiver.url()), "deliver");
            assert_eq!((ran.status.code(), ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "deliver\n", ""));
            let drained = crate::balance::batches(&receiver);
            if drained.is_empty() {
                return batches;
            }
            batches.extend(drained);
        }
        panic!("eight runs could not deliver what was left, or send it again and again");
    }
}

impl Ran {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { status: output.status, stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// What `status` said there were of something, as `rejected`: all of them together.
    pub(crate) fn count(&self, what: &str) -> usize {
        let parts = self
            .stdout
            .lines()
            .filter_map(|line| line.strip_prefix("events: "))
            .flat_map(|line| line.split([',', ';']));
        let counts = parts.filter_map(|part| part.trim().split_once(' ')).filter(|(_, of)| of.starts_with(what));
        counts.map(|(count, _)| count.parse::<usize>().unwrap()).sum()
    }

    /// The numbers of the calls that returned.
    pub(crate) fn reported(&self) -> Vec<u64> {
        numbers(&self.stdout)
    }
}

/// The numbers among the lines.
pub(crate) fn numbers(said: &str) -> Vec<u64> {
    said.lines().filter_map(|line| line.parse().ok()).collect()
}

/// A victim that is told by a line of input when to go on.
pub(crate) struct Running {
    child: Child,
    said: String,
}

impl Running {
    pub(crate) fn wait_for(&mut self, word: &str) {
        // Unbuffered, as the rest belongs to whoever waits next.
        let mut line = String::new();
        let mut stdout = self.child.stdout.take().unwrap();
        while line != format!("{word}\n") {
            let mut byte = [0];
            std::io::Read::read_exact(&mut stdout, &mut byte).unwrap_or_else(|_| panic!("it ended before `{word}`"));
            if line.ends_with('\n') {
                line.clear();
            }
            line.push(char::from(byte[0]));
            self.said.push(char::from(byte[0]));
        }
        self.child.stdout = Some(stdout);
    }

    /// Ends a `wait`.
    pub(crate) fn go_on(&mut self) {
        std::io::Write::write_all(self.child.stdin.as_mut().unwrap(), b"\n").unwrap();
    }

    /// Ends a `wait` when nobody reads any more what it says, and says how it ended and what it had reported.
    pub(crate) fn hang_up(mut self) -> (ExitStatus, Vec<u64>) {
        drop(self.child.stdout.take());
        self.go_on();
        (self.child.wait().unwrap(), numbers(&self.said))
    }

    /// Kills it, and says what it had reported.
    pub(crate) fn kill(mut self) -> Vec<u64> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        numbers(&self.said)
    }
}

/// A receiver in a process of its own, that many victims send to.
pub(crate) struct Elsewhere {
    child: Child,
    url: String,
    file: PathBuf,
}

impl Elsewhere {
    pub(crate) fn start(bench: &Bench) -> Self {
        let file = bench.path("received");
        let mut command = Command::new(env!("CARGO_BIN_EXE_victim"));
        let mut child = command.arg("receive").arg(&file).stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
        Self { child, url: url.trim_end().to_owned(), file }
    }

    /// Where to send to, as this sender.
    pub(crate) fn url(&self, sender: &str) -> String {
        format!("{}/{sender}", self.url)
    }

    /// How much came so far. What whoever has ended had sent is in it.
    pub(crate) fn bytes(&self) -> u64 {
        fs::metadata(&self.file).unwrap().len()
    }

    /// Everything that came. A sender is what stands behind the first slash.
    pub(crate) fn batches(&self) -> Vec<Batch> {
        let lines = BufReader::new(File::open(&self.file).unwrap()).lines();
        let batch = |line: String| {
            let (path, body) = line.split_once('\t').unwrap();
            let mut body: Value = serde_json::from_str(body).unwrap();
            Batch::new(path.trim_start_matches('/'), body["events"].take())
        };
        lines.map(|line| batch(line.unwrap())).collect()
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A file that many processes write to, none over another.
pub(crate) fn shared_file(path: &Path) -> Stdio {
    OpenOptions::new().create(true).append(true).open(path).unwrap().into()
}
