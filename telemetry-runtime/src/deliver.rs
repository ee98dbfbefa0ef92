//! How a batch gets to a sink: its format, its transport, and what became of it.

use crate::clock;
use crate::error::{Setting, StartError};
use crate::format::json::{self, Told};
use crate::retry::{Answer, Verdict};
use crate::sink::{Sink, Target};
use crate::transport::{self, Http};

impl Sink {
    /// What is wrong with the sink's settings, if anything.
    pub(crate) fn check(&self) -> Result<(), StartError> {
        if self.name.is_empty() || self.name.len() > 64 {
            return Err(StartError::new(Setting::SinkName, &self.name, "1 to 64 bytes", "named"));
        }
        match &self.target {
            Target::Json { url, headers } => {
                check_url(url)?;
                headers.iter().try_for_each(|(name, value)| check_header(name, value))
            }
            Target::File(path) if path.as_os_str().is_empty() => {
                Err(StartError::new(Setting::Path, "", "the path of a file", "JsonLines::file"))
            }
            Target::File(_) | Target::Stderr | Target::Memory(_) => Ok(()),
        }
    }

    /// Sends a batch and says what became of it.
    pub(crate) fn send(&self, http: &Http, events: &[Told<'_>]) -> Answer {
        match &self.target {
            Target::Json { url, headers } => http.post(url, headers, &json::batch(events, clock::now())),
            Target::File(path) => written(transport::append(path, &lines(events))),
            Target::Stderr => written(transport::print(&lines(events))),
            Target::Memory(memory) => {
                memory.lock().extend(events.iter().map(|(event, _)| (*event).clone()));
                written(Ok(()))
            }
        }
    }
}

fn lines(events: &[Told<'_>]) -> Vec<u8> {
    events.iter().flat_map(|event| json::line(*event)).collect()
}

fn written(result: std::io::Result<()>) -> Answer {
    match result {
        Ok(()) => Answer { verdict: Verdict::Accepted, said: "written".into() },
        Err(error) => Answer { verdict: Verdict::Later(None), said: format!("cannot be written: {error}") },
    }
}

fn check_url(url: &str) -> Result<(), StartError> {
    let expected = if cfg!(feature = "tls") {
        "an absolute http:// or https:// URL"
    } else {
        "an absolute http:// URL (https:// needs the feature `tls`)"
    };
    let fits = url.parse::<ureq::http::Uri>().is_ok_and(|uri| {
        let scheme = uri.scheme_str();
        let spoken = scheme == Some("http") || cfg!(feature = "tls") && scheme == Some("https");
        // A port that is none is no port to the parser, and part of nothing.
        let names_port = uri.authority().is_some_and(|there| !there.as_str().ends_with(uri.host().unwrap_or_default()));
        spoken && uri.host().is_some_and(|host| !host.is_empty()) && names_port == uri.port().is_some()
    });
    if fits { Ok(()) } else { Err(StartError::new(Setting::Url, without_secrets(url), expected, "Json::new")) }
}

/// A URL without what may be a password or a key: what stands before the `@`, and after the `?`.
fn without_secrets(url: &str) -> String {
    let (url, query) = url.split_once('?').map_or((url, ""), |(url, _)| (url, "?…"));
    let (scheme, rest) = url.split_once("//").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let slashes = if scheme.is_empty() && rest.len() == url.len() { "" } else { "//" };
    match rest.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}{slashes}…@{host}{query}"),
        None => format!("{url}{query}"),
    }
}

fn check_header(name: &str, value: &str) -> Result<(), StartError> {
    let expected = "a header of the program's own, with a value of visible ASCII characters";
    let is_ours =
        ["content-type", "content-length", "host", "user-agent"].iter().any(|own| name.eq_ignore_ascii_case(own));
    let sound =
        !is_ours && ureq::http::HeaderName::try_from(name).is_ok() && ureq::http::HeaderValue::try_from(value).is_ok();
    if sound { Ok(()) } else { Err(StartError::new(Setting::Header, name, expected, "Json::header")) }
}
