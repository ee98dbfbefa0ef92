//! A program with a command for its telemetry, for tests of what users may ask of it.
//!
//! `controlled ENDPOINT STATE_DIR WORD…`: the words `status`, `enable`, `disable`, `reset`, `log` and `forget` (2 s) are asked of its control, and
//! telemetry is not started then. Otherwise it is, and `work` runs a tracked function and `hash` one that records a hash, `child` prints what a child is told, `flush` delivers, `decision` prints the status, `wait` waits for a line on standard
//! input, and `disable_here` turns telemetry off in the middle of the run. The variables `CONTROLLED_…` below say how telemetry is.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that says what it did")]

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use telemetry_runtime::{Builder, Development, Hashed, Level, Notice, Telemetry, app, record, sink, tracked};

#[tracked]
fn work() {
    record!(rows = 3);
}

#[tracked]
fn hash(text: &str) {
    record!(text = Hashed::of(text));
}

fn json(endpoint: &str) -> sink::Json {
    let mut json = sink::Json::new(endpoint).header("X-Api-Key", "header-secret");
    if env::var_os("CONTROLLED_GZIP").is_some() {
        json = json.gzip();
    }
    if let Ok(url) = env::var("CONTROLLED_DELETION") {
        json = json.deletion(url);
    }
    json
}

/// What the catalogue has besides: facts that the receiver finds out, words between commas.
fn derived() -> Vec<String> {
    let facts = env::var("CONTROLLED_DERIVED").unwrap_or_default();
    facts.split(',').filter(|fact| !fact.is_empty()).map(str::to_owned).collect()
}

fn telemetry(endpoint: String, state_dir: &str) -> Builder<'static> {
    let is_set = |name| env::var_os(name).is_some();
    let mut builder = Telemetry::builder(app!("controlled"))
        .env_prefix("CONTROLLED")
        .development(Development::Send)
        .state_dir(state_dir)
        .batch_window(Duration::from_secs(3600))
        .telemetry_command("telemetry")
        .inspect(is_set("CONTROLLED_INSPECT"))
        .show_bodies(is_set("CONTROLLED_BODIES"))
        // Made when it is needed, and said to be.
        .sink_with(move || {
            if is_set("CONTROLLED_SAY_MADE") {
                println!("sink made");
            }
            if is_set("CONTROLLED_WAIT_FOR_SINK") {
                println!("making");
                drop(std::io::stdin().read_line(&mut String::new()));
            }
            json(&endpoint)
        });
    for fact in derived() {
        builder = builder.derived_fact(fact, "as said");
    }
    if is_set("CONTROLLED_BODIES_BY_LOGGER") {
        builder = builder.show_bodies_by(|line| println!("logged {line}"));
    }
    match env::var("CONTROLLED_NOTICE").as_deref() {
        Ok("1") => builder = builder.notice(Notice::Standard),
        Ok(text) => builder = builder.notice(Notice::Text(text.into())),
        Err(_) => {}
    }
    if is_set("CONTROLLED_LASTING") {
        builder = builder.lasting_install_id();
    }
    if is_set("CONTROLLED_OPT_IN") {
        builder = builder.default_level(Level::None);
    }
    if let Ok(profile) = env::var("CONTROLLED_PROFILE") {
        builder = builder.profile(profile);
    }
    if let Some(path) = env::var_os("CONTROLLED_FILE") {
        builder = builder.sink(sink::JsonLines::file(path));
    }
    if let Some(path) = env::var_os("CONTROLLED_INSPECT_FILE") {
        builder = builder.inspect_file(path);
    }
    builder
}

fn control(word: &str, builder: Builder<'_>) -> Option<ExitCode> {
    let control = builder.control();
    let said = match word {
        "status" => control.status().to_string(),
        "enable" => control.enable().map_or_else(|error| error.to_string(), |changed| changed.to_string()),
        "disable" => control.disable().map_or_else(|error| error.to_string(), |changed| changed.to_string()),
        "reset" => control.reset().map_or_else(|error| error.to_string(), |changed| changed.to_string()),
        "log" => {
            return Some(control.log(&mut std::io::stdout()).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS));
        }
        "forget" => match control.forget(Duration::from_secs(2)) {
            Ok(receipt) => receipt.to_string(),
            Err(error) => {
                println!("{error}");
                return Some(ExitCode::FAILURE);
            }
        },
        _ => return None,
    };
    println!("{said}");
    Some(ExitCode::SUCCESS)
}

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1).peekable();
    let (Some(endpoint), Some(state_dir)) = (arguments.next(), arguments.next()) else {
        return ExitCode::from(2);
    };
    let builder = || telemetry(endpoint.clone(), &state_dir);
    if let Some(asked) = arguments.peek().and_then(|word| control(word, builder())) {
        return asked;
    }
    let telemetry = builder().start();
    for word in arguments {
        match word.as_str() {
            "work" => work(),
            "hash" => hash("text"),
            "child" => println!("{}", telemetry.child_env().1),
            "flush" => drop(telemetry.flush(Duration::from_secs(60))),
            "decision" => println!("{}", telemetry.status()),
            "wait" => drop(std::io::stdin().read_line(&mut String::new())),
            "disable_here" => drop(builder().control().disable()),
            _ => return ExitCode::from(2),
        }
        println!("{word}");
    }
    ExitCode::SUCCESS
}
