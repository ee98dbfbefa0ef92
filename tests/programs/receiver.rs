//! A receiver that keeps every byte that it is sent.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

pub(crate) struct Receiver {
    address: SocketAddr,
    thread: JoinHandle<Vec<Vec<u8>>>,
}

/// What a receiver does with a request.
pub(crate) enum Answer {
    Accept,
    Never,
}

const ACCEPTED: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const STOP: &[u8] = b"STOP";

impl Receiver {
    /// Listens on loopback; `answer` is called with all bytes of each request before it is answered.
    pub(crate) fn start(mut answer: impl FnMut(&[u8]) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let thread = thread::spawn(move || {
            let mut received = Vec::new();
            let mut unanswered = Vec::new();
            loop {
                let (mut stream, _) = listener.accept().unwrap();
                let request = read_request(&mut stream);
                if request == STOP {
                    return received;
                }
                assert_is_listed(&request);
                match answer(&request) {
                    // The sender may be gone by now; what it sent counts all the same.
                    Answer::Accept => drop(stream.write_all(ACCEPTED)),
                    Answer::Never => unanswered.push(stream),
                }
                received.push(request);
            }
        });
        Self { address, thread }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/events", self.address)
    }

    /// Every connection that was made before this call, as the bytes that came over it.
    pub(crate) fn stop(self) -> Vec<Vec<u8>> {
        // Connections are accepted in the order in which they were made, so this one comes last.
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(STOP).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        self.thread.join().unwrap()
    }
}

/// Reads until the request is complete, or the other side has no more to say.
fn read_request(stream: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut part = [0; 4096];
    while !is_complete(&request) {
        match stream.read(&mut part) {
            Ok(0) | Err(_) => break,
            Ok(length) => request.extend_from_slice(&part[..length]),
        }
    }
    request
}

fn is_complete(request: &[u8]) -> bool {
    let Some((head, body)) = split(request) else { return false };
    let head = head.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    match length {
        Some(length) => body.len() >= length.trim().parse::<usize>().unwrap(),
        None => body.ends_with(b"0\r\n\r\n"),
    }
}

/// The head of a request, and its body.
pub(crate) fn split(request: &[u8]) -> Option<(String, &[u8])> {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some((String::from_utf8_lossy(&request[..end]).into_owned(), &request[end + 4..]))
}

/// Whatever the quickstart sends, it says that it can.
fn assert_is_listed(request: &[u8]) {
    let body = request.windows(4).position(|end| end == b"\r\n\r\n").map(|at| &request[at + 4..]);
    let batch = serde_json::from_slice(body.unwrap_or_default());
    crate::machine::assert_is_listed(
        &batch.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(request))),
    );
}
