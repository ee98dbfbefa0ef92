//! CloudEvents 1.0 in JSON batches.

use crate::json::Writer;
use crate::value::rfc3339;

use super::{Batch, Entry, Format, Limits, Request, Stream, json, spelling};

/// CloudEvents: see [`sink::CloudEvents`](crate::sink::CloudEvents).
#[derive(Clone, Debug, Default)]
pub struct CloudEvents {
    source: Option<String>,
    schema: Option<String>,
    type_prefix: String,
}

impl CloudEvents {
    /// Events whose source is the program, and whose types are their names.
    #[must_use]
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The URI that says where events come from, `urn:telemetry:<program>` unless told.
    #[must_use]
    pub(crate) fn source(self, uri: impl Into<String>) -> Self {
        Self { source: Some(uri.into()).filter(|uri| !uri.is_empty()), ..self }
    }

    /// Where the schema of the data is.
    #[must_use]
    pub(crate) fn schema(self, uri: impl Into<String>) -> Self {
        Self { schema: Some(uri.into()).filter(|uri| !uri.is_empty()), ..self }
    }

    /// What stands before the event's name in its type.
    #[must_use]
    pub(crate) fn type_prefix(self, prefix: impl Into<String>) -> Self {
        Self { type_prefix: prefix.into(), ..self }
    }

    fn write_event(&self, entry: &Entry<'_>, to: Writer<'_>) {
        let event = entry.event;
        to.object(|members| {
            members.member("specversion").text("1.0");
            members.member("id").text(event.id);
            members.member("source").text(self.source_of(entry));
            members.member("type").text(self.event_type(entry));
            members.member("time").text(rfc3339(event.time));
            members.member("datacontenttype").text("application/json");
            if let Some(uri) = &self.schema {
                members.member("dataschema").text(uri);
            }
            json::write_event(entry, members.member("data"));
        });
    }

    fn source_of(&self, entry: &Entry<'_>) -> String {
        let of_app = || format!("urn:telemetry:{}", percent_encoded(entry.app().unwrap_or("unknown")));
        self.source.clone().unwrap_or_else(of_app)
    }

    /// Never empty, which the specification forbids.
    fn event_type(&self, entry: &Entry<'_>) -> String {
        let name = spelling::words(&entry.event.name, "_");
        let name = if name.is_empty() { json::kind(&entry.event.kind) } else { &name };
        format!("{}{name}", self.type_prefix)
    }
}

impl Format for CloudEvents {
    fn name(&self) -> &'static str {
        "cloudevents"
    }

    /// What stands between may refuse an event over 64 KiB.
    fn streams(&self) -> Vec<Stream> {
        vec![Stream::all(Limits { event_bytes: 64 * 1024, ..Limits::USUAL })]
    }

    fn request(&self, batch: &Batch<'_>) -> Option<Request> {
        let mut text = String::new();
        Writer::new(&mut text).list(batch.entries, |entry, to| self.write_event(entry, to));
        Some(Request::new("application/cloudevents-batch+json", text))
    }
}

/// A text with what is not unreserved in a URI (RFC 3986, section 2.3) as its bytes.
fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| {
        let is_plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if is_plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
#[cfg(feature = "record")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::event::Outcome;
    use crate::format::properties::tests::{body, finish, named, run};

    /// The form is that of the JSON batch format, section 4 (`application/cloudevents-batch+json`), whose example has the attributes
    /// `specversion`, `type`, `source`, `id`, `time`, `datacontenttype` and `data` in objects in an array.
    #[test]
    fn a_batch_is_an_array_of_plain_events_with_attributes() {
        let event = finish(Outcome::Ok, vec![named("rows", &42_u64)]);
        let data = body(&super::super::Json, std::slice::from_ref(&event), &run()).unwrap()["events"][0].clone();
        let format = CloudEvents::new()
            .source("https://example.org/demo")
            .schema("https://example.org/demo.schema.json")
            .type_prefix("org.example.");
        let mut expected = json!([{
            "specversion": "1.0",
            "id": "01927d3e-0a5b-7c1d-8e2f-001122334455",
            "source": "https://example.org/demo",
            "type": "org.example.sync_finished",
            "time": "2026-11-20T23:23:36.900001Z",
            "datacontenttype": "application/json",
            "dataschema": "https://example.org/demo.schema.json",
            "data": data
        }]);
        assert_eq!(body(&format, std::slice::from_ref(&event), &run()).unwrap(), expected);

        expected[0].as_object_mut().unwrap().remove("dataschema");
        expected[0]["source"] = json!("urn:telemetry:demo");
        expected[0]["type"] = json!("sync_finished");
        let plain = CloudEvents::new().source("").schema("");
        assert_eq!(body(&plain, &[event], &run()).unwrap(), expected, "what may not be empty is not");
    }

    #[test]
    fn the_content_type_is_that_of_batches() {
        let event = finish(Outcome::Ok, Vec::new());
        let entries = [Entry::new(&event, None)];
        let request = CloudEvents::new().request(&Batch::new(&entries, event.time, "")).unwrap();
        assert_eq!(request.content_type, "application/cloudevents-batch+json");
        assert!(String::from_utf8(request.body).unwrap().contains(r#""source":"urn:telemetry:unknown""#));
    }

    #[test]
    fn a_source_is_a_uri() {
        assert_eq!(percent_encoded("my-app_1.0~x"), "my-app_1.0~x");
        assert_eq!(percent_encoded("my app/ü"), "my%20app%2F%C3%BC");
    }

    proptest::proptest! {
        /// The required attributes are texts of at least one character.
        #[test]
        fn every_event_has_what_is_required(events in proptest::collection::vec(crate::codec::tests::event(), 1..5)) {
            let body = body(&CloudEvents::new(), &events, &run()).unwrap();
            for (found, event) in body.as_array().unwrap().iter().zip(&events) {
                proptest::prop_assert_eq!(&found["id"], &serde_json::json!(event.id.to_string()));
                for name in ["source", "specversion", "type"] {
                    proptest::prop_assert!(found[name].as_str().is_some_and(|text| !text.is_empty()), "{found}");
                }
            }
            proptest::prop_assert_eq!(body.as_array().unwrap().len(), events.len());
        }
    }
}
