//! A program with telemetry, which does what it is told, a line at a time on its standard input, and answers each with a line.
//!
//! `ours SINK URL KEY STATE_DIR [json] [gzip] [sessions]`. Everything that it records goes into the file `events` in the state folder as well, as plain JSON: what a
//! receiver has is held against that. `OURS_CA` names a file with the authority to trust.
//!
//! | Told | Does |
//! |---|---|
//! | `work` | a call within a call, with fields of every type |
//! | `many N` | so many calls |
//! | `fail` | a call that fails, and says why |
//! | `sign-in USER`, `sign-out` | whose the calls are that follow |
//! | `panic KIND` | panics in a tracked function on a thread of its own: `text`, `number`, `nested` |
//! | `lose` | a call that is too large to be recorded |
//! | `flush SECONDS` | delivers; answers `ok`, or what is still owed |
//! | `status` | answers with the books, as JSON, and what each sink said last |
//! | `leave` | ends at once, within a call |
#![allow(
    clippy::unnecessary_literal_unwrap,
    clippy::unnecessary_wraps,
    reason = "a program that is to panic, and whose functions return what such functions return"
)]

use std::io::BufRead as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use telemetry_runtime::{
    ClosedEnum, Development, Guard, Identifier, Identity, IdentitySource, Loss, Telemetry, Version, app, buckets,
    label, record, sink, template, tracked,
};

#[derive(ClosedEnum)]
enum Kind {
    Source,
}

#[tracked(fields(dry_run = true))]
fn sync() -> Result<(), std::io::Error> {
    read_table();
    record!(
        rows = 42,
        most = i64::MAX,
        least = i64::MIN,
        large = u64::MAX,
        share = 0.125,
        whole = 2.0,
        wait = Duration::from_millis(1500),
        since = SystemTime::UNIX_EPOCH + Duration::from_micros(1_700_000_000_123_456),
        plugin = Version::new(1, 2, 3),
        color = label!("dunkelgrün „☕“ \\ / \" 😀"),
        kind = Kind::Source,
        size = buckets![0, 10, 100].of(57),
        page = template!("/data/schema/SCHEMA_NAME"),
        absent = None::<u32>,
        counts = [1_u32, 2, 3],
        colors = [label!("red"), label!("green")],
        outcome = label!("a field that is called as one of ours"),
    );
    Ok(())
}

#[tracked]
fn read_table() {}

#[tracked(fields(number = number))]
fn step(number: u64) {
    std::hint::black_box(number);
}

#[tracked(error_text)]
fn fail() -> Result<(), String> {
    Err("cannot read table 7: \"no such file\"".into())
}

#[tracked(event = "Login", emit = success, identifiable)]
fn login() -> Result<(), ()> {
    record!(project: Identifier = Identifier::tenant("p-17"));
    Ok(())
}

#[tracked]
fn panic_text() {
    panic!("a message with a secret");
}

#[tracked]
fn panic_number() {
    let none: [u8; 0] = [];
    std::hint::black_box(none[std::hint::black_box(7)]);
}

#[tracked]
fn panic_nested() {
    inner();
}

#[inline(never)]
fn inner() {
    Option::<u8>::None.expect("a secret as well");
}

#[tracked(emit = start, fields(
    a = list, b = list, c = list, d = list, e = list, f = list, g = list, h = list, i = list, j = list, k = list, l = list,
    m = list, n = list, o = list, p = list, q = list, r = list, s = list, t = list, u = list, v = list, w = list, x = list,
    aa = list, ab = list, ac = list, ad = list, ae = list, af = list, y = list, z = list,
))]
fn too_large(list: &[u64; 64]) {
    std::hint::black_box(list);
}

#[tracked]
fn leave() {
    std::process::exit(0);
}

fn status(telemetry: &Guard) {
    let status = telemetry.status();
    let counts = status.counts();
    let losses: serde_json::Map<_, _> =
        Loss::ALL.iter().map(|loss| (loss.to_string(), counts.lost(*loss).into())).collect();
    let said: serde_json::Map<_, _> = status.sinks().map(|(name, said)| (name.to_owned(), said.into())).collect();
    let problems: Vec<_> = status.problems().iter().map(ToString::to_string).collect();
    println!(
        "{}",
        serde_json::json!({
            "recorded": counts.recorded, "delivered": counts.delivered, "rejected": counts.rejected, "pending": counts.pending,
            "recovered": counts.recovered, "lost": losses, "said": said, "problems": problems,
        })
    );
}

fn http<F: telemetry_runtime::format::Format>(mut sink: sink::Http<F>, options: &[String]) -> sink::Sink {
    if let Some(path) = std::env::var_os("OURS_CA") {
        sink = sink.root_certs(sink::RootCerts::Pem(path.into()));
    }
    if options.iter().any(|option| option == "gzip") {
        sink = sink.gzip();
    }
    sink.named("receiver").into()
}

/// The sink that is asked for.
fn sink(kind: &str, url: String, key: &str, options: &[String]) -> Option<sink::Sink> {
    Some(match kind {
        "json" => http(sink::Json::new(url).header("x-api-key", key), options),
        "otlp" => {
            let mut otlp = sink::Otlp::new(url);
            if options.iter().any(|option| option == "json") {
                otlp = otlp.json();
            }
            if options.iter().any(|option| option == "logs") {
                otlp = otlp.signals([sink::Signal::Logs]);
            }
            http(otlp, options)
        }
        "rudderstack" => http(sink::RudderStack::new(url, key), options),
        "segment" => http(sink::Segment::new(key).at(url), options),
        "sentry" if options.iter().any(|option| option == "sessions") => {
            http(sink::Sentry::new(url).sessions(), options)
        }
        "sentry" => http(sink::Sentry::new(url), options),
        _ => return None,
    })
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, url, key, state, options @ ..] = arguments.as_slice() else { return ExitCode::from(2) };
    let Some(sink) = sink(kind, url.clone(), key, options) else { return ExitCode::from(2) };
    let telemetry = Telemetry::builder(app!("ours"))
        // A debug build, and receivers on loopback.
        .development(Development::Send)
        // Also in a container.
        .lasting_install_id()
        .state_dir(state)
        // Nothing goes but when it is told to.
        .batch_window(Duration::from_secs(3600))
        .fact(label!("channel"), &label!("stable"))
        .sink(sink)
        .sink(sink::JsonLines::file(Path::new(state).join("events")))
        .start();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let number = rest.parse().unwrap_or(0);
        match word {
            "work" => drop(sync()),
            "many" => (0..number).for_each(step),
            "fail" => drop(fail()),
            "sign-in" => {
                let who = Identity::user(rest).team("t-1").source(IdentitySource::ApiKey).group("project", "p-17");
                telemetry.identify(who);
                let _ = login();
            }
            "sign-out" => telemetry.sign_out(),
            // The thread's panic is its own.
            "panic" => drop(match rest {
                "text" => std::thread::spawn(panic_text).join(),
                "number" => std::thread::spawn(panic_number).join(),
                _ => std::thread::spawn(panic_nested).join(),
            }),
            "lose" => too_large(&[u64::MAX; 64]),
            "leave" => leave(),
            "flush" => {
                match telemetry.flush(Duration::from_secs(number)) {
                    Ok(()) => println!("ok"),
                    Err(error) => println!("{error}"),
                }
                continue;
            }
            "status" => {
                status(&telemetry);
                continue;
            }
            _ => return ExitCode::from(2),
        }
        println!("done");
    }
    ExitCode::SUCCESS
}
