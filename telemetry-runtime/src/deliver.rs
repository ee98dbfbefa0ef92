//! How a batch gets to a sink: its format, its transport, and what became of it.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::clock;
use crate::endpoint::{Endpoint, RootCerts, with_path};
use crate::env;
use crate::error::{Setting, StartError};
use crate::format::{Batch, Entry, Format, Limits, Pace, Part, Policy, Request, Stream, Track, Verdict, json};
use crate::inspect::{Bodies, Inspect};
use crate::json::Writer;
use crate::ledger::Ledger;
use crate::level::Kinds;
use crate::loopback;
use crate::pace;
use crate::sink::{Sink, Target};
use crate::transport::{self, Http, Response};

impl Sink {
    /// What is wrong with the sink's settings, if anything.
    pub(crate) fn check(&self) -> Result<(), StartError> {
        if self.name.is_empty() || self.name.len() > 64 {
            return Err(StartError::new(Setting::SinkName, &self.name, "1 to 64 bytes", "named"));
        }
        match &self.target {
            Target::Http(endpoint, format) => {
                let origin = format!("sink {}", self.name);
                check_format(format.as_ref(), &origin)?;
                check_url(&endpoint.url, &origin)?;
                if let Some(url) = &endpoint.deletion {
                    check_url(url, "Http::deletion")?;
                }
                if let RootCerts::Pem(path) = &endpoint.root_certs {
                    check_path(path, "Http::root_certs")?;
                }
                check_headers(&endpoint.headers, "Http::header")
            }
            Target::File(path) => check_path(path, "JsonLines::file"),
            Target::Stderr | Target::Memory(_) => Ok(()),
        }
    }

    /// Lets variables of the user's, whose names begin with the program's prefix, stand in for URL and key; says whether the URL is one.
    /// Where it is none, what the user says of single streams holds, if the program heeds that.
    pub(crate) fn heed(&mut self, prefix: Option<&str>) -> Result<bool, StartError> {
        let Target::Http(endpoint, format) = &mut self.target else { return Ok(false) };
        let mut names_url = false;
        let variables = if prefix.is_some() { format.variables() } else { Vec::new() };
        for (name, part) in variables {
            let name = format!("{}_{name}", prefix.unwrap_or_default());
            let Some(value) = env::var(&name).filter(|value| !value.is_empty()) else { continue };
            endpoint.heeded.push(name.clone());
            match part {
                Part::Url => {
                    check_url(&value, &name)?;
                    endpoint.url = value;
                    names_url = true;
                }
                Part::Dsn => {
                    endpoint.url = format.set_dsn(&value);
                    check_format(format.as_ref(), &name)?;
                    check_url(&endpoint.url, &name)?;
                    names_url = true;
                }
                Part::Key => format.set_key(value),
            }
        }
        if names_url {
            endpoint.instead.clear();
            return Ok(true);
        }
        endpoint.problem.clone().map_or(Ok(()), |problem| Err(*problem))?;
        for instead in &endpoint.instead {
            check_url(&instead.endpoint.url, &instead.said_by)?;
            check_headers(&instead.endpoint.headers, &instead.said_by)?;
        }
        Ok(false)
    }

    /// The user's variables that say where this sink sends to, and how.
    pub(crate) fn heeded(&self) -> &[String] {
        match &self.target {
            Target::Http(endpoint, _) => &endpoint.heeded,
            Target::File(_) | Target::Stderr | Target::Memory(_) => &[],
        }
    }

    /// Holds files to where they are now: where the program goes later must not move them.
    pub(crate) fn settle_paths(&mut self) {
        let path = match &mut self.target {
            Target::File(path) => path,
            Target::Http(endpoint, _) => match &mut endpoint.root_certs {
                RootCerts::Pem(path) => path,
                _ => return,
            },
            Target::Stderr | Target::Memory(_) => return,
        };
        *path = absolute(path);
    }

    /// What it has positions in the spool for.
    pub(crate) fn tracks(&self) -> Vec<Track> {
        match &self.target {
            Target::Http(_, format) => Track::of(self.name(), self.kinds, &format.streams()),
            Target::File(_) | Target::Stderr | Target::Memory(_) => {
                Track::of(self.name(), self.kinds, &[Stream::all(Limits::USUAL)])
            }
        }
    }

    /// Sends a batch, and says what became of it. What goes to another machine is in the ledger before. What is only to be looked
    /// at goes into a file, and nowhere else.
    pub(crate) fn send(&self, way: &mut Way, stream: &Stream, entries: &[Entry<'_>]) -> Sent {
        match &self.target {
            Target::Http(endpoint, format) => {
                let request = match attempt(|| format.request(&Batch::new(entries, clock::now(), stream.name))) {
                    Some(Some(request)) => request,
                    Some(None) => return Sent::unasked(Verdict::Accepted),
                    // It would with the same events at any other time: without the one that it cannot do with, the others may go.
                    None => {
                        return Sent {
                            said: Some("not sent: the format panicked".into()),
                            ..Sent::unasked(Verdict::Split)
                        };
                    }
                };
                let limits = stream.limits;
                let is_too_large = |entry: &Entry<'_>| {
                    // JSON makes up to six bytes of each.
                    entry.text_bytes() > limits.event_bytes / 16 && {
                        let alone = [*entry];
                        let request = attempt(|| format.request(&Batch::new(&alone, clock::now(), stream.name)));
                        request.flatten().is_some_and(|request| request.body.len() > limits.event_bytes)
                    }
                };
                if entries.len() > 1 && entries.iter().any(is_too_large) {
                    return Sent::unasked(Verdict::Split);
                }
                let most = if entries.len() == 1 { limits.event_bytes.min(limits.bytes) } else { limits.bytes };
                if request.body.len() > most {
                    let verdict = if entries.len() == 1 { Verdict::Refused } else { Verdict::Split };
                    return Sent::unasked(verdict);
                }
                let posted = way.post(self.name(), endpoint, stream, format.as_ref(), &request);
                if self.kinds == Kinds::REQUIRED {
                    pace::follow(&posted.pace);
                }
                posted
            }
            _ if way.inspect.is_some() => way.show(self.name(), &[self.address()], &lines(entries)),
            Target::File(path) => written(transport::append(path, &lines(entries))),
            Target::Stderr => written(transport::print(&lines(entries))),
            Target::Memory(memory) => {
                memory.lock().extend(entries.iter().map(|entry| entry.event.clone()));
                written(Ok(()))
            }
        }
    }

    /// Where its events go, as the user can be told: without what may be secret.
    pub(crate) fn address(&self) -> String {
        match &self.target {
            Target::Http(endpoint, _) if endpoint.instead.is_empty() => without_secrets(&endpoint.url),
            Target::Http(endpoint, format) => {
                let streams = format.streams();
                let urls = streams.iter().map(|stream| &endpoint.instead_for(stream.name).unwrap_or(endpoint).url);
                let mut shown: Vec<_> = urls.map(|url| without_secrets(url)).collect();
                shown.dedup();
                shown.join(", ")
            }
            Target::File(path) => format!("file {}", path.display()),
            Target::Stderr => "standard error".into(),
            Target::Memory(_) => "memory of this process".into(),
        }
    }

    /// Whether all of its streams go to one receiver.
    pub(crate) fn has_one_address(&self) -> bool {
        !matches!(&self.target, Target::Http(endpoint, _) if !endpoint.instead.is_empty())
    }

    /// Where its events would go beyond loopback, as people can be told: without what may be secret.
    pub(crate) fn beyond_loopback(&self) -> Option<String> {
        let Target::Http(endpoint, format) = &self.target else { return None };
        format.streams().iter().find_map(|stream| {
            let url = &endpoint.instead_for(stream.name).unwrap_or(endpoint).url;
            loopback::beyond(url).map(|way| format!("{}{way}", without_secrets(url)))
        })
    }

    /// The user's variable that would name another URL, if one would.
    pub(crate) fn url_variable(&self, prefix: Option<&str>) -> Option<String> {
        let Target::Http(_, format) = &self.target else { return None };
        let variable = format.variables().into_iter().find(|(_, part)| *part != Part::Key);
        Some(format!("{}_{}", prefix?, variable?.0))
    }

    /// Whether the receiver can be asked to delete.
    pub(crate) fn can_delete(&self) -> bool {
        matches!(&self.target, Target::Http(endpoint, _) if endpoint.deletion.is_some())
    }

    /// Asks the receiver to delete what it has under an id, and says what it answered: `Ok` if it agreed.
    pub(crate) fn delete(&self, install_id: &str, until: Instant) -> Result<String, String> {
        let Target::Http(Endpoint { deletion: Some(url), headers, root_certs, .. }, _) = &self.target else {
            return Err("takes no requests for deletion".into());
        };
        let (headers, root_certs) = (headers.clone(), root_certs.clone());
        let endpoint = Endpoint { headers, root_certs, ..Endpoint::new(url.clone()) };
        let mut body = String::new();
        Writer::new(&mut body).object(|body| body.member("install_id").text(install_id));
        let request = Request::new("application/json", body);
        let response = Http::until(until).post(&endpoint, url, &request).map_err(|why| no_answer(&why))?;
        if response.is_success() { Ok(answered(&response)) } else { Err(answered(&response)) }
    }
}

/// What became of a batch.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) verdict: Verdict,
    /// What the receiver or the system said, if anybody was asked.
    pub(crate) said: Option<String>,
    /// Whether that was said by a receiver, or by the system.
    pub(crate) is_answered: bool,
    /// For how long the receiver wants nothing of a stream, by its name, or of all.
    pub(crate) pauses: Vec<(Option<&'static str>, Duration)>,
    /// How often it asks to be told.
    pub(crate) pace: Pace,
}

impl Sent {
    /// Nobody was asked.
    const fn unasked(verdict: Verdict) -> Self {
        Self { verdict, said: None, is_answered: false, pauses: Vec::new(), pace: Pace::NONE }
    }

    /// Not now.
    pub(crate) fn later(said: String) -> Self {
        Self { said: Some(said), ..Self::unasked(Verdict::Later(None)) }
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

    /// Makes a request, or shows it if that is all that is wanted.
    fn post(&mut self, sink: &str, to: &Endpoint, stream: &Stream, format: &dyn Format, request: &Request) -> Sent {
        let instead = to.instead_for(stream.name);
        let url = instead.map_or_else(|| with_path(&to.url, stream.path), |instead| instead.url.clone());
        let to = instead.unwrap_or(to);
        let shown_url = without_secrets(&url);
        if self.inspect.is_some() {
            return self.show(sink, &transport::lines(to, &url, &shown_url, request), request.shown());
        }
        let noted = self.ledger.request(sink, &shown_url, request.shown());
        if let Some(bodies) = self.bodies {
            bodies.show(sink, &shown_url, request.shown());
        }
        let sent = match self.http.post(to, &url, request) {
            Ok(response) => {
                // A format that cannot do with an answer must not have what was taken sent again and again.
                let verdict = attempt(|| format.verdict(&response.answer()));
                let verdict = verdict.unwrap_or_else(|| Policy::USUAL.verdict(&response.answer()));
                let pauses = attempt(|| format.pauses(&response.answer())).unwrap_or_default();
                let mut said = answered(&response);
                if let Verdict::Partly { rejected, why } = &verdict {
                    let _ = write!(said, ", {rejected} refused: {}", why.escape_debug());
                }
                let pace = attempt(|| format.pace(&response.answer())).unwrap_or_default();
                Sent { verdict, said: Some(said), is_answered: true, pauses, pace }
            }
            Err(why) => Sent::later(no_answer(&why)),
        };
        self.ledger.answer(noted, sent.said.as_deref().unwrap_or_default());
        sent
    }

    /// Shows what would go somewhere.
    fn show(&self, sink: &str, head: &[String], body: &[u8]) -> Sent {
        written(self.inspect.map_or(Ok(()), |inspect| inspect.request(sink, head, body)))
    }
}

/// What a format makes of something; `None` where it panics.
fn attempt<T>(make: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(make)).ok()
}

fn answered(response: &Response) -> String {
    format!("answered {}", response.status)
}

fn no_answer(why: &str) -> String {
    format!("no answer: {why}")
}

fn lines(entries: &[Entry<'_>]) -> Vec<u8> {
    entries.iter().flat_map(json::line).collect()
}

fn written(result: std::io::Result<()>) -> Sent {
    match result {
        Ok(()) => Sent { said: Some("written".into()), is_answered: true, ..Sent::unasked(Verdict::Accepted) },
        Err(error) => Sent::later(format!("cannot be written: {error}")),
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

fn check_format(format: &dyn Format, setter: &str) -> Result<(), StartError> {
    // Whatever was given may be a key.
    format.check().map_err(|expected| StartError::new(Setting::Url, "…", expected, setter))
}

fn check_url(url: &str, setter: &str) -> Result<(), StartError> {
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

fn check_headers(headers: &[(String, String)], setter: &str) -> Result<(), StartError> {
    headers.iter().try_for_each(|(name, value)| check_header(name, value, setter))
}

fn check_header(name: &str, value: &str, setter: &str) -> Result<(), StartError> {
    let expected = "a header of the program's own, with a value of visible ASCII characters";
    let is_ours = OWN_HEADERS.iter().any(|own| name.eq_ignore_ascii_case(own));
    let sound =
        !is_ours && ureq::http::HeaderName::try_from(name).is_ok() && ureq::http::HeaderValue::try_from(value).is_ok();
    if sound { Ok(()) } else { Err(StartError::new(Setting::Header, name, expected, setter)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::{Json, Sentry};

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
        assert_eq!(shown, r#"Http { name: None, .. } Sink { name: "json", .. }"#);
    }

    #[test]
    fn what_is_no_dsn_is_said_without_being_shown() {
        let check = |dsn: &str| Sink::from(Sentry::new(dsn)).check();
        for dsn in ["secret", "https://secret@example.org", "https://example.org/secret"] {
            let said = check(dsn).unwrap_err().to_string();
            let expected =
                "telemetry endpoint `…` (from sink sentry): expected a DSN, as https://PUBLIC_KEY@HOST/PROJECT_ID";
            assert_eq!(said, expected, "{dsn}");
        }
        let said = check("https://secret@example.org:port/42").unwrap_err().to_string();
        assert!(said.contains("an absolute http") && !said.contains("secret"), "{said}");
        check("https://secret@example.org/42").unwrap();
    }

    /// What a user says wrongly is the user's problem, by the variable's name, and no error of the program's start.
    #[test]
    fn a_variable_that_makes_no_url_is_said_by_its_name() {
        const NAME: &str = "deliver::tests::a_variable_that_makes_no_url_is_said_by_its_name";
        let variable = "NOBODYS_SENTRY_DSN";
        if std::env::var_os(variable).is_some() {
            let mut sink = Sink::from(Sentry::new("https://secret@example.org/42"));
            let said = sink.heed(Some("NOBODYS")).unwrap_err().to_string();
            return assert!(said.contains(variable) && !said.contains("secret"), "{said}");
        }
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        let output =
            again.args(["--exact", NAME]).env(variable, "https://secret@example.org:port/42").output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
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
