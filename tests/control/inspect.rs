//! What you saw is what is sent.

use serde_json::Value;
use telemetry_tests::{Receiver, Request};

use crate::program::{Controlled, nobody};

/// The file's requests: the lines before the body, and the body.
fn requests(text: &str) -> Vec<(Vec<String>, String)> {
    let mut requests = Vec::new();
    for block in text.split("\n# sink ").skip(1) {
        let (head, body) = block.split_once("\n\n").unwrap();
        requests.push((head.lines().map(str::to_owned).collect(), body.trim_end().to_owned()));
    }
    requests
}

/// Takes out what differs between two runs: ids and times.
fn masked(value: &Value) -> Value {
    const DIFFER: [&str; 7] = ["id", "time", "sent_at", "invocation_id", "call_id", "parent_call_id", "duration_ns"];
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), if DIFFER.contains(&key.as_str()) { Value::Null } else { masked(value) }))
            .collect(),
        Value::Array(values) => values.iter().map(masked).collect(),
        other => other.clone(),
    }
}

/// The headers of a request as the file has them, but for the length and where it went.
fn headers(request: &Request) -> Vec<String> {
    let mask = |name: &str, value: &str| if name == "x-api-key" { "…".to_owned() } else { value.to_owned() };
    let headers = request.headers.iter().filter(|(name, _)| name != "content-length" && name != "host");
    let mut headers: Vec<_> = headers.map(|(name, value)| format!("{name}: {}", mask(name, value))).collect();
    headers.sort();
    headers
}

/// CL-18, CL-19: the same run, sent and looked at, with every sink there is.
#[test]
fn the_file_is_what_is_sent() {
    for gzip in [false, true] {
        let mut controlled = Controlled::new().with("CONTROLLED_FILE", "lines");
        if gzip {
            controlled.set("CONTROLLED_GZIP", "1");
        }
        let receiver = Receiver::start();
        controlled.say(&receiver.url(), "work work flush");
        let [sent] = receiver.requests().try_into().unwrap();
        let lines = std::fs::read_to_string(controlled.folder().join("lines")).unwrap();
        std::fs::remove_file(controlled.folder().join("lines")).unwrap();
        std::fs::remove_dir_all(controlled.state()).unwrap();

        controlled.set("CONTROLLED_INSPECT", "1");
        controlled.say(&receiver.url(), "work work");
        let text = std::fs::read_to_string(controlled.folder().join("controlled-telemetry.txt")).unwrap();
        let [(head, body), (file_head, file_body)] = requests(&text).try_into().unwrap();
        assert_eq!(head[0], "json");
        assert_eq!(head[1], format!("POST {}", receiver.url()));
        let is_of_place = |line: &&String| line.starts_with("host: ") || line.starts_with("content-length: ");
        let (of_place, others): (Vec<_>, Vec<_>) = head[2..].iter().partition(is_of_place);
        assert_eq!(others.into_iter().cloned().collect::<Vec<_>>(), headers(&sent));
        let url = receiver.url();
        let host = url.trim_start_matches("http://").split('/').next().unwrap();
        assert_eq!(of_place[1], &format!("host: {host}"));
        if !gzip {
            assert_eq!(of_place[0], &format!("content-length: {}", body.len()));
            assert_eq!(masked(&serde_json::from_str(&body).unwrap()), masked(&sent.body));
        }
        assert_eq!(file_head, ["json-lines", &format!("file {}", controlled.folder().join("lines").display())]);
        let masked_lines =
            |text: &str| text.lines().map(|line| masked(&serde_json::from_str(line).unwrap())).collect::<Vec<_>>();
        assert_eq!(masked_lines(&file_body), masked_lines(&lines));
        assert!(!text.contains("header-secret"));

        assert_eq!(receiver.requests().len(), 1, "nothing was sent");
        assert!(!controlled.state().exists() && !controlled.folder().join("lines").exists(), "nothing was kept");
    }
}

/// CL-18: also for who has opted out, and for one run alone.
#[test]
fn who_has_opted_out_can_look() {
    let mut controlled = Controlled::new().with("CONTROLLED_TELEMETRY_LEVEL", "none").with("CONTROLLED_INSPECT", "1");
    let said = controlled.say(&nobody(), "work decision");
    let file = controlled.folder().join("controlled-telemetry.txt");
    assert!(said.starts_with("work\ntelemetry level: none\n"), "{said}");
    assert!(said.contains("-telemetry.txt; nothing is sent\n"), "{said}");
    for _ in 0..2 {
        controlled.say(&nobody(), "work");
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text.matches("Work Started").count(), 1, "{text}");
    }
    controlled.set("CONTROLLED_NOTICE", "1");
    controlled.set("CONTROLLED_OPT_IN", "1");
    controlled.say(&nobody(), "");
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(
        text,
        "# What controlled would have sent, and did not. Of what may be secret, nothing is shown but `…`.\n"
    );
}

/// Where the file cannot be written, nothing fails and nothing is sent.
#[test]
fn a_file_that_cannot_be_written_stops_nobody() {
    let mut controlled = Controlled::new().with("CONTROLLED_INSPECT", "1");
    let receiver = Receiver::start();
    for place in ["no/such/folder", ".", "/dev/null"] {
        controlled.set("CONTROLLED_INSPECT_FILE", place);
        assert_eq!(controlled.say(&receiver.url(), "work flush"), "work\nflush\n");
    }
    if telemetry_tests::has_tool("script") {
        let (stderr, stdout) = controlled.at_terminal(&receiver.url(), "work flush");
        assert!(stderr.starts_with("warning: telemetry file `/dev/null`"), "{stderr}");
        assert!(stderr.ends_with("; nothing is sent either\r\n") && stderr.lines().count() == 1, "{stderr}");
        assert_eq!(stdout, "work\nflush\n");
    }
    assert!(!controlled.state().exists());
    assert_eq!(receiver.requests().len(), 0);
}

/// No socket, no name that is looked up.
#[cfg(target_os = "linux")]
#[test]
fn to_look_touches_no_network() {
    if !telemetry_tests::has_tool("strace") {
        return;
    }
    let controlled = Controlled::new().with("CONTROLLED_INSPECT", "1");
    let trace = controlled.folder().join("trace");
    let tool = ["/usr/bin/strace", "--follow-forks", "--output", trace.to_str().unwrap()];
    let output = controlled.under(&tool, "http://telemetry.example.org/", "work flush").output().unwrap();
    assert!(output.status.success());
    let calls = std::fs::read_to_string(trace).unwrap();
    assert!(calls.contains("controlled-telemetry.txt") && !calls.contains("socket("));
}

/// TI-22, TI-23: each body is shown while it is sent, whole.
#[test]
fn bodies_are_shown_while_they_are_sent() {
    let controlled = Controlled::new().with("CONTROLLED_BODIES", "1");
    let receiver = Receiver::start();
    let output = controlled.run(&receiver.url(), "work flush work flush");
    let shown = String::from_utf8(output.stderr).unwrap();
    let prefix = format!("telemetry: sink json POST {} body=", receiver.url());
    let bodies: Vec<Value> =
        shown.lines().map(|line| serde_json::from_str(line.strip_prefix(&prefix).unwrap()).unwrap()).collect();
    let sent: Vec<_> = receiver.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies, sent);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "work\nflush\nwork\nflush\n");
}

/// What was sent can be read, byte for byte, with what was answered.
#[test]
fn the_log_tells_what_was_sent() {
    let controlled = Controlled::new();
    let receiver = Receiver::start();
    assert_eq!(controlled.say(&receiver.url(), "log"), "nothing was sent\n");
    controlled.say(&receiver.url(), "work flush");
    controlled.say(&nobody(), "work flush");
    let told = controlled.say(&receiver.url(), "log");
    let [sent, body, answered, sent_again, _, not_answered] = told.lines().collect::<Vec<_>>().try_into().unwrap();
    assert!(sent.ends_with(&format!("Z  json: POST {}", receiver.url())), "{sent}");
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), receiver.requests()[0].body);
    assert!(answered.ends_with("Z  json: answered 200"), "{answered}");
    assert!(sent_again.contains("Z  json: POST http://127.0.0.1:"), "{sent_again}");
    assert!(not_answered.contains("Z  json: no answer: "), "{not_answered}");
}
