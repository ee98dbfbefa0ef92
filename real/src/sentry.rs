//! Sentry: what Bugsink takes and shows, and what Relay's own normaliser finds wrong.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

use crate::bugsink::{Asked, Bugsink};
use crate::differ::{self, Meant};
use crate::http::{Capture, Step};
use crate::ours::{self, Ours, Sink, ids, recorded, same_ids};
use crate::process;
use crate::report::Report;

/// The checks that need Bugsink, and Relay's normaliser if there is one.
pub fn run(report: &mut Report, bugsink: &Path, relay: Result<&Path, &String>, all: &Path, folder: &Path) {
    let lenient = match Bugsink::start(bugsink, all, folder.join("lenient"), Asked::LENIENT) {
        Ok(lenient) => lenient,
        Err(problem) => {
            report.check("Bugsink starts", Err(problem));
            return;
        }
    };
    let control = official(&lenient);
    let theirs = control.as_ref().ok().cloned();
    let seen = control.and_then(|_| shows_control(&lenient));
    if !report.check("control: sentry's panic arrives", seen) {
        return report.skip("ours", "the receiver does not take what the official client sends");
    }
    report.check("every panic once, as an issue with its frames", panics(&lenient, &folder.join("panics")));
    let strict = Asked { is_strict: true, ..Asked::LENIENT };
    match Bugsink::start(bugsink, all, folder.join("strict"), strict) {
        Ok(strict) => {
            report
                .check("the same where only Sentry's schema is taken", panics(&strict, &folder.join("panics, strict")));
        }
        Err(problem) => {
            report.check("Bugsink starts, strict", Err(problem));
        }
    }
    report.check("what is sent twice is kept once", answer_is_lost(&lenient, &folder.join("twice")));
    report.check("limits of other categories hold nothing back", limits_of_others(&lenient, &folder.join("limits")));
    report.check("a quota is heeded, and nothing is lost by it", quota(bugsink, all, folder));
    let sent = envelopes(&lenient, &folder.join("envelopes"));
    match (relay, &sent) {
        (Err(why), _) => report.skip("Relay's normaliser", why),
        (Ok(python), Ok(items)) => {
            let control = theirs.iter().flatten().filter(|(kind, _)| kind == "event").map(|(_, item)| item.clone());
            let control = relay_finds(python, &control.collect::<Vec<_>>());
            report.check("control: Relay's normaliser changes nothing of sentry's event", control);
            let events = items.iter().filter(|(kind, _)| kind == "event").map(|(_, item)| item.clone());
            let found = relay_finds(python, &events.collect::<Vec<_>>());
            report.check("Relay's normaliser finds nothing wrong", found);
        }
        (Ok(_), Err(problem)) => {
            report.check("envelopes", Err(anyhow::anyhow!("{problem:#}")));
        }
    }
    if let (Some(theirs), Ok(ours)) = (theirs, sent) {
        for (kind, meant) in [("event", EVENT), ("session", SESSION)] {
            // Theirs ended with a panic.
            let is_it =
                |(one, item): &&(String, Value)| one == kind && (kind == "event" || item["status"] == "crashed");
            let of_kind = |items: &[(String, Value)]| items.iter().find(is_it).map(|(_, item)| item.clone());
            let compared = match (of_kind(&theirs), of_kind(&ours)) {
                (Some(theirs), Some(ours)) => differ::compare(&format!("sentry {kind}"), &theirs, &ours, meant),
                (theirs, _) => {
                    Err(anyhow::anyhow!("there is none of {}", if theirs.is_none() { "theirs" } else { "ours" }))
                }
            };
            report.compare(&format!("sentry's own {kind}, field by field"), compared);
        }
    }
}

/// Where our event is meant to differ from that of the crate sentry.
const EVENT: &[Meant] = &[
    ("contexts.app.", "The program's name and version, where Sentry shows them"),
    ("contexts.device.type", "The key says it"),
    ("contexts.os.type", "The key says it"),
    ("contexts.trace.type", "The key says it"),
    ("contexts.os.name", "As Rust spells it"),
    ("contexts.os.version", "Not collected"),
    ("contexts.os.kernel_version", "Not collected"),
    ("contexts.rust.", "Not collected"),
    ("debug_meta.", "Modules are named where a frame has no name, and never with the paths of the user's files"),
    ("exception.values[].stacktrace.frames[].abs_path", "The path is of the machine that built the program"),
    ("exception.values[].stacktrace.frames[].package", "The function's name begins with it"),
    ("exception.values[].stacktrace.frames[].instruction_addr", "Only of frames that have no name"),
    ("fingerprint[]", "Theirs is Sentry's default; ours is stable over releases"),
    ("release", "Another program"),
    ("sdk.", "Who sends"),
    ("server_name", "The host's name is the user's"),
    ("tags.", "The facts"),
    ("timestamp", "Sentry takes a number and a text: ours is RFC 3339"),
    ("user.id", "The installation"),
];

/// Where our session is.
const SESSION: &[Meant] = &[
    ("attrs.ip_address", "Without one, the address that the request comes from is taken for the user's"),
    ("attrs.release", "Another program"),
    ("did", "The installation; theirs has none"),
    ("duration", "How long the call took; theirs does not say it of a crash"),
    ("timestamp", "When the call ended; theirs leaves it out"),
];

/// The items of an envelope: their types, and what is in them.
fn items(envelope: &[u8]) -> anyhow::Result<Vec<(String, Value)>> {
    let mut lines = envelope.split(|byte| *byte == b'\n');
    let header: Value = serde_json::from_slice(lines.next().context("a header")?)?;
    ensure!(header["dsn"].is_null() || header["dsn"].is_string(), "{header}");
    let mut items = Vec::new();
    while let Some(line) = lines.next().filter(|line| !line.is_empty()) {
        let header: Value = serde_json::from_slice(line)?;
        let item = lines.next().context("an item")?;
        let length = header["length"].as_u64().map(|length| usize::try_from(length).unwrap_or(0));
        ensure!(length.is_none_or(|length| length == item.len()), "{header} of {} bytes", item.len());
        items.push((header["type"].as_str().unwrap_or_default().to_owned(), serde_json::from_slice(item)?));
    }
    Ok(items)
}

/// All items that a server got.
fn items_of(capture: &Capture) -> anyhow::Result<Vec<(String, Value)>> {
    let mut all = Vec::new();
    for (request, status) in capture.requests() {
        ensure!(status == 200, "answered {status}");
        all.extend(items(&request.content()?)?);
    }
    Ok(all)
}

/// What the official client sends of a panic, on its way to a receiver.
fn official(bugsink: &Bugsink) -> anyhow::Result<Vec<(String, Value)>> {
    let capture = Capture::before(bugsink.addr)?;
    let mut control = Command::new(ours::program("with-sentry")?);
    process::output(control.env_clear().args([&bugsink.dsn(capture.addr()), "text"]), b"")?;
    items_of(&capture)
}

fn shows_control(bugsink: &Bugsink) -> anyhow::Result<String> {
    let rows = bugsink.rows()?;
    let events = rows["events"].as_array().context("events")?;
    let [event] = events.as_slice() else { bail!("{} events", events.len()) };
    ensure!(event["calculated_type"] == "panic" && event["calculated_value"] == "control text", "{event}");
    Ok(String::new())
}

fn dsn(bugsink: &Bugsink) -> Sink {
    Sink::new("sentry", bugsink.dsn(bugsink.addr))
}

/// The ids of the recorded panics, as Sentry has them.
fn panic_ids(folder: &Path) -> anyhow::Result<Vec<String>> {
    Ok(ids(&recorded(folder)?, &["panic"]).iter().map(|id| id.replace('-', "")).collect())
}

/// The ids of a Bugsink's events from a program of ours.
fn of_ours(bugsink: &Bugsink, wants: &[String]) -> anyhow::Result<Vec<String>> {
    Ok(bugsink.ids()?.into_iter().filter(|id| wants.contains(id)).collect())
}

/// That panics arrive, each once, and that what a developer sees of them is right.
fn panics(bugsink: &Bugsink, folder: &Path) -> anyhow::Result<String> {
    let mut ours = Ours::start(&dsn(bugsink), folder)?;
    ours.tell_all(&["work", "panic text", "panic number", "panic text", "panic nested", "lose"])?;
    ours.deliver()?;
    ours.deliver()?;
    let status = ours.status()?;
    ensure!(status["pending"] == 0 && status["rejected"] == 0, "{status}");
    ours.end()?;
    let wants = panic_ids(folder)?;
    let count = same_ids(of_ours(bugsink, &wants)?, &wants).map_err(|problem| {
        let log = bugsink.log();
        let said = log.lines().filter(|line| line.contains("rror") || line.contains('$')).take(3);
        anyhow::anyhow!("{problem}; {}", said.collect::<Vec<_>>().join(" "))
    })?;

    let rows = bugsink.rows()?;
    let recorded = recorded(folder)?;
    let mut issues = Vec::new();
    for event in rows["events"].as_array().into_iter().flatten() {
        let id = event["event_id"].as_str().unwrap_or_default().replace('-', "");
        if !wants.contains(&id) {
            continue;
        }
        let is_it = |one: &&Value| one["id"].as_str().is_some_and(|other| other.replace('-', "") == id);
        let panic = recorded.iter().find(is_it).context("a panic")?;
        let place = &panic["place"];
        let title = format!("{}:{}", place["file"].as_str().unwrap_or_default(), place["line"]);
        ensure!(event["calculated_type"] == "panic" && event["calculated_value"] == title.as_str(), "titled {event}");
        ensure!(event["level"] == "fatal" && event["platform"] == "native", "{event}");
        ensure!(event["release"] == "ours@0.1.0", "released as {}", event["release"]);
        let data: Value = serde_json::from_str(event["data"].as_str().unwrap_or_default())?;
        ensure!(!data.to_string().contains("secret"), "what the panic says is in it: {data}");
        let frames = &data["exception"]["values"][0]["stacktrace"]["frames"];
        let frames = frames.as_array().context("frames")?;
        let wanted = panic["frames"].as_array().context("recorded frames")?;
        ensure!(frames.len() == wanted.len(), "{} frames of {}", frames.len(), wanted.len());
        // The outermost first.
        for (frame, wanted) in frames.iter().zip(wanted.iter().rev()) {
            let same = |theirs: &str, ours: &str| {
                frame.get(theirs).unwrap_or(&Value::Null) == wanted.get(ours).unwrap_or(&Value::Null)
            };
            ensure!(
                same("function", "function") && same("filename", "file") && same("lineno", "line"),
                "{frame}, {wanted}"
            );
        }
        let of_program = frames.iter().rev().find(|frame| frame["in_app"] == true).context("a frame in the program")?;
        let function = of_program["function"].as_str().unwrap_or_default();
        ensure!(function.starts_with("ours::"), "the innermost frame of the program's is {function}");
        issues.push(event["issue_id"].clone().to_string());
    }
    issues.sort();
    issues.dedup();
    ensure!(issues.len() == 3, "three places panic, and there are {} issues", issues.len());
    Ok(format!("{count} panics, {} issues", issues.len()))
}

/// A receiver that has a panic, and whose answer does not arrive.
fn answer_is_lost(bugsink: &Bugsink, folder: &Path) -> anyhow::Result<String> {
    let capture = Capture::start(vec![Step::LoseAnswer(bugsink.addr), Step::Forward(bugsink.addr)])?;
    let mut ours = Ours::start(&Sink::new("sentry", bugsink.dsn(capture.addr())), folder)?;
    ours.tell("panic text")?;
    let said = ours.tell("flush 5")?;
    ensure!(said != "ok", "the answer was not lost");
    ours.deliver()?;
    let status = ours.status()?;
    ours.end()?;
    let requests = capture.requests();
    let sent: Vec<_> = requests
        .iter()
        .map(|(request, status)| Ok((items(&request.content()?)?, *status)))
        .collect::<anyhow::Result<_>>()?;
    let [(first, 0), (second, 200)] = sent.as_slice() else { bail!("{} requests", sent.len()) };
    ensure!(first == second, "what is sent again is something else");
    ensure!(bugsink.log().contains("lready exists"), "the receiver did not see the second copy");
    let wants = panic_ids(folder)?;
    same_ids(of_ours(bugsink, &wants)?, &wants)?;
    ensure!(status["rejected"] == 0 && status["pending"] == 0, "{status}");
    Ok("the receiver refused the second copy".into())
}

/// Every answer of Bugsink's says that it wants no spans for a day: that is about no panic.
fn limits_of_others(bugsink: &Bugsink, folder: &Path) -> anyhow::Result<String> {
    let mut ours = Ours::start(&dsn(bugsink), folder)?;
    for _ in 0..3 {
        ours.tell("panic text")?;
        let said = ours.tell("flush 20")?;
        ensure!(said == "ok", "{said}");
    }
    ours.end()?;
    let wants = panic_ids(folder)?;
    Ok(format!("{} panics", same_ids(of_ours(bugsink, &wants)?, &wants)?))
}

/// A quota of three: the rest is kept, nobody asks again before the time, and the next receiver gets it.
fn quota(python: &Path, all: &Path, folder: &Path) -> anyhow::Result<String> {
    let small = Bugsink::start(python, all, folder.join("small"), Asked { most: 3, ..Asked::LENIENT })?;
    let capture = Capture::before(small.addr)?;
    let folder_of_ours = folder.join("quota");
    let mut ours = Ours::start(&Sink::new("sentry", small.dsn(capture.addr())), &folder_of_ours)?;
    ours.tell_all(&["panic text"; 6])?;
    let said = ours.tell("flush 20")?;
    ensure!(said != "ok", "all was delivered");
    ours.tell("flush 20")?;
    let status = ours.status()?;
    ours.end()?;
    let answers: Vec<u16> = capture.requests().into_iter().map(|(_, status)| status).collect();
    ensure!(status["rejected"] == 0, "{status}");
    let refused = answers.iter().filter(|status| **status == 429).count();
    ensure!(refused == 1 && answers.last() == Some(&429), "the answers were {answers:?}");
    // A pause of a minute; the next run is after it.
    drop(std::fs::remove_file(folder_of_ours.join("spool-1/pauses")));
    let large = Bugsink::start(python, all, folder.join("large"), Asked::LENIENT)?;
    let mut ours = Ours::start(&Sink::new("sentry", large.dsn(large.addr)), &folder_of_ours)?;
    ours.deliver()?;
    ours.end()?;
    let mut has = small.ids()?;
    has.extend(large.ids()?);
    let count = same_ids(has, &panic_ids(&folder_of_ours)?)?;
    Ok(format!("{count} panics, answers {answers:?}, then all"))
}

/// Everything that the sink can send.
fn envelopes(bugsink: &Bugsink, folder: &Path) -> anyhow::Result<Vec<(String, Value)>> {
    let capture = Capture::before(bugsink.addr)?;
    let sink = Sink::new("sentry", bugsink.dsn(capture.addr())).with("sessions");
    crate::otlp::everything(&sink, folder)?;
    items_of(&capture)
}

fn relay_finds(python: &Path, events: &[Value]) -> anyhow::Result<String> {
    ensure!(!events.is_empty(), "there are no events");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/relay.py");
    let said = process::output(Command::new(python).arg(script), process::lines(events).as_bytes())?;
    for line in said.lines() {
        let found: Value = serde_json::from_str(line)?;
        ensure!(found["errors"].is_null() && found["meta"].is_null(), "{} {}", found["errors"], found["meta"]);
    }
    Ok(format!("{} events", said.lines().count()))
}
