//! What is known of an event as one flat object, as analytics services have it.
//!
//! Our own names win, whether they are there or not: a fact of such a name is always `fact_<name>`, and a field that is called as one of
//! ours, or as a fact that is there, is `field_<name>`. No name stands twice.

use std::borrow::Cow;
use std::fmt::Display;

use crate::aggregate::Aggregate;
use crate::event::{EventKind, NamedValue};
use crate::identity::Identity;
use crate::json::Members;
use crate::thinning::Thinning;
use crate::value::{Value, is_field_name, nanos, rfc3339};

use super::{Entry, json};

/// One value.
#[derive(Clone, Debug)]
pub(super) enum Property<'a> {
    Null,
    Bool(bool),
    Number(u64),
    Fraction(f64),
    Text(String),
    Value(&'a Value),
}

impl Property<'_> {
    pub(super) fn text(text: impl Display) -> Self {
        Self::Text(text.to_string())
    }
}

/// What is ours, and no field's or fact's.
const OWN: [&str; 33] = [
    "app",
    "arch",
    "call_cancelled",
    "call_count",
    "call_errors",
    "call_id",
    "call_p50_ns",
    "call_p90_ns",
    "call_p99_ns",
    "call_panics",
    "counted_since",
    "duration_ns",
    "environment",
    "error",
    "events",
    "first_invocation_id",
    "identity_source",
    "install_id_kind",
    "invocation_id",
    "is_error",
    "kind",
    "os",
    "outcome",
    "parent_call_id",
    "parent_invocation_id",
    "place_column",
    "place_file",
    "place_line",
    "rate_limit",
    "reason",
    "sample_rate",
    "suppressed_calls",
    "version",
];

/// Names and values, in the order of adding.
#[derive(Clone, Debug)]
pub(super) struct Properties<'a> {
    own: &'static [&'static str],
    /// What some of ours are called instead.
    renamed: &'a [Renamed],
    members: Vec<(Cow<'a, str>, Property<'a>)>,
}

/// What one of ours is called, and what instead.
pub(super) type Renamed = (&'static str, &'static str);

/// Whether these can be renamed so: each is one of ours, and none gets the name of another.
pub(super) fn can_rename(renamed: &[Renamed]) -> bool {
    renamed.iter().enumerate().all(|(at, (own, name))| {
        let is_taken = OWN.contains(name) || renamed[..at].iter().any(|(o, n)| o == own || n == name);
        OWN.contains(own) && is_field_name(name) && !is_taken
    })
}

impl<'a> Properties<'a> {
    /// All that is known of an event, but for what it is called, when it was and whom it is of, which services have places of their
    /// own for; and before that what else the format says.
    pub(super) fn of(entry: &Entry<'a>, own: impl IntoIterator<Item = (&'static str, Property<'a>)>) -> Self {
        Self::of_renamed(entry, own, &[])
    }

    /// The same, where some of ours are called otherwise.
    pub(super) fn of_renamed(
        entry: &Entry<'a>,
        own: impl IntoIterator<Item = (&'static str, Property<'a>)>,
        renamed: &'a [Renamed],
    ) -> Self {
        let mut properties = Self { renamed, ..Self::new(&OWN) };
        for (name, value) in own {
            properties.own(name, Some(value));
        }
        properties.add_event(entry);
        properties.add("fact_", entry.facts());
        properties.add("field_", entry.fields());
        properties
    }

    /// None yet, of which these names are ours.
    pub(super) fn new(own: &'static [&'static str]) -> Self {
        Self { own, renamed: &[], members: Vec::new() }
    }

    /// Adds one of ours, if there is a value.
    pub(super) fn own(&mut self, name: &'static str, value: Option<Property<'a>>) {
        let name = self.renamed.iter().find(|(own, _)| *own == name).map_or(name, |(_, name)| name);
        self.members.extend(value.map(|value| (Cow::Borrowed(name), value)));
    }

    /// Adds values whose names may be taken, and then have this before them.
    pub(super) fn add(&mut self, prefix: &str, values: impl IntoIterator<Item = &'a NamedValue>) {
        for (name, value) in values {
            let mut name = Cow::Borrowed(name.as_ref());
            let is_ours = |name: &str| self.own.contains(&name) || self.renamed.iter().any(|(_, own)| *own == name);
            while is_ours(&name) || self.members.iter().any(|(taken, _)| *taken == name) {
                name = Cow::Owned(format!("{prefix}{name}"));
            }
            self.members.push((name, Property::Value(value)));
        }
    }

    /// Puts them into the order of their names.
    pub(super) fn sort(&mut self) {
        self.members.sort_by(|(a, _), (b, _)| a.cmp(b));
    }

    pub(super) fn write(&self, to: &mut Members<'_>) {
        for (name, value) in &self.members {
            let to = to.member(name);
            match value {
                Property::Null => to.null(),
                Property::Bool(value) => to.plain(value),
                Property::Number(value) => to.plain(value),
                Property::Fraction(value) => to.float(*value),
                Property::Text(text) => to.text(text),
                Property::Value(value) => json::write_value(value, to),
            }
        }
    }

    fn add_event(&mut self, entry: &Entry<'a>) {
        let event = entry.event;
        self.own("kind", Some(Property::text(json::kind(&event.kind))));
        self.own("invocation_id", Some(Property::text(event.invocation)));
        self.own("call_id", event.call.map(Property::text));
        self.own("parent_call_id", event.parent.map(Property::text));
        self.own("parent_invocation_id", entry.parent_invocation().map(Property::text));
        self.own("first_invocation_id", entry.first_invocation().map(Property::text));
        self.own("environment", entry.environment().map(Property::text));
        self.own("install_id_kind", entry.install_id_kind().map(Property::text));
        self.own("identity_source", event.identity().map(|identity| Property::text(identity.source)));
        match &event.kind {
            EventKind::Start | EventKind::UsageReport => {}
            EventKind::Finish { outcome, duration, error, .. } => {
                self.own("outcome", Some(Property::text(outcome)));
                self.own("is_error", Some(Property::Bool(outcome.is_error())));
                self.own("duration_ns", duration.map(|duration| Property::Number(nanos(duration))));
                self.own("error", error.as_ref().map(Property::text));
            }
            kind @ (EventKind::Panic(_) | EventKind::ErrorReport(_)) => {
                let place = kind.fault().and_then(|fault| fault.place);
                if let EventKind::ErrorReport(report) = kind {
                    self.own("error", report.text.as_ref().map(Property::text));
                }
                self.own("place_file", place.map(|place| Property::text(&place.file)));
                self.own("place_line", place.map(|place| Property::Number(place.line.into())));
                self.own("place_column", place.map(|place| Property::Number(place.column.into())));
            }
            EventKind::Loss { reason, events } => {
                self.own("reason", Some(Property::text(reason)));
                self.own("events", Some(Property::Number(*events)));
            }
            EventKind::UsageError { reason } => self.own("reason", Some(Property::text(reason))),
            EventKind::Aggregate(aggregate) => self.add_aggregate(aggregate),
            EventKind::Snapshot { since, .. } => {
                self.own("counted_since", since.map(|since| Property::text(rfc3339(since))));
            }
        }
        let Thinning { sample_rate, limit, suppressed } = &event.thinning;
        self.own("sample_rate", sample_rate.map(Property::Fraction));
        self.own("rate_limit", limit.map(Property::text));
        self.own("suppressed_calls", (*suppressed > 0).then_some(Property::Number(*suppressed)));
    }

    fn add_aggregate(&mut self, aggregate: &Aggregate) {
        let Aggregate { calls, errors, panics, cancelled, duration, since, .. } = aggregate;
        for (name, number) in
            [("call_count", calls), ("call_errors", errors), ("call_panics", panics), ("call_cancelled", cancelled)]
        {
            self.own(name, Some(Property::Number(*number)));
        }
        self.own("duration_ns", Some(Property::Number(nanos(*duration))));
        self.own("counted_since", Some(Property::text(rfc3339(*since))));
        for (name, rank) in [("call_p50_ns", 0.5), ("call_p90_ns", 0.9), ("call_p99_ns", 0.99)] {
            self.own(name, aggregate.quantile(rank).map(|took| Property::Number(nanos(took))));
        }
    }
}

/// The team, and the groups of other kinds: kind and id.
pub(super) fn groups(identity: &Identity) -> impl Iterator<Item = (&str, &str)> {
    let team = identity.team_id().map(|id| ("team", id));
    team.into_iter().chain(identity.groups().filter(move |(kind, _)| team.is_none() || *kind != "team"))
}

/// Writes the groups of whoever the event is of, if there are any, as PostHog has them, and what passes events on to it.
pub(super) fn write_groups(entry: &Entry<'_>, to: &mut Members<'_>) {
    let Some(identity) = entry.event.identity().filter(|identity| groups(identity).next().is_some()) else { return };
    to.member("$groups").object(|members| {
        for (kind, id) in groups(identity) {
            members.member(kind).text(id);
        }
    });
}

#[cfg(test)]
pub(super) mod tests {
    use std::num::NonZeroU64;
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::event::{CallId, Event, Outcome, Run};
    use crate::format::{Batch, Format};
    use crate::identity::{Environment, InstallIdKind};
    use crate::json::Writer;
    use crate::value::{Field, Id, Label};

    /// 2026-11-20T23:23:36.900001Z.
    pub(in crate::format) fn time() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_micros(1_795_217_016_900_001)
    }

    /// What a run of `demo` is on a Mac.
    pub(in crate::format) fn run() -> Run {
        Run {
            invocation: Id(0x0d7c_3f5e_5f3a_4c38_9d0e_1c9b_1f0a_7a11),
            app: "demo".into(),
            version: "0.1.0".into(),
            os: "macos".into(),
            arch: "aarch64".into(),
            facts: Vec::new(),
            install_id: Some(Id(0x5b0c_8a52_3f0e_4d55_9d0a_6c1e_7a3f_2b10)),
            install_id_kind: InstallIdKind::Lasting,
            trace: None,
            is_development: false,
            environment: Some(Environment::Cli),
            parent: None,
        }
    }

    /// A `Sync Finished` of that run.
    pub(in crate::format) fn finish(outcome: Outcome, fields: Vec<NamedValue>) -> Event {
        Event {
            id: Id(0x0192_7d3e_0a5b_7c1d_8e2f_0011_2233_4455),
            invocation: run().invocation,
            time: time(),
            name: "Sync Finished".into(),
            kind: EventKind::Finish {
                outcome,
                duration: Some(Duration::from_micros(1503)),
                error: None,
                started: true,
            },
            call: NonZeroU64::new(0x8a2b_6c1d_9e0f_4a53).map(CallId),
            parent: None,
            fields,
            thinning: Thinning::NONE,
            signed_in: 0,
            identity: None,
        }
    }

    pub(in crate::format) fn named(name: &'static str, value: &impl Field) -> NamedValue {
        (name.into(), value.to_value())
    }

    pub(in crate::format) fn label(text: &'static str) -> Value {
        Value(crate::value::Raw::Text(text.into()))
    }

    /// What a format makes of events of one run.
    pub(in crate::format) fn body(format: &impl Format, events: &[Event], run: &Run) -> Option<serde_json::Value> {
        let entries: Vec<_> = events.iter().map(|event| Entry::new(event, Some(run))).collect();
        let sent_at = time() + Duration::from_secs(1);
        let request = format.request(&Batch::new(&entries, sent_at, ""))?;
        let text = std::str::from_utf8(request.body()).unwrap();
        Some(serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}")))
    }

    fn written(properties: &Properties<'_>) -> String {
        let mut text = String::new();
        Writer::new(&mut text).object(|to| properties.write(to));
        text
    }

    #[test]
    fn our_names_win_and_none_stands_twice() {
        let mut run = run();
        run.facts = vec![named("kind", &1_u64), named("rows", &2_u64)];
        let fields = vec![
            named("kind", &3_u64),
            named("rows", &4_u64),
            named("field_rows", &5_u64),
            named("rows", &6_u64),
            named("missing", &None::<Label>),
            named("error", &7_u64),
        ];
        let event = finish(Outcome::Ok, fields);
        let properties = Properties::of(&Entry::new(&event, Some(&run)), [("arch", Property::Null)]);
        assert_eq!(
            written(&properties),
            r#"{"arch":null,"kind":"finish","invocation_id":"0d7c3f5e-5f3a-4c38-9d0e-1c9b1f0a7a11","#.to_owned()
                + r#""call_id":"8a2b6c1d9e0f4a53","environment":"cli","install_id_kind":"lasting","#
                + r#""outcome":"ok","is_error":false,"duration_ns":1503000,"fact_kind":1,"rows":2,"#
                + r#""field_kind":3,"field_rows":4,"field_field_rows":5,"field_field_field_rows":6,"field_error":7}"#
        );
    }

    #[cfg(feature = "record")]
    proptest::proptest! {
        #[test]
        fn no_name_stands_twice(event in crate::codec::tests::event()) {
            let run = Run { facts: event.fields.clone(), ..run() };
            let text = written(&Properties::of(&Entry::new(&event, Some(&run)), []));
            let read: std::collections::BTreeMap<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
            let present = event.fields.iter().filter(|(_, value)| !value.is_absent()).count();
            let (bare_event, bare_run) = (Event { fields: Vec::new(), ..event }, Run { facts: Vec::new(), ..run });
            let own = Properties::of(&Entry::new(&bare_event, Some(&bare_run)), []);
            let is_reserved = |name: &str| OWN.contains(&name);
            proptest::prop_assert!(own.members.iter().all(|(name, _)| is_reserved(name)), "{:?}", own);
            proptest::prop_assert_eq!(read.len(), own.members.len() + 2 * present);
        }
    }
}
