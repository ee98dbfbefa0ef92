//! One run of the program, and what is to be true of it whatever it does.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::Value;
use telemetry_tests::Receiver;
use tempfile::TempDir;

/// Who is not done by then hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A run of a scene: its state, and the receiver that it sends to.
pub(crate) struct Scene {
    name: &'static str,
    folder: TempDir,
    pub(crate) receiver: Receiver,
    settings: Vec<(&'static str, String)>,
}

/// How it ended and what it said, in what does not change from run to run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Scene {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, folder: TempDir::new().unwrap(), receiver: Receiver::start(), settings: Vec::new() }
    }

    pub(crate) fn with(mut self, variable: &'static str, value: &str) -> Self {
        self.settings.push((variable, value.into()));
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program; what stands before it on the command line may be another one.
    pub(crate) fn command(&self, level: &str, scene: &str, wrapper: &[String]) -> Command {
        let words = [env!("CARGO_BIN_EXE_odd").to_owned(), self.receiver.url()];
        let mut words = wrapper.iter().cloned().chain(words);
        let mut command = Command::new(words.next().unwrap());
        command.args(words).arg(self.path("state")).arg(scene).env_clear();
        command.env("ODD_TELEMETRY_LEVEL", level).env("ODD_REPORT", self.path(level));
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        command
    }

    /// Runs the scene as users do and where nothing is collected, and finds no difference but what is recorded.
    pub(crate) fn play(&self) -> Ended {
        let without = Ended::of(finish(self.command("none", self.name, &[]).spawn().unwrap()));
        assert!(!self.path("state").exists(), "at `none`, nothing is touched");
        let with = Ended::of(finish(self.command("all", self.name, &[]).spawn().unwrap()));
        assert_eq!(with, without, "{}", self.name);
        with
    }

    /// Delivers what is left, until there is nothing, and looks at what came: of each event one, of each call a start and an
    /// outcome, and of each call that returned what it was.
    pub(crate) fn check(&self) -> Books {
        let left = (0..8).find(|_| {
            let before = self.receiver.accepted().len();
            let output = finish(self.command("all", "deliver", &[]).spawn().unwrap());
            assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
            self.receiver.accepted().len() == before
        });
        assert!(left.is_some(), "eight runs could not deliver what was left, or send it again and again");
        let reported = fs::read_to_string(self.path("all")).unwrap_or_default();
        let reported: Vec<u64> = reported.lines().map(|line| line.parse().unwrap()).collect();
        let books = Books::new(&self.receiver.accepted());
        let missing: Vec<_> = reported.iter().filter(|number| !books.returned.contains(number)).collect();
        // Whoever ends while others write cuts what they write.
        assert!(books.damaged == 0 || matches!(self.name, "exit" | "kill"), "something was damaged");
        assert!(missing.is_empty(), "of {} calls that returned, these are not: {missing:?}", reported.len());
        books
    }

    /// Both, for a scene that needs nothing more.
    pub(crate) fn run(&self) -> Books {
        self.play();
        self.check()
    }
}

/// What came.
#[derive(Debug, Default)]
pub(crate) struct Books {
    /// The calls by the name of their finish event, each with its outcome and the id of its run.
    pub(crate) calls: HashMap<String, Vec<(String, String)>>,
    /// The numbers of calls whose outcome is not that their process ended.
    returned: HashSet<u64>,
    /// Events that came more than once.
    pub(crate) again: usize,
    pub(crate) panics: usize,
    /// How often it was said that something is damaged.
    damaged: usize,
}

impl Books {
    fn new(accepted: &[Value]) -> Self {
        let mut books = Self::default();
        let mut by_id: HashMap<&str, &Value> = HashMap::new();
        let mut starts: HashSet<(&str, &str)> = HashSet::new();
        let mut finishes: HashMap<(&str, &str), &Value> = HashMap::new();
        for event in accepted {
            let text = |name: &str| event[name].as_str().unwrap_or_default();
            if let Some(known) = by_id.insert(text("id"), event) {
                assert_eq!(known, event, "two events have one id");
                books.again += 1;
                continue;
            }
            let call = (text("invocation_id"), text("call_id"));
            match text("kind") {
                "start" => assert!(starts.insert(call), "a call began twice: {event}"),
                "finish" => assert!(finishes.insert(call, event).is_none(), "a call has two outcomes: {event}"),
                "panic" => books.panics += 1,
                _ if text("reason") == "damaged" => books.damaged += 1,
                _ => panic!("something was lost: {event}"),
            }
        }
        assert_eq!(starts, finishes.keys().copied().collect(), "calls that began, and calls that ended");
        for finish in finishes.into_values() {
            let text = |name: &str| finish[name].as_str().unwrap().to_owned();
            books.calls.entry(text("event")).or_default().push((text("outcome"), text("invocation_id")));
            if text("outcome") != "abandoned" {
                books.returned.extend(finish["fields"]["number"].as_u64());
            }
        }
        books
    }

    /// How many calls of a name ended so.
    pub(crate) fn ended(&self, event: &str, outcome: &str) -> usize {
        self.calls.get(event).map_or(0, |calls| calls.iter().filter(|(ended, _)| ended == outcome).count())
    }

    /// How many processes recorded.
    pub(crate) fn runs(&self) -> usize {
        self.calls.values().flatten().map(|(_, run)| run).collect::<HashSet<_>>().len()
    }
}

impl Ended {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            let lines = text.lines().filter(|line| !line.starts_with("  "));
            without_threads(&lines.flat_map(|line| [line, "\n"]).collect::<String>())
        };
        Self { status: output.status, stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// What a panic says has the number of its thread in it, and if it is not the first, addresses, and the frames of whatever hooks there are.
fn without_threads(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('(') {
        plain.push_str(before);
        plain.push('(');
        rest = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
    }
    plain + rest
}

/// Waits until the program, and whoever has its output from it, has ended: children, and theirs.
pub(crate) fn finish(mut child: Child) -> Output {
    let group = child.id();
    // Who waits for a line gets none.
    drop(child.stdin.take());
    let (done, is_done) = channel();
    let waiter = std::thread::spawn(move || {
        let output = child.wait_with_output().unwrap();
        // Whoever does not wait any more knows why.
        let _ = done.send(());
        output
    });
    if is_done.recv_timeout(PATIENCE).is_err() {
        kill(group);
        let output = waiter.join().unwrap();
        panic!("it hung, having said {:?}", Ended::of(output));
    }
    waiter.join().unwrap()
}

/// Ends all processes of a group that was made for the program.
fn kill(group: u32) {
    drop(Command::new("kill").args(["-9", "--", &format!("-{group}")]).status());
}

/// Lets the program go on that waits for a line.
pub(crate) fn go_on(child: &mut Child) {
    child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
}
