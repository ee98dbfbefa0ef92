//! Receivers that are none: what they answer breaks nothing, costs no event, and holds nothing up for ever.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::server::{Server, answer};
use crate::{Commands, DELIVERED};

const ACCEPTED: &str = "HTTP/1.1 200 OK\r\n";

/// What a receiver does with a connection, and how often.
type Serve = fn(&mut TcpStream, Duration);

/// Writes a piece again and again, until the client has gone.
fn endless(to: &mut TcpStream, piece: &[u8], every: Duration) {
    while to.write_all(piece).is_ok() {
        std::thread::sleep(every);
    }
}

#[test]
fn what_is_no_answer_is_no_receipt() {
    let headers = "a: b\r\n".repeat(200);
    let long = format!("a: {}", "b".repeat(200 * 1024));
    let answers: Vec<Vec<u8>> = vec![
        b"".into(),
        b"\r\n\r\n".into(),
        b"SSH-2.0-OpenSSH_9.9\r\n".into(),
        b"<html>200 OK</html>".into(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".into(),
        vec![0xff; 100_000],
        b"HTTP/9.9 200 OK\r\n\r\n".into(),
        b"HTTP/1.1 000 OK\r\n\r\n".into(),
        b"HTTP/1.1 2000 OK\r\n\r\n".into(),
        b"HTTP/1.1 -200 OK\r\n\r\n".into(),
        b"HTTP/1.1 200 OK".into(),
        b"HTTP/1.1 200 OK\r\nrest to foll".into(),
        b"HTTP/1.1 200 OK\r\n: no name\r\n\r\n".into(),
        b"HTTP/1.1 103 Early Hints\r\n\r\n".into(),
        format!("{ACCEPTED}{headers}\r\n").into(),
        format!("{ACCEPTED}{long}\r\n\r\n").into(),
        long.into(),
    ];
    for bytes in answers {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
        let server = Server::answering(move |_, stream| answer(stream, &bytes));
        let mut commands = Commands::new();
        let said = commands.work(&server.url());
        assert!(said.contains("json: no answer: "), "{shown}: {said}");
        commands.assert_kept(&said);
    }
}

/// The status has said it: what is wrong with the rest of the answer does not matter any more.
#[test]
fn a_receipt_is_one_whatever_comes_after_it() {
    let answers: Vec<Vec<u8>> = vec![
        b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n".into(),
        b"HTTP/1.0 200\r\n\r\n".into(),
        format!("{ACCEPTED}content-length: 1000\r\n\r\nshort").into(),
        format!("{ACCEPTED}content-length: 0\r\n\r\nmore than was said").into(),
        format!("{ACCEPTED}transfer-encoding: chunked\r\n\r\nno chunk at all").into(),
        format!("{ACCEPTED}transfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n").into(),
        format!("{ACCEPTED}content-encoding: gzip\r\ncontent-length: 5\r\n\r\nnogz!").into(),
        format!("{ACCEPTED}retry-after: \u{e9}\r\ndate: never\r\n\r\n").into(),
        b"HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nthere".into(),
    ];
    for bytes in answers {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let server = Server::answering(move |_, stream| answer(stream, &bytes));
        let said = Commands::new().work(&server.url());
        assert!(said.contains(DELIVERED), "{shown}: {said}");
        assert_eq!(server.requests().len(), 1, "{shown}");
    }
}

/// A connection that is closed while there is more to read is reset.
#[test]
fn a_connection_that_breaks_costs_nothing() {
    for before in ["", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\ncontent-le"] {
        let server = Server::raw(move |mut stream, _| {
            stream.read_exact(&mut [0]).unwrap();
            answer(&mut stream, before);
        });
        let mut commands = Commands::new();
        let said = commands.work(&server.url());
        assert!(said.contains("json: no answer: "), "{said}");
        commands.assert_kept(&said);
    }
}

/// Each of these would hold a client that only waits: here each request is over before the flush is, which would wait for a minute.
#[test]
fn who_takes_for_ever_is_not_waited_for() {
    let slowly = Duration::from_millis(20);
    let servers: [(&str, &str, Serve); 8] = [
        ("never answers", "no answer: timeout: global", |stream, _| drop(stream.read(&mut [0]))),
        ("a status that drips", "no answer: timeout: global", |stream, every| {
            answer(stream, "HTTP/1.1 200 ");
            endless(stream, b"O", every);
        }),
        ("headers that drip", "no answer: timeout: global", |stream, every| {
            answer(stream, ACCEPTED);
            answer(stream, "a: ");
            endless(stream, b"b", every);
        }),
        ("hints without end", "no answer: timeout: global", |stream, every| {
            endless(stream, b"HTTP/1.1 103 Early Hints\r\n\r\n", every);
        }),
        ("headers without end", "no answer: response header is too big", |stream, _| {
            answer(stream, ACCEPTED);
            answer(stream, "a: ");
            endless(stream, &[b'b'; 4096], Duration::ZERO);
        }),
        ("a body that drips", "answered 200", |stream, every| {
            answer(stream, format!("{ACCEPTED}\r\n"));
            endless(stream, b"b", every);
        }),
        ("a body without end", "answered 200", |stream, _| {
            answer(stream, format!("{ACCEPTED}\r\n"));
            endless(stream, &[b'b'; 4096], Duration::ZERO);
        }),
        ("chunks without end", "answered 200", |stream, _| {
            answer(stream, format!("{ACCEPTED}transfer-encoding: chunked\r\n\r\n"));
            endless(stream, b"1\r\nb\r\n", Duration::ZERO);
        }),
    ];
    let running: Vec<_> = servers
        .into_iter()
        .map(|(name, expected, serve)| {
            let server = Server::answering(move |_, stream| serve(stream, slowly));
            let commands = Commands::new();
            let program = commands.start(&server.url(), "work flush status");
            (name, expected, program, commands, server)
        })
        .collect();
    for (name, expected, program, mut commands, server) in running {
        let said = program.say();
        assert!(said.contains(&format!("json: {expected}")), "{name}: {said}");
        assert_eq!(server.requests().len(), 1, "{name}");
        if expected.starts_with("no answer") {
            commands.assert_kept(&said);
        } else {
            assert!(said.contains(DELIVERED), "{name}: {said}");
        }
    }
}

/// What was written and never read lies in the buffers of the two sockets, which are a few megabytes large. The rest of a second's worth of
/// writing would be hundreds of them.
#[test]
fn little_of_an_endless_body_is_read() {
    let (wrote, written) = std::sync::mpsc::channel();
    let server = Server::answering(move |_, stream| {
        answer(stream, format!("{ACCEPTED}\r\n"));
        let piece = vec![b'b'; 64 * 1024];
        let pieces = std::iter::repeat_with(|| stream.write_all(&piece)).take_while(Result::is_ok).count();
        wrote.send(pieces * piece.len()).unwrap();
    });
    let said = Commands::new().work(&server.url());
    assert!(said.contains(DELIVERED), "{said}");
    let written = written.recv().unwrap();
    assert!(written < 32 * 1024 * 1024, "{written}");
}

/// Nothing is decompressed, and no more is read than fits: a million times what is read here would be in it.
#[test]
fn a_compressed_answer_stays_compressed() {
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(&vec![0; 64 * 1024 * 1024]).unwrap();
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 100_000);
    let server = Server::answering(move |_, stream| {
        answer(stream, format!("{ACCEPTED}content-encoding: gzip\r\ncontent-length: {}\r\n\r\n", bomb.len()));
        answer(stream, &bomb);
    });
    let said = Commands::new().work(&server.url());
    assert!(said.contains(DELIVERED), "{said}");
    assert_eq!(server.requests()[0].header("accept-encoding"), Some("identity"));
}

#[test]
fn nobody_is_followed_elsewhere() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Server::accepting();
        let location = elsewhere.url();
        let server = Server::answering(move |_, stream| {
            answer(stream, format!("HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"));
        });
        let mut commands = Commands::new();
        let said = commands.work(&server.url());
        assert!(said.contains(&format!("json: answered {status}")), "{said}");
        assert!(elsewhere.requests().is_empty(), "{status}");
        commands.assert_kept(&said);
    }
}

#[test]
fn a_request_says_who_sends_what() {
    let server = Server::accepting();
    Commands::new().work(&server.url());
    let [request] = server.requests().try_into().unwrap();
    assert!(request.head.starts_with("POST /v1/events?key=url-secret HTTP/1.1\r\n"), "{}", request.head);
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("content-encoding"), None);
    assert_eq!(request.header("x-api-key"), Some("header-secret"));
    assert!(request.header("user-agent").unwrap().starts_with("telemetry-runtime/"));
}
