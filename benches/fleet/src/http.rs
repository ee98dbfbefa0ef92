//! Just enough of HTTP/1.1 to stand between clients and a server that are known: bodies have a length.

use std::io::{self, BufRead as _, BufReader, Read as _};
use std::net::TcpStream;

/// A request or an answer, as it is on the wire.
#[derive(Debug)]
pub struct Message {
    /// Its first line and its headers, with the empty line.
    pub head: String,
    /// Its body, perhaps compressed.
    pub body: Vec<u8>,
}

impl Message {
    /// The next one; `None` where the connection ended before it.
    pub fn read(from: &mut BufReader<TcpStream>) -> io::Result<Option<Self>> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if from.read_line(&mut head)? == 0 {
                return if head.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        }
        let mut message = Self { head, body: Vec::new() };
        if message.header("transfer-encoding").is_some() {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let length = message.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        message.body.resize(length, 0);
        from.read_exact(&mut message.body)?;
        Ok(Some(message))
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(called, _)| called.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    /// Its body as it was before it was compressed.
    pub fn plain(&self) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        match self.header("content-encoding") {
            Some("gzip") => flate2::read::GzDecoder::new(&*self.body).read_to_end(&mut plain)?,
            _ => self.body.as_slice().read_to_end(&mut plain)?,
        };
        Ok(plain)
    }

    /// How many bytes it is.
    pub fn bytes(&self) -> u64 {
        (self.head.len() + self.body.len()) as u64
    }
}
