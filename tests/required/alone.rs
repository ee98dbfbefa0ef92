//! Where nothing else may go out, nothing else does; and where usage is nobody's, it does not either.

use std::collections::BTreeSet;

use telemetry_tests::Receiver;

use crate::{Metered, reports, rows};

/// What a program leaves at level `none`.
const LEFT: [&str; 5] = ["ledger", "pauses", "segment-00", "totals", "totals.lock"];

/// CQ-10, CQ-05: at level `none`, however that came about, usage is reported, with nothing of an installation or a run in it, and
/// nothing else is sent, kept, or made.
#[test]
fn at_level_none_usage_goes_out_and_nothing_else() {
    let ways: [&[(&'static str, &str)]; 5] = [
        &[("METERED_TELEMETRY_LEVEL", "none")],
        &[("METERED_TELEMETRY_LEVEL", "what")],
        &[("DO_NOT_TRACK", "1")],
        &[("METERED_TELEMETRY_PARENT", "v1:none:-:-:-:-")],
        &[("METERED_TELEMETRY_PARENT", "what")],
    ];
    for way in ways {
        let (receiver, stats) = (Receiver::start(), Receiver::start());
        let mut metered = Metered::new().with("METERED_STATS", stats.url());
        for (name, value) in way {
            metered = metered.with(name, *value);
        }
        let said = metered.say(&receiver.url(), "work aws=3 aws.buckets=4 flush work child postgres=5");
        assert!(!said.contains("sink made") && said.contains("v1:none:-:-:-:-\n"), "{way:?}: {said}");
        metered.say(&receiver.url(), "flush");
        let reports = reports([&receiver]);
        assert_eq!(rows(&reports), 12, "{way:?}");
        let keys: BTreeSet<&str> =
            reports.iter().flat_map(|report| report.as_object().unwrap().keys()).map(String::as_str).collect();
        let expected =
            ["app", "plugin_kind", "plugin_name", "request_id", "resource_count", "tables", "time", "version"];
        assert_eq!(keys, BTreeSet::from(expected), "{way:?}");
        for request in receiver.requests() {
            let names: BTreeSet<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
            let expected =
                ["accept", "accept-encoding", "authorization", "content-length", "content-type", "host", "user-agent"];
            assert_eq!(names, BTreeSet::from(expected), "{way:?}");
        }
        assert!(stats.requests().is_empty(), "{way:?}");
        let files = metered.files();
        let of_usage = |file: &String| file.strip_prefix("required/spool-1/").is_some_and(|file| LEFT.contains(&file));
        assert!(files.iter().all(of_usage), "{way:?}: {files:?}");
        // Nothing of what an event of a call says is there either.
        for file in files {
            let bytes = std::fs::read(metered.state().join(file)).unwrap();
            for word in [&b"Work"[..], b"channel", std::env::consts::OS.as_bytes()] {
                assert!(!bytes.windows(word.len()).any(|window| window == word), "{way:?}");
            }
        }
    }
}

/// A fact that is only known late is asked for where something is collected that it goes with.
#[test]
fn required_usage_asks_for_no_fact() {
    let receiver = Receiver::start();
    for (level, is_asked) in [("none", false), ("all", true)] {
        let metered = Metered::new().with("METERED_LATE", "1").with("METERED_STATS", receiver.url());
        let said = metered.with("METERED_TELEMETRY_LEVEL", level).say(&receiver.url(), "aws=1");
        assert_eq!(said.contains("late fact asked for"), is_asked, "{level}: {said}");
    }
}

/// CQ-02, CQ-10: beside other telemetry, usage has neither its install id nor its run, and the others get nothing of it.
#[test]
fn usage_and_telemetry_do_not_meet() {
    let (receiver, stats) = (Receiver::start(), Receiver::start());
    let metered = Metered::new().with("METERED_STATS", stats.url());
    let said = metered.say(&receiver.url(), "work aws=3 flush decision");
    assert!(said.contains("events: 2 recorded, 2 delivered"), "{said}");
    let events = stats.accepted();
    let kinds: Vec<_> = events.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["start", "finish"]);
    let usage = reports([&receiver])[0].to_string();
    for name in ["install_id", "invocation_id", "id"] {
        assert!(!usage.contains(events[0][name].as_str().unwrap()), "{name}: {usage}");
    }
}

/// One that is dead holds the other back in nothing, and both have the end's time together.
#[test]
fn neither_holds_the_other_back() {
    let nobody = "http://127.0.0.1:9/";
    let alive = Receiver::start();
    Metered::new().with("METERED_STATS", alive.url()).say(nobody, "work aws=3 flush");
    assert_eq!(alive.accepted().len(), 2);
    let receiver = Receiver::start();
    Metered::new().with("METERED_STATS", nobody).say(&receiver.url(), "work aws=3 flush");
    assert_eq!(rows(&reports([&receiver])), 3);
}

/// A developer's run, a shell that completes and a child of a program that only shows what it would send use nothing: no request, no file, and
/// the status says why.
#[test]
fn what_is_nobodys_usage_is_not_reported() {
    let shows = Metered::new().with("METERED_INSPECT", "1").say("http://127.0.0.1:9/", "child");
    for (name, value, why) in [
        ("METERED_HOLD", "1", "debug build: reports nothing unless the program says `Development::Send`"),
        ("COMPLETE", "1", "a shell asks by COMPLETE"),
        (
            "METERED_TELEMETRY_PARENT",
            shows.lines().find(|line| line.starts_with("v1:")).unwrap(),
            "parent: whoever started this only shows what would be sent",
        ),
    ] {
        let receiver = Receiver::start();
        let metered = Metered::new().with(name, value);
        let said = metered.say(&receiver.url(), "aws=5000 flush decision");
        assert!(said.contains("/v1/events, but not now: ") && said.contains(why), "{name}: {said}");
        assert!(receiver.requests().is_empty() && !metered.state().exists(), "{name}");
        let status = metered.say(&receiver.url(), "status");
        assert!(status.contains(why) && !status.contains("nothing else goes out"), "{name}: {status}");
    }
}
