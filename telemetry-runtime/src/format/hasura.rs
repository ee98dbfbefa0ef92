//! `{topic, data}`: an execution or a sample a request, as Hasura's command line and its servers send them.

use std::borrow::Cow;

use crate::event::{EventKind, NamedValue};
use crate::json::{Members, Writer};
use crate::level::Kinds;
use crate::value::{Raw, Value, rfc3339};

use super::execution::{Execution, named};
use super::{Batch, Entry, Format, Limits, Part, Request, Stream, json, spelling};

/// Fields and facts of an execution that have a place of their own.
const OF_EXECUTION: [&str; 3] = ["command", "server_uuid", "server_version"];
/// … of a server's sample.
const OF_SERVER: [&str; 2] = ["db_uid", "ci"];
/// … of a sample of its enterprise edition.
const OF_ENTERPRISE: [&str; 3] = ["license_jti", "client_id", "metadata_db_uid"];

/// Hasura: see [`sink::Hasura`](crate::sink::Hasura).
#[derive(Clone, Debug)]
pub struct Hasura {
    topic: String,
    shape: Shape,
    /// The events that are told of; all, where there are none.
    only: Vec<Cow<'static, str>>,
}

/// Whose telemetry it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    CommandLine,
    Server,
    Enterprise,
}

impl Hasura {
    /// Executions under this topic.
    #[must_use]
    pub(crate) fn new(topic: impl Into<String>) -> Self {
        Self { topic: topic.into(), shape: Shape::CommandLine, only: Vec::new() }
    }

    /// Samples of a server.
    #[must_use]
    pub(crate) fn server(self) -> Self {
        Self { shape: Shape::Server, ..self }
    }

    /// Samples of a server of the enterprise edition.
    #[must_use]
    pub(crate) fn enterprise(self) -> Self {
        Self { shape: Shape::Enterprise, ..self }
    }

    /// Only events of these names.
    #[must_use]
    pub(crate) fn only(mut self, events: impl IntoIterator<Item = impl Into<Cow<'static, str>>>) -> Self {
        self.only = events.into_iter().map(Into::into).collect();
        self
    }

    fn is_told(&self, entry: &Entry<'_>) -> bool {
        let is_of_kind = self.shape == Shape::CommandLine || matches!(entry.event.kind, EventKind::Snapshot { .. });
        is_of_kind && (self.only.is_empty() || self.only.contains(&entry.event.name))
    }

    /// What is no release's is apart from what is.
    fn topic(&self, entry: &Entry<'_>) -> String {
        let is_release = !entry.is_development() && entry.version().is_some_and(spelling::is_semver);
        format!("{}{}", self.topic, if is_release { "" } else { "_test" })
    }

    fn post(&self, entry: &Entry<'_>, write_data: impl FnOnce(&mut Members<'_>)) -> Request {
        let mut text = String::new();
        Writer::new(&mut text).object(|body| {
            body.member("topic").text(self.topic(entry));
            body.member("data").object(write_data);
        });
        Request::new("application/json", text)
    }
}

impl Format for Hasura {
    fn name(&self) -> &'static str {
        match self.shape {
            Shape::CommandLine => "hasura",
            Shape::Server => "hasura_server",
            Shape::Enterprise => "hasura_enterprise",
        }
    }

    fn kinds(&self) -> Kinds {
        if self.shape == Shape::CommandLine { Kinds::FINISHES } else { Kinds::SNAPSHOTS }
    }

    fn streams(&self) -> Vec<Stream> {
        vec![Stream::all(Limits { events: 1, ..Limits::USUAL })]
    }

    fn variables(&self) -> Vec<(&'static str, Part)> {
        vec![("HASURA_ENDPOINT", Part::Url)]
    }

    /// One event a request: of more, which nobody asks for, it is the first that is told.
    fn request(&self, batch: &Batch<'_>) -> Option<Request> {
        let mut told = batch.entries.iter().filter(|entry| self.is_told(entry));
        if self.shape == Shape::CommandLine {
            let (entry, execution) = told.find_map(|entry| Some((entry, Execution::of(entry)?)))?;
            return Some(self.post(entry, |data| write_execution(entry, &execution, data)));
        }
        let write = if self.shape == Shape::Server { write_server } else { write_enterprise };
        told.next().map(|entry| self.post(entry, |data| write(entry, data)))
    }
}

/// No message of an error, no argument and no flag.
fn write_execution(entry: &Entry<'_>, execution: &Execution<'_>, data: &mut Members<'_>) {
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
    if let Some(id) = named(entry, "server_uuid") {
        json::write_value(id, data.member("server_uuid"));
    }
    match named(entry, "server_version") {
        Some(Value(Raw::Text(version))) => data.member("server_version").text(opaque_version(version)),
        Some(other) => json::write_value(other, data.member("server_version")),
        None => {}
    }
    let mut rest = rest(entry, &OF_EXECUTION).peekable();
    let payload = data.member("payload");
    if rest.peek().is_none() { payload.null() } else { payload.object(|members| write_all(rest, members)) }
}

/// Members that nothing is known of are `null`.
fn write_server(entry: &Entry<'_>, data: &mut Members<'_>) {
    data.member("timestamp").text(rfc3339(entry.event.time));
    write_known(entry, "db_uid", data);
    data.member("instance_uid").text(entry.event.invocation);
    write_version(entry, "version", data);
    write_known(entry, "ci", data);
    data.member("metrics").object(|members| write_all(rest(entry, &OF_SERVER), members));
}

/// The envelope that all samples of the enterprise edition have. By the sample's id, whoever receives it knows it again.
fn write_enterprise(entry: &Entry<'_>, data: &mut Members<'_>) {
    for name in OF_ENTERPRISE {
        write_known(entry, name, data);
    }
    data.member("instance_uid").text(entry.event.invocation);
    data.member("sample_uid").text(entry.event.id);
    write_version(entry, "hasura_version", data);
    data.member("metrics").object(|members| write_all(rest(entry, &OF_ENTERPRISE), members));
}

/// A field or fact of this name, or `null`.
fn write_known(entry: &Entry<'_>, name: &str, data: &mut Members<'_>) {
    let to = data.member(name);
    match named(entry, name) {
        Some(value) => json::write_value(value, to),
        None => to.null(),
    }
}

fn write_version(entry: &Entry<'_>, name: &str, data: &mut Members<'_>) {
    let to = data.member(name);
    match entry.version() {
        Some(version) => to.text(opaque_version(version)),
        None => to.null(),
    }
}

/// With a `v` before a version of semver's; anything else, such as a build's number, as it is.
fn opaque_version(version: &str) -> String {
    if spelling::is_semver(version) { spelling::v_version(version) } else { version.to_owned() }
}

/// The fields that have no place of their own.
fn rest<'a>(entry: &Entry<'a>, placed: &'static [&'static str]) -> impl Iterator<Item = &'a NamedValue> + use<'a> {
    entry.fields().filter(|(name, _)| !placed.contains(&name.as_ref()))
}

fn write_all<'a>(values: impl Iterator<Item = &'a NamedValue>, to: &mut Members<'_>) {
    for (name, value) in values {
        json::write_value(value, to.member(name));
    }
}

#[cfg(test)]
#[cfg(feature = "record")]
mod tests {
    use std::time::{Duration, SystemTime};

    use serde_json::{Value, json};

    use super::*;
    use crate::event::{CallId, Event, EventKind, Misuse, Outcome, Run};
    use crate::format::URL_VARIABLES;
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

    /// What a program gives where this is to be sent.
    fn value(json: &Value) -> crate::value::Value {
        Value(raw(json))
    }

    fn raw(json: &Value) -> Raw {
        match json {
            Value::Bool(is) => Raw::Bool(*is),
            Value::Number(number) => Raw::UInt(number.as_u64().unwrap()),
            Value::String(text) => Raw::Text(text.clone().into()),
            Value::Array(items) => Raw::List(items.iter().map(raw).collect()),
            Value::Object(members) => {
                Raw::Map(members.iter().map(|(name, json)| (name.clone().into(), raw(json))).collect())
            }
            Value::Null => Raw::Absent,
        }
    }

    fn id(json: &Value) -> Id {
        Id(u128::from_str_radix(&json.as_str().unwrap().replace('-', ""), 16).unwrap())
    }

    /// A snapshot of these metrics.
    fn snapshot(metrics: &Value) -> (Event, Run) {
        let (event, run) = sample();
        let fields = metrics.as_object().unwrap().iter();
        let fields = fields.map(|(name, json)| (name.clone().into(), value(json))).collect();
        let kind = EventKind::Snapshot { since: None, is_metrics: false };
        (Event { kind, fields, name: "server_metrics".into(), ..event }, Run { facts: Vec::new(), ..run })
    }

    /// HA-04, HA-05, HA-06: the server's sample of the document, but for `id` and the time's form, as above.
    #[test]
    fn a_servers_sample_is_as_the_document_shows_it() {
        let documented = r#"{
            "id": 12, "timestamp": "2019-01-21T19:43:33.63838+00:00",
            "db_uid": "dddff371-dab2-450f-9969-235bca66dab1", "instance_uid": "6799360d-a431-40c5-9f68-24592a9f07df",
            "version": "v1.0.0-alpha36", "ci": "TRAVIS",
            "metrics": {
                "views": 1, "tables": 2, "functions": 1,
                "permissions": {"roles": 1, "delete": 2, "insert": 1, "select": 2, "update": 2},
                "relationships": {"auto": 2, "manual": 0},
                "event_triggers": 0, "remote_schemas": 1
            }
        }"#;
        let mut expected: Value = serde_json::from_str(documented).unwrap();
        expected.as_object_mut().unwrap().remove("id");
        expected["timestamp"] = json!("2019-01-21T19:43:33.638380Z");
        let (mut event, run) = snapshot(&expected["metrics"]);
        event.fields.push(named("db_uid", &id(&expected["db_uid"])));
        event.invocation = id(&expected["instance_uid"]);
        event.time = SystemTime::UNIX_EPOCH + Duration::from_micros(1_548_099_813_638_380);
        let facts = vec![("ci".into(), label("TRAVIS"))];
        let run = Run { version: "1.0.0-alpha36".into(), facts, ..run };
        let found = body(&Hasura::new("server_metrics_v2").server(), &[event], &run).unwrap();
        assert_eq!(found, json!({"topic": "server_metrics_v2", "data": expected}));
    }

    /// What is not known is `null`, as where there is no continuous integration.
    #[test]
    fn a_servers_sample_has_all_its_members() {
        let (event, run) = snapshot(&json!({}));
        let found = body(&Hasura::new("t").server(), std::slice::from_ref(&event), &run).unwrap();
        assert_eq!((&found["data"]["ci"], &found["data"]["db_uid"]), (&Value::Null, &Value::Null));
        assert_eq!(found["data"]["metrics"], json!({}));
        let found = body(&Hasura::new("t").enterprise(), &[event], &run).unwrap();
        assert_eq!((&found["data"]["client_id"], &found["data"]["license_jti"]), (&Value::Null, &Value::Null));
    }

    /// HA-07, HA-08, HA-09, HA-10, HA-11: the samples of the enterprise edition as the document shows them: one envelope, with an id each.
    #[test]
    fn enterprise_samples_are_as_the_document_shows_them() {
        for (documented, version) in [(CONFIGURATION, "2.23.0"), (SOURCE, "12345"), (SERIES, "12345")] {
            let expected: Value = serde_json::from_str(documented).unwrap();
            let (event, run) = snapshot(&expected["metrics"]);
            let event = Event { id: id(&expected["sample_uid"]), invocation: id(&expected["instance_uid"]), ..event };
            let facts = vec![
                ("license_jti".into(), value(&expected["license_jti"])),
                ("metadata_db_uid".into(), value(&expected["metadata_db_uid"])),
            ];
            let run = Run { version: version.into(), facts, ..run };
            let found = body(&Hasura::new("enterprise").enterprise(), &[event], &run).unwrap();
            let topic = if version == "12345" { "enterprise_test" } else { "enterprise" };
            assert_eq!(found, json!({"topic": topic, "data": expected}));
        }
    }

    /// A server sends nothing but its samples, and of those only what is named, if something is.
    #[test]
    fn a_server_tells_of_its_samples_alone() {
        let (event, run) = snapshot(&json!({"tables": 1}));
        let is_sent = |format: Hasura, event: &Event| body(&format, std::slice::from_ref(event), &run).is_some();
        let server = || Hasura::new("t").server();
        assert!(is_sent(server(), &event) && is_sent(server().only(["server_metrics"]), &event));
        assert!(!is_sent(server().only(["configuration"]), &event) && !is_sent(server(), &sample().0));
        assert!(!is_sent(Hasura::new("t").enterprise(), &sample().0) && !is_sent(Hasura::new("t"), &event));
        assert_eq!((server().kinds(), Hasura::new("t").kinds()), (Kinds::SNAPSHOTS, Kinds::FINISHES));
        let names = [Hasura::new("t"), server(), Hasura::new("t").enterprise()].map(|format| format.name());
        assert_eq!(names, ["hasura", "hasura_server", "hasura_enterprise"]);
        assert!(URL_VARIABLES.contains(&server().variables()[0].0));
    }

    /// The first sample of the enterprise edition: of its configuration.
    const CONFIGURATION: &str = r#"{
        "license_jti": "e86e5a54-ad3b-49e6-98ca-ab34b0a50f8f", "client_id": null,
        "metadata_db_uid": "4492082b-a2d6-4d4c-81e5-f481b2aea669",
        "instance_uid": "f6d67a85-4a4f-4897-a767-89a86253b59c",
        "sample_uid": "2a18421a-baff-466b-bf34-b7fd6a5c76c8", "hasura_version": "v2.23.0",
        "metrics": {
        "api_limits_enabled": true, "api_limits_roles_with_limits": 0, "api_limits_rate_limits": 0,
        "api_limits_depth_limits": 0, "api_limits_node_limits": 0, "api_limits_time_limits": 0,
        "api_limits_batch_limits": 0, "prometheus_endpoint_enabled": false, "prometheus_secret_enabled": false,
        "otel_enabled": false, "otel_traces_enabled": false, "allow_list_roles": 0,
        "logs_http_response_log_enabled": false, "logs_api_limit_log_enabled": false,
        "logs_live_query_poller_log_enabled": false, "logs_caching_log_enabled": false,
        "logs_tracing_log_enabled": true, "logs_metrics_log_enabled": false,
        "logs_health_check_log_enabled": false, "rate_limiting_enabled": false, "caching_enabled": false,
        "remote_schemas": 0, "actions_synchronous": 0, "actions_asynchronous": 0, "actions_query": 0,
        "actions_type_relationships": 0, "actions_custom_types": 0, "resource_cpu": 2048, "resource_memory": 0,
        "resource_checker_error_code": "CPU_MEMORY_INCONCLUSIVE", "jwt_secrets_configured": 2,
        "admin_secrets_configured": 2
            }
        }"#;
    /// … the second: of one source.
    const SOURCE: &str = r#"{
        "license_jti": "e86e5a54-ad3b-49e6-98ca-ab34b0a50f8f", "client_id": null,
        "metadata_db_uid": "4492082b-a2d6-4d4c-81e5-f481b2aea669",
        "instance_uid": "f6d67a85-4a4f-4897-a767-89a86253b59c",
        "sample_uid": "2a18421a-baff-466b-bf34-b7fd6a5c76c8", "hasura_version": "12345",
        "metrics": {
        "backend_type": "postgres", "read_replicas": 0, "health_check_enabled": false, "tables": 0, "views": 0,
        "enum_tables": 0, "relationships_manual": 0, "relationships_auto": 0, "permissions_select": 0,
        "permissions_insert": 0, "permissions_update": 0, "permissions_delete": 0, "permissions_roles": 0,
        "event_triggers": 0, "functions": 0, "native_queries": 0, "query_tags_enabled": false,
        "connection_templates_enabled": false
            }
        }"#;
    /// … the third: of what runs. (The document lacks a comma.)
    const SERIES: &str = r#"{
        "license_jti": "e86e5a54-ad3b-49e6-98ca-ab34b0a50f8f", "client_id": null,
        "metadata_db_uid": "4492082b-a2d6-4d4c-81e5-f481b2aea669",
        "instance_uid": "f6d67a85-4a4f-4897-a767-89a86253b59c",
        "sample_uid": "2a18421a-baff-466b-bf34-b7fd6a5c76c8", "hasura_version": "12345",
        "metrics": {
        "hasura_action_request_bytes_total": [{"value": 0}],
        "hasura_action_response_bytes_total": [{"value": 0}], "hasura_active_subscriptions": [{"value": 0}],
        "hasura_cron_events_invocation_total": [{"status": "success", "value": 0}],
        "hasura_event_invocations_total": [{"status": "success", "value": 0}],
        "hasura_event_trigger_http_workers": [{"value": 0}], "hasura_events_fetched_per_batch": [{"value": 0}],
        "hasura_event_trigger_request_bytes_total": [{"value": 0}],
        "hasura_event_trigger_response_bytes_total": [{"value": 0}],
        "hasura_graphql_requests_total": [{"operation_type": "query", "response_status": "failed", "value": 0}],
        "hasura_http_connections": [{"value": 0}], "hasura_http_request_bytes_total": [{"value": 0}],
        "hasura_http_response_bytes_total": [{"value": 0}], "hasura_metadata_resource_version": [{"value": 1}],
        "hasura_postgres_connections": [{"role": "primary", "source_name": "default", "value": 1}],
        "hasura_scheduled_trigger_request_bytes_total": [{"value": 0}],
        "hasura_scheduled_trigger_response_bytes_total": [{"value": 0}],
        "hasura_websocket_connections": [{"value": 0}],
        "hasura_websocket_messages_received_bytes_total": [{"value": 0}],
        "hasura_websocket_messages_sent_bytes_total": [{"value": 0}]
            }
        }"#;
}
