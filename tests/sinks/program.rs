//! A program with several sinks: `routed STATE_DIR SINK… -- WORD…`, where a sink is `KINDS=URL` (`stats`, `errors`, `losses` or `all`,
//! with a `+` between), `KINDS@FILE`, `rudderstack=URL`, `ticloud=URL`, `sentry=DSN`, `two=URL`, whose format has a stream for starts and
//! one for what comes after, or `odd WHAT=URL`, whose format does what others do not.
#![allow(clippy::print_stdout, clippy::panic, clippy::manual_assert, reason = "a program that says what it did")]

use std::process::ExitCode;
use std::time::Duration;

use telemetry_runtime::format::{Answer, Batch, Format, Limits, Policy, Request, Stream, Verdict};
use telemetry_runtime::sink::{self, Kinds, Sink};
use telemetry_runtime::{Development, Identity, Telemetry, app, record, tracked};

#[tracked]
fn work() {
    record!(rows = 3);
}

#[tracked]
fn nested() {
    work();
}

#[tracked]
fn panic_within() {
    panic!("as asked");
}

/// The names of events, one a line, at two addresses.
struct Two;

impl Format for Two {
    fn name(&self) -> &'static str {
        "two"
    }

    fn streams(&self) -> Vec<Stream> {
        let limits = Limits::USUAL.events(10);
        let rest = Kinds::FINISHES | Kinds::ERRORS;
        [("starts", "/starts", Kinds::STARTS), ("rest", "/rest", rest)]
            .map(|(name, path, kinds)| Stream::new(name, path, kinds, limits))
            .into()
    }

    fn request(&self, batch: &Batch<'_>) -> Option<Request> {
        let names = batch.entries.iter().map(|entry| format!("{} {}\n", batch.stream, entry.event.name));
        Some(Request::new("text/plain", names.collect::<String>()))
    }
}

/// The names of events, one a line, and of its name's words what is odd about it.
struct Odd(String);

impl Format for Odd {
    fn name(&self) -> &'static str {
        "odd"
    }

    fn streams(&self) -> Vec<Stream> {
        let twin = |kinds| Stream::new("twin", "", kinds, Limits::USUAL);
        if self.0 == "twins" {
            return vec![twin(Kinds::STARTS), twin(Kinds::FINISHES)];
        }
        vec![Stream::all(Limits::USUAL)]
    }

    fn request(&self, batch: &Batch<'_>) -> Option<Request> {
        let names: Vec<&str> = batch.entries.iter().map(|entry| &*entry.event.name).collect();
        if self.0 == "panics" && names.contains(&"Work Finished") {
            panic!("at an event");
        }
        Some(Request::new("text/plain", names.join("\n")))
    }

    fn verdict(&self, answer: &Answer<'_>) -> Verdict {
        if self.0 == "panics-later" {
            panic!("at an answer");
        }
        Policy::USUAL.verdict(answer)
    }

    fn pauses(&self, answer: &Answer<'_>) -> Vec<(Option<&'static str>, Duration)> {
        let asked = answer.retry_after.filter(|_| self.0 == "holds");
        asked.map(|asked| (None, asked)).into_iter().collect()
    }
}

fn kinds(words: &str) -> Kinds {
    let kind = |word| match word {
        "stats" => Kinds::STATS,
        "errors" => Kinds::ERRORS,
        "losses" => Kinds::LOSSES,
        _ => Kinds::ALL,
    };
    words.split('+').map(kind).fold(Kinds::NONE, std::ops::BitOr::bitor)
}

fn sink(said: &str) -> Option<Sink> {
    if let Some(url) = said.strip_prefix("two=") {
        return Some(sink::Http::with_format(url, Two).into());
    }
    if let Some(url) = said.strip_prefix("rudderstack=") {
        return Some(sink::RudderStack::new(url, "the programs key").into());
    }
    if let Some(url) = said.strip_prefix("ticloud=") {
        return Some(sink::Ticloud::new(url).into());
    }
    if let Some(url) = said.strip_prefix("hasty=") {
        return Some(sink::Json::new(url).timeout(Duration::from_millis(20)).into());
    }
    if let Some(dsn) = said.strip_prefix("sentry=") {
        return Some(sink::Sentry::new(dsn).into());
    }
    if let Some((what, url)) = said.strip_prefix("odd ").and_then(|said| said.split_once('=')) {
        return Some(sink::Http::with_format(url, Odd(what.into())).into());
    }
    if let Some((words, path)) = said.split_once('@') {
        return Some(sink::JsonLines::file(path).named(words).kinds(kinds(words)).into());
    }
    let (words, url) = said.split_once('=')?;
    Some(sink::Json::new(url).named(words).kinds(kinds(words)).into())
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(state_dir) = arguments.next() else { return ExitCode::from(2) };
    let holds = std::env::var_os("ROUTED_HOLDS").is_some();
    let mut builder = Telemetry::builder(app!("routed"))
        .env_prefix("ROUTED")
        .development(if holds { Development::Hold } else { Development::Send })
        .exclude_if(|identity| identity.team_id() == Some("internal"))
        .state_dir(state_dir)
        .batch_window(Duration::from_secs(3600));
    for said in arguments.by_ref().take_while(|argument| argument != "--") {
        let Some(sink) = sink(&said) else { return ExitCode::from(2) };
        builder = builder.sink(sink);
    }
    let telemetry = builder.start();
    for word in arguments {
        match word.as_str() {
            "work" => work(),
            "nested" => nested(),
            "exclude" => telemetry.identify(Identity::user("u1").team("internal")),
            "much" => (0..1500).for_each(|_| work()),
            "panic_within" => drop(std::thread::spawn(panic_within).join()),
            "flush" => drop(telemetry.flush(Duration::from_secs(60))),
            "counts" => println!("{}", telemetry.status().counts()),
            "status" => println!("{}", telemetry.status()),
            _ => return ExitCode::from(2),
        }
    }
    ExitCode::SUCCESS
}
