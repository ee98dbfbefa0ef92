//! What recording costs the thread that does it, with everything against it.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::process;
use crate::servers::{Arrived, Kind, Server};
use crate::table::{Table, duration};

/// What was measured.
#[derive(Default)]
pub struct Recording {
    pub measured: Vec<Measured>,
    /// What became of the events, by situation.
    counts: Vec<(&'static str, String)>,
}

/// One pattern of calls in one situation.
pub struct Measured {
    pub situation: &'static str,
    pub pattern: String,
    pub calls: u32,
    /// p50, p99, p99.9, longest, for a call: two events.
    pub took: [Duration; 4],
    pub is_ours: bool,
}

/// How a program that is measured is told to be.
struct Situation {
    name: &'static str,
    subject: &'static str,
    kind: Kind,
    is_full: bool,
    is_writable: bool,
    is_disk_busy: bool,
}

const QUIET: Situation = Situation {
    name: "",
    subject: "ours",
    kind: Kind::Refused,
    is_full: false,
    is_writable: true,
    is_disk_busy: false,
};

const SITUATIONS: [Situation; 10] = [
    Situation { name: "nothing: the clock alone", subject: "clock", ..QUIET },
    Situation { name: "two appends of 120 bytes by hand", subject: "appends", ..QUIET },
    Situation { name: "ours, receiver healthy", kind: Kind::Healthy, ..QUIET },
    Situation { name: "ours, receiver down", ..QUIET },
    Situation { name: "ours, receiver silent", kind: Kind::Silent, ..QUIET },
    Situation { name: "ours, spool full", is_full: true, ..QUIET },
    Situation { name: "ours, no disk and queue full", is_full: true, is_writable: false, ..QUIET },
    Situation { name: "disk busy: the clock alone", subject: "clock", is_disk_busy: true, ..QUIET },
    Situation { name: "disk busy: two appends by hand", subject: "appends", is_disk_busy: true, ..QUIET },
    Situation { name: "disk busy: ours, receiver down", is_disk_busy: true, ..QUIET },
];

/// Measures each situation. Takes some seven seconds each.
pub fn run(folder: &Path) -> Recording {
    let mut all = Recording::default();
    for (number, situation) in SITUATIONS.iter().enumerate() {
        eprintln!("recording: {} …", situation.name);
        let folder = folder.join(format!("recording-{number}"));
        fs::create_dir_all(&folder).expect("a folder");
        let number = 230 + u8::try_from(number).expect("few");
        let server = Server::start(situation.kind, SocketAddr::from(([127, 77, number, 1], 0)), &Arrived::default());
        let state = folder.join("state");
        if situation.is_writable {
            fs::create_dir_all(&state).expect("a folder");
        } else {
            fs::write(&state, "a file where the folder should be").expect("a file");
        }
        let busy = situation.is_disk_busy.then(|| Busy::begin(&folder));
        let prepare = if situation.is_full { "full" } else { "none" };
        let output = process::command(&process::program("recording"), &folder)
            .args([situation.subject, &format!("http://{}", server.addr())])
            .arg(&state)
            .arg(prepare)
            .output()
            .expect("the program starts");
        drop(busy);
        assert!(output.status.success(), "{}: {:?}", situation.name, output.status);
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let words: Vec<_> = line.split_whitespace().collect();
            if let ["cost", pattern, calls, took @ ..] = words.as_slice() {
                let nanos = |at: usize| Duration::from_nanos(took[at].parse().expect("nanoseconds"));
                all.measured.push(Measured {
                    situation: situation.name,
                    pattern: (*pattern).to_owned(),
                    calls: calls.parse().expect("a number"),
                    took: [nanos(0), nanos(1), nanos(2), nanos(3)],
                    is_ours: situation.subject == "ours",
                });
            } else if let Some(counts) = line.strip_prefix("counts ") {
                all.counts.push((situation.name, counts.to_owned()));
            }
        }
    }
    all
}

/// The table.
pub fn report(all: &Recording) {
    println!("\n### Recording: what a call costs that records two events\n");
    println!("Isolated: a pause of a millisecond before each. Bursts: a hundred calls, then a pause of 20 ms.\n");
    let mut table = Table::new(["situation", "pattern", "calls", "p50", "p99", "p99.9", "longest"]);
    for measured in &all.measured {
        let names = [measured.situation.to_owned(), measured.pattern.clone(), measured.calls.to_string()];
        let took = measured.took.map(|took| duration(Some(took)));
        if measured.calls == 1 {
            let [only, ..] = took;
            table.row(names.into_iter().chain([only, String::new(), String::new(), String::new()]));
        } else {
            table.row(names.into_iter().chain(took));
        }
    }
    table.print();
    println!("\nWhat became of the events:\n");
    all.counts.iter().for_each(|(situation, counts)| println!("- {situation}: {counts}"));
}

/// Somebody who writes to the disk, and through to the medium, for as long as this lives.
struct Busy(Child);

impl Busy {
    fn begin(folder: &Path) -> Self {
        let script = "while :; do dd if=/dev/zero of=busy bs=1M count=64 conv=fsync 2>/dev/null; done";
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
        let busy = Self(std::os::unix::process::CommandExt::process_group(&mut command, 0).spawn().expect("a shell"));
        std::thread::sleep(Duration::from_secs(1));
        busy
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        #[allow(unsafe_code, reason = "std kills one process, and this is a group")]
        // SAFETY: the group was made for it and has not been waited for.
        unsafe {
            libc::kill(-i32::try_from(self.0.id()).expect("an id"), libc::SIGKILL)
        };
        drop(self.0.wait());
    }
}
