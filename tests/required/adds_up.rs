//! That each row that was used is in one report, whatever becomes of process and receiver.

use telemetry_tests::{Receiver, Reply};

use crate::{Metered, go_on, reports, rows, tables};

/// Where nobody listens.
fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

/// CQ-05, CQ-09: a receiver may take a report and then say that it did not: what is sent again has the id and the rows of what was sent
/// before, in this run and in others. Nothing is given up, whatever it answers.
#[test]
fn rows_add_up_over_answers_of_every_kind() {
    let metered = Metered::new();
    let mut receivers = Vec::new();
    let statuses = [503, 429, 500, 400, 401, 403, 404, 413, 422, 302];
    for status in statuses {
        let receiver = Receiver::scripted([Reply::Status(status)]);
        metered.forget_pauses();
        let said = metered.say(&receiver.url(), "aws=7 aws.buckets=1 flush decision");
        assert!(said.contains("1 recorded, 0 delivered, 0 rejected, 1 pending"), "{status}: {said}");
        receivers.push(receiver);
    }
    metered.say(&nobody(), "aws=20 flush");
    metered.forget_pauses();
    let last = Receiver::start();
    metered.say(&last.url(), "flush");
    let all = reports([&last]);
    assert_eq!((all.len(), rows(&all)), (11, 100));
    assert_eq!(tables(&all).into_values().sum::<u64>(), 10);
    // By their ids, what came before is among them.
    receivers.push(last);
    assert_eq!(rows(&reports(&receivers)), 100);
    let requests: usize = receivers.iter().map(|receiver| receiver.requests().len()).sum();
    assert!(requests > 11, "some were sent twice");
}

/// CQ-05: the same report again after a 503, in the same run, once its time is over.
#[test]
fn a_retry_is_the_same_request() {
    let receiver = Receiver::scripted([Reply::RetryAfter(503, 1), Reply::Status(429), Reply::Status(200)]);
    Metered::new().say(&receiver.url(), "aws=1000 flush flush flush");
    let bodies: Vec<_> = receiver.requests().into_iter().map(|request| request.bytes).collect();
    assert!(bodies.len() == 3 && bodies.iter().all(|body| *body == bodies[0]), "{}", bodies.len());
}

/// A kill costs what was gathered since the last report, and nothing of what is reported; nor do two.
#[test]
fn a_kill_costs_what_was_not_reported_yet() {
    let metered = Metered::new().with("METERED_BATCH", "10").with("METERED_MINIMUM", "0");
    for _ in 0..3 {
        metered.kill_after(&nobody(), "aws=10 aws=4 aws=7 postgres=12 aws=3");
    }
    metered.forget_pauses();
    let receiver = Receiver::start();
    metered.say(&receiver.url(), "flush");
    metered.say(&receiver.url(), "flush");
    let all = reports([&receiver]);
    assert_eq!((all.len(), rows(&all)), (9, 3 * 33));
    assert_eq!(receiver.requests().len(), 9, "each once");
}

/// Added by eight threads, reported while they add: each row once, each table's too.
#[test]
fn threads_add_up() {
    let receiver = Receiver::start();
    let metered = Metered::new().with("METERED_BATCH", "500").with("METERED_MINIMUM", "0");
    metered.say(&receiver.url(), "threads=3000 flush");
    let all = reports([&receiver]);
    assert_eq!(rows(&all), 24_000);
    let tables = tables(&all);
    assert_eq!(tables.values().sum::<u64>(), 16_000, "{tables:?}");
    assert!(all.len() > 1, "there were several reports");
}

/// … and what a kill costs is less than would have been a report.
#[test]
fn a_kill_costs_less_than_a_batch() {
    let metered = Metered::new().with("METERED_BATCH", "5000").with("METERED_MINIMUM", "0");
    metered.kill_after(&nobody(), "threads=4001");
    metered.forget_pauses();
    let receiver = Receiver::start();
    metered.say(&receiver.url(), "flush");
    let reported = rows(&reports([&receiver]));
    assert!((27_009..=32_008).contains(&reported), "{reported}");
}

/// Every end in order reports what is left: the guard's, that of `main`, `process::exit`, and what is used between the guard's end and
/// the process's.
#[test]
fn what_is_left_is_reported_at_the_end() {
    for (words, code, expected) in [
        ("aws=5 postgres=6", 0, 11),
        ("aws=5 drop", 0, 5),
        ("aws=5 drop aws=6", 0, 11),
        ("aws=5 exit", 3, 5),
        ("drop postgres=2 exit", 3, 2),
    ] {
        let metered = Metered::new();
        let output = metered.command(&nobody(), words).output().unwrap();
        assert_eq!((output.status.code(), output.stderr.len()), (Some(code), 0), "{words}");
        metered.forget_pauses();
        let receiver = Receiver::start();
        metered.say(&receiver.url(), "flush");
        assert_eq!(rows(&reports([&receiver])), expected, "{words}");
    }
}

/// A forked child begins at nothing, reports what it used itself, and its parent the rest.
#[cfg(unix)]
#[test]
fn a_forked_child_reports_for_itself() {
    let (metered, receiver) = (Metered::new(), Receiver::start());
    metered.say(&receiver.url(), "aws=5 aws.buckets=2 fork aws=70 aws.users=30 fork postgres=9 fork");
    metered.say(&receiver.url(), "flush");
    let all = reports([&receiver]);
    assert_eq!((all.len(), rows(&all)), (3, 116));
    assert_eq!(
        tables(&all).into_iter().collect::<Vec<_>>(),
        [("aws_iam_users".into(), 30), ("aws_s3_buckets".into(), 2)]
    );
}

/// CQ-10: what turns telemetry off, has it forgotten or begins anew leaves what has to be reported alone: what waits, what a program that runs
/// has used, and what it goes on to use.
#[test]
fn no_choice_of_the_users_costs_a_row() {
    for choice in ["disable", "forget", "reset"] {
        let (receiver, stats) = (Receiver::start(), Receiver::start());
        let metered = Metered::new().with("METERED_STATS", stats.url());
        metered.say(&nobody(), "aws=1");
        let child = metered.start(&nobody(), "work postgres=2 wait aws=4 work");
        let said = metered.say(&nobody(), choice);
        assert!(said.contains("required usage is reported to http://127.0.0.1:"), "{choice}: {said}");
        assert!(said.contains("all the same; 1 reports that wait are kept"), "{choice}: {said}");
        go_on(child);
        metered.forget_pauses();
        metered.say(&receiver.url(), "flush");
        assert_eq!(rows(&reports([&receiver])), 7, "{choice}");
        assert!(stats.requests().is_empty(), "{choice}");
    }
}
