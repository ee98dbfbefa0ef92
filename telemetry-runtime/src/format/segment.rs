//! Batches of messages as Segment takes them, and RudderStack, which has the same messages but for the names of times.
//!
//! ```text
//! identify, group … (for each person, before the first event that is of them) · track (an event each)
//! ```

use std::fmt;

use crate::event::Event;
use crate::identity::Identity;
use crate::json::{Members, Writer};
use crate::level::Kinds;
use crate::value::{Id, rfc3339};

use super::key::Key;
use super::properties::{Properties, Property, Renamed, can_rename, groups, write_groups};
use super::{Answer, Batch, Entry, Format, Limits, Part, Policy, Request, Stream, Verdict};

/// What a message may have: 32 KB. A body that has room for no more has none that is larger.
const MESSAGE_BYTES: usize = 32 * 1024;
/// What is expected where properties are renamed.
const RENAMED: &str = "properties of ours, each with a name of its own in snake case";
/// An event may bring a person, a team and eight groups with it.
const MESSAGES_AN_EVENT: usize = 11;

/// Segment: see [`sink::Segment`](crate::sink::Segment).
#[derive(Clone, Debug)]
pub struct Segment {
    key: Key,
    pub(crate) renamed: Vec<Renamed>,
}

impl Segment {
    /// A source with this write key.
    #[must_use]
    pub(crate) fn new(write_key: impl Into<String>) -> Self {
        Self { key: Key(write_key.into()), renamed: Vec::new() }
    }
}

impl Format for Segment {
    fn name(&self) -> &'static str {
        "segment"
    }

    fn kinds(&self) -> Kinds {
        Kinds::STATS | Kinds::LOSSES
    }

    /// Of more than 2,500 messages in a batch none is kept, and the answer is 200.
    fn streams(&self) -> Vec<Stream> {
        let limits = Limits { events: 2500 / MESSAGES_AN_EVENT, bytes: 500 * 1024, event_bytes: MESSAGE_BYTES };
        vec![Stream { path: "/v1/batch", ..Stream::all(limits) }]
    }

    fn request(&self, batch: &Batch<'_>) -> Option<Request> {
        Some(request(batch, &self.key, &self.renamed, Flavour::Segment))
    }

    fn verdict(&self, answer: &Answer<'_>) -> Verdict {
        Policy::SEGMENT.verdict(answer)
    }

    fn variables(&self) -> Vec<(&'static str, Part)> {
        vec![("SEGMENT_WRITE_KEY", Part::Key), ("SEGMENT_URL", Part::Url)]
    }

    fn set_key(&mut self, key: String) {
        self.key = Key(key);
    }

    fn check(&self) -> Result<(), &'static str> {
        if can_rename(&self.renamed) { Ok(()) } else { Err(RENAMED) }
    }
}

/// RudderStack: see [`sink::RudderStack`](crate::sink::RudderStack).
#[derive(Clone, Debug)]
pub struct RudderStack {
    key: Key,
    pub(crate) renamed: Vec<Renamed>,
}

impl RudderStack {
    /// A source with this write key.
    #[must_use]
    pub(crate) fn new(write_key: impl Into<String>) -> Self {
        Self { key: Key(write_key.into()), renamed: Vec::new() }
    }
}

impl Format for RudderStack {
    fn name(&self) -> &'static str {
        "rudderstack"
    }

    fn kinds(&self) -> Kinds {
        Kinds::STATS | Kinds::LOSSES
    }

    /// 4 MB are documented; the vendor's own client for Rust stops at 512 KB.
    fn streams(&self) -> Vec<Stream> {
        let limits = Limits { events: 500, bytes: 512 * 1024, event_bytes: MESSAGE_BYTES };
        vec![Stream { path: "/v1/batch", ..Stream::all(limits) }]
    }

    fn request(&self, batch: &Batch<'_>) -> Option<Request> {
        Some(request(batch, &self.key, &self.renamed, Flavour::RudderStack))
    }

    fn verdict(&self, answer: &Answer<'_>) -> Verdict {
        Policy::SEGMENT.verdict(answer)
    }

    fn variables(&self) -> Vec<(&'static str, Part)> {
        vec![("RUDDERSTACK_WRITE_KEY", Part::Key), ("RUDDERSTACK_DATA_PLANE_URL", Part::Url)]
    }

    fn set_key(&mut self, key: String) {
        self.key = Key(key);
    }

    fn check(&self) -> Result<(), &'static str> {
        if can_rename(&self.renamed) { Ok(()) } else { Err(RENAMED) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flavour {
    Segment,
    RudderStack,
}

/// What a message says beside whom, when and where.
enum What<'a> {
    Track,
    Identify,
    /// Kind and id.
    Group(&'a str, &'a str),
}

/// The key goes in a header, so that no body has it: bodies are shown, and kept in the ledger.
fn request(batch: &Batch<'_>, key: &Key, renamed: &[Renamed], flavour: Flavour) -> Request {
    let mut told: Vec<&Identity> = Vec::new();
    let mut messages = Vec::with_capacity(batch.entries.len());
    for entry in batch.entries {
        if let Some(identity) = entry.event.identity().filter(|identity| !told.contains(identity)) {
            told.push(identity);
            messages.extend(identity.user.is_some().then_some((entry, What::Identify)));
            messages.extend(groups(identity).map(|(kind, id)| (entry, What::Group(kind, id))));
        }
        messages.push((entry, What::Track));
    }
    let mut text = String::new();
    Writer::new(&mut text).object(|body| {
        body.member("batch")
            .list(messages, |(entry, what), to| write_message(batch, entry, &what, renamed, flavour, to));
        body.member("sentAt").text(rfc3339(batch.sent_at));
    });
    Request::new("application/json", text).secret_header("authorization", key.basic())
}

fn write_message(
    batch: &Batch<'_>,
    entry: &Entry<'_>,
    what: &What<'_>,
    renamed: &[Renamed],
    flavour: Flavour,
    to: Writer<'_>,
) {
    let event = entry.event;
    to.object(|message| {
        message.member("type").text(what);
        message.member("messageId").text(message_id(event, what));
        let is_named = event.identity().is_some_and(|identity| identity.user.is_some());
        message.member(if is_named { "userId" } else { "anonymousId" }).text(entry.distinct_id());
        match flavour {
            Flavour::Segment => message.member("timestamp").text(rfc3339(event.time)),
            Flavour::RudderStack => {
                message.member("originalTimestamp").text(rfc3339(event.time));
                message.member("sentAt").text(rfc3339(batch.sent_at));
                message.member("channel").text("server");
            }
        }
        match what {
            What::Track => {
                message.member("event").text(&event.name);
                message.member("properties").object(|to| write_properties(entry, renamed, to));
            }
            What::Identify => message.member("traits").object(|_| {}),
            What::Group(kind, id) => {
                message.member("groupId").text(id);
                message.member("traits").object(|traits| traits.member("groupType").text(kind));
            }
        }
        message.member("context").object(|context| write_context(entry, context));
        message.member("integrations").object(|_| {});
    });
}

fn write_properties(entry: &Entry<'_>, renamed: &[Renamed], to: &mut Members<'_>) {
    let arch = entry.arch().map(|arch| ("arch", Property::text(arch)));
    Properties::of_renamed(entry, arch, renamed).write(to);
    write_groups(entry, to);
}

/// An address of zeros: without one, the address that the request came from is taken for the user's.
fn write_context(entry: &Entry<'_>, context: &mut Members<'_>) {
    context.member("ip").text("0.0.0.0");
    context.member("library").object(|library| {
        library.member("name").text(env!("CARGO_PKG_NAME"));
        library.member("version").text(env!("CARGO_PKG_VERSION"));
    });
    if let (Some(app), Some(version)) = (entry.app(), entry.version()) {
        context.member("app").object(|members| {
            members.member("name").text(app);
            members.member("version").text(version);
        });
    }
    if let Some(os) = entry.os() {
        context.member("os").object(|members| members.member("name").text(os));
    }
}

/// What a message is known by, however often it is sent: the event's id, and for what is said of a person one that the run and the
/// person make (a UUID of version 8, by FNV-1a).
fn message_id(event: &Event, what: &What<'_>) -> Id {
    let Some(identity) = event.identity().filter(|_| !matches!(what, What::Track)) else { return event.id };
    let (kind, group) = if let What::Group(kind, id) = what { (*kind, *id) } else { ("", "") };
    let invocation = event.invocation.as_u128().to_be_bytes();
    let parts = [&invocation[..], identity.user_id().unwrap_or_default().as_bytes(), kind.as_bytes(), group.as_bytes()];
    // 0xff is in no text, so that no two lists of parts are the same bytes.
    let bytes = parts.into_iter().flat_map(|part| part.iter().chain(&[0xff]));
    let hash = bytes.fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
        (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    });
    let (version, variant) = (0xf << 76, 0b11 << 62);
    Id(hash & !version & !variant | 8 << 76 | 0b10 << 62)
}

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            What::Track => "track",
            What::Identify => "identify",
            What::Group(..) => "group",
        })
    }
}

#[cfg(test)]
#[cfg(feature = "record")]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::event::Outcome;
    use crate::format::properties::tests::{body, finish, label, named, run};
    use crate::identity::IdentitySource;

    fn signed_in(identity: Identity) -> Event {
        Event { signed_in: 1, identity: Some(Arc::new(identity)), ..finish(Outcome::Ok, Vec::new()) }
    }

    /// The keys are those that the vendors' own clients for Node put on the wire (@segment/analytics-node 3.1.0 and
    /// @rudderstack/rudder-sdk-node 3.0.13, both to `/v1/batch`), without their `_metadata` of Node, and with the write key in
    /// the header alone:
    ///
    /// ```json
    /// {"batch":[{"timestamp":"…","integrations":{},"event":"Sync Finished","type":"track","properties":{"rows":1},"context":{"ip":"0.0.0.0",
    ///   "library":{"name":"@segment/analytics-node","version":"3.1.0"}},"userId":"u1","messageId":"…","_metadata":{…}}],"writeKey":"WK","sentAt":"…"}
    /// {"batch":[{"anonymousId":"a1","event":"Sync Finished","properties":{"rows":1},"context":{"ip":"0.0.0.0","library":{"name":"analytics-node","version":"3.0.13"}},
    ///   "type":"track","channel":"server","_metadata":{…},"originalTimestamp":"…","messageId":"…","sentAt":"…"}],"timestamp":"…","sentAt":"…"}
    /// ```
    #[test]
    fn an_event_of_an_installation_is_a_track() {
        let mut run = run();
        run.facts = vec![("channel".into(), label("stable"))];
        let event = finish(Outcome::Ok, vec![named("rows", &42_u64)]);
        let mut expected = json!({
            "batch": [{
                "type": "track",
                "messageId": "01927d3e-0a5b-7c1d-8e2f-001122334455",
                "anonymousId": "5b0c8a52-3f0e-4d55-9d0a-6c1e7a3f2b10",
                "timestamp": "2026-11-20T23:23:36.900001Z",
                "event": "Sync Finished",
                "properties": {
                    "arch": "aarch64", "kind": "finish",
                    "invocation_id": "0d7c3f5e-5f3a-4c38-9d0e-1c9b1f0a7a11", "call_id": "8a2b6c1d9e0f4a53",
                    "environment": "cli", "install_id_kind": "lasting",
                    "outcome": "ok", "is_error": false, "duration_ns": 1_503_000,
                    "channel": "stable", "rows": 42
                },
                "context": {
                    "ip": "0.0.0.0",
                    "library": {"name": "telemetry-runtime", "version": env!("CARGO_PKG_VERSION")},
                    "app": {"name": "demo", "version": "0.1.0"},
                    "os": {"name": "macos"}
                },
                "integrations": {}
            }],
            "sentAt": "2026-11-20T23:23:37.900001Z"
        });
        assert_eq!(body(&Segment::new("WK"), std::slice::from_ref(&event), &run).unwrap(), expected);

        let message = expected["batch"][0].as_object_mut().unwrap();
        let time = message.remove("timestamp").unwrap();
        message.insert("originalTimestamp".into(), time);
        message.insert("sentAt".into(), json!("2026-11-20T23:23:37.900001Z"));
        message.insert("channel".into(), json!("server"));
        assert_eq!(body(&RudderStack::new("WK"), &[event], &run).unwrap(), expected);
    }

    /// The messages of a person are, but for the kind of the group, those that `identify` and `group` of the vendors' clients make:
    ///
    /// ```json
    /// {"userId":"u1","traits":{"a":1},"context":{…},"type":"identify","channel":"server","originalTimestamp":"…","messageId":"…","sentAt":"…"}
    /// {"userId":"u1","groupId":"g1","traits":{"b":2},"type":"group","context":{…},"channel":"server","originalTimestamp":"…","messageId":"…","sentAt":"…"}
    /// ```
    #[test]
    fn a_person_and_their_groups_come_before_their_events_and_once() {
        let alice = || signed_in(Identity::user("alice").team("acme").group("project", "p1"));
        let cloud = signed_in(Identity::service_account("acme").source(IdentitySource::ServiceAccount));
        let events = [finish(Outcome::Ok, Vec::new()), alice(), alice(), cloud];
        let found = body(&RudderStack::new("WK"), &events, &run()).unwrap();
        let batch = found["batch"].as_array().unwrap();
        let of = |message: &serde_json::Value| {
            let text = |name: &str| message[name].as_str().unwrap_or("-").to_owned();
            [text("type"), text("userId"), text("anonymousId"), text("groupId")].join(" ")
        };
        let (install, invocation) = (run().install_id.unwrap(), run().invocation);
        assert_eq!(
            batch.iter().map(of).collect::<Vec<_>>(),
            [
                format!("track - {install} -"),
                "identify alice - -".into(),
                "group alice - acme".into(),
                "group alice - p1".into(),
                "track alice - -".into(),
                "track alice - -".into(),
                format!("group - {invocation} acme"),
                format!("track - {invocation} -"),
            ]
        );
        assert_eq!((&batch[1]["traits"], &batch[3]["traits"]), (&json!({}), &json!({"groupType": "project"})));
        assert_eq!(batch[4]["properties"]["$groups"], json!({"team": "acme", "project": "p1"}));
        assert_eq!(batch[4]["properties"]["identity_source"], "login");
        assert_eq!(batch[4]["properties"]["install_id_kind"], "none");
        assert!(batch[0]["properties"].get("$groups").is_none());

        let mut ids: Vec<_> = [1, 2, 3, 6].iter().map(|at| batch[*at]["messageId"].as_str().unwrap()).collect();
        assert!(ids.iter().all(|id| crate::identity::uuid(id).is_some() && &id[14..15] == "8" && &id[19..20] >= "8"));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 4, "each has an id of its own");
        let again = body(&RudderStack::new("WK"), &events[2..], &run()).unwrap();
        assert_eq!(again["batch"][0]["messageId"], batch[1]["messageId"], "sent again, by a part of the batch");
    }

    /// The key is the user's name, and there is no password: `WK:` is `V0s6`, as both clients send it.
    #[test]
    fn the_key_is_in_the_header_alone() {
        let event = finish(Outcome::Ok, Vec::new());
        let entries = [Entry::new(&event, None)];
        let batch = Batch::new(&entries, event.time, "");
        let mut formats: [Box<dyn Format>; 2] = [Box::new(Segment::new("WK")), Box::new(RudderStack::new("WK"))];
        for format in &mut formats {
            let request = format.request(&batch).unwrap();
            assert_eq!(request.headers, [("authorization", "Basic V0s6".to_owned(), true)]);
            assert!(!String::from_utf8(request.body).unwrap().contains("WK"));
            assert_eq!(format.streams().iter().map(|stream| stream.path).collect::<Vec<_>>(), ["/v1/batch"]);
            format.set_key("other".into());
            assert_eq!(format.request(&batch).unwrap().headers[0].1, "Basic b3RoZXI6");
        }
        assert!(!format!("{:?}{:?}", Segment::new("secret"), RudderStack::new("secret")).contains("secret"));
    }

    /// Whoever has reports over properties of other names keeps them; a field of such a name makes room, whether ours is there or not.
    #[test]
    fn properties_have_the_names_of_the_receivers_reports() {
        let mut format = RudderStack::new("WK");
        format.renamed = vec![("invocation_id", "invocation_uuid"), ("duration_ns", "duration")];
        assert_eq!(format.check(), Ok(()));
        let fields = vec![named("duration", &1_u64), named("duration_ns", &2_u64)];
        let properties = |event: &Event| {
            body(&format, std::slice::from_ref(event), &run()).unwrap()["batch"][0]["properties"].clone()
        };
        let finished = properties(&finish(Outcome::Ok, fields.clone()));
        assert_eq!(finished["invocation_uuid"], "0d7c3f5e-5f3a-4c38-9d0e-1c9b1f0a7a11");
        assert_eq!(finished["duration"], 1_503_000);
        let begun = properties(&Event { kind: crate::event::EventKind::Start, ..finish(Outcome::Ok, fields) });
        assert_eq!((begun.get("duration"), begun.get("invocation_id")), (None, None));
        for properties in [finished, begun] {
            assert_eq!((&properties["field_duration"], &properties["field_duration_ns"]), (&json!(1), &json!(2)));
        }
        for refused in [
            vec![("rows", "row_count")],
            vec![("duration_ns", "outcome")],
            vec![("duration_ns", "Duration")],
            vec![("duration_ns", "a"), ("duration_ns", "b")],
            vec![("duration_ns", "a"), ("outcome", "a")],
        ] {
            format.renamed = refused;
            assert!(format.check().is_err(), "{:?}", format.renamed);
        }
    }

    /// CW-25, CW-26: the user's variables stand in for key and URL.
    #[test]
    fn key_and_url_have_variables() {
        let variables = RudderStack::new("WK").variables();
        assert_eq!(variables, [("RUDDERSTACK_WRITE_KEY", Part::Key), ("RUDDERSTACK_DATA_PLANE_URL", Part::Url)]);
        assert_eq!(Segment::new("WK").variables(), [("SEGMENT_WRITE_KEY", Part::Key), ("SEGMENT_URL", Part::Url)]);
    }

    /// 2,500 messages a batch: of more, none is kept.
    #[test]
    fn a_batch_of_strangers_is_within_the_limit() {
        let stranger = |at: usize| {
            let groups = ["a", "b", "c", "d", "e", "f", "g", "h"];
            let person = Identity::user(format!("user-{at}")).team("t");
            signed_in(groups.into_iter().fold(person, |person, kind| person.group(kind, "x")))
        };
        let format = Segment::new("WK");
        let limits = format.streams()[0].limits;
        let events: Vec<_> = (0..limits.events).map(stranger).collect();
        let messages = body(&format, &events, &run()).unwrap()["batch"].as_array().unwrap().len();
        assert_eq!(messages, limits.events * MESSAGES_AN_EVENT);
        assert!((2400..=2500).contains(&messages));
    }

    /// Whether an event is too large by itself is asked only where its texts and lists say that it may be.
    #[test]
    fn no_message_over_the_limit_goes_unnoticed() {
        use std::time::{Duration, SystemTime};
        let far = SystemTime::UNIX_EPOCH + Duration::new(253_402_300_799, 999_999_999);
        let longest = [
            named("x", &[u64::MAX].as_slice()).1,
            named("x", &[-f64::MIN_POSITIVE].as_slice()).1,
            named("x", &[far].as_slice()).1,
            named("x", &[Id(u128::MAX)].as_slice()).1,
            label("\u{1}\u{1}\u{1}\u{1}"),
            label(""),
        ];
        let mut found = 0;
        for value in longest {
            for count in (0..1536).step_by(64) {
                let fields = (0..count).map(|at| (format!("f{at}").into(), value.clone())).collect();
                let person = Identity::user("u".repeat(256)).team("t".repeat(256));
                let event = Event { fields, ..signed_in(person) };
                let entries = [Entry::new(&event, None)];
                let request = RudderStack::new("WK").request(&Batch::new(&entries, event.time, "")).unwrap();
                let is_large = request.body().len() > MESSAGE_BYTES;
                assert!(!is_large || entries[0].text_bytes() > MESSAGE_BYTES / 16, "{count} of {value}");
                found += usize::from(is_large);
            }
        }
        assert!(found > 20, "{found}");
    }

    /// What Segment's validator (@segment/loosely-validate-event 2.0.0) asks of a message: a type, an id of somebody, an event's name for a
    /// track, a group's id for a group, an object each for context, integrations, properties and traits.
    fn is_valid(message: &serde_json::Value) -> bool {
        let is_text = |name: &str| message[name].as_str().is_some_and(|text| !text.is_empty());
        let is_object = |name: &str| message[name].is_object();
        let is_whole = match message["type"].as_str() {
            Some("track") => message["event"].is_string() && is_object("properties"),
            Some("identify") => is_text("userId") && is_object("traits"),
            Some("group") => is_text("groupId") && is_object("traits"),
            _ => false,
        };
        is_whole && (is_text("userId") != is_text("anonymousId")) && is_object("context") && is_object("integrations")
    }

    proptest::proptest! {
        #[test]
        fn every_batch_is_of_valid_messages(
            events in proptest::collection::vec((crate::codec::tests::event(), proptest::bool::ANY), 1..5),
        ) {
            let person = Arc::new(Identity::user("alice").team("acme"));
            let event = |(event, is_named)| Event { identity: Some(person.clone()).filter(|_| is_named), ..event };
            let events: Vec<Event> = events.into_iter().map(event).collect();
            let bodies = [body(&Segment::new("WK"), &events, &run()), body(&RudderStack::new("WK"), &events, &run())];
            for body in bodies.into_iter().flatten() {
                let batch = body["batch"].as_array().unwrap();
                proptest::prop_assert!(batch.iter().all(is_valid), "{body}");
                proptest::prop_assert!(batch.iter().all(|message| message.to_string().len() < MESSAGE_BYTES));
                let tracks: Vec<_> = batch.iter().filter(|message| message["type"] == "track").collect();
                proptest::prop_assert_eq!(tracks.len(), events.len());
                for (track, event) in tracks.iter().zip(&events) {
                    proptest::prop_assert_eq!(&track["messageId"], &serde_json::json!(event.id.to_string()));
                }
            }
        }
    }
}
