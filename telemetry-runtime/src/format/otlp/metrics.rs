//! `Metric`: what is counted and measured. Today that is how many events were lost.

use crate::event::EventKind;

use super::super::Entry;
use super::encode::{Any, Attribute, Fields, write_attributes};
use super::nanos_since_epoch;

/// One metric with its points.
#[derive(Debug)]
pub(super) struct Metric<'a> {
    pub(super) name: &'a str,
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
    #[cfg_attr(not(test), expect(dead_code, reason = "only losses are counted yet"))]
    Gauge(Vec<NumberPoint<'a>>),
    /// How often a measure was how large.
    #[cfg_attr(not(test), expect(dead_code, reason = "only losses are counted yet"))]
    Histogram { points: Vec<HistogramPoint<'a>>, temporality: Temporality },
}

/// Since when a point counts. By number as `AggregationTemporality`.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(super) enum Temporality {
    /// The point before it.
    Delta = 1,
    /// The run's beginning.
    #[cfg_attr(not(test), expect(dead_code, reason = "only losses are counted yet"))]
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
    #[cfg_attr(not(test), expect(dead_code, reason = "only losses are counted yet"))]
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
        name: "telemetry.events.lost",
        description: "Events that will never arrive",
        unit: "{event}",
        data: Data::Sum { points: points.collect(), temporality: Temporality::Delta, is_monotonic: true },
    }
}

impl Metric<'_> {
    pub(super) fn write(&self, to: &mut Fields<'_, '_>) {
        to.text(1, "name", self.name);
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
