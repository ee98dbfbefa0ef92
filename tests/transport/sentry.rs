//! What a program sends to Sentry, and what it makes of the answers.

use serde_json::{Value, json};

use crate::server::{Request, Server, answer};
use crate::{Commands, Running};

fn sentry<const N: usize>(vars: [(&'static str, &str); N]) -> Commands {
    let mut commands = Commands::with(vars);
    commands.vars.push(("COMMANDS_SENTRY", "1".into()));
    commands
}

fn dsn(server: &Server) -> String {
    format!("http://0123456789abcdef@{}/prefix/42", server.address())
}

/// Runs, whatever is printed: what panics says so.
fn run(commands: &Commands, server: &Server, words: &str) -> String {
    let Running(child) = commands.start(&dsn(server), words);
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

/// A server that takes everything, and says this of an event.
fn saying(of_events: &'static str) -> Server {
    Server::answering(move |request, stream| {
        let said = if items(request).iter().any(|(kind, _)| kind == "event") { of_events } else { "" };
        answer(stream, format!("HTTP/1.1 200 OK\r\n{said}content-length: 0\r\n\r\n"));
    })
}

/// The items of an envelope, with their types.
fn items(request: &Request) -> Vec<(String, Value)> {
    let text = std::str::from_utf8(&request.body).unwrap();
    let mut lines = text.lines();
    let header: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    assert!(header["sent_at"].is_string() && header.get("dsn").is_none(), "{header}");
    assert_eq!(text.matches("\"sent_at\"").count(), 1);
    let mut items = Vec::new();
    while let Some(head) = lines.next() {
        let (head, item): (Value, &str) = (serde_json::from_str(head).unwrap(), lines.next().unwrap());
        assert_eq!(head["length"], item.len());
        items.push((head["type"].as_str().unwrap().to_owned(), serde_json::from_str(item).unwrap()));
    }
    items
}

/// All items of a type that came.
fn received(server: &Server, kind: &str) -> Vec<Value> {
    let all = server.requests().iter().flat_map(items).collect::<Vec<_>>();
    all.into_iter().filter(|(other, _)| other == kind).map(|(_, item)| item).collect()
}

#[test]
fn a_panic_is_an_event_and_the_call_a_session_that_crashed() {
    let (server, commands) = (Server::accepting(), sentry([]));
    run(&commands, &server, "panic_within work flush");
    for request in server.requests() {
        assert!(request.head.starts_with("POST /prefix/api/42/envelope/ HTTP/1.1\r\n"), "{}", request.head);
        let auth = request.header("x-sentry-auth").unwrap();
        assert!(auth.starts_with("Sentry sentry_version=7, sentry_client=telemetry-runtime/"), "{auth}");
        assert!(auth.ends_with(", sentry_key=0123456789abcdef"), "{auth}");
        assert_eq!(request.header("content-type"), Some("application/x-sentry-envelope"));
        let body = String::from_utf8(request.body).unwrap();
        assert!(!body.contains("as asked") && !body.contains("0123456789abcdef"), "{body}");
    }
    let [event] = &received(&server, "event")[..] else { panic!("{:?}", server.requests()) };
    let exception = &event["exception"]["values"][0];
    let place = exception["value"].as_str().unwrap();
    assert!(place.starts_with("tests/commands/main.rs:"), "{place}");
    assert_eq!((&event["platform"], &event["level"]), (&json!("native"), &json!("fatal")));
    assert!(event["release"].as_str().unwrap().starts_with("commands@"), "{event}");
    assert!(event["contexts"]["trace"]["span_id"].is_string(), "{event}");

    let sessions = received(&server, "session");
    let said: Vec<_> =
        sessions.iter().map(|session| (&session["status"], &session["errors"], &session["init"])).collect();
    let (crashed, exited, init) = (json!("crashed"), json!("exited"), json!(true));
    assert_eq!(said, [(&crashed, &json!(1), &init), (&exited, &json!(0), &init)]);
    for session in &sessions {
        assert_eq!((&session["did"], &session["attrs"]["release"]), (&event["user"]["id"], &event["release"]));
        assert!(session["duration"].as_f64().is_some(), "{session}");
    }
}

#[test]
fn what_it_says_is_its_value_where_the_user_asks_for_that() {
    let (server, commands) = (Server::accepting(), sentry([("COMMANDS_DEBUG_TELEMETRY", "1")]));
    run(&commands, &server, "panic_within flush");
    let [event] = &received(&server, "event")[..] else { panic!("{:?}", server.requests()) };
    assert_eq!(event["exception"]["values"][0]["value"], "as asked");
}

/// The documents of Sentry: rate limits come with any status, and are for categories.
#[test]
fn a_rate_limit_on_a_success_holds_back_what_it_names_and_nothing_else() {
    let (server, commands) = (saying("X-Sentry-Rate-Limits: 3600:error;transaction:organization\r\n"), sentry([]));
    run(&commands, &server, "panic_within flush panic_within flush");
    assert_eq!(received(&server, "event").len(), 1);
    assert_eq!(received(&server, "session").len(), 2);
    run(&commands, &server, "work flush");
    assert_eq!(received(&server, "event").len(), 1, "not in the next run either");
    assert_eq!(received(&server, "session").len(), 3);
    // After the pause, what was held is there.
    std::fs::remove_file(commands.state().join("spool-1/pauses")).unwrap();
    run(&commands, &server, "flush");
    let events = received(&server, "event");
    let [one, other] = &events[..] else { panic!("{events:?}") };
    assert_ne!(one["event_id"], other["event_id"]);
}

/// A call that begins in one batch and ends in another is begun once, also where the process ends without saying so, and where the
/// call has been carried over into another segment by then.
#[test]
fn a_session_that_is_told_in_parts_is_begun_once() {
    for (words, outcome) in [("nested wait", "exited"), ("stuck", "abnormal"), ("long_stuck", "abnormal")] {
        let (server, commands) = (Server::accepting(), sentry([("COMMANDS_WINDOW", "5")]));
        let Running(mut child) = commands.start(&dsn(&server), words);
        {
            use std::io::{BufRead as _, BufReader};
            let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
            let word = if outcome == "exited" { "nested" } else { "hang" };
            assert!(lines.any(|line| line.unwrap() == word));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        run(&commands, &server, "flush");
        let sessions = received(&server, "session");
        let begun: Vec<_> = sessions.iter().filter(|session| session["init"] == true).collect();
        let Some(first) = begun.first() else { panic!("{words}: {sessions:?}") };
        // Whoever is killed before it has written down what was answered has the next run say it again.
        let is_again = |other: &&Value| (&other["sid"], &other["started"]) == (&first["sid"], &first["started"]);
        assert!(begun.iter().copied().all(|other| is_again(&other)), "{words}: {sessions:?}");
        let begun = first;
        let last = sessions.last().unwrap();
        assert_eq!((&last["sid"], &last["started"]), (&begun["sid"], &begun["started"]), "{words}");
        assert_eq!(last["status"], outcome, "{words}");
        assert!(
            sessions.iter().all(|session| session["sid"] == begun["sid"]),
            "{words}: calls within it are none: {sessions:?}"
        );
        assert_eq!(last.get("duration").is_some(), outcome == "exited", "{words}");
    }
}
