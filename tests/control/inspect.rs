//! What you saw is what is sent.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::Value;
use telemetry_tests::Receiver;

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
    const DIFFER: [&str; 8] =
        ["id", "time", "sent_at", "invocation_id", "install_id", "call_id", "parent_call_id", "duration_ns"];
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), if DIFFER.contains(&key.as_str()) { Value::Null } else { masked(value) }))
            .collect(),
        Value::Array(values) => values.iter().map(masked).collect(),
        other => other.clone(),
    }
}

/// Takes one request as it comes, and accepts it: its headers in order of their names, and its body.
fn accept(listener: &TcpListener) -> (Vec<String>, Vec<u8>) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut request = Vec::new();
    let (head, length) = loop {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        request.extend(byte);
        if request.ends_with(b"\r\n\r\n") {
            let head = String::from_utf8(request).unwrap();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            break (head.clone(), length.unwrap().parse().unwrap());
        }
    };
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
    let mut headers: Vec<_> = head.lines().skip(1).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    headers.sort();
    (headers, body)
}

/// CL-18, CL-19: the same run, sent and looked at, with every sink there is.
#[test]
fn the_file_is_what_is_sent() {
    for gzip in [false, true] {
        let mut controlled = Controlled::new().with("CONTROLLED_FILE", "lines");
        if gzip {
            controlled.set("CONTROLLED_GZIP", "1");
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1/events", listener.local_addr().unwrap());
        let (headers, sent) = std::thread::scope(|scope| {
            let request = scope.spawn(|| accept(&listener));
            controlled.say(&url, "work work flush");
            request.join().unwrap()
        });
        let mut plain = Vec::new();
        if gzip {
            flate2::read::GzDecoder::new(&sent[..]).read_to_end(&mut plain).unwrap();
        } else {
            plain.clone_from(&sent);
        }
        let lines = std::fs::read_to_string(controlled.folder().join("lines")).unwrap();
        std::fs::remove_file(controlled.folder().join("lines")).unwrap();
        std::fs::remove_dir_all(controlled.state()).unwrap();

        controlled.set("CONTROLLED_INSPECT", "1");
        // Whoever asked for this address now would wait for ever.
        controlled.say(&url, "work work");
        let text = std::fs::read_to_string(controlled.folder().join("controlled-telemetry.txt")).unwrap();
        let [(head, body), (file_head, file_body)] = requests(&text).try_into().unwrap();
        assert_eq!(head[..2], ["json".to_owned(), format!("POST {url}")]);
        let without_length = |lines: &[String]| {
            let lines = lines.iter().filter(|line| !line.starts_with("content-length: "));
            lines.map(|line| line.replace("header-secret", "…")).collect::<Vec<_>>()
        };
        assert_eq!(without_length(&head[2..]), without_length(&headers));
        // The length depends on ids and times, once those are compressed.
        assert!(gzip || head.contains(&format!("content-length: {}", body.len())), "{head:?}");
        let json = |text: &[u8]| masked(&serde_json::from_slice(text).unwrap());
        assert_eq!(json(body.as_bytes()), json(&plain));
        assert_eq!(file_head, ["json-lines", &format!("file {}", controlled.folder().join("lines").display())]);
        let each = |text: &str| text.lines().map(|line| json(line.as_bytes())).collect::<Vec<_>>();
        assert_eq!(each(&file_body), each(&lines));
        assert!(!text.contains("header-secret"));
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
        assert!(stderr.starts_with("warning: telemetry file `/dev/null: "), "{stderr}");
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

/// … by the program's own logger, too.
#[test]
fn bodies_are_handed_to_a_logger() {
    let controlled = Controlled::new().with("CONTROLLED_BODIES_BY_LOGGER", "1");
    let receiver = Receiver::start();
    let said = controlled.say(&receiver.url(), "work flush");
    let prefix = format!("logged telemetry: sink json POST {} body=", receiver.url());
    let body = said.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap();
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), receiver.requests()[0].body);
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

/// What is started meanwhile sends nothing either.
#[test]
fn whoever_is_started_by_a_run_that_is_looked_at_is_silent() {
    let controlled = Controlled::new().with("CONTROLLED_INSPECT", "1");
    assert_eq!(controlled.say(&nobody(), "work child"), "work\nv1:inspect:-:-:-:-\nchild\n");
}
