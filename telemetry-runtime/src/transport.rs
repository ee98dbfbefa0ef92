//! Where bytes leave the process: HTTP, a file, standard error. Used by the worker alone.

use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use ureq::http::Uri;
use ureq::{Agent, ProxyProtocol};

use crate::busy;
use crate::clock;
use crate::endpoint::Endpoint;
use crate::env;
use crate::format::{Answer, Request};
use crate::latch::latch;
use crate::limits;
use crate::loopback;
use crate::os;
use crate::proxy;
use crate::retry;
#[cfg(feature = "tls")]
use crate::roots;
use crate::transit::InTransit;

/// One sink's client for HTTP requests: its open connections, and what it learned of the receiver in this run. Whoever sends makes
/// one of its own; a forked child must not speak on its parent's connections.
#[derive(Debug, Default)]
pub(crate) struct Http {
    /// One for each URL that a sink has: its own, and those that the user has single streams go to. Built at the first request: not at start,
    /// and not for a program that records nothing.
    agents: Vec<(String, Agent)>,
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
    fn time(&self, to: &Endpoint) -> Duration {
        let most = to.timeout.map_or(limits::REQUEST_TIMEOUT, |most| most.min(limits::REQUEST_TIMEOUT));
        let left = self.until.map(|until| until.saturating_duration_since(clock::tick()));
        // No time at all is none to ureq.
        left.map_or(most, |left| left.min(most)).max(Duration::from_millis(1))
    }

    /// Makes a request, and gives what was answered, or says why nothing was.
    pub(crate) fn post(&mut self, to: &Endpoint, url: &str, request: &Request) -> Result<Response, String> {
        #[cfg(feature = "gzip")]
        if to.gzip && self.gzip != Gzip::Refused {
            let response = self.exchange(to, url, request, &compressed(&request.body), Some("gzip"))?;
            // Who does not know compression at all answers as to a body that cannot be read.
            let may_be_refused = matches!(response.status, 400 | 422) && self.gzip == Gzip::Untried;
            if response.status != 415 && !may_be_refused {
                if response.is_success() {
                    self.gzip = Gzip::Read;
                }
                return Ok(response);
            }
            let plain = self.exchange(to, url, request, &request.body, None)?;
            if response.status == 415 || plain.is_success() {
                self.gzip = Gzip::Refused;
            }
            return Ok(plain);
        }
        self.exchange(to, url, request, &request.body, None)
    }

    fn exchange(
        &mut self,
        to: &Endpoint,
        url: &str,
        request: &Request,
        body: &[u8],
        coding: Option<&str>,
    ) -> Result<Response, String> {
        let response = self.try_exchange(to, url, request, body, coding);
        if response.is_err() {
            // The next attempt looks anew at the variables and files that this one went by.
            self.agents.retain(|(url, _)| *url != to.url);
        }
        response
    }

    fn try_exchange(
        &mut self,
        to: &Endpoint,
        url: &str,
        request: &Request,
        body: &[u8],
        coding: Option<&str>,
    ) -> Result<Response, String> {
        // Whoever has started has none such; to be deleted, or by a proxy that has been set since, it might still be reached.
        if loopback::is_asked() && loopback::beyond(url).is_some() {
            return Err("only loopback may be reached from this test".into());
        }
        let time = self.time(to);
        let agent = if let Some((_, agent)) = self.agents.iter().find(|(url, _)| *url == to.url) {
            agent.clone()
        } else {
            let agent = agent(to, time)?;
            self.agents.push((to.url.clone(), agent.clone()));
            agent
        };
        let mut post = agent.post(url);
        for (name, value, _) in headers(to, request, coding) {
            post = post.header(name, value);
        }
        // ureq looks names up on a thread of its own, and panics where it cannot have one.
        let in_transit = InTransit::begin();
        let tried = std::thread::Builder::new().spawn(busy::claim_thread);
        let has_thread = tried.is_ok_and(|thread| thread.join().is_ok());
        drop(in_transit);
        if !has_thread {
            return Err("no thread can be had to look the name up on".into());
        }
        let mut answer = in_time(&agent, || post.send(body)).map_err(|error| error.to_string())?;
        let headers: Vec<(String, String)> = (answer.headers().iter())
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
            .collect();
        // Read to its end, the connection can be used again.
        let mut body = Vec::new();
        // Of one that breaks off, or that is longer, what there is says what it can.
        drop(answer.body_mut().as_reader().take(limits::ANSWER_BYTES).read_to_end(&mut body));
        Ok(Response { status: answer.status().as_u16(), headers, body })
    }
}

/// What was answered to a request.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// Those whose values are text.
    headers: Vec<(String, String)>,
    /// As far as it came, and was not too long.
    body: Vec<u8>,
}

impl Response {
    pub(crate) const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// As formats read it.
    pub(crate) fn answer(&self) -> Answer<'_> {
        let header = |name: &str| self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
        let retry_after = header("retry-after").and_then(|value| retry::retry_after(value, header("date")));
        Answer::new(self.status, retry_after, &self.headers, &self.body)
    }
}

/// The headers of a request that are not made of its URL and its length, and which of them may be secret: all of the program's own.
fn headers<'a>(
    to: &'a Endpoint,
    request: &'a Request,
    coding: Option<&'a str>,
) -> impl Iterator<Item = (&'a str, &'a str, bool)> {
    let ours = [("content-type", request.content_type)].into_iter();
    let ours = ours.chain(coding.map(|coding| ("content-encoding", coding)));
    let of_format = request.headers.iter().map(|(name, value, is_secret)| (*name, value.as_str(), *is_secret));
    let theirs = to.headers.iter().map(|(name, value)| (name.as_str(), value.as_str(), true));
    ours.map(|(name, value)| (name, value, false)).chain(of_format).chain(theirs)
}

/// The lines before the body of a first request to `url`, as they are sent, but for what may be secret: that is `…`, in `shown_url` too.
pub(crate) fn lines(to: &Endpoint, url: &str, shown_url: &str, request: &Request) -> Vec<String> {
    let body = &request.body;
    #[cfg(feature = "gzip")]
    let (coding, length) = if to.gzip { (Some("gzip"), compressed(body).len()) } else { (None, body.len()) };
    #[cfg(not(feature = "gzip"))]
    let (coding, length) = (None, body.len());
    let uri = url.parse::<Uri>().ok();
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
    let given = headers(to, request, coding).map(|(name, value, is_secret)| {
        format!("{}: {}", name.to_ascii_lowercase(), if is_secret { "…" } else { value })
    });
    let mut headers: Vec<_> = own.iter().map(|(name, value)| format!("{name}: {value}")).chain(given).collect();
    headers.sort();
    std::iter::once(format!("POST {shown_url}")).chain(headers).collect()
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
    let (exchanging, exchanged) = latch();
    let agent = agent.clone();
    let in_transit = InTransit::begin();
    // Where no thread can be had, the proxy is trusted.
    let thread = std::thread::Builder::new().name("telemetry-time".into()).spawn(move || {
        drop(in_transit);
        busy::claim_thread();
        if !exchanged.wait(limits::REQUEST_DEADLINE) {
            agent.shutdown();
        }
    });
    let answer = request();
    let in_transit = InTransit::begin();
    drop(exchanging);
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
    use std::net::TcpListener;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    /// Posts to a server that answers with these bytes and ends.
    fn said_to(bytes: Vec<u8>) -> Result<Response, String> {
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
            Http::default().post(&Endpoint::new(url.clone()), &url, &Request::new("application/json", "{}"))
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
            prop_assert!(said_to(bytes).is_err());
        }

        /// Answers put together from what has a meaning to HTTP, and a status that is what it is all about.
        #[test]
        fn no_answer_makes_it_panic(
            status in 0..1000_u16,
            parts in vec(select(PARTS), 0..12),
        ) {
            let start = format!("HTTP/1.1 {status:03} As Told\r\n");
            if let Ok(response) = said_to([start.as_bytes(), &parts.concat()].concat()) {
                // What is on its way (1xx) is not the answer yet.
                prop_assert!(response.status == status || status < 200, "{}", response.status);
            }
        }
    }

    #[test]
    fn of_a_long_answer_and_of_a_broken_one_there_is_the_beginning() {
        let said = |length: usize, sent: usize| {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
            said_to([head.as_bytes(), &vec![b'x'; sent]].concat()).unwrap().body.len()
        };
        assert_eq!((said(10, 10), said(100_000, 100_000), said(100, 7)), (10, 64 * 1024, 7));
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
