//! OTLP: what rotel decodes, what the published schema says of the same bytes, and what the program recorded.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail, ensure};
use serde_json::{Map, Value, json};

use crate::differ::{self, Difference, Meant};
use crate::http::{Capture, Request};
use crate::ours::{self, Ours, Sink};
use crate::process;
use crate::report::Report;
use crate::rotel::Rotel;

/// The checks that need rotel.
pub fn run(report: &mut Report, python: &Path, folder: &Path) {
    let rotel = match Rotel::start(python, folder) {
        Ok(rotel) => rotel,
        Err(problem) => {
            report.check("rotel starts", Err(problem));
            return;
        }
    };
    let control = official(rotel.addr, python, Some(&rotel));
    let (theirs, control) = match control {
        Ok((records, mark)) => (records.clone(), same_as_rotel(&rotel, mark, &records)),
        Err(problem) => (Vec::new(), Err(problem)),
    };
    if !report.check("control: opentelemetry-otlp's three signals arrive", control) {
        report.skip("ours", "the receiver does not take what the official client sends");
        return;
    }
    let forms: [(&str, &[&str]); 4] =
        [("protobuf", &[]), ("protobuf, gzip", &["gzip"]), ("JSON", &["json"]), ("JSON, gzip", &["json", "gzip"])];
    for (name, options) in forms {
        let folder = folder.join(name);
        let sent = send(&rotel, options, &folder);
        let Ok(sent) = sent else {
            report.check(&format!("{name}: is accepted"), sent.map(|_| String::new()));
            continue;
        };
        report.check(&format!("{name}: is accepted"), Ok(format!("{} requests", sent.requests.len())));
        match decode(python, &sent.requests) {
            Err(problem) => {
                report.check(&format!("{name}: the published schema knows every byte"), Err(problem));
            }
            Ok(records) => {
                let count = format!("{} records", records.len());
                report.check(&format!("{name}: the published schema knows every byte"), Ok(count));
                report.check(&format!("{name}: rotel decodes the same"), same_as_rotel(&rotel, sent.mark, &records));
                report.check(&format!("{name}: every event once, its values equal"), as_recorded(&records, &folder));
                report.check(&format!("{name}: values as they stand in the program"), as_written(&records));
                if name == "protobuf" {
                    for (signal, meant) in MEANT {
                        report.compare(
                            &format!("{signal} beside opentelemetry-otlp's"),
                            beside(signal, &theirs, &records, meant),
                        );
                    }
                }
            }
        }
    }
}

/// Where a record of ours is meant to differ from one of the official client's.
const MEANT: [(&str, &[Meant]); 3] = [
    (
        "logs",
        &[NAME, ATTRIBUTES, RESOURCE, SCOPE, ("span", "The call that it is of"), ("trace", "The run that it is of")],
    ),
    ("traces", &[NAME, ATTRIBUTES, RESOURCE, SCOPE]),
    ("metrics", &[NAME, ("attributes.reason", "Another reason"), RESOURCE, SCOPE]),
];
const NAME: Meant = ("name", "Another program");
const ATTRIBUTES: Meant = ("attributes.", "They are held against the plain JSON");
const RESOURCE: Meant = ("resource.", "Ours says more of where it runs, by the names of the conventions");
const SCOPE: Meant = ("scope", "Who sends");

/// A record of theirs beside one of ours.
fn beside(
    signal: &str,
    theirs: &[Value],
    ours: &[Value],
    meant: &[Meant],
) -> anyhow::Result<(String, Vec<Difference>)> {
    // A call that failed, as theirs did.
    let is_like = |record: &Value| signal != "traces" || record["status"] == 2;
    let is_it = |record: &&Value| record["signal"] == signal && is_like(record);
    let find = |records: &[Value]| records.iter().find(is_it).cloned().context("there is none");
    differ::compare(&format!("otlp {signal}"), &find(theirs)?, &find(ours)?, meant)
}

/// What the official client sends, as the schema has it.
pub fn official(to: SocketAddr, python: &Path, rotel: Option<&Rotel>) -> anyhow::Result<(Vec<Value>, usize)> {
    let capture = Capture::before(to)?;
    let mark = rotel.map_or(0, Rotel::mark);
    let endpoint = format!("http://{}", capture.addr());
    process::output(Command::new(ours::program("with-opentelemetry")?).env_clear().arg(endpoint), b"")?;
    let requests = accepted(&capture)?;
    let records = decode(python, &requests)?;
    let has = |signal: &str| records.iter().any(|record| record["signal"] == signal);
    ensure!(has("logs") && has("traces") && has("metrics"), "a signal is missing: {} records", records.len());
    Ok((records, mark))
}

fn accepted(capture: &Capture) -> anyhow::Result<Vec<Request>> {
    let requests = capture.requests();
    for (request, status) in &requests {
        ensure!(*status == 200, "{} answered {status}", request.path);
    }
    ensure!(!requests.is_empty(), "nothing was sent");
    Ok(requests.into_iter().map(|(request, _)| request).collect())
}

/// What was sent, and from where on rotel tells of it.
pub struct Sent {
    /// The requests.
    pub requests: Vec<Request>,
    mark: usize,
}

/// Has the program do all that it can do, in two runs, and deliver it.
fn send(rotel: &Rotel, options: &[&'static str], folder: &Path) -> anyhow::Result<Sent> {
    let capture = Capture::before(rotel.addr)?;
    let mark = rotel.mark();
    let mut sink = Sink::new("otlp", format!("http://{}", capture.addr()));
    sink.options = options.to_vec();
    everything(&sink, folder)?;
    Ok(Sent { requests: accepted(&capture)?, mark })
}

/// Has the program do all that it can do, in two runs, the first of which ends within a call.
pub fn everything(sink: &Sink, folder: &Path) -> anyhow::Result<()> {
    let mut ours = Ours::start(sink, folder)?;
    ours.tell_all(&["work", "fail", "panic text", "panic number", "panic nested", "many 20", "lose"])?;
    ours.deliver()?;
    ours.tell_all(&["sign-in u-1", "work", "sign-out", "work"])?;
    drop(ours.tell("leave"));
    drop(ours.end());
    let mut ours = Ours::start(sink, folder)?;
    ours.tell_all(&["work"])?;
    ours.deliver()?;
    // What the first run had not finished, and what was lost, is told by now.
    ours.deliver()?;
    let status = ours.status()?;
    ensure!(status["pending"] == 0 && status["rejected"] == 0, "{status}");
    ours.end()
}

/// Decodes requests by the published schema, which has to know all of them.
pub fn decode(python: &Path, requests: &[Request]) -> anyhow::Result<Vec<Value>> {
    let mut input = Vec::new();
    for request in requests {
        let kind = request.header("content-type").unwrap_or_default();
        let line = json!({"path": request.path, "type": kind, "body": base64(&request.content()?)});
        input.push(line);
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/otlp.py");
    let said: Value =
        serde_json::from_str(&process::output(Command::new(python).arg(script), process::lines(&input).as_bytes())?)?;
    let problems: Vec<_> = said["problems"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    ensure!(problems.is_empty(), "{}", problems.join("; "));
    Ok(said["records"].as_array().cloned().unwrap_or_default())
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number =
            chunk.iter().fold(0_usize, |number, byte| number << 8 | usize::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let digit = char::from(DIGITS[number >> (18 - 6 * at) & 63]);
            text.push(if at <= chunk.len() { digit } else { '=' });
        }
    }
    text
}

/// That rotel found the same as the schema, as far as it prints it: of a metric, the number is not printed.
fn same_as_rotel(rotel: &Rotel, mark: usize, records: &[Value]) -> anyhow::Result<String> {
    let mut printed = rotel.records(mark, records.len())?;
    let mut records = records.to_vec();
    let order = |record: &Value| {
        let part = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
        (part("signal"), part("time"), part("span"), part("name"), record["attributes"]["event.id"].to_string())
    };
    printed.sort_by_key(order);
    records.sort_by_key(order);
    ensure!(printed.len() == records.len(), "rotel has {} records, not {}", printed.len(), records.len());
    for (printed, record) in printed.iter().zip(&records) {
        for (key, value) in printed.as_object().into_iter().flatten() {
            let other = match (key.as_str(), &record[key]) {
                // By name, where the schema has a number.
                ("status", _) => continue,
                (_, other) => other,
            };
            ensure!(is_same(value, other), "{}: {key} is {value}, and by the schema {other}", record["name"]);
        }
    }
    Ok(format!("{} records", records.len()))
}

/// Whether two values are the same, where texts may hold floats that are written differently.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| is_same(value, other)))
        }
        (Value::String(one), Value::String(other)) => {
            let float = |text: &str| text.strip_prefix("Double(")?.strip_suffix(')')?.parse::<f64>().ok();
            one == other || float(one).is_some() && float(one).map(f64::to_bits) == float(other).map(f64::to_bits)
        }
        _ => one == other,
    }
}

/// A value of plain JSON, as OTLP has it.
fn any(value: &Value) -> String {
    match value {
        Value::Bool(value) => format!("Bool({value})"),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => format!("Int({number})"),
            (None, Some(number)) => format!("Str({number})"),
            (None, None) => format!("Double({:?})", number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => format!("Str({text})"),
        Value::Array(values) => format!("Slice({})", values.iter().map(any).collect::<Vec<_>>().join(", ")),
        _ => "None".into(),
    }
}

fn text(value: &Value) -> String {
    format!("Str({})", value.as_str().unwrap_or_default())
}

/// The attributes that an event has to have, and no others; a stack trace is not among them.
fn attributes(event: &Value, is_log: bool) -> Map<String, Value> {
    let mut to = Map::new();
    let mut put = |name: &str, value: String| drop(to.insert(name.to_owned(), value.into()));
    put("event.id", text(&event["id"]));
    put("telemetry.kind", text(&event["kind"]));
    for (ours, theirs) in [
        ("outcome", "telemetry.outcome"),
        ("duration_ns", "telemetry.duration_ns"),
        ("identity_source", "telemetry.identity_source"),
        ("user_id", "user.id"),
        ("team_id", "telemetry.team_id"),
    ] {
        if let Some(value) = event.get(ours) {
            put(theirs, any(value));
        }
    }
    match event["outcome"].as_str() {
        Some("error") => put("error.type", "Str(_OTHER)".into()),
        Some("panicked") => put("error.type", "Str(panic)".into()),
        _ => {}
    }
    if let Some(error) = event.get("error").filter(|_| is_log) {
        put("exception.message", text(error));
    }
    for (kind, id) in event["groups"].as_object().into_iter().flatten() {
        put(&format!("telemetry.group.{kind}"), text(id));
    }
    if event["kind"] == "panic" {
        put("exception.type", "Str(panic)".into());
        put("code.file.path", text(&event["place"]["file"]));
        put("code.line.number", any(&event["place"]["line"]));
        put("code.column.number", any(&event["place"]["column"]));
    }
    for (name, value) in event["fields"].as_object().into_iter().flatten() {
        put(name, any(value));
    }
    to
}

/// That every event is there once, as what it is, with the values that it has.
fn as_recorded(records: &[Value], folder: &Path) -> anyhow::Result<String> {
    let events = ours::recorded(folder)?;
    let of_signal = |signal: &'static str| records.iter().filter(move |record| record["signal"] == signal);
    let id = |record: &Value| {
        let id = record["attributes"]["event.id"].as_str().unwrap_or_default();
        id.trim_start_matches("Str(").trim_end_matches(')').to_owned()
    };
    let kinds = ["start", "finish", "panic"];
    ours::same_ids(of_signal("logs").map(id).collect(), &ours::ids(&events, &kinds)).context("logs")?;
    ours::same_ids(of_signal("traces").map(id).collect(), &ours::ids(&events, &["finish"])).context("traces")?;
    for record in of_signal("logs").chain(of_signal("traces")) {
        let wanted = id(record);
        let event = events.iter().find(|event| event["id"] == wanted.as_str()).context("no such event")?;
        let name = event["event"].as_str().unwrap_or_default();
        compare(record, event).with_context(|| format!("{} {name}", record["signal"]))?;
    }
    let lost: i64 = of_signal("metrics").filter_map(|point| point["value"].as_i64()).sum();
    let losses = events.iter().filter(|event| event["kind"] == "loss");
    let wanted: i64 = losses.filter_map(|event| event["events"].as_i64()).sum();
    ensure!(lost == wanted && lost > 0, "{lost} were lost, and not {wanted}");
    Ok(format!("{} log records, {} spans, {lost} lost", of_signal("logs").count(), of_signal("traces").count()))
}

fn compare(record: &Value, event: &Value) -> anyhow::Result<()> {
    let is_log = record["signal"] == "logs";
    let same = |what: &str, has: &str, wants: &str| {
        ensure!(has == wants, "{what} is {has:?}, and not {wants:?}");
        Ok(())
    };
    let part = |name: &str| record[name].as_str().unwrap_or_default();
    let name = event["event"].as_str().unwrap_or_default();
    same("its name", part("name"), if is_log { name } else { name.strip_suffix(" Finished").unwrap_or(name) })?;
    let run = event.get("parent_invocation_id").unwrap_or(&event["invocation_id"]);
    let call = event["call_id"].as_str().unwrap_or_default();
    let trace = if call.is_empty() { String::new() } else { run.as_str().unwrap_or_default().replace('-', "") };
    same("its trace", part("trace"), &trace)?;
    same("its span", part("span"), call)?;
    let end: u64 = part(if is_log { "time" } else { "end" }).parse()?;
    same("its time", &rfc3339(end), event["time"].as_str().unwrap_or_default())?;
    if is_log {
        let severity = match (event["kind"].as_str(), event["is_error"].as_bool()) {
            (Some("panic"), _) => 21,
            (_, Some(true)) => 17,
            _ => 9,
        };
        ensure!(record["severity"] == severity, "its severity is {}, and not {severity}", record["severity"]);
        same("its body", part("body"), "")?;
    } else {
        same("what it is in", part("parent"), event["parent_call_id"].as_str().unwrap_or_default())?;
        let start: u64 = part("time").parse()?;
        let wants = event["duration_ns"].as_u64().unwrap_or(0);
        ensure!(end - start == wants, "it took {} ns, and not {wants}", end - start);
        let status = if event["is_error"] == true { 2 } else { 0 };
        ensure!(record["status"] == status && record["kind"] == 1, "status {} of {}", record["status"], record["kind"]);
    }
    let mut has = record["attributes"].as_object().cloned().unwrap_or_default();
    let stack = has.remove("exception.stacktrace");
    ensure!(stack.is_some() == event.get("frames").is_some(), "the stack trace: {stack:?}");
    let mut wants = attributes(event, is_log);
    for (name, wanted) in &mut wants {
        // Plain JSON has one kind of number.
        let has = has.get(name).and_then(Value::as_str).unwrap_or_default();
        let digits = wanted.as_str().and_then(|wanted| wanted.strip_prefix("Int(")?.strip_suffix(')'));
        if digits.is_some_and(|digits| has == format!("Double({digits}.0)")) {
            *wanted = has.into();
        }
    }
    let (has, wants) = (Value::Object(has), Value::Object(wants));
    if !is_same(&has, &wants) {
        bail!("its attributes are {has}, and not {wants}");
    }
    let resource = &record["resource"];
    for (name, key) in [
        ("service.name", "app"),
        ("service.version", "version"),
        ("service.instance.id", "invocation_id"),
        ("app.installation.id", "install_id"),
    ] {
        let wants = event.get(key).map(text);
        same(name, resource[name].as_str().unwrap_or("nothing"), wants.as_deref().unwrap_or("nothing"))?;
    }
    same("its channel", resource["telemetry.fact.channel"].as_str().unwrap_or_default(), "Str(stable)")
}

/// Nanoseconds since 1970 in the form of the plain JSON.
fn rfc3339(nanos: u64) -> String {
    let (seconds, micros) = (nanos / 1_000_000_000, nanos / 1000 % 1_000_000);
    // Howard Hinnant's `civil_from_days`.
    let day = seconds / 86_400 + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
}

/// That values which stand in the program's source arrived as they stand there.
fn as_written(records: &[Value]) -> anyhow::Result<String> {
    let is_sync = |record: &&Value| record["signal"] == "logs" && record["name"] == "Sync Finished";
    let sync = records.iter().find(is_sync).context("there is no Sync Finished")?;
    let expected = [
        ("rows", "Int(42)"),
        ("most", "Int(9223372036854775807)"),
        ("least", "Int(-9223372036854775808)"),
        ("large", "Str(18446744073709551615)"),
        ("share", "Double(0.125)"),
        ("whole", "Double(2.0)"),
        ("wait", "Int(1500000000)"),
        ("since", "Str(2023-11-14T22:13:20.123456Z)"),
        ("plugin", "Str(1.2.3)"),
        ("color", "Str(dunkelgrün „☕“ \\ / \" 😀)"),
        ("kind", "Str(source)"),
        ("size", "Str(10-99)"),
        ("page", "Str(/data/schema/SCHEMA_NAME)"),
        ("counts", "Slice(Int(1), Int(2), Int(3))"),
        ("colors", "Slice(Str(red), Str(green))"),
        ("dry_run", "Bool(true)"),
    ];
    for (name, value) in expected {
        let has = &sync["attributes"][name];
        ensure!(is_same(has, &value.into()), "{name} is {has}, and not {value}");
    }
    ensure!(sync["attributes"].get("absent").is_none(), "what is absent is there");
    Ok(format!("{} values", expected.len()))
}
