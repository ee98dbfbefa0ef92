//! Batches of events as PostHog takes them.

use crate::json::Writer;
use crate::level::Kinds;
use crate::value::rfc3339;

use super::key::Key;
use super::properties::{Properties, Property, write_groups};
use super::{Answer, Batch, Entry, Format, Limits, Part, Policy, Request, Stream, Verdict};

/// PostHog: see [`sink::PostHog`](crate::sink::PostHog).
#[derive(Clone, Debug)]
pub struct PostHog {
    key: Key,
}

impl PostHog {
    /// A project with this key.
    #[must_use]
    pub(crate) fn new(api_key: impl Into<String>) -> Self {
        Self { key: Key(api_key.into()) }
    }
}

impl Format for PostHog {
    fn name(&self) -> &'static str {
        "posthog"
    }

    fn kinds(&self) -> Kinds {
        Kinds::STATS | Kinds::LOSSES
    }

    /// 20 MB a request are documented; an event over 1 MB is dropped, and the answer is 200.
    fn streams(&self) -> Vec<Stream> {
        let limits = Limits { events: 1000, bytes: 4 * 1024 * 1024, event_bytes: 1_000_000 };
        vec![Stream { path: "/batch/", ..Stream::all(limits) }]
    }

    fn request(&self, batch: &Batch<'_>) -> Option<Request> {
        let mut text = String::new();
        Writer::new(&mut text).object(|body| {
            body.member("api_key").text(&self.key.0);
            body.member("historical_migration").plain(false);
            body.member("sent_at").text(rfc3339(batch.sent_at));
            body.member("batch").list(batch.entries, write_event);
        });
        Some(Request::new("application/json", text))
    }

    fn verdict(&self, answer: &Answer<'_>) -> Verdict {
        Policy::POSTHOG.verdict(answer)
    }

    fn variables(&self) -> Vec<(&'static str, Part)> {
        vec![("POSTHOG_API_KEY", Part::Key), ("POSTHOG_HOST", Part::Url)]
    }

    fn set_key(&mut self, key: String) {
        self.key = Key(key);
    }
}

/// Without `$ip`, the address that the request came from is taken for the user's; with one that is null none is.
fn write_event(entry: &Entry<'_>, to: Writer<'_>) {
    let event = entry.event;
    let names_user = event.identity().is_some_and(|identity| identity.user.is_some());
    let text = |text: Option<&str>| text.map(Property::text);
    let own = [
        ("$process_person_profile", (!names_user).then_some(Property::Bool(false))),
        ("$geoip_disable", Some(Property::Bool(true))),
        ("$ip", Some(Property::Null)),
        ("$lib", Some(Property::text(env!("CARGO_PKG_NAME")))),
        ("$lib_version", Some(Property::text(env!("CARGO_PKG_VERSION")))),
        ("app", text(entry.app())),
        ("version", text(entry.version())),
        ("os", text(entry.os())),
        ("arch", text(entry.arch())),
    ];
    let own = own.into_iter().filter_map(|(name, value)| Some((name, value?)));
    to.object(|members| {
        members.member("uuid").text(event.id);
        members.member("event").text(&event.name);
        members.member("distinct_id").text(entry.distinct_id());
        members.member("timestamp").text(rfc3339(event.time));
        members.member("properties").object(|to| {
            Properties::of(entry, own).write(to);
            write_groups(entry, to);
        });
    });
}

#[cfg(test)]
#[cfg(feature = "record")]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::event::{Event, Outcome};
    use crate::format::properties::tests::{body, finish, label, named, run};
    use crate::identity::Identity;

    /// The keys are those of PostHog's reference (`api_key`, `historical_migration`, `batch` of `event`, `properties` with `distinct_id` beside or in
    /// them, `timestamp`), and of what posthog-node 5.70.0 puts on the wire:
    ///
    /// ```json
    /// {"api_key":"phc_x","batch":[{"event":"Sync Finished","properties":{"rows":1,"$process_person_profile":false,"$groups":{"team":"acme"},"$lib":"posthog-node",
    ///   "$lib_version":"5.70.0","$is_server":true,"$geoip_disable":true},"timestamp":"…","uuid":"…","distinct_id":"d1"}],"sent_at":"…"}
    /// ```
    #[test]
    fn an_event_of_an_installation_makes_no_profile() {
        let mut run = run();
        run.facts = vec![("channel".into(), label("stable"))];
        let event = finish(Outcome::Ok, vec![named("rows", &42_u64)]);
        let expected = json!({
            "api_key": "phc_x", "historical_migration": false, "sent_at": "2026-11-20T23:23:37.900001Z",
            "batch": [{
                "uuid": "01927d3e-0a5b-7c1d-8e2f-001122334455",
                "event": "Sync Finished",
                "distinct_id": "5b0c8a52-3f0e-4d55-9d0a-6c1e7a3f2b10",
                "timestamp": "2026-11-20T23:23:36.900001Z",
                "properties": {
                    "$process_person_profile": false, "$geoip_disable": true, "$ip": null,
                    "$lib": "telemetry-runtime", "$lib_version": env!("CARGO_PKG_VERSION"),
                    "app": "demo", "version": "0.1.0", "os": "macos", "arch": "aarch64",
                    "kind": "finish", "invocation_id": "0d7c3f5e-5f3a-4c38-9d0e-1c9b1f0a7a11", "call_id": "8a2b6c1d9e0f4a53",
                    "environment": "cli", "install_id_kind": "lasting",
                    "outcome": "ok", "is_error": false, "duration_ns": 1_503_000,
                    "channel": "stable", "rows": 42
                }
            }]
        });
        assert_eq!(body(&PostHog::new("phc_x"), &[event], &run).unwrap(), expected);
    }

    #[test]
    fn who_is_named_has_a_profile_and_groups() {
        let person =
            |identity| Event { signed_in: 1, identity: Some(Arc::new(identity)), ..finish(Outcome::Ok, Vec::new()) };
        let events = [
            person(Identity::user("alice").team("acme").group("project", "p1")),
            person(Identity::service_account("acme")),
        ];
        let found = body(&PostHog::new("phc_x"), &events, &run()).unwrap();
        let [alice, cloud] = [&found["batch"][0], &found["batch"][1]];
        assert_eq!(
            (alice["distinct_id"].as_str(), cloud["distinct_id"].as_str()),
            (Some("alice"), Some("0d7c3f5e-5f3a-4c38-9d0e-1c9b1f0a7a11"))
        );
        assert_eq!(alice["properties"].get("$process_person_profile"), None);
        assert_eq!(cloud["properties"]["$process_person_profile"], false, "a team is no person");
        assert_eq!(alice["properties"]["$groups"], json!({"team": "acme", "project": "p1"}));
        assert_eq!(cloud["properties"]["$groups"], json!({"team": "acme"}));
    }

    #[test]
    fn key_and_url_have_variables() {
        let mut format = PostHog::new("phc_x");
        assert_eq!(format.variables(), [("POSTHOG_API_KEY", Part::Key), ("POSTHOG_HOST", Part::Url)]);
        format.set_key("phc_y".into());
        assert_eq!(body(&format, &[finish(Outcome::Ok, Vec::new())], &run()).unwrap()["api_key"], "phc_y");
        assert_eq!(format.streams()[0].path, "/batch/");
        assert!(!format!("{format:?}").contains("phc_y"));
    }

    proptest::proptest! {
        #[test]
        fn every_event_says_who_what_and_when(events in proptest::collection::vec(crate::codec::tests::event(), 1..5)) {
            let body = body(&PostHog::new("phc_x"), &events, &run()).unwrap();
            let batch = body["batch"].as_array().unwrap();
            proptest::prop_assert_eq!(batch.len(), events.len());
            for (found, event) in batch.iter().zip(&events) {
                proptest::prop_assert_eq!(&found["uuid"], &serde_json::json!(event.id.to_string()));
                proptest::prop_assert!(found["distinct_id"].as_str().is_some_and(|id| !id.is_empty()));
                proptest::prop_assert!(found["properties"].as_object().unwrap().get("$ip") == Some(&serde_json::Value::Null));
            }
        }
    }
}
