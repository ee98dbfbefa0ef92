//! Receivers on loopback, from healthy to hostile.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use exit::{DIGITS, MARKER};

/// What a receiver does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Answers 200.
    Healthy,
    /// Is not there.
    Refused,
    /// Answers no attempt to connect, as a firewall does.
    SynDropped,
    /// Accepts connections and says nothing.
    Silent,
    /// Answers 200, a byte a second.
    Dripping,
    /// Answers 503 and asks to be left alone for an hour.
    Unavailable,
    /// Answers 429 and asks to be left alone for an hour.
    TooManyRequests,
}

impl Kind {
    /// All of them, in the order of the tables' rows.
    pub const ALL: [Self; 7] = [
        Self::Healthy,
        Self::Refused,
        Self::SynDropped,
        Self::Silent,
        Self::Dripping,
        Self::Unavailable,
        Self::TooManyRequests,
    ];

    /// As the tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Refused => "refused (nobody listens)",
            Self::SynDropped => "SYN dropped",
            Self::Silent => "accepts, never answers",
            Self::Dripping => "answers 200, one byte a second",
            Self::Unavailable => "503, `Retry-After: 3600`",
            Self::TooManyRequests => "429, `Retry-After: 3600`",
        }
    }

    fn status(self) -> &'static str {
        match self {
            Self::Unavailable => "503 Service Unavailable\r\nretry-after: 3600",
            Self::TooManyRequests => "429 Too Many Requests\r\nretry-after: 3600",
            _ => "200 OK",
        }
    }
}

/// The numbers of events in requests that were answered with 200, or are being so.
pub type Arrived = Arc<Mutex<BTreeSet<u32>>>;

/// A receiver. Its end is the end of all connections to it.
pub struct Server {
    addr: SocketAddr,
    stop: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
    /// What fills the queue of connections that nobody accepts.
    _filling: Vec<TcpStream>,
    _listener: Option<TcpListener>,
}

impl Server {
    /// Starts a receiver at an address; port 0 stands for a free one.
    ///
    /// # Panics
    ///
    /// If it cannot be had, or does not do what its kind says.
    pub fn start(kind: Kind, addr: SocketAddr, arrived: &Arrived) -> Self {
        let listener = TcpListener::bind(addr).unwrap_or_else(|error| panic!("{addr}: {error}"));
        let addr = listener.local_addr().expect("an address");
        let stop = Arc::new(AtomicBool::new(false));
        let none = |listener, filling| Self {
            addr,
            stop: Arc::clone(&stop),
            accepting: None,
            _filling: filling,
            _listener: listener,
        };
        match kind {
            Kind::Refused => {
                drop(listener);
                let error = TcpStream::connect(addr).expect_err("nobody is there");
                assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
                none(None, Vec::new())
            }
            Kind::SynDropped => {
                let filling = fill(&listener, addr);
                none(Some(listener), filling)
            }
            _ => {
                let (arrived, stopped) = (Arc::clone(arrived), Arc::clone(&stop));
                let accepting = std::thread::spawn(move || {
                    for stream in listener.incoming() {
                        if stopped.load(Ordering::Relaxed) {
                            return;
                        }
                        let (arrived, stopped) = (Arc::clone(&arrived), Arc::clone(&stopped));
                        // A client that is gone is nobody's fault.
                        std::thread::spawn(move || stream.and_then(|stream| serve(kind, stream, &arrived, &stopped)));
                    }
                });
                Self { addr, stop, accepting: Some(accepting), _filling: Vec::new(), _listener: None }
            }
        }
    }

    /// Where it is.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(accepting) = self.accepting.take() {
            drop(TcpStream::connect(self.addr));
            drop(accepting.join());
        }
    }
}

/// Fills the queue of a listener that nobody accepts from, until the system drops what comes after that.
fn fill(listener: &TcpListener, addr: SocketAddr) -> Vec<TcpStream> {
    #[allow(unsafe_code, reason = "std does not say how long the queue is")]
    // SAFETY: the descriptor is the listener's.
    let listens = unsafe { libc::listen(listener.as_raw_fd(), 0) };
    assert_eq!(listens, 0, "the queue can be made shorter");
    let mut filling = Vec::new();
    for _ in 0..8 {
        match TcpStream::connect_timeout(&addr, Duration::from_millis(400)) {
            Ok(stream) => filling.push(stream),
            Err(error) if error.kind() == ErrorKind::TimedOut => return filling,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the system drops nothing");
}

fn serve(kind: Kind, mut stream: TcpStream, arrived: &Arrived, stop: &AtomicBool) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_millis(100)))?;
    let mut bytes = Vec::new();
    loop {
        if kind == Kind::Silent {
            // Reads nothing and says nothing, until the end.
            while !stop.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(100));
            }
            return Ok(());
        }
        let Some(length) = read_request(&mut stream, &mut bytes, stop)? else { return Ok(()) };
        let request: Vec<u8> = bytes.drain(..length).collect();
        if !matches!(kind, Kind::Unavailable | Kind::TooManyRequests) {
            arrived.lock().unwrap_or_else(PoisonError::into_inner).extend(numbers(&request));
        }
        let is_otlp = request.windows(9).take(64).any(|part| part == b"/v1/logs ");
        let (form, body) = if is_otlp { ("application/x-protobuf", "") } else { ("application/json", "{}") };
        let length = body.len();
        let status = kind.status();
        let answer = format!("HTTP/1.1 {status}\r\ncontent-type: {form}\r\ncontent-length: {length}\r\n\r\n{body}");
        if kind == Kind::Dripping {
            for byte in answer.bytes() {
                stream.write_all(&[byte])?;
                let until = Instant::now() + Duration::from_secs(1);
                while Instant::now() < until {
                    if stop.load(Ordering::Relaxed) {
                        return Ok(());
                    }
                    std::thread::sleep(Duration::from_millis(100));
                }
            }
        } else {
            stream.write_all(answer.as_bytes())?;
        }
    }
}

/// Reads until there is a whole request, and says how long it is; `None` where there is no more.
fn read_request(stream: &mut TcpStream, bytes: &mut Vec<u8>, stop: &AtomicBool) -> std::io::Result<Option<usize>> {
    loop {
        if let Some(head) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
            assert!(!text.contains("content-encoding") && !text.contains("transfer-encoding"), "{text}");
            let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            let length = head + 4 + length.unwrap_or(0);
            if bytes.len() >= length {
                return Ok(Some(length));
            }
        }
        let mut part = [0; 16 * 1024];
        match stream.read(&mut part) {
            Ok(0) => return Ok(None),
            Ok(read) => bytes.extend(&part[..read]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                if stop.load(Ordering::Relaxed) {
                    return Ok(None);
                }
            }
            Err(error) => return Err(error),
        }
    }
}

/// The numbers that stand behind the marker, in whatever format.
fn numbers(body: &[u8]) -> BTreeSet<u32> {
    let text = String::from_utf8_lossy(body);
    let behind = text.match_indices(MARKER).filter_map(|(at, _)| {
        let rest = text.get(at + MARKER.len()..)?;
        let start = rest.find(|one: char| one.is_ascii_digit()).filter(|start| *start < 8)?;
        rest.get(start..start + DIGITS)?.parse().ok()
    });
    behind.collect()
}
