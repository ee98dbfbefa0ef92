//! A program whose commands are the words it is called with, for tests that end it in every way there is.
//!
//! `commands ENDPOINT STATE_DIR WORD…`, where the endpoint is a DSN if `COMMANDS_SENTRY` is set, and `work` runs a tracked function, `poison` one whose event a receiver may refuse,
//! `nested` one within another, `threads` sixty-four on four threads, `away` changes the working folder, `flush` delivers, and `hang`, `exit`, `abort` and `panic`
//! end it; `panic_within` has a thread panic inside a tracked function, `stuck` hangs inside two tracked functions, `long` records until its segment was left, `long_stuck` then hangs, `loop` records for ever, `wait` waits for a line on standard input, and
//! `fork` does what follows in a child as well, for which it waits. After each word it prints the word, so that whoever reads knows that the command has returned.
#![allow(clippy::print_stdout, clippy::panic, reason = "a program that says what it did, and is to die")]

use std::process::ExitCode;
use std::time::Duration;

use telemetry_runtime::{Development, Recording, Telemetry, app, record, sink, tracked};

#[tracked]
fn work() {
    record!(rows = 3);
}

#[tracked]
fn poison() {
    record!(poison = true);
}

#[tracked]
fn nested() {
    work();
}

#[tracked(fields(rows = 7))]
fn stuck() {
    stuck_within();
}

/// Nobody is told of its start.
#[tracked(event = "Stuck Within", emit = finish)]
fn stuck_within() {
    hang();
}

fn hang() {
    println!("hang");
    loop {
        std::thread::park();
    }
}

/// What the C library has and the standard library does not.
#[cfg(unix)]
#[allow(unsafe_code, reason = "there is no other way to do what programs do that fork")]
mod c {
    unsafe extern "C" {
        pub(crate) safe fn fork() -> i32;
        pub(crate) fn waitpid(child: i32, status: *mut i32, options: i32) -> i32;
    }

    pub(crate) fn wait_for(child: i32) {
        // SAFETY: it writes nothing where it is given nothing to write to.
        unsafe { waitpid(child, std::ptr::null_mut(), 0) };
    }
}

/// Forks; in the parent, waits for the child.
fn fork() {
    #[cfg(unix)]
    match c::fork() {
        0 => {}
        child => c::wait_for(child),
    }
}

/// Goes on until this process writes to another segment than the first.
#[tracked]
fn long(state_dir: &str) {
    while !std::path::Path::new(state_dir).join("spool-1/segment-01").exists() {
        work();
    }
}

/// The same, and does not come back.
#[tracked]
fn long_stuck(state_dir: &str) {
    long(state_dir);
    hang();
}

/// Goes on in a child, whose number is said in a file, and ends the parent.
fn daemon(state_dir: &str) {
    #[cfg(unix)]
    match c::fork() {
        0 => {}
        child => {
            drop(std::fs::write(std::path::Path::new(state_dir).join("daemon"), child.to_string()));
            std::process::exit(0);
        }
    }
}

#[tracked]
fn panic_within() {
    panic!("as asked");
}

#[tracked]
fn fork_within() {
    fork();
    record!(rows = 1);
}

#[tracked]
fn fail() -> Result<(), ()> {
    Err(())
}

fn milliseconds(variable: &str) -> Option<Duration> {
    Some(Duration::from_millis(std::env::var(variable).ok()?.parse().ok()?))
}

/// The sink, as `COMMANDS_GZIP`, `COMMANDS_PLATFORM_ROOTS` and `COMMANDS_ROOT_CERTS` (a PEM file) have it.
fn json(endpoint: String) -> sink::Json {
    let mut json = sink::Json::new(endpoint).header("x-api-key", "header-secret");
    if std::env::var_os("COMMANDS_GZIP").is_some() {
        json = json.gzip();
    }
    if std::env::var_os("COMMANDS_PLATFORM_ROOTS").is_some() {
        json = json.root_certs(sink::RootCerts::Platform);
    }
    if let Some(path) = std::env::var_os("COMMANDS_ROOT_CERTS") {
        json = json.root_certs(sink::RootCerts::Pem(path.into()));
    }
    json
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(endpoint), Some(state_dir)) = (arguments.next(), arguments.next()) else {
        return ExitCode::from(2);
    };
    let mut builder = Telemetry::builder(app!("commands"))
        .env_prefix("COMMANDS")
        // The tests are a debug build, and their receivers are on loopback.
        .development(Development::Send)
        // Also where the tests run in a container.
        .lasting_install_id()
        .state_dir(&state_dir)
        // Nothing goes unless it is flushed, so that a test can say what is where.
        .batch_window(milliseconds("COMMANDS_WINDOW").unwrap_or(Duration::from_secs(3600)))
        .grace(milliseconds("COMMANDS_GRACE").unwrap_or_default())
        .recording(match std::env::var("COMMANDS_RECORDING").as_deref() {
            Ok("queued") => Recording::Queued,
            Ok("synced") => Recording::Synced,
            _ => Recording::Direct,
        });
    builder = match std::env::var_os("COMMANDS_SENTRY") {
        Some(_) => builder.sink(sink::Sentry::new(endpoint).sessions()),
        None => builder.sink(json(endpoint)),
    };
    if let Some(path) = std::env::var_os("COMMANDS_FILE") {
        builder = builder.sink(sink::JsonLines::file(path));
    }
    let telemetry = builder.start();
    for word in arguments {
        match word.as_str() {
            "work" => work(),
            "poison" => poison(),
            "nested" => nested(),
            "fail" => drop(fail()),
            "threads" => std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| (0..16).for_each(|_| work()));
                }
            }),
            "away" => drop(std::env::set_current_dir("/")),
            "flush" => match telemetry.flush(Duration::from_secs(60)) {
                Ok(()) => {}
                Err(error) => println!("{error}"),
            },
            "status" => println!("{}\n{:?}", telemetry.status(), telemetry.status().counts()),
            "hang" => hang(),
            "stuck" => stuck(),
            "long" => long(&state_dir),
            "long_stuck" => long_stuck(&state_dir),
            "loop" => loop {
                work();
            },
            "fork" => fork(),
            "daemon" => daemon(&state_dir),
            // The thread's panic is its own.
            "panic_within" => drop(std::thread::spawn(panic_within).join()),
            "fork_within" => fork_within(),
            "wait" => drop(std::io::stdin().read_line(&mut String::new())),
            "exit" => std::process::exit(3),
            "abort" => std::process::abort(),
            "panic" => panic!("as asked"),
            _ => return ExitCode::from(2),
        }
        println!("{word}");
    }
    ExitCode::SUCCESS
}
