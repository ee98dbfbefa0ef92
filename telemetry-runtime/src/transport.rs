//! Where bytes leave the process: HTTP, a file, standard error. Used by the worker alone.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use ureq::http::Uri;
use ureq::{Agent, ProxyProtocol};

use crate::busy;
use crate::clock;
use crate::endpoint::Endpoint;
use crate::env;
use crate::fork::InTransit;
use crate::limits;
use crate::os;
use crate::proxy;
use crate::retry::{self, Answer, Verdict};
#[cfg(feature = "tls")]
use crate::roots;

/// One sink's client for HTTP requests: its open connections, and what it learned of the receiver in this run. Whoever sends makes
/// one of its own; a forked child must not speak on its parent's connections.
#[derive(Debug, Default)]
pub(crate) struct Http {
    /// Built at the first request: not at start, and not for a program that records nothing.
    agent: Option<Agent>,
    /// By when everything must be over, if that is sooner than a request's usual end.
    until: Option<Instant>,
    #[cfg(feature = "gzip")]
    gzip: Gzip,
}

/// Whether the receiver reads compressed requests.
#[cfg(feature = "gzip")]
#[derive(Debug, Default, PartialEq, Eq)]
enum Gzip {
    #[default]
    Untried,
    Read,
    Refused,
}

impl Http {
    /// A client whose requests are over by then.
    pub(crate) fn until(until: Instant) -> Self {
        Self { until: Some(until), ..Self::default() }
    }

    /// How long a request may take that begins now.
    fn time(&self) -> Duration {
        let left = self.until.map(|until| until.saturating_duration_since(clock::tick()));
        // No time at all is none to ureq.
        left.map_or(limits::REQUEST_TIMEOUT, |left| left.clamp(Duration::from_millis(1), limits::REQUEST_TIMEOUT))
    }

    /// Posts a JSON body and says what the answer means. No answer means later.
    pub(crate) fn post(&mut self, to: &Endpoint, body: &[u8]) -> Answer {
        #[cfg(feature = "gzip")]
        if to.gzip && self.gzip != Gzip::Refused {
            let (status, answer) = self.exchange(to, &compressed(body), Some("gzip"));
            // Who does not know compression at all answers as to a body that is no JSON.
            let may_be_refused = matches!(status, Some(400 | 422)) && self.gzip == Gzip::Untried;
            if status != Some(415) && !may_be_refused {
                if answer.verdict == Verdict::Accepted {
                    self.gzip = Gzip::Read;
                }
                return answer;
            }
            let (_, plain) = self.exchange(to, body, None);
            if status == Some(415) || plain.verdict == Verdict::Accepted {
                self.gzip = Gzip::Refused;
            }
            return plain;
        }
        self.exchange(to, body, None).1
    }

    /// One request, and the status of its answer if there was one.
    fn exchange(&mut self, to: &Endpoint, body: &[u8], coding: Option<&str>) -> (Option<u16>, Answer) {
        match self.request(to, body, coding) {
            Ok((status, verdict)) => (Some(status), Answer { verdict, said: format!("answered {status}") }),
            Err(why) => {
                // The next attempt looks anew at the variables and files that this one went by.
                self.agent = None;
                (None, Answer { verdict: Verdict::Later(None), said: format!("no answer: {why}") })
            }
        }
    }

    fn request(&mut self, to: &Endpoint, body: &[u8], coding: Option<&str>) -> Result<(u16, Verdict), String> {
        let time = self.time();
        let agent = match &mut self.agent {
            Some(agent) => agent,
            none => none.insert(agent(to, time)?),
        };
        let mut request = agent.post(&to.url);
        for (name, value, _) in headers(to, coding) {
            request = request.header(name, value);
        }
        // ureq looks names up on a thread of its own, and panics where it cannot have one.
        let in_transit = InTransit::begin();
        let tried = std::thread::Builder::new().spawn(busy::claim_thread);
        let has_thread = tried.is_ok_and(|thread| thread.join().is_ok());
        drop(in_transit);
        if !has_thread {
            return Err("no thread can be had to look the name up on".into());
        }
        let mut answer = in_time(agent, || request.send(body)).map_err(|error| error.to_string())?;
        let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
        let retry_after = header("retry-after").and_then(|value| retry::retry_after(value, header("date")));
        let status = answer.status().as_u16();
        // Read to its end, the connection can be used again. What it says is nobody's business here.
        drop(answer.body_mut().with_config().limit(limits::ANSWER_BYTES).read_to_vec());
        Ok((status, retry::verdict(status, retry_after)))
    }
}

/// The headers of a request that are not made of its URL and its length, and which of them may be secret: all of the program's own.
fn headers<'a>(to: &'a Endpoint, coding: Option<&'a str>) -> impl Iterator<Item = (&'a str, &'a str, bool)> {
    let ours = [("content-type", "application/json")].into_iter();
    let ours = ours.chain(coding.map(|coding| ("content-encoding", coding)));
    let theirs = to.headers.iter().map(|(name, value)| (name.as_str(), value.as_str(), true));
    ours.map(|(name, value)| (name, value, false)).chain(theirs)
}

/// The lines before the body of a first request, as they are sent, but for what may be secret: that is `…`.
pub(crate) fn lines(to: &Endpoint, url: &str, body: &[u8]) -> Vec<String> {
    #[cfg(feature = "gzip")]
    let (coding, length) = if to.gzip { (Some("gzip"), compressed(body).len()) } else { (None, body.len()) };
    #[cfg(not(feature = "gzip"))]
    let (coding, length) = (None, body.len());
    let uri = to.url.parse::<Uri>().ok();
    let host = uri.as_ref().and_then(Uri::authority).map_or("", |authority| {
        let authority = authority.as_str();
        authority.rsplit_once('@').map_or(authority, |(_, host)| host)
    });
    let own = [
        ("accept", "*/*".to_owned()),
        ("accept-encoding", ACCEPT_ENCODING.to_owned()),
        ("content-length", length.to_string()),
        ("host", host.to_owned()),
        ("user-agent", USER_AGENT.to_owned()),
    ];
    let given = headers(to, coding).map(|(name, value, is_secret)| {
        format!("{}: {}", name.to_ascii_lowercase(), if is_secret { "…" } else { value })
    });
    let mut headers: Vec<_> = own.iter().map(|(name, value)| format!("{name}: {value}")).chain(given).collect();
    headers.sort();
    std::iter::once(format!("POST {url}")).chain(headers).collect()
}

const USER_AGENT: &str = concat!("telemetry-runtime/", env!("CARGO_PKG_VERSION"));
/// Said, because a program that uses ureq itself may have switched its decompression on.
const ACCEPT_ENCODING: &str = "identity";

/// What proxy and certificates make of it.
fn agent(to: &Endpoint, time: Duration) -> Result<Agent, String> {
    let url: Uri = to.url.parse().map_err(|_| "the URL is none")?;
    let proxy = proxy::of(&url, env::var)?;
    #[cfg(feature = "tls")]
    let is_secure = url.scheme_str() == Some("https")
        || proxy.as_ref().is_some_and(|proxy| proxy.protocol() == ProxyProtocol::Https);
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_connect(Some(limits::CONNECT_TIMEOUT.min(time)))
        .timeout_global(Some(time))
        .timeout_recv_body(Some(limits::ANSWER_TIMEOUT))
        .accept_encoding(ACCEPT_ENCODING)
        .user_agent(USER_AGENT)
        .proxy(proxy);
    #[cfg(feature = "tls")]
    let config = if is_secure {
        let root_certs = roots::load(&to.root_certs, env::path)?;
        config.tls_config(ureq::tls::TlsConfig::builder().root_certs(root_certs).build())
    } else {
        config
    };
    Ok(config.build().new_agent())
}

/// Makes a request, and ends it where ureq does not: each byte of a proxy's answer to `CONNECT` has the whole time again (ureq 3.5.1).
/// That takes a thread, for as long as the request, so it is done where there is such a proxy and nowhere else.
fn in_time<T>(agent: &Agent, request: impl FnOnce() -> T) -> T {
    let by = agent.config().proxy().map(ureq::Proxy::protocol);
    if !matches!(by, Some(ProxyProtocol::Http | ProxyProtocol::Https)) {
        return request();
    }
    let (done, is_done) = channel::<()>();
    let agent = agent.clone();
    let in_transit = InTransit::begin();
    // Where no thread can be had, the proxy is trusted.
    let thread = std::thread::Builder::new().name("telemetry-time".into()).spawn(move || {
        drop(in_transit);
        busy::claim_thread();
        if is_done.recv_timeout(limits::REQUEST_DEADLINE) == Err(RecvTimeoutError::Timeout) {
            agent.shutdown();
        }
    });
    let answer = request();
    let in_transit = InTransit::begin();
    drop(done);
    // It does nothing that panics.
    drop(thread.map(std::thread::JoinHandle::join));
    drop(in_transit);
    answer
}

/// A body as gzip has it (RFC 1952).
#[cfg(feature = "gzip")]
fn compressed(body: &[u8]) -> Vec<u8> {
    let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    // A vector takes everything.
    drop(to.write_all(body));
    to.finish().unwrap_or_default()
}

/// Appends to a file that only its owner can read, creating it if need be.
pub(crate) fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    // One byte more would end the process.
    if os::largest_file()
        .is_some_and(|largest| file.metadata().is_ok_and(|file| file.len() + bytes.len() as u64 > largest))
    {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    file.write_all(bytes)
}

/// Writes to standard error: for a sink that the program's author asked to print.
pub(crate) fn print(bytes: &[u8]) -> io::Result<()> {
    io::stderr().lock().write_all(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::net::TcpListener;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    /// Posts to a server that answers with these bytes and ends.
    fn said_to(bytes: Vec<u8>) -> Answer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n{}") {
                    let mut byte = [0];
                    stream.read_exact(&mut byte).unwrap();
                    request.extend(byte);
                }
                drop(stream.write_all(&bytes));
            });
            Http::default().post(&Endpoint::new(url), b"{}")
        })
    }

    const PARTS: &[&[u8]] = &[
        b"\r\n",
        b"\r\n\r\n",
        b"content-length: ",
        b"transfer-encoding: chunked",
        b"0",
        b"18446744073709551616",
        b"-1",
        b"5;x=y",
        b"ffffffffffffffff",
        b": ",
        b"connection: close",
        b"content-encoding: gzip",
        b"HTTP/1.1 200 OK\r\n",
        b"\xff\0",
        b"retry-after: ",
        b"date: Sun, 06 Nov 1994 08:49:37 GMT",
        b"location: /\r\n",
        b"\n",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

        #[test]
        fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(said_to(bytes).verdict, Verdict::Later(None));
        }

        /// Answers put together from what has a meaning to HTTP, and a status that is what it is all about.
        #[test]
        fn no_answer_makes_it_panic(
            status in 0..1000_u16,
            parts in vec(select(PARTS), 0..12),
        ) {
            let start = format!("HTTP/1.1 {status:03} As Told\r\n");
            let answer = said_to([start.as_bytes(), &parts.concat()].concat());
            prop_assert!(answer.said.starts_with("no answer: ") || answer.said.starts_with("answered "), "{}", answer.said);
        }
    }

    #[cfg(feature = "gzip")]
    #[test]
    fn what_is_compressed_is_all_there() {
        let body = b"{\"events\": []}".repeat(1000);
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&compressed(&body)[..]).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, body);
    }
}
