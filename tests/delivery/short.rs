//! Programs whose every run is shorter than a request, with a detached sender and without.
#![cfg(unix)]

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use telemetry_tests::Receiver;
use tempfile::TempDir;

use crate::program::ids;

/// A program of its own, so that its processes can be told from others.
struct Short {
    folder: TempDir,
}

impl Short {
    fn new(endpoint: &str, detached: bool) -> Self {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        // No copy: what has just been written to by a process with other threads may still be open in a child of theirs.
        std::fs::hard_link(env!("CARGO_BIN_EXE_short"), folder.path().join("short")).unwrap();
        std::fs::write(folder.path().join("endpoint"), endpoint).unwrap();
        if detached {
            std::fs::write(folder.path().join("detached"), "").unwrap();
        }
        Self { folder }
    }

    fn program(&self) -> PathBuf {
        self.folder.path().join("short")
    }

    fn lock(&self) -> PathBuf {
        self.folder.path().join("state/spool-1/sender")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.program());
        command.env_clear();
        command
    }

    /// The processes of the program that are senders.
    fn senders(&self) -> Vec<PathBuf> {
        let program = self.program();
        let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| Some(entry.ok()?.path()));
        let is_sender = |process: &PathBuf| {
            let arguments = std::fs::read(process.join("cmdline")).unwrap_or_default();
            std::fs::read_link(process.join("exe")).is_ok_and(|exe| exe == program)
                && arguments.split(|byte| *byte == 0).nth(1) == Some(b"__telemetry-sender")
        };
        processes.filter(is_sender).collect()
    }

    /// Waits until there is no sender.
    fn wait_for_sender(&self) {
        let file = File::open(self.lock()).unwrap();
        file.lock().unwrap();
        // It is gone a moment later.
        while !self.senders().is_empty() {
            std::thread::yield_now();
        }
    }
}

/// A way to a receiver that takes as long as a handshake with another continent: whoever has gone by then has said nothing.
/// Returns its URL.
fn far_away(receiver: &Receiver) -> String {
    const HANDSHAKE: Duration = Duration::from_millis(100);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let to = receiver.url().trim_start_matches("http://").split('/').next().unwrap().to_owned();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (mut client, to) = (client.unwrap(), to.clone());
            std::thread::spawn(move || {
                std::thread::sleep(HANDSHAKE);
                while let Some(request) = whole_request(&mut client) {
                    client.set_nonblocking(true).unwrap();
                    let is_there = client.read(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
                    client.set_nonblocking(false).unwrap();
                    if !is_there {
                        return;
                    }
                    let mut server = TcpStream::connect(&to).unwrap();
                    server.write_all(&request).unwrap();
                    let Some(answer) = whole_request(&mut server) else { return };
                    drop(client.write_all(&answer));
                }
            });
        }
    });
    url
}

/// A request, or an answer, with its body; `None` if the other side has gone before.
fn whole_request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        bytes.extend(byte);
    }
    let head = String::from_utf8(bytes.clone()).unwrap().to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    bytes.extend(body);
    Some(bytes)
}

/// Without a sender, runs that are shorter than a handshake deliver once what they leave is a day old: one run a day waits for it,
/// for a quarter of a second at most.
#[test]
fn what_short_runs_leave_is_caught_up_with_once_a_day() {
    catch_up(false);
}

/// The same where another sink gets everything at once: it is not the one that is owed something.
#[test]
fn what_one_sink_has_had_does_not_make_another_wait() {
    catch_up(true);
}

fn catch_up(has_file: bool) {
    let Some(library) = telemetry_tests::faketime_library() else { return };
    let receiver = Receiver::start();
    let short = Short::new(&far_away(&receiver), false);
    if has_file {
        std::fs::write(short.folder.path().join("file"), "").unwrap();
    }
    let yesterday = || {
        let mut command = short.command();
        let output = command.env("LD_PRELOAD", library).env("FAKETIME", "-25h").output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    let old = |receiver: &Receiver| {
        let today = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() / 3600;
        let hour = |event: &serde_json::Value| {
            // Version 7: the time is what the id begins with.
            let id = event["id"].as_str().unwrap().replace('-', "");
            u64::from_str_radix(&id[..12], 16).unwrap() / 3_600_000
        };
        receiver.accepted().iter().filter(|event| hour(event) < today - 20).count()
    };
    for _ in 0..runs() {
        yesterday();
    }
    assert_eq!(receiver.requests().len(), 0, "no run is as long as a handshake");
    let pauses = short.folder.path().join("state/spool-1/pauses");
    let run = || {
        assert!(short.command().output().unwrap().status.success());
        old(&receiver) == 2 * runs()
    };
    // A run may end before its thread has looked at what there is; then it is the next one that waits. On a machine that is busy,
    // a quarter of a second may be too short as well; then it is the next day's, which begins when the last is forgotten.
    let arrived = (1..=10).any(|_| {
        drop(std::fs::remove_file(&pauses));
        (1..=10).any(|_| run())
    });
    assert!(arrived, "{} of {} arrived", old(&receiver), 2 * runs());
    // What is a day old now has to wait for tomorrow.
    yesterday();
    for _ in 0..5 {
        short.command().output().unwrap();
    }
    assert_eq!(old(&receiver), 2 * runs(), "each of them once, too");
}

fn descriptor(process: &Path, number: u8) -> PathBuf {
    std::fs::read_link(process.join(format!("fd/{number}"))).unwrap_or_default()
}

/// `SHORT_RUNS=1000` has a thousand.
fn runs() -> usize {
    std::env::var("SHORT_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(50)
}

#[test]
fn a_detached_sender_takes_what_short_runs_leave() {
    let receiver = Receiver::start();
    let short = Short::new(&far_away(&receiver), true);
    for _ in 0..runs() {
        let output = short.command().env("SECRET", "secret").env("NO_PROXY", "127.0.0.1").output().unwrap();
        assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
        assert!(short.senders().len() <= 1, "never two at once");
    }
    // All of it arrives without another run, while the last sender is there.
    receiver.wait_for_events(2 * runs());
    let [sender] = short.senders().try_into().unwrap_or_else(|senders| panic!("{senders:?}"));
    for number in 0..3 {
        assert_eq!(descriptor(&sender, number), Path::new("/dev/null"), "descriptor {number}");
    }
    assert_eq!(std::fs::read_link(sender.join("cwd")).unwrap(), Path::new("/"));
    let environment = std::fs::read(sender.join("environ")).unwrap();
    assert_eq!(environment, b"NO_PROXY=127.0.0.1\0", "what says where the network is, and nothing else");
    // None is left over.
    short.wait_for_sender();
    assert_eq!(ids(&receiver.accepted()).len(), 2 * runs());
}

/// What a user has sent elsewhere goes there, and not where the program's author would have it.
#[test]
fn a_sender_sends_where_the_run_did() {
    let (receiver, authors) = (Receiver::start(), Receiver::start());
    let short = Short::new(&authors.url(), true);
    short.command().env("SHORT_TELEMETRY_ENDPOINT", far_away(&receiver)).output().unwrap();
    receiver.wait_for_events(2);
    short.wait_for_sender();
    assert_eq!((ids(&receiver.accepted()).len(), authors.requests().len()), (2, 0));
}

/// Whoever reads the program's output to its end does not wait for the sender.
#[test]
fn a_sender_holds_no_pipe_of_the_run_that_started_it() {
    let receiver = Receiver::start();
    let short = Short::new(&receiver.url(), true);
    let (reader, writer) = std::io::pipe().unwrap();
    let mut command = short.command();
    command.stdout(writer.try_clone().unwrap()).stderr(writer).stdin(Stdio::null());
    let mut child = command.spawn().unwrap();
    drop(command);
    std::io::read_to_string(reader).unwrap();
    child.wait().unwrap();
    assert!(File::open(short.lock()).unwrap().try_lock().is_err(), "the sender is still there");
    receiver.wait_for_events(2);
}

#[test]
fn who_opted_out_gets_no_sender() {
    let receiver = Receiver::start();
    let short = Short::new(&receiver.url(), true);
    for level in ["none", "loud", "errors"] {
        short.command().env("SHORT_TELEMETRY_LEVEL", level).output().unwrap();
    }
    assert!(!short.lock().exists() && short.senders().is_empty());
    // Nor does who runs another program of the same settings, whose `main` does not know the mark.
    std::fs::remove_file(short.folder.path().join("detached")).unwrap();
    short.command().output().unwrap();
    assert!(!short.lock().exists() && short.senders().is_empty());
    assert_eq!(receiver.requests().len(), 0);
}

#[test]
fn where_a_receiver_is_down_no_sender_is_started_again_and_again() {
    let short = Short::new(&crate::program::nobody(), true);
    short.command().output().unwrap();
    short.wait_for_sender();
    let pauses = short.folder.path().join("state/spool-1/pauses");
    assert!(pauses.exists(), "the sender found nobody, and says so");
    for _ in 0..5 {
        short.command().output().unwrap();
    }
    // The pause after a first failure is a second at most, so one more may have been due.
    assert!(short.senders().len() <= 1);
    short.wait_for_sender();
}
