//! `Metric`: what is counted and measured: how many events were lost, and what calls came to that are only counted.

use std::borrow::Cow;
use std::time::Duration;

use crate::aggregate::Aggregate;
use crate::event::{Event, EventKind, Outcome};
use crate::level::Kinds;
use crate::value::{Raw, Value, nanos};

use super::super::Entry;
use super::attributes;
use super::encode::{Any, Attribute, Fields, write_attributes};
use super::nanos_since_epoch;

/// One metric with its points.
#[derive(Debug)]
pub(super) struct Metric<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) description: &'a str,
    /// By the Unified Code for Units of Measure; what is counted stands in braces.
    pub(super) unit: &'a str,
    pub(super) data: Data<'a>,
}

/// What the points of a metric are.
#[derive(Debug)]
pub(super) enum Data<'a> {
    /// What is counted.
    Sum { points: Vec<NumberPoint<'a>>, temporality: Temporality, is_monotonic: bool },
    /// What is as it is at a time.
    Gauge(Vec<NumberPoint<'a>>),
    /// How often a measure was how large.
    Histogram { points: Vec<HistogramPoint<'a>>, temporality: Temporality },
}

/// Since when a point counts. By number as `AggregationTemporality`.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(super) enum Temporality {
    /// The point before it.
    Delta = 1,
    /// The run's beginning.
    Cumulative = 2,
}

/// One number at one time. Times are nanoseconds since 1970.
#[derive(Debug)]
pub(super) struct NumberPoint<'a> {
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(super) start: Option<u64>,
    pub(super) time: u64,
    pub(super) value: Number,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Int(i64),
    Double(f64),
}

/// The measures of one time, by size.
#[derive(Debug)]
pub(super) struct HistogramPoint<'a> {
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(super) start: u64,
    pub(super) time: u64,
    pub(super) count: u64,
    pub(super) sum: f64,
    /// The smallest and the largest.
    pub(super) range: Option<(f64, f64)>,
    /// How many are up to each bound, and above the last: one more than there are bounds.
    pub(super) counts: Vec<u64>,
    pub(super) bounds: Vec<f64>,
}

/// What these events count: how many were lost, and what calls that are only counted came to.
pub(super) fn of<'a>(entries: &[&Entry<'a>]) -> Vec<Metric<'a>> {
    let is = |kind: Kinds| entries.iter().any(|entry| entry.event.kind.kind() == kind);
    let losses = is(Kinds::LOSSES).then(|| losses(entries));
    let calls = if is(Kinds::AGGREGATES) { calls(entries).into() } else { Vec::new() };
    let all = losses.into_iter().chain(calls).chain(series(entries)).chain(samples(entries));
    all.filter(Metric::has_points).collect()
}

/// The program's metrics: counters since the run began, gauges as they were, a point for each series.
fn series<'a>(entries: &[&Entry<'a>]) -> Vec<Metric<'a>> {
    let mut metrics = Vec::new();
    for entry in entries {
        let EventKind::Snapshot { since, is_metrics: true } = &entry.event.kind else { continue };
        let time = nanos_since_epoch(entry.event.time);
        for (name, value) in entry.fields() {
            let Raw::List(list) = &value.0 else { continue };
            let (mut counted, mut measured) = (Vec::new(), Vec::new());
            for members in list.iter().filter_map(|one| if let Raw::Map(members) = one { Some(members) } else { None })
            {
                let labels = members.iter().filter(|(label, _)| label != "value");
                let attributes = labels.map(|(label, value)| (Cow::Borrowed(&**label), attributes::of_value(value)));
                let attributes = attributes.collect();
                match members.iter().find(|(label, _)| label == "value").map(|(_, value)| value) {
                    Some(Raw::UInt(value)) => {
                        let start = since.map(nanos_since_epoch);
                        let value = Number::Int(i64::try_from(*value).unwrap_or(i64::MAX));
                        counted.push(NumberPoint { attributes, start, time, value });
                    }
                    Some(Raw::Int(value)) => {
                        measured.push(NumberPoint { attributes, start: None, time, value: Number::Int(*value) });
                    }
                    _ => {}
                }
            }
            let metric = |data| Metric { name: Cow::Borrowed(&**name), description: "", unit: "1", data };
            let temporality = Temporality::Cumulative;
            metrics.push(metric(Data::Sum { points: counted, temporality, is_monotonic: true }));
            metrics.push(metric(Data::Gauge(measured)));
        }
    }
    metrics
}

/// The numbers of snapshots, as they were, under the snapshot's name and theirs; what else is in them is in their log records.
fn samples<'a>(entries: &[&Entry<'a>]) -> Vec<Metric<'a>> {
    let mut metrics = Vec::new();
    for entry in entries {
        let EventKind::Snapshot { is_metrics: false, .. } = &entry.event.kind else { continue };
        // What a sample is of: words and ids. An event's id would make each point a series of its own.
        let is_word = |value: &Value| matches!(value.0, Raw::Text(_) | Raw::Id(_) | Raw::Identifier(..));
        let words = entry.fields().filter(|(_, value)| is_word(value));
        let words: Vec<_> = words.map(|(name, value)| (&**name, &value.0)).collect();
        let time = nanos_since_epoch(entry.event.time);
        let mut add = |name: String, unit, value| {
            let attributes = words.iter().map(|(name, word)| (Cow::Borrowed(*name), attributes::of_value(word)));
            let points = vec![NumberPoint { attributes: attributes.collect(), start: None, time, value }];
            metrics.push(Metric { name: name.into(), description: "", unit, data: Data::Gauge(points) });
        };
        for (name, value) in entry.fields() {
            numbers(&format!("{}.{name}", entry.event.name), &value.0, &mut add);
        }
    }
    metrics
}

/// The numbers in a value, each under its path and in its unit. A time is how long it is since 1970.
fn numbers(path: &str, value: &Raw, add: &mut impl FnMut(String, &'static str, Number)) {
    let whole = |number: u64| Number::Int(i64::try_from(number).unwrap_or(i64::MAX));
    match value {
        Raw::Int(value) => add(path.to_owned(), "1", Number::Int(*value)),
        Raw::UInt(value) => add(path.to_owned(), "1", whole(*value)),
        Raw::Float(value) => add(path.to_owned(), "1", Number::Double(*value)),
        Raw::Duration(value) => add(path.to_owned(), "ns", whole(nanos(*value))),
        Raw::Time(value) => add(path.to_owned(), "ns", whole(nanos_since_epoch(*value))),
        Raw::Map(members) => {
            for (name, value) in members {
                numbers(&format!("{path}.{name}"), value, add);
            }
        }
        _ => {}
    }
}

/// How long calls took, and how many of them ended how.
fn calls<'a>(entries: &[&Entry<'a>]) -> [Metric<'a>; 2] {
    let counted = || {
        entries.iter().filter_map(|entry| match &entry.event.kind {
            EventKind::Aggregate(aggregate) => Some((entry.event, aggregate.as_ref())),
            _ => None,
        })
    };
    let name = |event: &'a Event| ("telemetry.event".into(), Any::Text(event.name.as_ref().into()));
    let durations = counted().map(|(event, aggregate)| {
        let (bounds, mut counts): (Vec<_>, Vec<_>) = aggregate
            .histogram
            .iter()
            .map(|(bound, calls)| (Duration::from_nanos(*bound).as_secs_f64(), *calls))
            .unzip();
        // None is above the last bound.
        counts.push(0);
        HistogramPoint {
            attributes: vec![name(event)],
            start: nanos_since_epoch(aggregate.since),
            time: nanos_since_epoch(event.time),
            count: counts.iter().fold(0, |sum: u64, count| sum.saturating_add(*count)),
            sum: aggregate.duration.as_secs_f64(),
            range: None,
            counts,
            bounds,
        }
    });
    let failures = counted().flat_map(|(event, aggregate)| {
        let Aggregate { errors, panics, cancelled, .. } = *aggregate;
        let outcomes = [(Outcome::Error, errors), (Outcome::Panicked, panics), (Outcome::Cancelled, cancelled)];
        outcomes.into_iter().filter(|(_, calls)| *calls > 0).map(move |(outcome, calls)| NumberPoint {
            attributes: vec![name(event), ("telemetry.outcome".into(), Any::Text(outcome.as_str().into()))],
            start: Some(nanos_since_epoch(aggregate.since)),
            time: nanos_since_epoch(event.time),
            value: Number::Int(i64::try_from(calls).unwrap_or(i64::MAX)),
        })
    });
    [
        Metric {
            name: "telemetry.call.duration".into(),
            description: "How long calls took that are only counted",
            unit: "s",
            data: Data::Histogram { points: durations.collect(), temporality: Temporality::Delta },
        },
        Metric {
            name: "telemetry.call.failures".into(),
            description: "Calls that are only counted, and did not end well",
            unit: "{call}",
            data: Data::Sum { points: failures.collect(), temporality: Temporality::Delta, is_monotonic: true },
        },
    ]
}

/// The losses among these events: one metric, a point for each.
pub(super) fn losses<'a>(entries: &[&Entry<'a>]) -> Metric<'a> {
    let points = entries.iter().filter_map(|entry| {
        let EventKind::Loss { reason, events } = &entry.event.kind else { return None };
        let time = nanos_since_epoch(entry.event.time);
        Some(NumberPoint {
            attributes: vec![("reason".into(), Any::Text(reason.to_string().into()))],
            // The books do not say since when.
            start: Some(time),
            time,
            value: Number::Int(i64::try_from(*events).unwrap_or(i64::MAX)),
        })
    });
    Metric {
        name: "telemetry.events.lost".into(),
        description: "Events that will never arrive",
        unit: "{event}",
        data: Data::Sum { points: points.collect(), temporality: Temporality::Delta, is_monotonic: true },
    }
}

impl Metric<'_> {
    fn has_points(&self) -> bool {
        match &self.data {
            Data::Sum { points, .. } | Data::Gauge(points) => !points.is_empty(),
            Data::Histogram { points, .. } => !points.is_empty(),
        }
    }

    pub(super) fn write(&self, to: &mut Fields<'_, '_>) {
        to.text(1, "name", &self.name);
        to.text(2, "description", self.description);
        to.text(3, "unit", self.unit);
        match &self.data {
            Data::Gauge(points) => {
                to.message(5, "gauge", |to| to.messages(1, "dataPoints", points, NumberPoint::write));
            }
            Data::Sum { points, temporality, is_monotonic } => to.message(7, "sum", |to| {
                to.messages(1, "dataPoints", points, NumberPoint::write);
                to.enumeration(2, "aggregationTemporality", *temporality as u8);
                to.bool(3, "isMonotonic", *is_monotonic);
            }),
            Data::Histogram { points, temporality } => to.message(9, "histogram", |to| {
                to.messages(1, "dataPoints", points, HistogramPoint::write);
                to.enumeration(2, "aggregationTemporality", *temporality as u8);
            }),
        }
    }
}

impl NumberPoint<'_> {
    fn write(&self, to: &mut Fields<'_, '_>) {
        write_attributes(7, &self.attributes, to);
        if let Some(start) = self.start {
            to.fixed(2, "startTimeUnixNano", start);
        }
        to.fixed(3, "timeUnixNano", self.time);
        match self.value {
            Number::Double(value) => to.double(4, "asDouble", value),
            Number::Int(value) => to.signed_fixed(6, "asInt", value),
        }
    }
}

impl HistogramPoint<'_> {
    fn write(&self, to: &mut Fields<'_, '_>) {
        write_attributes(9, &self.attributes, to);
        to.fixed(2, "startTimeUnixNano", self.start);
        to.fixed(3, "timeUnixNano", self.time);
        to.fixed(4, "count", self.count);
        to.double(5, "sum", self.sum);
        to.fixed_list(6, "bucketCounts", &self.counts);
        to.double_list(7, "explicitBounds", &self.bounds);
        if let Some((least, most)) = self.range {
            to.double(11, "min", least);
            to.double(12, "max", most);
        }
    }
}
