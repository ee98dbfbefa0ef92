//! Of `OTLP/HTTP`, what is looked at: numbers in sums and gauges, and how much else there is.
//!
//! The messages are a part of those in `opentelemetry-proto`, by their field numbers and their names in JSON. What is not here is
//! skipped without taking memory; the official messages would be built in full, with hundreds of bytes for two.

use prost::Message;
use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};

/// What a body is in, and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Protobuf,
    Json,
}

impl Encoding {
    /// By the media type, without its parameters.
    pub(crate) fn of(media_type: &str) -> Option<Self> {
        match media_type {
            "application/x-protobuf" => Some(Self::Protobuf),
            "application/json" => Some(Self::Json),
            _ => None,
        }
    }

    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }

    fn read<M: Message + Default + for<'de> Deserialize<'de>>(self, body: &[u8]) -> Result<M, String> {
        match self {
            Self::Protobuf => M::decode(body).map_err(|why| why.to_string()),
            Self::Json => serde_json::from_slice(body).map_err(|why| why.to_string()),
        }
    }
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    Traces,
    Metrics,
    Logs,
}

impl Signal {
    /// What an answer calls the number of items that were not taken.
    fn rejected(self) -> &'static str {
        match self {
            Self::Traces => "rejectedSpans",
            Self::Metrics => "rejectedDataPoints",
            Self::Logs => "rejectedLogRecords",
        }
    }
}

/// A data point of a sum or a gauge.
#[derive(Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) metric: String,
    pub(crate) unit: String,
    /// It is added to what was there, where it would replace it otherwise.
    pub(crate) is_delta: bool,
    pub(crate) value: Number,
    pub(crate) attributes: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Int(i64),
    Double(f64),
}

/// What a request for metrics has: the points that can be looked at, and how many others there are.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Metrics {
    pub(crate) points: Vec<Point>,
    pub(crate) others: usize,
}

/// Reads a request for metrics.
///
/// # Errors
///
/// Where it is none: what is wrong.
pub(crate) fn metrics(body: &[u8], encoding: Encoding) -> Result<Metrics, String> {
    let request: MetricsRequest = encoding.read(body)?;
    let metrics = request.resource_metrics.into_iter().flat_map(|resource| resource.scope_metrics);
    let mut read = Metrics::default();
    for metric in metrics.flat_map(|scope| scope.metrics) {
        let others = [&metric.histogram, &metric.exponential_histogram, &metric.summary];
        read.others += others.into_iter().flatten().map(|other| other.data_points.len()).sum::<usize>();
        let is_delta = metric.sum.as_ref().is_some_and(|sum| sum.aggregation_temporality == DELTA);
        let points = [metric.gauge, metric.sum].into_iter().flatten().flat_map(|numbers| numbers.data_points);
        for point in points {
            let value = match (point.as_int, point.as_double) {
                _ if point.flags & NO_RECORDED_VALUE != 0 => continue,
                (Some(int), _) => Number::Int(int),
                (None, Some(double)) => Number::Double(double),
                (None, None) => {
                    read.others += 1;
                    continue;
                }
            };
            let attributes = point.attributes.into_iter();
            let attributes =
                attributes.filter_map(|attribute| Some((attribute.key, attribute.value?.string_value?))).collect();
            let (name, unit) = (metric.name.clone(), metric.unit.clone());
            read.points.push(Point { metric: name, unit, is_delta, value, attributes });
        }
    }
    Ok(read)
}

/// How many spans or log records a request has.
///
/// # Errors
///
/// Where it is no such request: what is wrong.
pub(crate) fn count(body: &[u8], encoding: Encoding) -> Result<usize, String> {
    let request: CountedRequest = encoding.read(body)?;
    let scopes = request.resources.iter().flat_map(|resource| &resource.scopes);
    Ok(scopes.map(|scope| scope.items.len()).sum())
}

/// The answer to a request that could be read: that all was taken, or how much was not, and why.
pub(crate) fn answer(signal: Signal, encoding: Encoding, rejected: usize, why: &str) -> Vec<u8> {
    match encoding {
        Encoding::Protobuf => {
            let partial_success = (rejected > 0).then(|| PartialSuccess {
                rejected: rejected.try_into().unwrap_or(i64::MAX),
                error_message: why.to_owned(),
            });
            ExportResponse { partial_success }.encode_to_vec()
        }
        Encoding::Json if rejected > 0 => {
            let partial = serde_json::json!({signal.rejected(): rejected.to_string(), "errorMessage": why});
            serde_json::json!({"partialSuccess": partial}).to_string().into()
        }
        Encoding::Json => b"{}".into(),
    }
}

/// The answer to a request that was refused: a `google.rpc.Status`.
pub(crate) fn refusal(encoding: Encoding, why: &str) -> Vec<u8> {
    let status = Status { code: INVALID_ARGUMENT, message: why.to_owned() };
    match encoding {
        Encoding::Protobuf => status.encode_to_vec(),
        Encoding::Json => serde_json::json!({"code": status.code, "message": status.message}).to_string().into(),
    }
}

const DELTA: i32 = 1;
const NO_RECORDED_VALUE: u32 = 1;
const INVALID_ARGUMENT: i32 = 3;

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct MetricsRequest {
    #[prost(message, repeated, tag = "1")]
    resource_metrics: Vec<ResourceMetrics>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ResourceMetrics {
    #[prost(message, repeated, tag = "2")]
    scope_metrics: Vec<ScopeMetrics>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ScopeMetrics {
    #[prost(message, repeated, tag = "2")]
    metrics: Vec<Metric>,
}

/// Of the kinds of data, one is there. In boxes, so that a metric without any, which takes two bytes, takes little here.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metric {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "3")]
    unit: String,
    #[prost(message, optional, boxed, tag = "5")]
    gauge: Option<Box<Numbers>>,
    #[prost(message, optional, boxed, tag = "7")]
    sum: Option<Box<Numbers>>,
    #[prost(message, optional, boxed, tag = "9")]
    histogram: Option<Box<Others>>,
    #[prost(message, optional, boxed, tag = "10")]
    exponential_histogram: Option<Box<Others>>,
    #[prost(message, optional, boxed, tag = "11")]
    summary: Option<Box<Others>>,
}

/// A `Gauge`, which has no temporality, or a `Sum`.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Numbers {
    #[prost(message, repeated, tag = "1")]
    data_points: Vec<NumberDataPoint>,
    #[prost(int32, tag = "2")]
    aggregation_temporality: i32,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Others {
    #[prost(message, repeated, tag = "1")]
    data_points: Vec<Item>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NumberDataPoint {
    #[prost(message, repeated, tag = "7")]
    attributes: Vec<KeyValue>,
    #[prost(double, optional, tag = "4")]
    as_double: Option<f64>,
    #[prost(sfixed64, optional, tag = "6")]
    #[serde(deserialize_with = "int64")]
    as_int: Option<i64>,
    #[prost(uint32, tag = "8")]
    flags: u32,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct KeyValue {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(message, optional, tag = "2")]
    value: Option<AnyValue>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AnyValue {
    #[prost(string, optional, tag = "1")]
    string_value: Option<String>,
}

/// A request for traces or logs, which look the same from here.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
struct CountedRequest {
    #[prost(message, repeated, tag = "1")]
    #[serde(alias = "resourceSpans", alias = "resourceLogs")]
    resources: Vec<CountedResource>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
struct CountedResource {
    #[prost(message, repeated, tag = "2")]
    #[serde(alias = "scopeSpans", alias = "scopeLogs")]
    scopes: Vec<CountedScope>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
struct CountedScope {
    #[prost(message, repeated, tag = "2")]
    #[serde(alias = "spans", alias = "logRecords")]
    items: Vec<Item>,
}

/// Something that is counted: it takes no memory, however many there are.
#[derive(Clone, Copy, PartialEq, Eq, Message, Deserialize, Serialize)]
struct Item {}

#[derive(Clone, PartialEq, Message)]
struct ExportResponse {
    #[prost(message, optional, tag = "1")]
    partial_success: Option<PartialSuccess>,
}

#[derive(Clone, PartialEq, Message)]
struct PartialSuccess {
    #[prost(int64, tag = "1")]
    rejected: i64,
    #[prost(string, tag = "2")]
    error_message: String,
}

#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// A 64-bit integer is a text in protobuf's JSON; some senders write a number.
fn int64<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Wire {
        Number(i64),
        Text(String),
    }
    match Option::<Wire>::deserialize(from)? {
        None => Ok(None),
        Some(Wire::Number(number)) => Ok(Some(number)),
        Some(Wire::Text(text)) => text.parse().map(Some).map_err(de::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point(value: Number, is_delta: bool) -> Point {
        let attributes = vec![("sync.table.name".into(), "users".into())];
        Point { metric: "sync.table.errors".into(), unit: "ms".into(), is_delta, value, attributes }
    }

    #[test]
    fn json_is_read_with_integers_as_texts_and_as_numbers() {
        let request = |value: &str| {
            format!(
                r#"{{"resourceMetrics": [{{"resource": {{}}, "scopeMetrics": [{{"metrics": [
                    {{"name": "sync.table.errors", "unit": "ms", "sum": {{"aggregationTemporality": 1, "isMonotonic": true, "dataPoints": [
                        {{"timeUnixNano": "5", {value}, "attributes": [
                            {{"key": "sync.table.name", "value": {{"stringValue": "users"}}}}, {{"key": "n", "value": {{"intValue": "1"}}}}]}}]}}}},
                    {{"name": "h", "histogram": {{"dataPoints": [{{"count": "1"}}, {{}}]}}}}]}}]}}]}}"#
            )
        };
        for (text, value) in [
            (r#""asInt": "7""#, Number::Int(7)),
            (r#""asInt": 7"#, Number::Int(7)),
            (r#""asDouble": 1.5"#, Number::Double(1.5)),
        ] {
            let read = metrics(request(text).as_bytes(), Encoding::Json).unwrap();
            assert_eq!(read, Metrics { points: vec![point(value, true)], others: 2 });
        }
    }

    #[test]
    fn spans_and_log_records_are_counted() {
        let spans = br#"{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "a"}, {}]}, {"spans": [{}]}]}]}"#;
        assert_eq!(count(spans, Encoding::Json), Ok(3));
        let logs = br#"{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": "x"}}]}]}]}"#;
        assert_eq!(count(logs, Encoding::Json), Ok(1));
        // A resource (field 1) with a scope (2) with two items (2) of which one has a field that is unknown here.
        let bytes = [0x0a, 0x09, 0x12, 0x07, 0x12, 0x03, 0x2a, 0x01, b'a', 0x12, 0x00];
        assert_eq!(count(&bytes, Encoding::Protobuf), Ok(2));
    }

    #[test]
    fn answers_say_what_was_not_taken() {
        assert_eq!(answer(Signal::Metrics, Encoding::Json, 0, ""), b"{}");
        assert_eq!(answer(Signal::Metrics, Encoding::Protobuf, 0, ""), b"");
        assert_eq!(
            String::from_utf8(answer(Signal::Traces, Encoding::Json, 2, "why")).unwrap(),
            r#"{"partialSuccess":{"errorMessage":"why","rejectedSpans":"2"}}"#
        );
        assert_eq!(answer(Signal::Logs, Encoding::Protobuf, 2, "w"), [0x0a, 0x05, 0x08, 0x02, 0x12, 0x01, b'w']);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            for encoding in [Encoding::Protobuf, Encoding::Json] {
                drop(metrics(&bytes, encoding));
                drop(count(&bytes, encoding));
            }
        }

        #[test]
        fn protobuf_is_read_as_it_was_written(value in any::<i64>(), delta in any::<bool>()) {
            let attributes = vec![KeyValue {
                key: "sync.table.name".into(),
                value: Some(AnyValue { string_value: Some("users".into()) }),
            }];
            let data_points = vec![NumberDataPoint { attributes, as_double: None, as_int: Some(value), flags: 0 }];
            let sum = Some(Box::new(Numbers { data_points, aggregation_temporality: if delta { DELTA } else { 2 } }));
            let metric = Metric { name: "sync.table.errors".into(), unit: "ms".into(), sum, ..Metric::default() };
            let scope_metrics = vec![ScopeMetrics { metrics: vec![metric] }];
            let request = MetricsRequest { resource_metrics: vec![ResourceMetrics { scope_metrics }] };
            let read = metrics(&request.encode_to_vec(), Encoding::Protobuf).unwrap();
            prop_assert_eq!(read, Metrics { points: vec![point(Number::Int(value), delta)], others: 0 });
        }
    }
}
