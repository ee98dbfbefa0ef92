//! The receiver on loopback: what it answers, what it keeps, and what it says of what did not come.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use insta::assert_snapshot;
use serde_json::Value;
use telemetry_runtime::testing::{Answer, FakeReceiver, LOOPBACK_ONLY, Request};

use crate::failure;

/// The program, which sends to the receiver; gives what it printed.
fn run(receiver: &FakeReceiver) -> String {
    let home = tempfile::tempdir().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_kitted"));
    program.env("HOME", home.path()).env("XDG_STATE_HOME", home.path());
    program.env("KITTED_TELEMETRY_LEVEL", "all").env("NO_PROXY", "127.0.0.1").env_remove("no_proxy");
    program.env("KITTED_TELEMETRY_ENDPOINT", format!("{}/v1/events", receiver.url())).env(LOOPBACK_ONLY, "1");
    let output = program.output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn ids(request: &Request) -> Vec<Value> {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    body["events"].as_array().unwrap().iter().map(|event| event["id"].clone()).collect()
}

#[test]
fn a_program_that_is_told_to_wait_sends_again() {
    let receiver = FakeReceiver::start().answers([Answer::status(503).retry_after(1), Answer::ok()]);
    assert_eq!(run(&receiver), "flushed: true, level: all\n");
    let requests = receiver.wait_for(2);
    let answered: Vec<_> = requests.iter().map(|request| request.answered).collect();
    assert_eq!(answered, [Some(503), Some(200)]);
    assert_eq!((requests[0].method.as_str(), requests[0].path.as_str()), ("POST", "/v1/events"));
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    assert!(requests[1].text().contains("Sync Tables Finished"));
    assert_eq!(ids(&requests[0]), ids(&requests[1]));
    receiver.assert_nothing_says("hunter2");
}

#[test]
fn a_program_gets_over_what_is_no_answer() {
    let receiver = FakeReceiver::start().answers([Answer::bytes("no HTTP\n"), Answer::close(), Answer::ok()]);
    assert_eq!(run(&receiver), "flushed: true, level: all\n");
    let requests = receiver.requests();
    let answered: Vec<_> = requests.iter().map(|request| request.answered).collect();
    assert_eq!(answered, [None, None, Some(200)]);
    assert_eq!(ids(&requests[0]), ids(&requests[2]));
}

/// A client that speaks HTTP by hand, on one connection.
struct Client(BufReader<TcpStream>);

impl Client {
    fn new(receiver: &FakeReceiver) -> Self {
        let address = receiver.url().trim_start_matches("http://").to_owned();
        Self(BufReader::new(TcpStream::connect(address).unwrap()))
    }

    fn send(&mut self, request: &str) {
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
    }

    /// The lines of an answer's head, and its body.
    fn answer(&mut self) -> (Vec<String>, String) {
        let lines: Vec<_> = self.0.by_ref().lines().map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
        let length = lines.iter().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        (lines, String::from_utf8(body).unwrap())
    }

    fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A connection that is reset has ended, too.
        drop(self.0.read_to_end(&mut rest));
        rest
    }
}

const POST: &str = "POST /x?y HTTP/1.1\r\nX-Key: a: b\r\ncontent-length: 2\r\n\r\n{}";

#[test]
fn answers_are_given_in_turn_and_the_last_for_ever() {
    let late = Answer::status(429).header("x-limit", "3").body("slow down").after(Duration::from_millis(1));
    let receiver = FakeReceiver::start().answers([late, Answer::status(202)]);
    let mut client = Client::new(&receiver);
    client.send(POST);
    let (lines, body) = client.answer();
    assert_eq!(lines, ["HTTP/1.1 429 ", "content-length: 9", "x-limit: 3"]);
    assert_eq!(body, "slow down");
    // Two at once, on one connection, and one on another.
    client.send(&POST.repeat(2));
    assert_eq!((client.answer().0[0].as_str(), client.answer().0[0].as_str()), ("HTTP/1.1 202 ", "HTTP/1.1 202 "));
    receiver.set_answers([Answer::bytes("gar\0bage")]);
    let mut other = Client::new(&receiver);
    other.send(POST);
    assert_eq!(other.rest(), b"gar\0bage");
    let requests = receiver.requests();
    assert_eq!(requests.len(), 4);
    assert_eq!(
        (requests[3].path.as_str(), requests[3].header("x-key"), &requests[3].body[..]),
        ("/x?y", Some("a: b"), &b"{}"[..])
    );
}

#[test]
fn who_is_never_answered_waits_for_the_receivers_end() {
    let receiver = FakeReceiver::start().answers([Answer::never(), Answer::ok().after(Duration::from_secs(3600))]);
    let (mut first, mut second) = (Client::new(&receiver), Client::new(&receiver));
    first.send(POST);
    receiver.wait_for(1);
    second.send(POST);
    receiver.wait_for(2);
    drop(receiver);
    assert_eq!((first.rest(), second.rest().len()), (Vec::new(), 0));
}

#[test]
fn what_is_no_whole_request_is_none() {
    let receiver = FakeReceiver::start();
    let endless = format!("POST / HTTP/1.1\r\nx: {}", "x".repeat(64 * 1024));
    for sent in [
        "\r\n\r\n",
        "POST\r\n\r\n",
        "POST / HTTP/1.1\r\nno header\r\n\r\n",
        "\0\u{fffd}\n",
        &endless,
        "POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\ncontent-length: 18446744073709551615\r\n\r\n",
        "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n",
    ] {
        let mut client = Client::new(&receiver);
        client.send(sent);
        assert_eq!(client.rest(), b"", "{sent}");
    }
    let mut torn = Client::new(&receiver);
    torn.send(&POST[..POST.len() - 1]);
    torn.0.get_mut().shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(torn.rest(), b"");
    assert_eq!(receiver.requests(), []);
}

#[test]
fn what_does_not_come_is_said_with_what_did() {
    let receiver =
        FakeReceiver::start().timeout(Duration::from_millis(1)).answers([Answer::close(), Answer::status(503)]);
    let said = failure(|| receiver.wait_for(1));
    assert_snapshot!("none_came", said.replace(&receiver.url(), "http://127.0.0.1:…"));
    for _ in 0..2 {
        let mut client = Client::new(&receiver);
        client.send(&POST.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n"));
        client.rest();
    }
    assert_snapshot!("too_few_came", failure(|| receiver.wait_for(3)));
}

#[test]
fn a_secret_is_found_wherever_it_is_in_a_request() {
    let said = |request: &[u8]| {
        let receiver = FakeReceiver::start();
        let mut client = Client::new(&receiver);
        client.0.get_mut().write_all(request).unwrap();
        receiver.wait_for(1);
        receiver.assert_nothing_says("hunter3");
        failure(|| receiver.assert_nothing_says("hunter2")).lines().next().unwrap().to_owned()
    };
    let post = |line: &str, body: &[u8]| {
        [format!("{line}\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
    };
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(b"{\"x\":\"hunter2\"}").unwrap();
    let lines = [
        said(&post("POST /?key=hunter2 HTTP/1.1", b"")),
        said(&post("POST / HTTP/1.1\r\nauthorization: Basic eDpodW50ZXIy", b"")),
        said(&post("POST / HTTP/1.1", b"\x0a\x07hunter2\x01")),
        said(&post("POST / HTTP/1.1\r\ncontent-encoding: gzip", &gzip.finish().unwrap())),
    ];
    assert_snapshot!(lines.join("\n"));
}
