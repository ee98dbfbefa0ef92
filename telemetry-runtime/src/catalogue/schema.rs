//! The catalogue as a JSON Schema of what `sink::Json` sends.

use std::collections::BTreeMap;

use super::{Catalogue, Entry, Type, When};
use crate::event::Misuse;
use crate::json::{Members, Writer};
use crate::value::MAX_LIST;

impl Catalogue {
    /// A JSON Schema (2020-12) of the batches that [`sink::Json`](crate::sink::Json) sends: every batch of this program is valid, and
    /// one with an event, a field or a fact that is not in the catalogue is not.
    #[must_use]
    pub fn to_json_schema(&self) -> String {
        let mut schema = String::new();
        Writer::new(&mut schema).object(|schema| {
            schema.member("$schema").text("https://json-schema.org/draft/2020-12/schema");
            schema.member("title").text(format_args!("Telemetry of {}", self.app));
            schema.member("type").text("object");
            schema.member("required").list(["sent_at", "events"], |name, to| to.text(name));
            schema.member("additionalProperties").plain(false);
            schema.member("properties").object(|properties| {
                string(properties.member("sent_at"), Some(TIME));
                properties.member("events").object(|events| {
                    events.member("type").text("array");
                    events.member("items").object(|items| {
                        // Reports that are required go elsewhere.
                        let events = self.events.iter().filter(|((_, when), _)| *when != When::UsageReport);
                        items.member("anyOf").list(events, |((name, when), entry), to| {
                            self.write_event(name, *when, entry, to);
                        });
                    });
                });
            });
        });
        schema
    }

    fn write_event(&self, name: &str, when: When, entry: &Entry, to: Writer<'_>) {
        let (kind, required): (&str, &[&str]) = match when {
            When::Start => ("start", &["call_id"]),
            When::Finish | When::Success => ("finish", &["call_id", "outcome", "is_error"]),
            When::Panic => ("panic", &[]),
            When::Loss => ("loss", &["reason", "events"]),
            When::UsageError => ("usage_error", &["reason"]),
            When::Aggregate => {
                ("aggregate", &["since", "calls", "errors", "panics", "cancelled", "duration_ns", "histogram"])
            }
            When::Snapshot => ("snapshot", &[]),
            When::UsageReport => ("usage_report", &[]),
        };
        to.object(|event| {
            if let Some(purpose) = &entry.purpose {
                event.member("description").text(purpose);
            }
            event.member("type").text("object");
            let always = ["id", "time", "event", "kind", "invocation_id"];
            event.member("required").list(always.iter().chain(required), |name, to| to.text(name));
            event.member("additionalProperties").plain(false);
            event.member("properties").object(|properties| {
                string(properties.member("id"), Some(UUID));
                string(properties.member("time"), Some(TIME));
                constant(properties.member("event"), name);
                constant(properties.member("kind"), kind);
                for (name, fact) in self.origin.iter().filter(|(name, _)| *name != "id" && *name != "time") {
                    match name.as_str() {
                        "call_id" | "parent_call_id" => string(properties.member(name), Some(CALL_ID)),
                        "groups" => properties.member(name).object(|groups| {
                            groups.member("type").text("object");
                            groups.member("additionalProperties").object(|group| group.member("type").text("string"));
                        }),
                        _ => fact.kind.write_schema(properties.member(name)),
                    }
                }
                let facts = self.facts.iter().map(|(name, fact)| (name, fact.kind.clone()));
                write_properties(properties.member("facts"), &facts.collect());
                match when {
                    When::Start | When::UsageReport => {}
                    When::Finish | When::Success => write_finish(properties),
                    When::Panic => write_panic(properties),
                    When::Aggregate => write_aggregate(properties),
                    When::UsageError => {
                        Type::words(Misuse::ALL.map(Misuse::as_str)).write_schema(properties.member("reason"));
                    }
                    When::Snapshot => string(properties.member("since"), Some(TIME)),
                    When::Loss => {
                        string(properties.member("reason"), None);
                        Type::UInt.write_schema(properties.member("events"));
                    }
                }
                let mut fields: BTreeMap<&String, Type> = entry
                    .fields
                    .iter()
                    .filter(|(_, kind)| **kind != Type::ErrorText)
                    .map(|(name, kind)| (name, kind.clone()))
                    .collect();
                if matches!(when, When::Finish | When::Success) {
                    for (name, added) in &self.additions {
                        let kind = fields.get(name).map_or_else(|| added.kind.clone(), |kind| kind.or(&added.kind));
                        fields.insert(name, kind);
                    }
                }
                write_properties(properties.member("fields"), &fields);
            });
        });
    }
}

const CALL_ID: &str = "^[0-9a-f]{16}$";

/// The name of a field or a member.
const FIELD_NAME: &str = "^[a-z][a-z0-9_]{0,63}$";

/// A UUID, as it is written.
const UUID: &str = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

/// RFC 3339 in UTC, with microseconds.
const TIME: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$";

fn string(to: Writer<'_>, pattern: Option<&str>) {
    to.object(|schema| {
        schema.member("type").text("string");
        if let Some(pattern) = pattern {
            schema.member("pattern").text(pattern);
        }
    });
}

fn constant(to: Writer<'_>, text: &str) {
    to.object(|schema| schema.member("const").text(text));
}

/// An object with these properties and no others.
fn write_properties(to: Writer<'_>, properties: &BTreeMap<&String, Type>) {
    to.object(|schema| write_members(schema, properties.iter().map(|(name, kind)| (*name, kind))));
}

fn write_members<'a>(schema: &mut Members<'_>, properties: impl Iterator<Item = (&'a String, &'a Type)>) {
    schema.member("type").text("object");
    schema.member("additionalProperties").plain(false);
    schema.member("properties").object(|members| {
        for (name, kind) in properties {
            kind.write_schema(members.member(name));
        }
    });
}

fn write_finish(properties: &mut Members<'_>) {
    let outcomes = ["ok", "error", "panicked", "cancelled", "abandoned"];
    properties.member("outcome").object(|schema| schema.member("enum").list(outcomes, |word, to| to.text(word)));
    Type::Bool.write_schema(properties.member("is_error"));
    Type::UInt.write_schema(properties.member("duration_ns"));
    // Of events that declare it, and of all others while the user asks for debug telemetry.
    Type::ErrorText.write_schema(properties.member("error"));
}

fn write_aggregate(properties: &mut Members<'_>) {
    string(properties.member("since"), Some(TIME));
    for name in ["calls", "errors", "panics", "cancelled", "duration_ns"] {
        Type::UInt.write_schema(properties.member(name));
    }
    properties.member("histogram").object(|schema| {
        schema.member("type").text("array");
        schema.member("items").object(|pair| {
            pair.member("type").text("array");
            for bound in ["minItems", "maxItems"] {
                pair.member(bound).plain(2);
            }
            Type::UInt.write_schema(pair.member("items"));
        });
    });
}

fn write_panic(properties: &mut Members<'_>) {
    properties.member("place").object(|schema| {
        schema.member("type").text("object");
        schema.member("additionalProperties").plain(false);
        schema.member("properties").object(|place| {
            string(place.member("file"), None);
            Type::UInt.write_schema(place.member("line"));
            Type::UInt.write_schema(place.member("column"));
        });
    });
    // While the user asks for debug telemetry.
    Type::ErrorText.write_schema(properties.member("text"));
    properties.member("frames").object(|schema| {
        schema.member("type").text("array");
        schema.member("items").object(|schema| {
            schema.member("type").text("object");
            schema.member("additionalProperties").plain(false);
            schema.member("properties").object(|frame| {
                string(frame.member("function"), None);
                string(frame.member("file"), None);
                Type::UInt.write_schema(frame.member("line"));
                string(frame.member("module"), None);
                Type::UInt.write_schema(frame.member("offset"));
            });
        });
    });
}

impl Type {
    fn write_schema(&self, to: Writer<'_>) {
        to.object(|schema| match self {
            Self::Any => {
                let types = ["boolean", "number", "string", "null", "array", "object"];
                schema.member("type").list(types, |name, to| to.text(name));
                schema.member("propertyNames").object(|names| names.member("pattern").text(FIELD_NAME));
            }
            Self::Bool => schema.member("type").text("boolean"),
            Self::Int => schema.member("type").text("integer"),
            Self::UInt | Self::Duration => {
                schema.member("type").text("integer");
                schema.member("minimum").plain(0);
            }
            // One that is not finite is `null`.
            Self::Float => schema.member("type").list(["number", "null"], |name, to| to.text(name)),
            Self::Words(words) => schema.member("enum").list(words, |word, to| to.text(word)),
            Self::List(item) => {
                schema.member("type").text("array");
                schema.member("maxItems").plain(MAX_LIST);
                item.write_schema(schema.member("items"));
            }
            Self::Struct(members) => write_members(schema, members.iter()),
            Self::Time
            | Self::Id
            | Self::Version
            | Self::Bucket
            | Self::Label
            | Self::Template
            | Self::Identifier
            | Self::Hash
            | Self::ErrorText => {
                schema.member("type").text("string");
                let pattern = match self {
                    Self::Time => TIME,
                    Self::Id => UUID,
                    Self::Version => "^[0-9]+\\.[0-9]+\\.[0-9]+(-(alpha|beta|rc)\\.[0-9]+)?$",
                    Self::Bucket => "^[0-9]*-[0-9]*$",
                    Self::Hash => "^[0-9a-f]{32}$",
                    _ => return,
                };
                schema.member("pattern").text(pattern);
            }
        });
    }
}
