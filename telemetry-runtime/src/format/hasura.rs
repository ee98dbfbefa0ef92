//! `{topic, data}`: an execution a request, as Hasura's command line sends it.

use crate::json::{Members, Writer};
use crate::level::Kinds;
use crate::value::rfc3339;

use super::execution::{Execution, named};
use super::{Batch, Entry, Format, Limits, Request, Stream, json, spelling};

/// Fields and facts that have a place of their own.
const PLACED: [&str; 3] = ["command", "server_uuid", "server_version"];

/// Hasura: see [`sink::Hasura`](crate::sink::Hasura).
#[derive(Clone, Debug)]
pub struct Hasura {
    topic: String,
}

impl Hasura {
    /// Executions under this topic.
    #[must_use]
    pub fn new(topic: impl Into<String>) -> Self {
        Self { topic: topic.into() }
    }

    /// What is no release's is apart from what is.
    fn topic(&self, entry: &Entry<'_>) -> String {
        let is_release = !entry.is_development() && entry.version().is_some_and(spelling::is_semver);
        format!("{}{}", self.topic, if is_release { "" } else { "_test" })
    }
}

impl Format for Hasura {
    fn name(&self) -> &'static str {
        "hasura"
    }

    fn kinds(&self) -> Kinds {
        Kinds::FINISHES
    }

    fn streams(&self) -> Vec<Stream> {
        vec![Stream::all(Limits { events: 1, ..Limits::USUAL })]
    }

    /// One event a request: of more, which nobody asks for, it is the first execution.
    fn request(&self, batch: &Batch<'_>) -> Option<Request> {
        let (entry, execution) = batch.entries.iter().find_map(|entry| Some((entry, Execution::of(entry)?)))?;
        let mut text = String::new();
        Writer::new(&mut text).object(|body| {
            body.member("topic").text(self.topic(entry));
            body.member("data").object(|data| write_data(entry, &execution, data));
        });
        Some(Request::new("application/json", text))
    }
}

/// No message of an error, no argument and no flag.
fn write_data(entry: &Entry<'_>, execution: &Execution<'_>, data: &mut Members<'_>) {
    let event = entry.event;
    data.member("timestamp").text(rfc3339(event.time));
    if let Some(id) = entry.install_id() {
        data.member("uuid").text(id);
    }
    data.member("execution_id").text(event.invocation);
    if let Some(version) = entry.version() {
        data.member("version").text(spelling::v_version(version));
    }
    data.member("command").text(&execution.command);
    data.member("is_error").plain(execution.is_error.unwrap_or_default());
    if let Some(os) = entry.os() {
        data.member("os_platform").text(spelling::goos(os));
    }
    if let Some(arch) = entry.arch() {
        data.member("os_arch").text(spelling::goarch(arch));
    }
    for name in ["server_uuid", "server_version"] {
        if let Some(value) = named(entry, name) {
            json::write_value(value, data.member(name));
        }
    }
    let mut rest = entry.fields().filter(|(name, _)| !PLACED.contains(&name.as_ref())).peekable();
    let payload = data.member("payload");
    if rest.peek().is_none() {
        return payload.null();
    }
    payload.object(|members| {
        for (name, value) in rest {
            json::write_value(value, members.member(name));
        }
    });
}

#[cfg(test)]
#[cfg(feature = "record")]
mod tests {
    use std::time::{Duration, SystemTime};

    use serde_json::{Value, json};

    use super::*;
    use crate::event::{CallId, Event, EventKind, Misuse, Outcome, Run};
    use crate::format::properties::tests::{body, finish, label, named, run};
    use crate::value::Id;

    /// `hasura version` as the document has it: 2019-01-21T11:36:07.867830Z.
    fn sample() -> (Event, Run) {
        let mut event = finish(Outcome::Ok, vec![named("server_uuid", &Id(0xa4d6_6fb2_f88d_457b_8db1_ea7a_0b57_921d))]);
        event.invocation = Id(0xddfa_9c33_0693_457d_9026_c7f4_56c4_3322);
        event.time = SystemTime::UNIX_EPOCH + Duration::from_micros(1_548_070_567_867_830);
        let facts =
            vec![("command".into(), label("hasura version")), ("server_version".into(), label("v1.0.0-alpha36"))];
        let install_id = Some(Id(0xe462_ce20_42dd_40fd_9549_edfb_92f8_0455));
        let run = Run {
            app: "hasura".into(),
            version: "0.4.27".into(),
            os: "linux".into(),
            arch: "x86_64".into(),
            facts,
            install_id,
            ..run()
        };
        (event, run)
    }

    fn data(event: &Event, run: &Run) -> Value {
        body(&Hasura::new("cli"), std::slice::from_ref(event), run).unwrap()["data"].clone()
    }

    /// HA-18, HA-19: the sample of the document, but for `id`, which whoever receives it gives it (no client sends one), and for the
    /// time's form: there it is as their database prints it.
    #[test]
    fn an_execution_is_as_the_document_shows_it() {
        let documented = r#"{
            "id": 115, "timestamp": "2019-01-21T11:36:07.86783+00:00", "uuid": "e462ce20-42dd-40fd-9549-edfb92f80455",
            "execution_id": "ddfa9c33-0693-457d-9026-c7f456c43322", "version": "v0.4.27", "command": "hasura version",
            "is_error": false, "os_platform": "linux", "os_arch": "amd64",
            "server_uuid": "a4d66fb2-f88d-457b-8db1-ea7a0b57921d", "server_version": "v1.0.0-alpha36", "payload": null
        }"#;
        let mut expected: Value = serde_json::from_str(documented).unwrap();
        expected.as_object_mut().unwrap().remove("id");
        expected["timestamp"] = json!("2019-01-21T11:36:07.867830Z");
        let (event, run) = sample();
        let found = body(&Hasura::new("cli"), &[event], &run).unwrap();
        assert_eq!(found, json!({"topic": "cli", "data": expected}));
    }

    /// The program's own rule: `cli` where the version is one of semver's, and `cli_test` otherwise.
    #[test]
    fn what_is_no_release_has_a_topic_of_its_own() {
        let topic = |version: &'static str, is_development| {
            let (event, run) = sample();
            let run = Run { version: version.into(), is_development, ..run };
            body(&Hasura::new("cli"), &[event], &run).unwrap()["topic"].clone()
        };
        assert_eq!(topic("2.0.0-beta.1", false), "cli");
        assert_eq!(topic("v2.0.0", false), "cli");
        assert_eq!(topic("dev-1234", false), "cli_test");
        assert_eq!(topic("2.0.0", true), "cli_test");
        let entries = sample();
        let entries = [Entry::new(&entries.0, None)];
        let request = Hasura::new("cli").request(&Batch::new(&entries, entries[0].event.time, ""));
        assert!(String::from_utf8(request.unwrap().body).unwrap().starts_with(r#"{"topic":"cli_test","#));
    }

    /// Error messages, arguments and flags are not recorded, the document says.
    #[test]
    fn no_text_of_an_error_and_no_flag_is_sent() {
        let (mut event, mut run) = sample();
        run.facts.push(("flags".into(), label("endpoint")));
        let error = Some(crate::event::ErrorText("secret".into()));
        event.kind = EventKind::Finish { outcome: Outcome::Error, duration: None, error, started: true };
        let data = data(&event, &run);
        assert_eq!(data["is_error"], true);
        assert!(!data.to_string().contains("secret") && !data.to_string().contains("endpoint"), "{data}");
    }

    #[test]
    fn other_fields_are_the_payload() {
        let (mut event, run) = sample();
        event.fields.push(named("migrations", &3_u64));
        event.fields.push(named("missing", &None::<u64>));
        assert_eq!(data(&event, &run)["payload"], json!({"migrations": 3}));
    }

    #[test]
    fn only_executions_are_sent_and_no_install_id_of_who_is_signed_in() {
        let (event, run) = sample();
        let no = |event: Event| assert_eq!(body(&Hasura::new("cli"), &[event], &run), None);
        no(Event { kind: EventKind::Start, ..event.clone() });
        no(Event { parent: Some(CallId(std::num::NonZeroU64::MIN)), ..event.clone() });
        let refused = Event { kind: EventKind::UsageError { reason: Misuse::InvalidValue }, ..event.clone() };
        assert_eq!(data(&refused, &run)["is_error"], true);
        assert_eq!(data(&Event { signed_in: 1, ..event.clone() }, &run).get("uuid"), None);
        assert_eq!(data(&event, &Run { install_id: None, ..run.clone() }).get("uuid"), None);
        assert_eq!(Hasura::new("cli").streams()[0].limits.events, 1);
    }
}
