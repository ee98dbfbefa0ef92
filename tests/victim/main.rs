//! A program whose commands are the words it is called with, for tests of what may happen to it.
//!
//! `victim SETTING=VALUE… WORD…`. Each call of a tracked function has a number, which is on both its events, and which is printed
//! when the call has returned: whoever reads knows what was recorded by then. After each other word that returns, the word is
//! printed. `VICTIM_TELEMETRY_LEVEL` is its level.
//!
//! | Setting | Is | Unless given |
//! |---|---|---|
//! | `endpoint` | where events go | `http://127.0.0.1:9/` |
//! | `state` | the folder of the spool | the platform's |
//! | `window` | the batch window, in milliseconds | an hour, so that nothing goes unless it is delivered |
//! | `first` | the number of the first call | 0 |
//! | `seed` | what `storm` does | 0 |
//!
//! | Word | Does |
//! |---|---|
//! | `work`, `nested`, `fail` | a call, three calls within one another, a call with an error |
//! | `many` | 64 calls on 4 threads |
//! | `storm` | calls on 4 threads, until it is killed |
//! | `deliver`, `flush`, `status` | delivers; delivers and says what came of it; says what came of everything |
//! | `wait`, `hang` | waits for a line, or for ever |
//! | `stuck` | a call that hangs |
//! | `starve`, `feed` | takes every file descriptor there is; gives them back |
//! | `sigpipe` | has a write to a closed pipe or socket kill it, as in a program in C |
//! | `exit`, `abort`, `panic` | end it |
//!
//! `victim receive FILE` is a receiver instead. It prints its address, accepts everything, and writes a line a batch: the path that
//! it was sent to, and the body. The line stands before the answer goes.
#![allow(clippy::print_stdout, clippy::panic, reason = "a program that says what it did, and is to die")]

use std::fs::File;
use std::io::{self, BufRead as _, Write as _};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use telemetry_runtime::{Development, Guard, Telemetry, app, record, sink, tracked};
use telemetry_tests::Random;

static NEXT: AtomicU64 = AtomicU64::new(0);

fn next() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Says that a call has returned, with one write: standard output is flushed at the end of a line. Whoever closed it is not told.
fn returned(number: u64) {
    drop(writeln!(io::stdout(), "{number}"));
}

#[tracked(fields(number = number))]
fn work(number: u64) {
    record!(rows = 3);
}

#[tracked(fields(number = number))]
fn nested(number: u64, depth: u32) {
    if depth > 0 {
        let inner = next();
        nested(inner, depth - 1);
        returned(inner);
    }
}

#[tracked(fields(number = number))]
fn fail(number: u64) -> Result<(), ()> {
    Err(())
}

fn call(function: impl FnOnce(u64)) {
    let number = next();
    function(number);
    returned(number);
}

#[tracked(fields(number = number))]
fn stuck(number: u64) {
    hang("stuck");
}

fn hang(word: &str) -> ! {
    say(word);
    loop {
        std::thread::park();
    }
}

/// Calls in bursts, and pauses between them; on a slow machine no more of them than fit into the spool with those of others.
fn storm(mut random: Random) {
    for _ in 0..100 {
        for _ in 0..random.below(8) {
            match random.below(4) {
                0 => call(|number| nested(number, 2)),
                1 => call(|number| _ = fail(number)),
                _ => call(work),
            }
        }
        std::thread::sleep(Duration::from_micros(random.below(16_000)));
    }
    loop {
        std::thread::park();
    }
}

/// What is printed does not depend on which thread was faster.
fn many() {
    let first = NEXT.fetch_add(64, Ordering::Relaxed);
    on_four_threads(|thread| (0..16).for_each(|at| work(first + 16 * thread + at)));
    (first..first + 64).for_each(returned);
}

fn on_four_threads(function: impl Fn(u64) + Sync) {
    std::thread::scope(|scope| {
        let function = &function;
        for thread in 0..4 {
            // Where no thread can be had, this one does it.
            if std::thread::Builder::new().spawn_scoped(scope, move || function(thread)).is_err() {
                function(thread);
            }
        }
    });
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, file] = arguments.as_slice()
        && mode == "receive"
    {
        return receive(file).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS);
    }
    let setting = |name: &str| {
        arguments.iter().find_map(|argument| argument.split_once('=').filter(|(key, _)| *key == name)).map(|(_, v)| v)
    };
    let number = |name: &str| setting(name).and_then(|value| value.parse::<u64>().ok());
    NEXT.store(number("first").unwrap_or(0), Ordering::Relaxed);
    let mut builder = Telemetry::builder(app!("victim"))
        .env_prefix("VICTIM")
        // The tests are a debug build, and their receivers are on loopback.
        .development(Development::Send)
        // Also where the tests run in a container.
        .lasting_install_id()
        .batch_window(number("window").map_or(Duration::from_secs(3600), Duration::from_millis))
        .sink(sink::Json::new(setting("endpoint").unwrap_or("http://127.0.0.1:9/")));
    if let Some(folder) = setting("state") {
        builder = builder.state_dir(folder);
    }
    let telemetry = builder.start();
    let seed = number("seed").unwrap_or(0);
    for word in arguments.iter().filter(|argument| !argument.contains('=')) {
        if !run(word, &telemetry, seed) {
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// Does what a word says; `false` if it says nothing.
fn run(word: &str, telemetry: &Guard, seed: u64) -> bool {
    match word {
        "work" => call(work),
        "nested" => call(|number| nested(number, 2)),
        "fail" => call(|number| _ = fail(number)),
        "many" => many(),
        "storm" => on_four_threads(|thread| storm(Random::new(seed.wrapping_add(thread)))),
        "deliver" => drop(telemetry.flush(Duration::from_secs(60))),
        "flush" => drop(telemetry.flush(Duration::from_secs(60)).map_err(|error| say(&error.to_string()))),
        "status" => say(&telemetry.status().to_string()),
        "wait" => drop(io::stdin().lock().read_line(&mut String::new())),
        "hang" => hang("hang"),
        "stuck" => stuck(next()),
        "starve" => taken().extend(std::iter::from_fn(|| File::open("/dev/null").ok())),
        "feed" => taken().clear(),
        #[cfg(unix)]
        "sigpipe" => die_of_closed_pipes(),
        "exit" => std::process::exit(3),
        "abort" => std::process::abort(),
        "panic" => panic!("as asked"),
        _ => return false,
    }
    say(word);
    true
}

/// The descriptors that the program took.
fn taken() -> MutexGuard<'static, Vec<File>> {
    static TAKEN: Mutex<Vec<File>> = Mutex::new(Vec::new());
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn say(line: &str) {
    drop(writeln!(io::stdout(), "{line}"));
}

#[cfg(unix)]
#[allow(unsafe_code, reason = "there is no safe way to ask for it")]
fn die_of_closed_pipes() {
    // SAFETY: no handler is installed, so there is nothing that a signal could interrupt badly.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
}

fn receive(file: &str) -> io::Result<()> {
    let mut file = File::create(file)?;
    let server = tiny_http::Server::http("127.0.0.1:0").map_err(io::Error::other)?;
    say(&format!("http://{}", server.server_addr()));
    for mut request in server.incoming_requests() {
        let mut body = Vec::new();
        let read = request.as_reader().read_to_end(&mut body);
        // Who is killed while sending has sent nothing.
        if read.is_ok() && request.body_length() == Some(body.len()) {
            let line = [request.url().as_bytes(), b"\t", &body, b"\n"].concat();
            file.write_all(&line)?;
            // Who was killed meanwhile does not read the answer.
            drop(request.respond(tiny_http::Response::empty(200)));
        }
    }
    Ok(())
}
