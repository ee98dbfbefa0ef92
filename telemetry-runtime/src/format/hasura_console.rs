//! `{topic, data}`: an error report a request, as Hasura's console sends its runtime errors.

use crate::event::{ErrorReport, EventKind, Place};
use crate::json::{Members, Writer};
use crate::level::Kinds;
use crate::trace::Frame;

use super::execution::named;
use super::{Batch, Entry, Format, Limits, Part, Request, Stream, json};

/// Hasura's console: see [`sink::HasuraConsole`](crate::sink::HasuraConsole).
#[derive(Clone, Debug)]
pub struct HasuraConsole {
    topic: String,
}

impl HasuraConsole {
    /// Errors under this topic.
    #[must_use]
    pub(crate) fn new(topic: impl Into<String>) -> Self {
        Self { topic: topic.into() }
    }
}

impl Format for HasuraConsole {
    fn name(&self) -> &'static str {
        "hasura_console"
    }

    fn kinds(&self) -> Kinds {
        Kinds::ERRORS
    }

    fn streams(&self) -> Vec<Stream> {
        vec![Stream::all(Limits { events: 1, ..Limits::USUAL })]
    }

    fn variables(&self) -> Vec<(&'static str, Part)> {
        vec![("HASURA_ENDPOINT", Part::Url)]
    }

    /// One event a request: of more, which nobody asks for, it is the first report.
    fn request(&self, batch: &Batch<'_>) -> Option<Request> {
        let (entry, report) = batch.entries.iter().find_map(|entry| match &entry.event.kind {
            EventKind::ErrorReport(report) => Some((entry, report)),
            _ => None,
        })?;
        let mut text = String::new();
        Writer::new(&mut text).object(|body| {
            // What is a developer's is apart from what is its users'.
            let kind = if entry.is_development() { "_test" } else { "" };
            body.member("topic").text(format_args!("{}{kind}", self.topic));
            body.member("data").object(|data| write_data(entry, report, data));
        });
        Some(Request::new("application/json", text))
    }
}

/// No field but those that the console has.
fn write_data(entry: &Entry<'_>, report: &ErrorReport, data: &mut Members<'_>) {
    data.member("event_type").text(&entry.event.name);
    for name in ["server_version", "url", "console_mode", "cli_uuid", "server_uuid"] {
        if let Some(value) = named(entry, name) {
            json::write_value(value, data.member(name));
        }
    }
    data.member("data").object(|data| {
        if let Some(text) = &report.text {
            data.member("message").text(text);
        }
        data.member("stack").list(stack(report), |line, to| to.text(line));
    });
}

/// The calls that led there as lines of a browser's stack, innermost first; without them, the place.
fn stack(report: &ErrorReport) -> Vec<String> {
    if report.frames.is_empty() {
        let at = |Place { file, line, column }: &Place| format!(" at {file}:{line}:{column}");
        return report.place.iter().map(at).collect();
    }
    let is_ours = |frame: &&Frame| {
        let function = frame.function.as_deref().unwrap_or_default().trim_start_matches('<');
        function.starts_with("telemetry_runtime::") || function.starts_with("backtrace::")
    };
    report.frames.iter().skip_while(is_ours).map(line).collect()
}

fn line(frame: &Frame) -> String {
    let place = frame.file.as_ref().map(|file| match frame.line {
        Some(line) => format!("{file}:{line}"),
        None => file.clone(),
    });
    match (frame.function.as_ref(), place.as_ref(), frame.module.as_ref()) {
        (Some(function), Some(place), _) => format!(" at {function} ({place})"),
        (Some(name), None, _) | (None, Some(name), _) => format!(" at {name}"),
        (None, None, Some(module)) => format!(" at {module}+{:#x}", frame.offset),
        (None, None, None) => format!(" at {:#x}", frame.offset),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::event::{ErrorText, Event, Outcome, Run};
    use crate::format::properties::tests::{body, finish, label, named, run};
    use crate::value::Id;

    /// The document's error.
    fn sample() -> (Event, Run) {
        let report = ErrorReport {
            place: Some(Place { file: "main.js".into(), line: 1, column: 3 }),
            text: Some(ErrorText("Uncaught TypeError: something is not a function".into())),
            ..ErrorReport::default()
        };
        let event = Event {
            name: "Main/RUN_TIME_ERROR".into(),
            kind: EventKind::ErrorReport(Box::new(report)),
            ..finish(
                Outcome::Error,
                vec![
                    ("url".into(), label("/data/schema/SCHEMA_NAME/tables/TABLE_NAME/modify")),
                    ("console_mode".into(), label("cli")),
                    named("cli_uuid", &Id(0x0e4e_2e9b_7fc9_44b8_9d5c_9556_73e2_0e0b)),
                    named("server_uuid", &Id(0x015a_8f49_2fbd_4c41_8066_23f4_8d9c_620a)),
                    named("tables", &3_u64),
                ],
            )
        };
        (event, Run { facts: vec![("server_version".into(), label("2.0.0"))], ..run() })
    }

    /// HA-12, HA-13, HA-14, HA-15: the sample of the document, within what the console's own `sendEvent` puts round it
    /// (<https://github.com/hasura/graphql-engine/blob/014b3610/console/src/telemetry/index.ts>).
    #[test]
    fn an_error_is_as_the_document_shows_it() {
        let documented = r#"{
            "server_version" :   "2.0.0" ,
            "event_type" :   "Main/RUN_TIME_ERROR" ,
            "url" :   "/data/schema/SCHEMA_NAME/tables/TABLE_NAME/modify" ,
            "console_mode" :   "cli" ,
            "cli_uuid" :   "0e4e2e9b-7fc9-44b8-9d5c-955673e20e0b" ,
            "server_uuid" :   "015a8f49-2fbd-4c41-8066-23f48d9c620a" ,
            "data" :   {   "message" :   "Uncaught TypeError: something is not a function" ,   "stack" :   [ " at main.js:1:3" ]   }
        }"#;
        let expected: Value = serde_json::from_str(documented).unwrap();
        let (event, run) = sample();
        let found = body(&HasuraConsole::new("console"), &[event], &run).unwrap();
        assert_eq!(found, json!({"topic": "console", "data": expected}));
    }

    #[test]
    fn what_is_no_release_has_a_topic_of_its_own() {
        let (event, run) = sample();
        let run = Run { is_development: true, ..run };
        assert_eq!(body(&HasuraConsole::new("console"), &[event], &run).unwrap()["topic"], "console_test");
    }

    #[test]
    fn a_stack_begins_with_the_programs_own_call() {
        let frame = |function: Option<&str>, file: Option<&str>, line| Frame {
            function: function.map(str::to_owned),
            file: file.map(str::to_owned),
            line,
            ..Frame::default()
        };
        let (mut event, run) = sample();
        let EventKind::ErrorReport(report) = &mut event.kind else { panic!("{event:?}") };
        report.frames = vec![
            frame(Some("backtrace::backtrace::trace_unsynchronized"), Some("backtrace-0.3.75/src/lib.rs"), Some(1)),
            frame(Some("telemetry_runtime::reporting::Report::record"), None, None),
            frame(Some("demo::route"), Some("src/main.rs"), Some(7)),
            Frame { module: Some("f1c3".into()), offset: 0x1234, ..Frame::default() },
            frame(None, Some("src/main.rs"), None),
            frame(Some("main"), None, None),
            Frame { offset: 0x7fff, ..Frame::default() },
        ];
        let data = &body(&HasuraConsole::new("console"), &[event], &run).unwrap()["data"]["data"];
        let stack = [" at demo::route (src/main.rs:7)", " at f1c3+0x1234", " at src/main.rs", " at main", " at 0x7fff"];
        assert_eq!(data["stack"], json!(stack));
    }

    #[test]
    fn without_a_text_there_is_no_message_and_nothing_else_is_sent() {
        let (mut event, run) = sample();
        let EventKind::ErrorReport(report) = &mut event.kind else { panic!("{event:?}") };
        report.text = None;
        event.fields.clear();
        let run = Run { facts: Vec::new(), ..run };
        let found = body(&HasuraConsole::new("console"), &[event.clone()], &run).unwrap();
        let expected = json!({"event_type": "Main/RUN_TIME_ERROR", "data": {"stack": [" at main.js:1:3"]}});
        assert_eq!(found, json!({"topic": "console", "data": expected}));
        let panic = Event { kind: EventKind::Panic(Box::default()), ..event };
        assert_eq!(body(&HasuraConsole::new("console"), &[panic], &run), None);
    }

    #[cfg(feature = "record")]
    proptest::proptest! {
        #[test]
        fn every_report_is_a_request(event in crate::codec::tests::event()) {
            let is_report = matches!(event.kind, EventKind::ErrorReport(_));
            proptest::prop_assert_eq!(body(&HasuraConsole::new("console"), &[event], &run()).is_some(), is_report);
        }
    }
}
