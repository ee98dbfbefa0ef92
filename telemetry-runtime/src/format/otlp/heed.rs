//! What the user's `OTEL_EXPORTER_OTLP_…` variables say, for programs that heed them.

use crate::endpoint::{Endpoint, Instead, with_path};
use crate::error::{Setting, StartError};

use super::{Encoding, Signal};

/// Where a signal goes instead of where the program says, and how; `None` where the user names no endpoint for it.
///
/// `said` is what the user says of the signal, or else of all: `ENDPOINT`, `HEADERS` or `PROTOCOL`, with the variable's name.
pub(crate) fn heed(
    signal: Signal,
    said: impl Fn(&str) -> Option<(String, String)>,
) -> Result<Option<(Instead, Encoding)>, StartError> {
    let Some((said_by, url)) = said("ENDPOINT") else { return Ok(None) };
    let is_for_all = said_by == "OTEL_EXPORTER_OTLP_ENDPOINT";
    let url = if is_for_all { with_path(&url, signal.path()) } else { url };
    let encoding = match said("PROTOCOL") {
        None => Encoding::Protobuf,
        Some((name, protocol)) => match protocol.as_str() {
            "http/protobuf" => Encoding::Protobuf,
            "http/json" => Encoding::Json,
            _ => return Err(StartError::new(Setting::Protocol, protocol, "`http/protobuf` or `http/json`", name)),
        },
    };
    let headers = match said("HEADERS") {
        None => Vec::new(),
        Some((name, list)) => headers(&list).ok_or_else(|| {
            // There may be a secret in it.
            StartError::new(Setting::Header, "…", "`name=value` between commas, percent-encoded", name)
        })?,
    };
    let endpoint = Endpoint { headers, ..Endpoint::new(url) };
    Ok(Some((Instead { stream: signal.as_str(), said_by, endpoint }, encoding)))
}

/// Names and values as W3C Baggage has them; `None` where they are not written so.
fn headers(list: &str) -> Option<Vec<(String, String)>> {
    let members = list.split(',').map(str::trim).filter(|member| !member.is_empty());
    let header = |member: &str| {
        let (name, value) = member.split_once('=')?;
        Some((name.trim().to_owned(), decoded(value.trim())?)).filter(|(name, _)| !name.is_empty())
    };
    members.map(header).collect()
}

/// A text with what `%` and two digits stand for.
fn decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        let is_number = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        bytes.push(u8::from_str_radix(digits, 16).ok().filter(|_| is_number)?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What an environment with these variables says, under the names of OTLP's specification.
    fn heeded(signal: Signal, variables: &[(&str, &str)]) -> Result<Option<(Instead, Encoding)>, StartError> {
        heed(signal, |what| {
            let names = crate::env::otlp_names(signal.as_str(), what);
            names.into_iter().find_map(|name| {
                let (_, value) = variables.iter().find(|(other, value)| *other == name && !value.is_empty())?;
                Some((name, (*value).to_owned()))
            })
        })
    }

    fn url(signal: Signal, variables: &[(&str, &str)]) -> Option<String> {
        Some(heeded(signal, variables).unwrap()?.0.endpoint.url)
    }

    /// The three examples of "Endpoint URLs for OTLP/HTTP" in the specification of the exporter.
    #[test]
    fn endpoints_are_those_of_the_specification() {
        let all = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")];
        assert_eq!(url(Signal::Traces, &all).unwrap(), "http://collector:4318/v1/traces");
        assert_eq!(url(Signal::Metrics, &all).unwrap(), "http://collector:4318/v1/metrics");
        assert_eq!(url(Signal::Logs, &all).unwrap(), "http://collector:4318/v1/logs");
        let each = [
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://collector:4318"),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "https://collector.example.com/v1/metrics"),
        ];
        assert_eq!(url(Signal::Traces, &each).unwrap(), "http://collector:4318");
        assert_eq!(url(Signal::Metrics, &each).unwrap(), "https://collector.example.com/v1/metrics");
        assert_eq!(url(Signal::Logs, &each), None);
        let but_metrics = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/mycollector/"),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "https://collector.example.com/v1/metrics/"),
        ];
        assert_eq!(url(Signal::Traces, &but_metrics).unwrap(), "http://collector:4318/mycollector/v1/traces");
        assert_eq!(url(Signal::Metrics, &but_metrics).unwrap(), "https://collector.example.com/v1/metrics/");
    }

    /// What the user says of their own receiver is for that one alone.
    #[test]
    fn without_an_endpoint_nothing_is_said() {
        let variables = [("OTEL_EXPORTER_OTLP_HEADERS", "api-key=secret"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")];
        assert!(heeded(Signal::Logs, &variables).unwrap().is_none());
        assert_eq!(url(Signal::Logs, &[("OTEL_EXPORTER_OTLP_ENDPOINT", "")]), None);
    }

    #[test]
    fn headers_and_protocol_are_the_signals_or_else_all_signals() {
        let variables = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=se%20cret%2C, x-tenant = a=b ,"),
            ("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "x-logs=1"),
            ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "http/json"),
        ];
        let of = |signal| {
            let (instead, encoding) = heeded(signal, &variables).unwrap().unwrap();
            (instead.endpoint.headers, encoding)
        };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            of(Signal::Traces),
            (vec![pair("api-key", "se cret,"), pair("x-tenant", "a=b")], Encoding::Protobuf)
        );
        assert_eq!(of(Signal::Logs), (vec![pair("x-logs", "1")], Encoding::Json));
    }

    #[test]
    fn what_cannot_be_heeded_is_said_once_and_shows_no_secret() {
        let with = |name, value| {
            let error = heeded(Signal::Logs, &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://x"), (name, value)]);
            error.err().map(|error| error.to_string()).unwrap_or_default()
        };
        let said = with("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
        assert_eq!(
            said,
            "telemetry protocol `grpc` (from OTEL_EXPORTER_OTLP_PROTOCOL): expected `http/protobuf` or `http/json`"
        );
        for list in ["secret", "=secret", "a=secret%2", "a=secret%zz", "a=secret%ff", "a=secret%+1"] {
            let said = with("OTEL_EXPORTER_OTLP_HEADERS", list);
            assert!(said.contains("OTEL_EXPORTER_OTLP_HEADERS") && !said.contains("secret"), "{list}: {said}");
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(value in any::<String>()) {
            let encoded = value.bytes().fold(String::new(), |encoded, byte| format!("{encoded}%{byte:02X}"));
            prop_assert_eq!(headers(&format!("key={encoded}")), Some(vec![("key".to_owned(), value)]));
        }

        #[test]
        fn no_list_makes_it_panic(list in ".{0,60}") {
            headers(&list);
        }
    }
}
