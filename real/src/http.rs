//! HTTP as far as a test needs it: a server that keeps what it got, and does with it as it is told.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// A request.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Its path and query.
    pub path: String,
    /// Its headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// Its body, as it was on the wire.
    pub body: Vec<u8>,
}

impl Request {
    /// A header, by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The body, as it was before compression.
    pub fn content(&self) -> anyhow::Result<Vec<u8>> {
        if self.header("content-encoding") != Some("gzip") {
            return Ok(self.body.clone());
        }
        let mut content = Vec::new();
        flate2::read::GzDecoder::new(&self.body[..]).read_to_end(&mut content)?;
        Ok(content)
    }
}

/// What is done with a request.
#[derive(Clone, Debug)]
pub enum Step {
    /// It is answered so: status and what follows, headers, body.
    Answer(&'static str, String, &'static str),
    /// It goes on to the receiver, and the receiver's answer comes back.
    Forward(SocketAddr),
    /// It goes on to the receiver, and the connection is closed before the receiver's answer comes back.
    LoseAnswer(SocketAddr),
}

/// A server on loopback. The first steps are each for a request; the last is for all that follow.
pub struct Capture {
    addr: SocketAddr,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    requests: Mutex<Vec<(Request, u16)>>,
    steps: Mutex<Vec<Step>>,
    is_over: AtomicBool,
}

impl Capture {
    /// Starts one.
    pub fn start(mut steps: Vec<Step>) -> anyhow::Result<Self> {
        steps.reverse();
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let addr = listener.local_addr()?;
        let state = Arc::new(State { steps: Mutex::new(steps), ..State::default() });
        let thread = std::thread::spawn({
            let state = Arc::clone(&state);
            move || {
                for stream in listener.incoming() {
                    if state.is_over.load(Ordering::Relaxed) {
                        return;
                    }
                    let state = Arc::clone(&state);
                    // A client that is gone is nobody's fault.
                    std::thread::spawn(move || stream.and_then(|stream| state.serve(stream)));
                }
            }
        });
        Ok(Self { addr, state, thread: Some(thread) })
    }

    /// One that accepts everything.
    pub fn accepting() -> anyhow::Result<Self> {
        Self::start(vec![Step::Answer("200 OK", "content-type: application/json\r\n".into(), "{\"success\":true}")])
    }

    /// One that stands before a receiver.
    pub fn before(receiver: SocketAddr) -> anyhow::Result<Self> {
        Self::start(vec![Step::Forward(receiver)])
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Every request so far, with what it was answered; 0 where it was not.
    pub fn requests(&self) -> Vec<(Request, u16)> {
        lock(&self.state.requests).clone()
    }

    /// Does so with the requests that follow.
    pub fn goes_on(&self, step: Step) {
        *lock(&self.state.steps) = vec![step];
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.state.is_over.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.addr));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        while let Some((head, request)) = read_request(&mut stream)? {
            let step = {
                let mut steps = lock(&self.steps);
                if steps.len() > 1 { steps.pop() } else { steps.last().cloned() }
            };
            let seen = request.clone();
            match step {
                Some(Step::Answer(status, headers, body)) => {
                    lock(&self.requests).push((seen, code(status)));
                    let length = body.len();
                    let answer = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}");
                    stream.write_all(answer.as_bytes())?;
                }
                Some(Step::Forward(to)) => {
                    let answer = forward(to, &head, &request)?;
                    let status = String::from_utf8_lossy(answer.get(9..12).unwrap_or_default()).into_owned();
                    lock(&self.requests).push((seen, code(&status)));
                    stream.write_all(&answer)?;
                    return Ok(());
                }
                Some(Step::LoseAnswer(to)) => {
                    forward(to, &head, &request)?;
                    lock(&self.requests).push((seen, 0));
                    return Ok(());
                }
                None => return Ok(()),
            }
        }
        Ok(())
    }
}

fn code(status: &str) -> u16 {
    status.split(' ').next().and_then(|code| code.parse().ok()).unwrap_or(0)
}

/// Sends a request on, over a connection of its own, and reads the whole answer.
fn forward(to: SocketAddr, head: &str, request: &Request) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(to)?;
    let kept = head.lines().filter(|line| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        !["connection", "transfer-encoding", "content-length", "expect"].contains(&name.as_str())
    });
    let mut bytes: String = kept.flat_map(|line| [line, "\r\n"]).collect();
    bytes.push_str("connection: close\r\n");
    stream.write_all(bytes.as_bytes())?;
    write!(stream, "content-length: {}\r\n\r\n", request.body.len())?;
    stream.write_all(&request.body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

/// Reads the head, as it is, and the request; `None` where there is no more.
fn read_request(stream: &mut TcpStream) -> io::Result<Option<(String, Request)>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte)? == 0 {
            return Ok(None);
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).trim_end().to_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
    let mut request = Request { path, headers, body: Vec::new() };
    if request.header("expect").is_some() {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    if request.header("transfer-encoding").is_some() {
        request.body = read_chunks(stream)?;
    } else {
        let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        request.body = vec![0; length];
        stream.read_exact(&mut request.body)?;
    }
    Ok(Some((head, request)))
}

fn read_chunks(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            line.push(byte[0]);
        }
        let length = String::from_utf8_lossy(&line);
        let length = usize::from_str_radix(length.trim().split(';').next().unwrap_or("0"), 16).unwrap_or(0);
        let mut chunk = vec![0; length + 2];
        stream.read_exact(&mut chunk)?;
        if length == 0 {
            return Ok(body);
        }
        body.extend(&chunk[..length]);
    }
}
