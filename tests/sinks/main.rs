//! That each sink gets what it is for, at its own pace, and that a format of somebody else's is as good as one of ours.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Output};
use std::time::Duration;

use telemetry_tests::{Receiver, Reply};
use tempfile::TempDir;

/// A place for the program's state, and the program.
struct Routed(TempDir);

impl Routed {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn command(&self, sinks: &[String], words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_routed"));
        command.arg(self.0.path().join("state")).args(sinks).arg("--").args(words.split_whitespace());
        for (name, _) in std::env::vars_os() {
            let is_ours = name.to_string_lossy().starts_with("ROUTED_") || name == "DO_NOT_TRACK";
            if is_ours {
                command.env_remove(name);
            }
        }
        command
    }

    fn say(&self, sinks: &[String], words: &str) -> String {
        said(self.command(sinks, words).output().unwrap())
    }
}

fn said(output: Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A URL that nobody answers at.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

fn names(receiver: &Receiver) -> Vec<String> {
    receiver.accepted().iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect()
}

/// CW-01, CW-24: stats go to one place, errors to another, all of it into a local file, and the books balance.
#[test]
fn each_sink_gets_its_kinds() {
    let routed = Routed::new();
    let (stats, errors) = (Receiver::start(), Receiver::start());
    let file = routed.0.path().join("all.jsonl");
    let sinks =
        [format!("stats={}", stats.url()), format!("errors={}", errors.url()), format!("all@{}", file.display())];
    let counts = routed.say(&sinks, "work panic_within flush counts");
    // Two calls with a start and a finish each, and a panic: each to one place and to the file.
    assert_eq!(counts, "5 recorded, 10 delivered, 0 rejected, 0 pending\n");
    let calls = ["Work Started", "Work Finished", "Panic Within Started", "Panic Within Finished"];
    assert_eq!(names(&stats), calls);
    assert_eq!(names(&errors), ["Panic"]);
    assert_eq!(std::fs::read_to_string(file).unwrap().lines().count(), 5);
}

/// A receiver that takes a second: a sink that does not wait for so long keeps what it had.
#[test]
fn a_sink_waits_as_long_as_it_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            drop(stream.read(&mut [0; 4096]));
            std::thread::sleep(Duration::from_secs(1));
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"));
        }
    });
    let counts = |sink: &str| Routed::new().say(&[format!("{sink}={url}")], "work flush counts");
    assert_eq!(counts("hasty"), "2 recorded, 0 delivered, 0 rejected, 2 pending\n");
    assert_eq!(counts("patient"), "2 recorded, 2 delivered, 0 rejected, 0 pending\n");
}

/// The user's variable names where to.
#[test]
fn ticlouds_receiver_has_a_variable() {
    let receiver = Receiver::start();
    let routed = Routed::new();
    let mut command = routed.command(&["ticloud=https://telemetry.pingcap.invalid/report".into()], "work flush");
    said(command.env("ROUTED_TICLOUD_ENDPOINT", receiver.url()).env("ROUTED_HOLDS", "1").output().unwrap());
    assert_eq!(receiver.requests().len(), 1);
}

/// CW-03 … CW-06, by sink: at a level at which a sink gets nothing, it is not asked at all.
#[test]
fn a_level_without_its_kinds_leaves_a_sink_alone() {
    for (level, stats_requests, error_requests) in [("errors", 0, 1), ("stats", 1, 0), ("none", 0, 0)] {
        let routed = Routed::new();
        let (stats, errors) = (Receiver::start(), Receiver::start());
        let sinks = [format!("stats+losses={}", stats.url()), format!("errors+losses={}", errors.url())];
        let mut command = routed.command(&sinks, "work panic_within flush counts");
        said(command.env("ROUTED_TELEMETRY_LEVEL", level).output().unwrap());
        let asked = (stats.requests().len(), errors.requests().len());
        assert_eq!(asked, (stats_requests, error_requests), "{level}");
    }
}

#[test]
fn a_dead_sink_holds_no_other_back() {
    let routed = Routed::new();
    let alive = Receiver::start();
    let with = |dead: &str| [format!("all={dead}"), format!("stats={}", alive.url())];
    for runs in 1..=3 {
        let counts = routed.say(&with(&nobody()), "work flush counts");
        assert_eq!(names(&alive).len(), 2 * runs, "{counts}");
    }
    let back = Receiver::start();
    routed.say(&with(&back.url()), "flush");
    assert_eq!((names(&back).len(), names(&alive).len()), (6, 6), "each once");
}

/// What has waited goes in as few requests as the receiver's limits allow, and what comes of each is by itself.
#[test]
fn a_backlog_goes_in_large_batches() {
    let routed = Routed::new();
    routed.say(&[format!("all={}", nobody())], "much flush");
    let receiver = Receiver::scripted([Reply::Status(200)]);
    routed.say(&[format!("all={}", receiver.url())], "flush");
    let batches: Vec<_> = receiver.requests().iter().map(|request| request.events().len()).collect();
    assert_eq!(batches.iter().sum::<usize>(), 3000);
    let largest = receiver.requests().iter().map(|request| request.bytes.len()).max();
    assert!(batches.len() <= 4 && largest <= Some(1024 * 1024), "{batches:?}, {largest:?}");
}

/// A format of the test program's own: two streams with an address and a position each.
#[test]
fn streams_have_addresses_and_positions_of_their_own() {
    let routed = Routed::new();
    // Starts are taken, the rest is not.
    let receiver = Receiver::scripted([Reply::Status(200), Reply::Status(503)]);
    let sinks = [format!("two={}", receiver.url())];
    let counts = routed.say(&sinks, "work panic_within flush counts");
    assert_eq!(counts, "5 recorded, 2 delivered, 0 rejected, 3 pending\n");
    let later = Receiver::start();
    routed.say(&[format!("two={}", later.url())], "flush");
    let requests = |receiver: &Receiver| {
        let body = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        receiver.requests().iter().map(|request| (request.path.clone(), body(&request.bytes))).collect::<Vec<_>>()
    };
    let starts = ("/v1/events/starts".to_owned(), "starts Work Started\nstarts Panic Within Started\n".to_owned());
    assert_eq!(requests(&receiver)[0], starts);
    let rest = |body: &str| ("/v1/events/rest".to_owned(), body.to_owned());
    let later = requests(&later);
    assert_eq!(later, [rest("rest Work Finished\nrest Panic Within Finished\n"), rest("rest Panic\n")]);
}

/// A receiver that does not know one of the addresses, or cannot take what goes there, gets all else: OTLP's logs come before its
/// traces, and many receivers take traces alone.
#[test]
fn a_stream_that_fails_holds_no_other_back() {
    for status in [503, 404, 400] {
        let routed = Routed::new();
        let receiver = Receiver::scripted([Reply::Status(status), Reply::Status(200)]);
        let counts = routed.say(&[format!("two={}", receiver.url())], "work flush counts");
        let refused = u64::from(status == 400);
        let rest = format!("2 recorded, 1 delivered, {refused} rejected, {} pending", 1 - refused);
        assert!(counts.starts_with(&rest), "{status}: {counts}");
        let paths = |receiver: &Receiver| {
            let path = |request: &telemetry_tests::Request| request.path.rsplit_once('/').unwrap().1.to_owned();
            receiver.requests().iter().map(path).collect::<Vec<_>>()
        };
        assert_eq!(paths(&receiver), ["starts", "rest"], "{status}");
    }
}

/// What a receiver asks for by a format of one stream without a name, the next run knows, too.
#[test]
fn a_pause_that_a_format_reads_is_kept_over_runs() {
    let routed = Routed::new();
    let receiver = Receiver::scripted([Reply::RetryAfter(200, 3600)]);
    let run = || routed.say(&[format!("odd holds={}", receiver.url())], "work flush counts");
    assert_eq!(run(), "2 recorded, 2 delivered, 0 rejected, 0 pending\n");
    assert_eq!(run(), "2 recorded, 0 delivered, 0 rejected, 2 pending\n");
    assert_eq!(receiver.requests().len(), 1);
}

/// A format that panics costs the event that it cannot do with; nothing of it is shown, from the first moment of a run on.
#[test]
fn a_format_that_panics_costs_one_event_and_shows_nothing() {
    let routed = Routed::new();
    let receiver = Receiver::start();
    let sinks = |what: &str| [format!("odd {what}={}", receiver.url())];
    // Left for the next run, which reads it as soon as it starts.
    routed.say(&[format!("odd panics={}", nobody())], "work");
    for _ in 0..5 {
        let output = routed.command(&sinks("panics"), "work flush counts").output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        let counts = said(output);
        assert!(counts.starts_with("2 recorded, 1 delivered, 1 rejected, 0 pending"), "{counts}");
    }
    let (routed, receiver) = (Routed::new(), Receiver::start());
    let counts = routed.say(&[format!("odd panics-later={}", receiver.url())], "work flush counts flush");
    assert_eq!(counts, "2 recorded, 2 delivered, 0 rejected, 0 pending\n");
    assert_eq!(receiver.requests().len(), 1, "what was taken is not sent again");
}

/// CW-20: what is excluded is counted once, however often what lies beside it is tried.
#[test]
fn what_is_excluded_is_counted_once() {
    let routed = Routed::new();
    // It is left alone for an hour, so the second run takes the slot of the first.
    let busy = Receiver::scripted([Reply::RetryAfter(503, 3600)]);
    let sinks = [format!("all={}", busy.url())];
    routed.say(&sinks, "work flush");
    let counts = routed.say(&sinks, "work exclude flush flush counts");
    assert_eq!(counts, "2 recorded, 0 delivered, 0 rejected, 2 pending\n", "behind what waits");
    std::fs::remove_file(routed.0.path().join("state/spool-1/pauses")).unwrap();
    let receiver = Receiver::start();
    let counts = routed.say(&[format!("all={}", receiver.url())], "flush counts flush");
    assert!(counts.ends_with("; 2 of earlier runs delivered; 2 lost: excluded\n"), "{counts}");
    let events = receiver.accepted();
    let lost: u64 = events.iter().filter_map(|event| event["events"].as_u64()).sum();
    assert_eq!((events.len(), lost), (3, 2), "{events:?}");
}

/// Two ways under one name would have one position, and what is on the one would be taken for sent on the other.
#[test]
fn two_ways_of_one_name_are_refused() {
    let (routed, receiver) = (Routed::new(), Receiver::start());
    let url = receiver.url();
    let twins = [format!("odd twins={url}")];
    let clashing = [format!("two={url}"), format!("two starts={url}")];
    for sinks in [&twins[..], &clashing] {
        let status = routed.say(sinks, "work flush status");
        assert!(status.contains("a name of its own for each sink, and for each stream of its format"), "{status}");
    }
    assert_eq!(receiver.requests().len(), 0);
}

/// CW-26: the user's variable says where to, and then a debug build sends there, and nowhere else.
#[test]
fn a_variable_names_where_to() {
    let routed = Routed::new();
    let (program, user) = (Receiver::start(), Receiver::start());
    let file = routed.0.path().join("all.jsonl");
    let sinks = [format!("all={}", program.url()), format!("stats@{}", file.display())];
    let with = |variables: &[(&str, &str)]| {
        let mut command = routed.command(&sinks, "work flush status");
        said(command.envs(variables.iter().copied()).output().unwrap())
    };
    let held = with(&[("ROUTED_HOLDS", "1")]);
    assert!(held.contains("debug build") && !file.exists(), "{held}");
    with(&[("ROUTED_HOLDS", "1"), ("ROUTED_TELEMETRY_ENDPOINT", &user.url())]);
    assert_eq!((names(&user).len(), names(&program).len(), file.exists()), (2, 0, false));
    with(&[("ROUTED_TELEMETRY_ENDPOINT", &user.url())]);
    assert_eq!((names(&user).len(), names(&program).len(), file.exists()), (4, 0, true));
    // What is no URL is said by name, and nothing is collected.
    let wrong = with(&[("ROUTED_TELEMETRY_ENDPOINT", "example.org")]);
    let problem = "`example.org` (from ROUTED_TELEMETRY_ENDPOINT): expected an absolute http:// or https:// URL";
    assert!(wrong.contains(problem) && wrong.starts_with("telemetry level: none"), "{wrong}");
    assert_eq!((names(&user).len(), names(&program).len()), (4, 0));
}

/// CW-25, CW-26: the user's variables stand in for the program's key and address, and no other sink hears of them.
#[test]
fn a_variable_is_the_key() {
    let routed = Routed::new();
    let (program, user) = (Receiver::start(), Receiver::start());
    let sinks = [format!("rudderstack={}", program.url()), format!("errors={}", program.url())];
    let with = |variables: &[(&str, &str)]| {
        drop(said(routed.command(&sinks, "work panic_within flush").envs(variables.iter().copied()).output().unwrap()));
    };
    let keys = |receiver: &Receiver| {
        let requests = receiver.requests();
        let sent = requests.iter().filter(|request| request.path.ends_with("/v1/batch"));
        let key = |(name, value): &(String, String)| (name == "authorization").then(|| value.clone());
        sent.map(|request| request.headers.iter().find_map(key)).collect::<Vec<_>>()
    };
    with(&[]);
    // Of `the programs key:` and `the users key:`.
    let [programs, users] =
        ["Basic dGhlIHByb2dyYW1zIGtleTo=", "Basic dGhlIHVzZXJzIGtleTo="].map(|key| Some(key.to_owned()));
    assert_eq!(keys(&program), [programs]);
    with(&[("ROUTED_RUDDERSTACK_WRITE_KEY", "the users key"), ("ROUTED_RUDDERSTACK_DATA_PLANE_URL", &user.url())]);
    assert_eq!((keys(&program).len(), keys(&user)), (1, vec![users]));
    assert_eq!(names(&program), ["Panic", "Panic"], "the other sink is where it was");
}

/// A DSN that is none is said without being shown, whoever gave it.
#[test]
fn a_bad_dsn_is_not_shown() {
    let routed = Routed::new();
    let expected = "expected a DSN, as https://PUBLIC_KEY@HOST/PROJECT_ID";
    let sinks = ["sentry=https://secret@sentry.example.org/".to_owned()];
    let status = routed.say(&sinks, "status");
    assert!(status.contains(&format!("(from sink sentry): {expected}")) && !status.contains("secret"), "{status}");
    let mut command = routed.command(&["sentry=https://key@sentry.example.org/1".to_owned()], "status");
    let status = said(command.env("ROUTED_SENTRY_DSN", "https://secret@").output().unwrap());
    assert!(
        status.contains(&format!("(from ROUTED_SENTRY_DSN): {expected}")) && !status.contains("secret"),
        "{status}"
    );
}

/// TI-23: what several runs recorded goes as one array.
#[test]
fn runs_go_in_one_array() {
    let routed = Routed::new();
    // A run that ends while it sends what an earlier one left would have it sent twice: nobody is there until the last.
    for _ in 0..3 {
        routed.say(&[format!("ticloud={}", nobody())], "work");
    }
    let receiver = Receiver::start();
    routed.say(&[format!("ticloud={}", receiver.url())], "work flush");
    let requests = receiver.requests();
    let arrays: Vec<_> = requests.iter().map(|request| request.body.as_array().unwrap()).collect();
    // What two runs left in two slots, because one was still ending, is two arrays.
    assert!(arrays.iter().any(|array| array.len() > 1), "{arrays:?}");
    let events: Vec<_> = arrays.into_iter().flatten().collect();
    assert_eq!(events.len(), 4);
    assert!(
        events.iter().all(|event| event["source"] == "routed" && event["properties"]["result"] == "SUCCESS"),
        "{events:?}"
    );
}

/// What a format has nothing to say of is not delivered, and not owed.
#[test]
fn what_a_format_has_nothing_to_say_of_is_passed_over() {
    let routed = Routed::new();
    let receiver = Receiver::start();
    let sinks = [format!("ticloud={}", receiver.url()), format!("stats={}", receiver.url())];
    let counts = routed.say(&sinks, "nested flush counts");
    // Of the inner call there is no execution; it goes in one array with the outer one's, or alone in none.
    assert!(counts.starts_with("4 recorded, ") && counts.contains(" 0 rejected, 0 pending"), "{counts}");
    let number = |word: &str| {
        let said = counts.split([',', ';']).find(|said| said.trim_end().ends_with(word)).unwrap_or("0");
        said.trim().split(' ').next().unwrap().parse::<u64>().unwrap()
    };
    assert_eq!(number("delivered") + number("passed over"), 4 + 2);
}

/// The example of a format of one's own: what it sends, and that inspect mode shows the same.
#[test]
fn a_format_of_ones_own_is_sent_and_shown_like_ours() {
    let home = tempfile::tempdir().unwrap();
    let receiver = Receiver::start();
    let run = |arguments: &[String]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_own_format"));
        let output = command.args(arguments).current_dir(&home).env("HOME", home.path()).env_remove("DO_NOT_TRACK");
        said(output.env_remove("XDG_STATE_HOME").output().unwrap())
    };
    run(&[receiver.url()]);
    let [request] = receiver.requests().try_into().unwrap();
    let sent = String::from_utf8(request.bytes).unwrap();
    assert!(request.headers.contains(&("content-type".into(), "text/plain; charset=utf-8".into())));
    let (head, rest) = sent.split_once(" duration_ns=").unwrap();
    assert_eq!(head, "Count\\ Finished,app=own-format,outcome=ok");
    assert!(rest.contains("i,lines=\"") && rest.contains(",words=\""), "{rest}");
    run(&[]);
    let shown = std::fs::read_to_string(home.path().join("own-format-telemetry.txt")).unwrap();
    assert!(shown.contains("POST http://localhost/\n") && shown.contains(head), "{shown}");
    assert_eq!(receiver.requests().len(), 1);
}
