//! How a batch gets to a sink: its format, its transport, and what became of it.

use crate::clock;
use crate::error::{Setting, StartError};
use crate::format::json::{self, Told};
use crate::retry::Verdict;
use crate::sink::{Sink, Target};
use crate::transport;

impl Sink {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What is wrong with the sink's settings, if anything.
    pub(crate) fn check(&self) -> Result<(), StartError> {
        if self.name.is_empty() || self.name.len() > 64 {
            return Err(StartError::new(Setting::SinkName, &self.name, "1 to 64 bytes", "named"));
        }
        match &self.target {
            Target::Json { url, headers, .. } => {
                check_url(url)?;
                headers.iter().try_for_each(|(name, value)| check_header(name, value))
            }
            Target::File(path) if path.as_os_str().is_empty() => {
                Err(StartError::new(Setting::Url, "", "the path of a file", "JsonLines::file"))
            }
            Target::File(_) | Target::Stderr | Target::Memory(_) => Ok(()),
        }
    }

    /// Sends a batch and says what became of it.
    pub(crate) fn send(&self, events: &[Told<'_>]) -> Verdict {
        match &self.target {
            Target::Json { url, headers, http } => http.post(url, headers, &json::batch(events, clock::now())),
            Target::File(path) => written(transport::append(path, &lines(events))),
            Target::Stderr => written(transport::print(&lines(events))),
            Target::Memory(memory) => {
                memory.lock().extend(events.iter().map(|(event, _)| (*event).clone()));
                Verdict::Accepted
            }
        }
    }
}

fn lines(events: &[Told<'_>]) -> Vec<u8> {
    events.iter().flat_map(|event| json::line(*event)).collect()
}

fn written(result: std::io::Result<()>) -> Verdict {
    result.map_or(Verdict::Later(None), |()| Verdict::Accepted)
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
        spoken && uri.host().is_some_and(|host| !host.is_empty())
    });
    if fits { Ok(()) } else { Err(StartError::new(Setting::Url, url, expected, "Json::new")) }
}

fn check_header(name: &str, value: &str) -> Result<(), StartError> {
    let expected = "a header name in ASCII, and a value of visible ASCII characters";
    let sound = ureq::http::HeaderName::try_from(name).is_ok() && ureq::http::HeaderValue::try_from(value).is_ok();
    if sound { Ok(()) } else { Err(StartError::new(Setting::Header, name, expected, "Json::header")) }
}
