//! Servers on loopback that do with a connection whatever a test wants.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A connection, as it is or within TLS.
pub(crate) trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// A request, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Reads one; `None` where the connection ends.
    pub(crate) fn read(from: &mut dyn Stream) -> Option<Self> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            from.read_exact(&mut byte).ok()?;
            head.extend(byte);
        }
        let mut request = Self { head: String::from_utf8(head).unwrap(), body: Vec::new() };
        request.body.resize(request.header("content-length").map_or(0, |length| length.parse().unwrap()), 0);
        from.read_exact(&mut request.body).ok()?;
        Some(request)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.into_iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// A server whose threads live as long as the test does.
pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// A server that hands each connection over, in a thread of its own.
    pub(crate) fn raw(serve: impl Fn(TcpStream, &Mutex<Vec<Request>>) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::default();
        let (seen, serve) = (Arc::clone(&requests), Arc::new(serve));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (seen, serve) = (Arc::clone(&seen), Arc::clone(&serve));
                std::thread::spawn(move || serve(stream.unwrap(), &seen));
            }
        });
        Self { address, requests }
    }

    /// A server that reads each request, and answers it by writing to the connection, which it then closes.
    pub(crate) fn answering(answer: impl Fn(&Request, &mut TcpStream) + Send + Sync + 'static) -> Self {
        Self::raw(move |mut stream, seen| {
            if let Some(request) = Request::read(&mut stream) {
                seen.lock().unwrap().push(request.clone());
                answer(&request, &mut stream);
            }
        })
    }

    /// A receiver that takes everything.
    pub(crate) fn accepting() -> Self {
        Self::answering(|_, stream| answer(stream, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/v1/events?key=url-secret", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The names of all events that came.
    pub(crate) fn names(&self) -> Vec<String> {
        self.requests().iter().flat_map(|request| crate::names(&request.body)).collect()
    }
}

/// Writes what a client need not read to its end.
pub(crate) fn answer(to: &mut dyn Stream, text: impl AsRef<[u8]>) {
    drop(to.write_all(text.as_ref()));
}
