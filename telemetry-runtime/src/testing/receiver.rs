//! A receiver on loopback that answers as it is told, for tests of whole programs.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::testing::assertions::columns;
use crate::testing::secrets::Forms;

/// So long a test waits for requests unless it says otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);
/// A request's lines before its body, and then the body, have so many bytes at most.
const HEAD_BYTES: u64 = 64 * 1024;
const BODY_BYTES: usize = 64 * 1024 * 1024;

/// A receiver on loopback that keeps every request and answers as it is told, until it is dropped. It speaks HTTP/1.1, and no TLS.
///
/// ```
/// use std::io::{Read as _, Write as _};
/// use telemetry_runtime::testing::{Answer, FakeReceiver};
///
/// let receiver = FakeReceiver::start().answers([Answer::status(503).retry_after(1), Answer::ok()]);
/// # let mut stream = std::net::TcpStream::connect(receiver.url().trim_start_matches("http://"))?;
/// # write!(stream, "POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\n{{}}POST / HTTP/1.1\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}")?;
/// // … the program runs, with its endpoint at `receiver.url()` …
/// let requests = receiver.wait_for(2);
/// assert_eq!(requests[0].answered, Some(503));
/// assert_eq!(requests[0].body, requests[1].body);
/// receiver.assert_nothing_says("hunter2");
/// # Ok::<_, std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct FakeReceiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    timeout: Duration,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    requests: Vec<Request>,
    answers: VecDeque<Answer>,
    connections: Vec<Weak<TcpStream>>,
    has_ended: bool,
}

/// A request that came whole.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// `POST`, of a sink.
    pub method: String,
    /// Path and query, as they came.
    pub path: String,
    /// Names in small letters, and values, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// As it came: perhaps compressed.
    pub body: Vec<u8>,
    /// The status that it was, or is being, answered with; `None` where the answer has none.
    pub answered: Option<u16>,
}

impl Request {
    /// A header's value, by its name in small letters.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The body as a text. One that is compressed is unpacked with the feature `gzip`; what is no UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.unpacked()).into_owned()
    }

    fn unpacked(&self) -> Cow<'_, [u8]> {
        #[cfg(feature = "gzip")]
        if self.header("content-encoding") == Some("gzip") {
            let mut unpacked = Vec::new();
            if flate2::read::MultiGzDecoder::new(&*self.body).read_to_end(&mut unpacked).is_ok() {
                return unpacked.into();
            }
        }
        Cow::Borrowed(&self.body)
    }
}

/// How a request is answered.
///
/// ```
/// use std::time::Duration;
/// use telemetry_runtime::testing::{Answer, FakeReceiver};
///
/// let receiver = FakeReceiver::start().answers([
///     Answer::status(429).retry_after(1),
///     Answer::close(),                           // … and no answer at all
///     Answer::ok().after(Duration::from_millis(50)),
/// ]);
/// ```
#[derive(Clone, Debug)]
pub struct Answer {
    after: Duration,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Response { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    Bytes(Vec<u8>),
    Nothing,
}

impl Answer {
    /// With 200.
    #[must_use]
    pub fn ok() -> Self {
        Self::status(200)
    }

    /// With this status.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::of(What::Response { status, headers: Vec::new(), body: Vec::new() })
    }

    /// With these bytes, which need be no HTTP, and the connection's end.
    #[must_use]
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::of(What::Bytes(bytes.into()))
    }

    /// With the connection's end.
    #[must_use]
    pub fn close() -> Self {
        Self::bytes([])
    }

    /// Never: the connection stays open until the receiver is dropped.
    #[must_use]
    pub fn never() -> Self {
        Self::of(What::Nothing)
    }

    /// … and how many seconds the sender is to stay away: the header `Retry-After`. Of an answer without a status, nothing.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header("retry-after", seconds.to_string())
    }

    /// … and a header. Of an answer without a status, nothing.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let What::Response { headers, .. } = &mut self.what {
            headers.push((name.into(), value.into()));
        }
        self
    }

    /// … and a body. Of an answer without a status, nothing.
    #[must_use]
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        if let What::Response { body, .. } = &mut self.what {
            *body = bytes.into();
        }
        self
    }

    /// … but so long after the request came.
    #[must_use]
    pub fn after(self, delay: Duration) -> Self {
        Self { after: delay, ..self }
    }

    fn of(what: What) -> Self {
        Self { after: Duration::ZERO, what }
    }

    fn status_sent(&self) -> Option<u16> {
        match self.what {
            What::Response { status, .. } => Some(status),
            What::Bytes(_) | What::Nothing => None,
        }
    }

    /// Answers; says whether the connection goes on.
    fn send(&self, mut to: &TcpStream) -> io::Result<bool> {
        match &self.what {
            What::Response { status, headers, body } => {
                let mut head = format!("HTTP/1.1 {status} \r\ncontent-length: {}\r\n", body.len());
                for (name, value) in headers {
                    // Writing to a string does not fail.
                    let _ = write!(head, "{name}: {value}\r\n");
                }
                to.write_all(&[head.as_bytes(), b"\r\n", body].concat()).map(|()| true)
            }
            What::Bytes(bytes) => to.write_all(bytes).map(|()| false),
            What::Nothing => Ok(true),
        }
    }
}

impl FakeReceiver {
    /// A receiver on a port of its own, which answers everything with 200.
    ///
    /// # Panics
    ///
    /// Where no port on loopback, or no thread, can be had.
    #[must_use]
    #[track_caller]
    #[allow(clippy::expect_used, reason = "a test cannot do without")]
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port on loopback");
        let address = listener.local_addr().expect("a port has an address");
        let shared = Arc::<Shared>::default();
        let for_thread = Arc::clone(&shared);
        let accept = move || for_thread.accept(&listener);
        let thread = std::thread::Builder::new().name("fake-receiver".into()).spawn(accept).expect("a thread");
        Self { address, shared, thread: Some(thread), timeout: TIMEOUT }
    }

    /// The same, with these answers: one a request in the order in which they come, over all connections, and the last for ever.
    #[must_use]
    pub fn answers(self, answers: impl IntoIterator<Item = Answer>) -> Self {
        self.set_answers(answers);
        self
    }

    /// Answers so from the next request on.
    pub fn set_answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.shared.lock().answers = answers.into_iter().collect();
    }

    /// The same, with another bound than 30 seconds for [`wait_for`](Self::wait_for).
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Where it listens: `http://127.0.0.1:…`, to which paths can be appended.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests that have come so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.lock().requests.clone()
    }

    /// Waits until so many requests have come, and gives all that have.
    ///
    /// # Panics
    ///
    /// Where they do not come in [time](Self::timeout); it shows those that did.
    #[track_caller]
    #[allow(clippy::panic, reason = "the test cannot go on")]
    pub fn wait_for(&self, requests: usize) -> Vec<Request> {
        let are_few = |state: &mut State| state.requests.len() < requests;
        let waited = self.shared.changed.wait_timeout_while(self.shared.lock(), self.timeout, are_few);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let came = state.requests.clone();
        drop(state);
        if came.len() >= requests {
            return came;
        }
        let (within, url) = (self.timeout, self.url());
        assert!(
            !came.is_empty(),
            "no request came to {url} within {within:?}: what holds a run back is in its `status()`"
        );
        panic!("{} of {requests} requests came within {within:?}\n\n{}", came.len(), table(&came));
    }

    /// Holds that a text is in no request that has come: not in its path, its headers or its body, plainly, with letters large or small, escaped,
    /// percent-encoded, in hexadecimal digits or in Base64. A compressed body is unpacked with the feature `gzip`.
    ///
    /// A text of digits alone may be found in an id or a time by chance.
    ///
    /// # Panics
    ///
    /// Where it is in one; and where it has fewer than four bytes, which would be found anywhere.
    #[track_caller]
    #[allow(clippy::panic, reason = "it is what an assertion is for")]
    pub fn assert_nothing_says(&self, secret: &str) {
        let forms = Forms::of(secret);
        let came = self.requests();
        for (at, request) in came.iter().enumerate() {
            let number = at + 1;
            let headers = request.headers.iter().map(|(name, value)| (format!("the header {name}"), value.as_bytes()));
            let path = ("the path".to_owned(), request.path.as_bytes());
            let mut parts = std::iter::once(path).chain(headers);
            let said = parts.find_map(|(name, bytes)| forms.find(bytes, &format!("{name} of request {number}")));
            let said = said.or_else(|| forms.find(&request.unpacked(), &format!("the body of request {number}")));
            if let Some(said) = said {
                panic!("{said}\n\n{}", table(&came));
            }
        }
    }
}

impl Drop for FakeReceiver {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.has_ended = true;
        let open = std::mem::take(&mut state.connections);
        drop(state);
        self.shared.changed.notify_all();
        // Who waits for a byte, or for a connection, is told.
        open.iter().filter_map(Weak::upgrade).for_each(|stream| drop(stream.shutdown(Shutdown::Both)));
        if TcpStream::connect(self.address).is_ok() {
            drop(self.thread.take().map(JoinHandle::join));
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming() {
            let mut state = self.lock();
            if state.has_ended {
                return;
            }
            let Ok(stream) = stream.map(Arc::new) else { continue };
            state.connections.retain(|other| other.strong_count() > 0);
            state.connections.push(Arc::downgrade(&stream));
            drop(state);
            let shared = Arc::clone(self);
            let serve = move || {
                // Whoever ends in the middle has sent nothing.
                drop(shared.serve(&stream));
                drop(stream.shutdown(Shutdown::Both));
            };
            drop(std::thread::Builder::new().spawn(serve));
        }
    }

    fn serve(&self, stream: &TcpStream) -> io::Result<()> {
        let mut reader = BufReader::new(stream);
        while let Some(request) = read(&mut reader)? {
            let is_last = request.header("connection").is_some_and(|said| said.eq_ignore_ascii_case("close"));
            let answer = self.keep(request);
            let (state, _) = self
                .changed
                .wait_timeout_while(self.lock(), answer.after, |state| !state.has_ended)
                .unwrap_or_else(PoisonError::into_inner);
            let has_ended = state.has_ended;
            drop(state);
            if has_ended || !answer.send(stream)? || is_last {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Keeps a request, and says how it is answered.
    fn keep(&self, request: Request) -> Answer {
        let mut state = self.lock();
        let answers = &mut state.answers;
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        let answer = answer.unwrap_or_else(Answer::ok);
        state.requests.push(Request { answered: answer.status_sent(), ..request });
        drop(state);
        self.changed.notify_all();
        answer
    }
}

/// The next request on a connection, which has its body's length with it; `None` at the connection's end.
fn read(from: &mut BufReader<&TcpStream>) -> io::Result<Option<Request>> {
    let broken = |what: &'static str| io::Error::new(io::ErrorKind::InvalidData, what);
    let mut head = from.take(HEAD_BYTES);
    let mut line = || {
        let mut line = String::new();
        head.read_line(&mut line).map(|_| line)
    };
    let first = line()?;
    if first.is_empty() {
        return Ok(None);
    }
    let mut words = first.split_ascii_whitespace().map(str::to_owned);
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return Err(broken("no request")) };
    let mut headers = Vec::new();
    loop {
        let line = line()?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
            None if line.trim_end().is_empty() && line.ends_with('\n') => break,
            None => return Err(broken("a header is none")),
        }
    }
    let mut request = Request { method, path, headers, body: Vec::new(), answered: None };
    let length =
        request.header("content-length").map_or(Ok(0), |length| length.parse().map_err(|_| broken("a length")))?;
    if length > BODY_BYTES || request.header("transfer-encoding").is_some() {
        return Err(broken("a body that is too long, or of no stated length"));
    }
    request.body.resize(length, 0);
    from.read_exact(&mut request.body)?;
    Ok(Some(request))
}

/// Requests, a line each.
fn table(requests: &[Request]) -> String {
    let head = ["", "request", "answered", "body"].map(String::from);
    let row = |(at, request): (usize, &Request)| {
        let answered = request.answered.map_or("without a status".into(), |status| status.to_string());
        let body = format!("{} bytes", request.body.len());
        [(at + 1).to_string(), format!("{} {}", request.method, request.path), answered, body]
    };
    let rows: Vec<_> = requests.iter().enumerate().map(row).collect();
    columns(&[&[head], &rows[..]].concat())
}
