//! `{timestamp, source, properties}`: an execution each, as TiDB Cloud's command line sends it.

use std::time::SystemTime;

use crate::json::Writer;
use crate::level::Kinds;
use crate::value::rfc3339;

use super::execution::{Execution, named};
use super::properties::{Properties, Property};
use super::{Batch, Entry, Format, Limits, Part, Request, Stream, spelling};

/// Fields and facts that its document has; of other facts nothing is said.
const NAMED: [&str; 8] =
    ["alias", "auth_method", "flags", "git_commit", "installer", "interactive", "project_id", "terminal"];

/// What is ours, and no field's.
const OWN: [&str; 7] = ["arch", "command", "duration", "error", "os", "result", "version"];

/// ticloud: see [`sink::Ticloud`](crate::sink::Ticloud).
#[derive(Clone, Debug, Default)]
pub struct Ticloud {
    is_single: bool,
    zone: Zone,
}

/// Where the hours are told.
#[derive(Clone, Debug, Default)]
enum Zone {
    #[default]
    Utc,
    /// Asked for when a request is made, in the background.
    #[cfg(feature = "local-time")]
    System,
    #[cfg(all(feature = "local-time", test))]
    Fixed(jiff::tz::TimeZone),
}

impl Ticloud {
    /// Executions in arrays, in UTC.
    #[must_use]
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// An array of executions a request, as the document shows it.
    #[must_use]
    pub(crate) fn array(mut self) -> Self {
        self.is_single = false;
        self
    }

    /// One execution a request, and no array, as the program itself sends it.
    #[must_use]
    pub(crate) fn single(mut self) -> Self {
        self.is_single = true;
        self
    }

    /// Times with the offset of the system's time zone, which says roughly where on earth the user is.
    #[cfg(feature = "local-time")]
    #[must_use]
    pub(crate) fn local_time(self) -> Self {
        Self { zone: Zone::System, ..self }
    }

    fn write_execution(&self, entry: &Entry<'_>, execution: &Execution<'_>, to: Writer<'_>) {
        to.object(|members| {
            members.member("timestamp").text(self.zone.rfc3339(entry.event.time));
            if let Some(app) = entry.app() {
                members.member("source").text(app);
            }
            members.member("properties").object(|to| properties(entry, execution).write(to));
        });
    }
}

impl Zone {
    /// A time in UTC, as that of every event, where no other is wanted or known.
    fn rfc3339(&self, time: SystemTime) -> String {
        let local = match self {
            Self::Utc => None,
            #[cfg(feature = "local-time")]
            Self::System => local(time, jiff::tz::TimeZone::system()),
            #[cfg(all(feature = "local-time", test))]
            Self::Fixed(zone) => local(time, zone.clone()),
        };
        local.unwrap_or_else(|| rfc3339(time).to_string())
    }
}

/// As Go prints it (`time.RFC3339Nano`), to the microsecond; `None` of a time that no calendar reaches.
#[cfg(feature = "local-time")]
fn local(time: SystemTime, zone: jiff::tz::TimeZone) -> Option<String> {
    let time = jiff::Timestamp::try_from(time).ok().filter(|time| *time >= jiff::Timestamp::UNIX_EPOCH)?;
    let time = jiff::Timestamp::from_microsecond(time.as_microsecond()).ok()?;
    Some(time.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string())
}

impl Format for Ticloud {
    fn name(&self) -> &'static str {
        "ticloud"
    }

    fn kinds(&self) -> Kinds {
        Kinds::FINISHES
    }

    fn streams(&self) -> Vec<Stream> {
        let events = if self.is_single { 1 } else { Limits::USUAL.events };
        vec![Stream::all(Limits { events, ..Limits::USUAL })]
    }

    fn variables(&self) -> Vec<(&'static str, Part)> {
        vec![("TICLOUD_ENDPOINT", Part::Url)]
    }

    fn request(&self, batch: &Batch<'_>) -> Option<Request> {
        let mut executions = batch.entries.iter().filter_map(|entry| Some((entry, Execution::of(entry)?))).peekable();
        executions.peek()?;
        let mut text = String::new();
        let write = |(entry, execution): (&Entry<'_>, Execution<'_>), to: Writer<'_>| {
            self.write_execution(entry, &execution, to);
        };
        if self.is_single {
            write(executions.next()?, Writer::new(&mut text));
        } else {
            Writer::new(&mut text).list(executions, write);
        }
        Some(Request::new("application/json", text))
    }
}

/// In the order of their names, as Go writes maps.
fn properties<'a>(entry: &Entry<'a>, execution: &Execution<'a>) -> Properties<'a> {
    let mut properties = Properties::new(&OWN);
    properties.own("arch", entry.arch().map(|arch| Property::text(spelling::goarch(arch))));
    properties.own("command", Some(Property::Text(execution.command.replace(' ', "-"))));
    let milliseconds = execution.duration.and_then(|duration| u64::try_from(duration.as_millis()).ok());
    properties.own("duration", milliseconds.map(Property::Number));
    let first_line = execution.error.and_then(|error| error.as_str().lines().next());
    properties.own("error", first_line.map(Property::text));
    properties.own("os", entry.os().map(|os| Property::text(spelling::goos(os))));
    let result = execution.is_error.map(|is_error| if is_error { "ERROR" } else { "SUCCESS" });
    properties.own("result", result.map(Property::text));
    properties.own("version", entry.version().map(|version| Property::Text(spelling::v_version(version))));
    for name in NAMED {
        properties.own(name, named(entry, name).map(Property::Value));
    }
    if named(entry, "auth_method").is_none() {
        let identity = entry.event.identity();
        properties.own("auth_method", identity.map(|identity| Property::text(identity.source.as_str())));
    }
    properties.add("field_", entry.fields().filter(|(name, _)| name != "command" && !NAMED.contains(&name.as_ref())));
    properties.sort();
    properties
}

#[cfg(test)]
#[cfg(feature = "record")]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::event::{ErrorText, Event, EventKind, Outcome, Run};
    use crate::format::properties::tests::{body, finish, label, named, run};
    use crate::identity::{Identity, IdentitySource};
    use crate::value::{Field, Raw, Value};

    fn list(words: &[&'static str]) -> Value {
        Value(Raw::List(words.iter().map(|word| label(word).0).collect()))
    }

    /// The two executions that the document's sample has in one body.
    fn sample() -> [(Event, Run); 2] {
        [(1_675_388_029_384_304, 871, &["debug"][..]), (1_675_389_756_932_220, 1077, &["debug", "output"])].map(
            |(micros, millis, flags)| {
                let mut event = finish(Outcome::Ok, Vec::new());
                event.time = SystemTime::UNIX_EPOCH + Duration::from_micros(micros);
                let duration = Some(Duration::from_micros(millis * 1000 + 999));
                event.kind = EventKind::Finish { outcome: Outcome::Ok, duration, error: None, started: true };
                let facts = vec![
                    ("command".into(), label("ticloud project list")),
                    ("alias".into(), label("ls")),
                    ("flags".into(), list(flags)),
                    ("terminal".into(), label("tty")),
                    ("interactive".into(), false.to_value()),
                    ("git_commit".into(), label("dfdsfdsdfs")),
                    ("auth_method".into(), label("api_key")),
                    ("ci".into(), label("TRAVIS")),
                ];
                (event, Run { app: "ticloud".into(), version: "0.0.1".into(), facts, ..run() })
            },
        )
    }

    fn text(format: &Ticloud, sample: &[(Event, Run)]) -> String {
        let entries: Vec<_> = sample.iter().map(|(event, run)| Entry::new(event, Some(run))).collect();
        let request = format.request(&Batch::new(&entries, SystemTime::UNIX_EPOCH, "")).unwrap();
        String::from_utf8(request.body).unwrap()
    }

    fn properties_of(event: Event) -> serde_json::Value {
        let [(_, run), _] = sample();
        body(&Ticloud::new(), &[event], &run).unwrap()[0]["properties"].clone()
    }

    /// The body that the document shows, byte for byte, but for the hours.
    const DOCUMENTED: [&str; 2] = [
        r#"{"timestamp":"2023-02-03T09:33:49.384304+08:00","source":"ticloud","properties":{"alias":"ls","arch":"arm64","auth_method":"api_key","command":"ticloud-project-list","duration":871,"flags":["debug"],"git_commit":"dfdsfdsdfs","interactive":false,"os":"darwin","result":"SUCCESS","terminal":"tty","version":"v0.0.1"}}"#,
        r#"{"timestamp":"2023-02-03T10:02:36.93222+08:00","source":"ticloud","properties":{"alias":"ls","arch":"arm64","auth_method":"api_key","command":"ticloud-project-list","duration":1077,"flags":["debug","output"],"git_commit":"dfdsfdsdfs","interactive":false,"os":"darwin","result":"SUCCESS","terminal":"tty","version":"v0.0.1"}}"#,
    ];

    /// TI-04, TI-08, TI-10, TI-11, TI-17, TI-19, TI-21, TI-23: the document's own body, from two runs, byte for byte.
    #[cfg(feature = "local-time")]
    #[test]
    fn local_executions_are_as_the_document_shows_them() {
        let zone = Zone::Fixed(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)));
        let format = Ticloud { zone, ..Ticloud::new() };
        assert_eq!(text(&format, &sample()), format!("[{}]", DOCUMENTED.join(",")));
        // A clock that no calendar reaches, and one from before there were any.
        for time in
            [SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 40), SystemTime::UNIX_EPOCH - Duration::from_secs(1)]
        {
            assert_eq!(format.zone.rfc3339(time), "1970-01-01T00:00:00.000000Z");
        }
    }

    /// TI-04: this very test again, as a process whose user is eight hours east of Greenwich.
    #[cfg(feature = "local-time")]
    #[test]
    fn the_hours_are_those_of_the_systems_zone() {
        const NAME: &str = "format::ticloud::tests::the_hours_are_those_of_the_systems_zone";
        let east = "<+08>-8";
        if std::env::var("TZ").is_ok_and(|zone| zone == east) {
            return assert_eq!(text(&Ticloud::new().local_time(), &sample()), format!("[{}]", DOCUMENTED.join(",")));
        }
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        let output = again.args(["--exact", NAME]).env("TZ", east).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
    }

    /// TI-08, TI-10, TI-11, TI-17, TI-19, TI-21, TI-23: the same in UTC.
    #[test]
    fn executions_are_as_the_document_shows_them() {
        let in_utc = DOCUMENTED
            .join(",")
            .replace("T09:33:49.384304+08:00", "T01:33:49.384304Z")
            .replace("T10:02:36.93222+08:00", "T02:02:36.932220Z");
        assert_eq!(text(&Ticloud::new(), &sample()), format!("[{in_utc}]"));
        let [first, _] = sample();
        let single = Ticloud::new().single();
        assert_eq!(text(&single, &[first]), in_utc.split_inclusive("}}").next().unwrap());
        assert_eq!((single.streams()[0].limits.events, single.array().streams()[0].limits.events), (1, 1000));
    }

    /// TI-12, TI-19: the document's example of an error is one line; the program sends the first.
    #[test]
    fn an_error_is_told_by_its_first_line() {
        let [(mut event, _), _] = sample();
        let error = Some(ErrorText("[403] GenerateUploadURL\nat somewhere".into()));
        event.kind = EventKind::Finish { outcome: Outcome::Error, duration: None, error, started: true };
        let found = properties_of(event);
        assert_eq!((&found["result"], &found["error"]), (&json!("ERROR"), &json!("[403] GenerateUploadURL")));
        assert_eq!(found.get("duration"), None);
    }

    #[test]
    fn of_what_was_interrupted_no_result_is_told() {
        for (outcome, told) in
            [(Outcome::Panicked, Some("ERROR")), (Outcome::Cancelled, None), (Outcome::Abandoned, None)]
        {
            let found = properties_of(finish(outcome, Vec::new()));
            assert_eq!(found.get("result").and_then(serde_json::Value::as_str), told, "{outcome}");
        }
    }

    #[test]
    fn fields_go_with_it_and_other_facts_and_ids_do_not() {
        let fields = vec![named("project_id", &43511_u64), named("result", &7_u64), named("rows", &1_u64)];
        let [(event, run), _] = sample();
        let found = properties_of(Event { fields, ..event.clone() });
        assert_eq!(
            (&found["project_id"], &found["field_result"], &found["rows"]),
            (&json!(43511), &json!(7), &json!(1))
        );
        let text = text(&Ticloud::new(), &[(event, run.clone())]);
        for absent in ["TRAVIS", &run.install_id.unwrap().to_string(), &run.invocation.to_string()] {
            assert!(!text.contains(absent), "{text}");
        }
    }

    /// TI-09: how they are known who are signed in, unless the program says so itself.
    #[test]
    fn who_is_signed_in_is_told_by_how() {
        let [(event, run), _] = sample();
        let identity = Some(Identity::user("u").source(IdentitySource::ServiceAccount).into());
        let event = Event { signed_in: 1, identity, ..event };
        let method = |run: &Run| {
            let sent = body(&Ticloud::new(), std::slice::from_ref(&event), run).unwrap();
            sent[0]["properties"]["auth_method"].clone()
        };
        assert_eq!(method(&run), "api_key");
        assert_eq!(method(&Run { facts: Vec::new(), ..run }), "service_account");
    }

    #[test]
    fn a_batch_without_an_execution_is_nothing() {
        let [(event, run), _] = sample();
        let start = Event { kind: EventKind::Start, ..event.clone() };
        assert_eq!(body(&Ticloud::new(), std::slice::from_ref(&start), &run), None);
        assert_eq!(body(&Ticloud::new(), &[start, event], &run).unwrap().as_array().map(Vec::len), Some(1));
    }
}
