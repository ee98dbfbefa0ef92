//! Compressed requests, and receivers that do not know them.

use std::io::Read as _;

use crate::server::{Request, Server, answer};
use crate::{Commands, DELIVERED, WORK, names};

fn unpacked(request: &Request) -> Vec<u8> {
    let mut body = Vec::new();
    flate2::read::GzDecoder::new(&request.body[..]).read_to_end(&mut body).unwrap();
    body
}

/// A receiver that answers so to what is compressed, and takes everything else.
fn refusing(status: u16) -> Server {
    Server::answering(move |request, stream| {
        let status = if request.header("content-encoding").is_some() { status } else { 200 };
        answer(stream, format!("HTTP/1.1 {status} As Told\r\ncontent-length: 0\r\n\r\n"));
    })
}

fn codings(server: &Server) -> Vec<Option<String>> {
    server.requests().iter().map(|request| request.header("content-encoding").map(str::to_owned)).collect()
}

fn gzip() -> Commands {
    Commands::with([("COMMANDS_GZIP", "1")])
}

#[test]
fn a_batch_is_compressed_as_one() {
    let server = Server::accepting();
    let said = gzip().say(&server.url(), &format!("{} flush status", "work ".repeat(50)));
    assert!(said.contains("100 recorded, 100 delivered"), "{said}");
    let [request] = server.requests().try_into().unwrap();
    assert_eq!(request.header("content-encoding"), Some("gzip"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    let body = unpacked(&request);
    assert_eq!(names(&body)[..2], WORK);
    assert!(request.body.len() * 3 < body.len(), "{} of {}", request.body.len(), body.len());
}

/// 415 is what a receiver is to say (RFC 9110, 15.5.16); 400 is what one says that takes it for broken JSON.
#[test]
fn who_cannot_read_it_gets_it_as_it_is_from_then_on() {
    for status in [415, 400, 422] {
        let server = refusing(status);
        let said = gzip().say(&server.url(), "work flush work flush status");
        assert!(said.contains("4 recorded, 4 delivered, 0 rejected, 0 pending"), "{status}: {said}");
        assert_eq!(codings(&server), [Some("gzip".into()), None, None], "{status}");
        let [compressed, plain, _] = server.requests().try_into().unwrap();
        let events = |body: &[u8]| serde_json::from_slice::<serde_json::Value>(body).unwrap()["events"].clone();
        assert_eq!(events(&unpacked(&compressed)), events(&plain.body));
    }
}

#[test]
fn other_refusals_are_about_something_else() {
    let server = refusing(503);
    let mut commands = gzip();
    let said = commands.work(&server.url());
    assert_eq!(codings(&server), [Some("gzip".into())]);
    commands.assert_kept(&said);
}

/// A receiver that refuses an event refuses it in any coding.
#[test]
fn what_is_refused_as_it_is_too_is_refused_for_itself() {
    let server = Server::answering(|request, stream| {
        let body = if request.header("content-encoding").is_some() { unpacked(request) } else { request.body.clone() };
        let status = if String::from_utf8(body).unwrap().contains("poison") { 400 } else { 200 };
        answer(stream, format!("HTTP/1.1 {status} As Told\r\ncontent-length: 0\r\n\r\n"));
    });
    let said = gzip().say(&server.url(), "work poison flush work flush status");
    assert!(said.contains("6 recorded, 5 delivered, 1 rejected, 0 pending"), "{said}");
    assert_eq!(codings(&server).last().unwrap().as_deref(), Some("gzip"));
}

#[test]
fn who_did_not_ask_for_it_sends_none() {
    let server = Server::accepting();
    let said = Commands::new().work(&server.url());
    assert!(said.contains(DELIVERED), "{said}");
    assert_eq!(codings(&server), [None]);
}
