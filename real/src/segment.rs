//! Segment and RudderStack, of which no server can be installed: the vendor's validator, and the bytes of their own clients.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::differ::{self, Difference, Meant};
use crate::http::{Capture, Request};
use crate::ours::{Sink, ids, recorded, same_ids};
use crate::process;
use crate::report::Report;

type Compared = anyhow::Result<(String, Vec<Difference>)>;

/// One of the two.
struct Vendor {
    name: &'static str,
    /// The script with their client.
    client: &'static str,
    /// Where we mean to differ: in messages of all types, and in those of one, or in the batch round them.
    meant: &'static [(&'static str, &'static [Meant])],
}

/// Of both.
const APP: Meant = ("context.app.", "The program's name and version, where the vendors' specification has them");
const OS: Meant = ("context.os.name", "What is known of the system, where the vendors' specification has it");
const IP: Meant = ("context.ip", "Without one, the address that the request comes from is taken for the user's");
const LIBRARY: Meant = ("context.library.", "Who sends");
const METADATA: Meant = ("_metadata.", "The version of Node");
const PROPERTIES: Meant = ("properties.", "Our own properties and the author's fields are held against the plain JSON");
const GROUP_TYPE: Meant = ("traits.groupType", "Which kind of group it is: a person may be in several");
const NO_TRAITS: Meant = ("traits", "Theirs are empty");

const VENDORS: [Vendor; 2] = [
    Vendor {
        name: "segment",
        client: "segment.js",
        meant: &[
            ("", &[APP, OS, IP, LIBRARY, METADATA]),
            ("track", &[PROPERTIES]),
            ("group", &[GROUP_TYPE, NO_TRAITS]),
            ("batch", &[("writeKey", "The key is in the header alone, so that what users are shown does not hold it")]),
        ],
    },
    Vendor {
        name: "rudderstack",
        client: "rudderstack.js",
        meant: &[
            (
                "",
                &[
                    APP,
                    OS,
                    IP,
                    LIBRARY,
                    METADATA,
                    ("integrations", "The default, said; other clients of theirs say it"),
                ],
            ),
            ("track", &[PROPERTIES]),
            ("identify", &[("context.traits", "A copy of the traits, of which there are none")]),
            ("group", &[GROUP_TYPE, NO_TRAITS]),
            ("batch", &[("timestamp", "The same as `sentAt`, which stands beside it")]),
        ],
    },
];

impl Vendor {
    /// What is meant of one type.
    fn meant(&self, kind: &str) -> Vec<Meant> {
        let of_kind = self.meant.iter().filter(|(of, _)| *of == kind || of.is_empty() && kind != "batch");
        of_kind.flat_map(|(_, meant)| meant.iter().copied()).collect()
    }
}

/// The checks that need Node.
pub fn run(report: &mut Report, node: &Path, folder: &Path) {
    for vendor in VENDORS {
        let name = vendor.name;
        let theirs = official(node, vendor.client);
        let control = theirs.as_ref().map_err(|problem| anyhow::anyhow!("{problem:#}"));
        let control = control.and_then(|requests| validate(node, &messages(requests)?));
        if !report.check(&format!("control: the validator takes what {name}'s client sends"), control) {
            report.skip(name, "there is nothing to compare with");
            continue;
        }
        let folder = folder.join(name);
        match ours(name, &folder) {
            Err(problem) => {
                report.check(&format!("{name}: is sent"), Err(problem));
            }
            Ok(requests) => {
                let valid = messages(&requests).and_then(|messages| validate(node, &messages));
                report.check(&format!("{name}: the vendor's validator takes every message"), valid);
                report.check(&format!("{name}: every event once, its values equal"), as_recorded(&requests, &folder));
                let theirs = theirs.unwrap_or_default();
                if let (Some(their), Some(our)) = (theirs.first(), requests.first()) {
                    report.check(&format!("{name}: headers"), headers(their, our));
                    report.compare(&format!("{name}: the batch, field by field"), batches(&vendor, their, our));
                    for kind in ["track", "identify", "group"] {
                        let compared = message_by_message(&vendor, kind, &theirs, &requests);
                        report.compare(&format!("{name}: {kind}, field by field"), compared);
                    }
                }
            }
        }
    }
}

/// What a vendor's client sends.
fn official(node: &Path, script: &str) -> anyhow::Result<Vec<Request>> {
    let capture = Capture::accepting()?;
    let mut client = Command::new("node");
    client.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("node").join(script)).current_dir(node);
    client.arg(format!("http://{}", capture.addr())).env("NODE_PATH", node.join("node_modules"));
    process::output(&mut client, b"")?;
    let requests = capture.requests();
    let batches = requests.into_iter().map(|(request, _)| request).filter(|request| request.path.contains("batch"));
    Ok(batches.collect())
}

/// What we send.
fn ours(kind: &'static str, folder: &Path) -> anyhow::Result<Vec<Request>> {
    let capture = Capture::accepting()?;
    crate::otlp::everything(&Sink::new(kind, format!("http://{}", capture.addr())), folder)?;
    Ok(capture.requests().into_iter().map(|(request, _)| request).collect())
}

fn body(request: &Request) -> anyhow::Result<Value> {
    Ok(serde_json::from_slice(&request.content()?)?)
}

fn messages(requests: &[Request]) -> anyhow::Result<Vec<Value>> {
    let mut all = Vec::new();
    for request in requests {
        all.extend(body(request)?["batch"].as_array().cloned().context("no batch")?);
    }
    Ok(all)
}

fn validate(node: &Path, messages: &[Value]) -> anyhow::Result<String> {
    ensure!(!messages.is_empty(), "there are no messages");
    let mut validator = Command::new("node");
    validator.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("node/validate.js"));
    validator.env("NODE_PATH", node.join("node_modules"));
    let said = process::output(&mut validator, process::lines(messages).as_bytes())?;
    for (said, message) in said.lines().zip(messages) {
        ensure!(said == "ok", "{said} {message}");
    }
    ensure!(said.lines().count() == messages.len(), "it said nothing of some");
    Ok(format!("{} messages", messages.len()))
}

/// That every event is there once, and its fields, under their own names or behind `field_`.
fn as_recorded(requests: &[Request], folder: &Path) -> anyhow::Result<String> {
    let (messages, events) = (messages(requests)?, recorded(folder)?);
    let tracks: Vec<_> = messages.iter().filter(|message| message["type"] == "track").collect();
    let id = |message: &&Value| message["messageId"].as_str().unwrap_or_default().to_owned();
    let count = same_ids(tracks.iter().map(id).collect(), &ids(&events, &["start", "finish", "loss"]))?;
    for track in tracks {
        let event = events.iter().find(|event| event["id"] == track["messageId"]).context("no such event")?;
        ensure!(track["event"] == event["event"], "{track}");
        let time = track.get("timestamp").or(track.get("originalTimestamp"));
        ensure!(time == event.get("time"), "{track}");
        let who = event.get("user_id").map_or(("anonymousId", event.get("install_id")), |user| ("userId", Some(user)));
        if who.1.is_some() {
            ensure!(track.get(who.0) == who.1, "it is of {track}");
        }
        ensure!(track.get("userId").is_none() || track.get("anonymousId").is_none(), "it is of two: {track}");
        let properties = &track["properties"];
        for (name, value) in event["fields"].as_object().into_iter().flatten() {
            let ours = ["outcome", "kind"].contains(&name.as_str());
            let name = if ours { format!("field_{name}") } else { name.clone() };
            ensure!(&properties[&name] == value, "{name} is {}, and not {value}", properties[&name]);
        }
        for name in ["outcome", "is_error", "duration_ns", "call_id", "invocation_id"] {
            ensure!(properties.get(name) == event.get(name), "{name} is {:?}", properties.get(name));
        }
    }
    Ok(format!("{count} events"))
}

fn headers(theirs: &Request, ours: &Request) -> anyhow::Result<String> {
    ensure!(theirs.path == ours.path, "{} and {}", theirs.path, ours.path);
    let key = theirs.header("authorization");
    ensure!(key.is_some() && key == ours.header("authorization"), "{key:?} and {:?}", ours.header("authorization"));
    ensure!(ours.header("content-type") == Some("application/json"), "{:?}", ours.header("content-type"));
    Ok(format!("{}, the same key", ours.path))
}

/// The same, without what is in the messages.
fn batches(vendor: &Vendor, theirs: &Request, ours: &Request) -> Compared {
    let (mut theirs, mut ours) = (body(theirs)?, body(ours)?);
    for body in [&mut theirs, &mut ours] {
        body["batch"] = Value::Array(Vec::new());
    }
    differ::compare(&format!("{} batch", vendor.name), &theirs, &ours, &vendor.meant("batch"))
}

fn message_by_message(vendor: &Vendor, kind: &str, theirs: &[Request], ours: &[Request]) -> Compared {
    let find = |messages: Vec<Value>| {
        let is_it =
            |message: &Value| message["type"] == kind && (kind != "track" || message["event"] == "Sync Finished");
        messages.into_iter().find(is_it).context("there is none")
    };
    let (theirs, ours) = (find(messages(theirs)?)?, find(messages(ours)?)?);
    differ::compare(&format!("{} {kind}", vendor.name), &theirs, &ours, &vendor.meant(kind))
}
