//! How a batch gets to a sink: its format, its transport, and what became of it.

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::clock;
use crate::endpoint::{Endpoint, RootCerts};
use crate::error::{Setting, StartError};
use crate::format::json::{self, Told};
use crate::inspect::{Bodies, Inspect};
use crate::json::Writer;
use crate::ledger::Ledger;
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
            Target::Json(endpoint) => {
                check_url(&endpoint.url, "Json::new")?;
                if let Some(url) = &endpoint.deletion {
                    check_url(url, "Json::deletion")?;
                }
                if let RootCerts::Pem(path) = &endpoint.root_certs {
                    check_path(path, "Json::root_certs")?;
                }
                endpoint.headers.iter().try_for_each(|(name, value)| check_header(name, value))
            }
            Target::File(path) => check_path(path, "JsonLines::file"),
            Target::Stderr | Target::Memory(_) => Ok(()),
        }
    }

    /// Holds files to where they are now: where the program goes later must not move them.
    pub(crate) fn settle_paths(&mut self) {
        let path = match &mut self.target {
            Target::File(path) => path,
            Target::Json(endpoint) => match &mut endpoint.root_certs {
                RootCerts::Pem(path) => path,
                _ => return,
            },
            Target::Stderr | Target::Memory(_) => return,
        };
        *path = absolute(path);
    }

    /// Sends a batch, and says what became of it. What goes to another machine is in the ledger before. What is only to be looked
    /// at goes into a file, and nowhere else.
    pub(crate) fn send(&self, way: &mut Way, events: &[Told<'_>]) -> Answer {
        let Way { http, ledger, inspect, bodies } = way;
        if let Some(inspect) = inspect {
            let (request, body) = self.request(events);
            return written(inspect.request(self.name(), &request, &body));
        }
        match &self.target {
            Target::Json(endpoint) => {
                let body = json::batch(events, clock::now());
                let url = without_secrets(&endpoint.url);
                let request = ledger.request(self.name(), &url, &body);
                if let Some(bodies) = bodies {
                    bodies.show(self.name(), &url, &body);
                }
                let answer = http.post(endpoint, &body);
                ledger.answer(request, &answer.said);
                answer
            }
            Target::File(path) => written(transport::append(path, &lines(events))),
            Target::Stderr => written(transport::print(&lines(events))),
            Target::Memory(memory) => {
                memory.lock().extend(events.iter().map(|(event, _)| (*event).clone()));
                written(Ok(()))
            }
        }
    }

    /// What a batch would be sent as: the lines before the body, without secrets, and the body.
    fn request(&self, events: &[Told<'_>]) -> (Vec<String>, Vec<u8>) {
        match &self.target {
            Target::Json(endpoint) => {
                let body = json::batch(events, clock::now());
                (transport::lines(endpoint, &without_secrets(&endpoint.url), &body), body)
            }
            Target::File(_) | Target::Stderr | Target::Memory(_) => (vec![self.address()], lines(events)),
        }
    }

    /// Where its events go, as the user can be told: without what may be secret.
    pub(crate) fn address(&self) -> String {
        match &self.target {
            Target::Json(endpoint) => without_secrets(&endpoint.url),
            Target::File(path) => format!("file {}", path.display()),
            Target::Stderr => "standard error".into(),
            Target::Memory(_) => "memory of this process".into(),
        }
    }

    /// Whether the receiver can be asked to delete.
    pub(crate) fn can_delete(&self) -> bool {
        matches!(&self.target, Target::Json(endpoint) if endpoint.deletion.is_some())
    }

    /// Asks the receiver to delete what it has under an id, and says what it answered: `Ok` if it agreed.
    pub(crate) fn delete(&self, install_id: &str, until: Instant) -> Result<String, String> {
        let Target::Json(Endpoint { deletion: Some(url), headers, root_certs, .. }) = &self.target else {
            return Err("takes no requests for deletion".into());
        };
        let (headers, root_certs) = (headers.clone(), root_certs.clone());
        let endpoint = Endpoint { headers, root_certs, ..Endpoint::new(url.clone()) };
        let mut body = String::new();
        Writer::new(&mut body).object(|body| body.member("install_id").text(install_id));
        let Answer { verdict, said } = Http::until(until).post(&endpoint, body.as_bytes());
        if matches!(verdict, Verdict::Accepted) { Ok(said) } else { Err(said) }
    }
}

/// What is between a sink and where its events go: a client that the worker keeps for it, and what the user wants to see.
#[derive(Debug)]
pub(crate) struct Way {
    pub(crate) http: Http,
    ledger: Ledger,
    inspect: Option<&'static Inspect>,
    bodies: Option<&'static Bodies>,
}

impl Way {
    pub(crate) fn new(
        spool: Option<&Path>,
        inspect: Option<&'static Inspect>,
        bodies: Option<&'static Bodies>,
    ) -> Self {
        Self { http: Http::default(), ledger: Ledger::new(spool), inspect, bodies }
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

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn check_path(path: &Path, setter: &'static str) -> Result<(), StartError> {
    if path.as_os_str().is_empty() {
        return Err(StartError::new(Setting::Path, "", "the path of a file", setter));
    }
    Ok(())
}

fn check_url(url: &str, setter: &'static str) -> Result<(), StartError> {
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
    if fits { Ok(()) } else { Err(StartError::new(Setting::Url, without_secrets(url), expected, setter)) }
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

/// Headers that say how a request is made, and are not the program's.
const OWN_HEADERS: [&str; 9] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "transfer-encoding",
    "user-agent",
];

fn check_header(name: &str, value: &str) -> Result<(), StartError> {
    let expected = "a header of the program's own, with a value of visible ASCII characters";
    let is_ours = OWN_HEADERS.iter().any(|own| name.eq_ignore_ascii_case(own));
    let sound =
        !is_ours && ureq::http::HeaderName::try_from(name).is_ok() && ureq::http::HeaderValue::try_from(value).is_ok();
    if sound { Ok(()) } else { Err(StartError::new(Setting::Header, name, expected, "Json::header")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::Json;

    /// A forked child, and whoever else sends, shares the settings and has a client of its own.
    #[test]
    fn a_sink_is_settings_and_nothing_else() {
        fn is_shared<T: Send + Sync + 'static>() {}
        is_shared::<Sink>();
    }

    #[test]
    fn no_secret_is_shown() {
        let json = Json::new("https://me:secret@example.org/?key=secret").header("authorization", "secret");
        let shown = format!("{json:?} {:?}", Sink::from(Json::new("nowhere/secret?secret").header("x", "secret\n")));
        assert_eq!(shown, r#"Json(Sink { name: "json", .. }) Sink { name: "json", .. }"#);
    }

    #[test]
    fn headers_that_say_how_a_request_is_made_are_refused() {
        for name in OWN_HEADERS {
            let sink = Sink::from(Json::new("https://example.org").header(name.to_uppercase(), "secret"));
            assert!(!sink.check().unwrap_err().to_string().contains("secret"), "{name}");
        }
        Sink::from(Json::new("https://example.org").header("x-api-key", "secret")).check().unwrap();
    }
}
