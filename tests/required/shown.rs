//! CQ-10: what cannot be turned off is said to be so, wherever a user looks.

use telemetry_tests::Receiver;

use crate::Metered;

/// CQ-10: the status of a run, and of a program that is asked, say that usage is required and where it goes, at every level.
#[test]
fn status_says_what_is_required() {
    for level in ["none", "stats", "all"] {
        let (receiver, stats) = (Receiver::start(), Receiver::start());
        let metered = Metered::new().with("METERED_TELEMETRY_LEVEL", level).with("METERED_STATS", stats.url());
        let line = format!("\nrequired usage: to {}, at every level; ", receiver.url());
        let said = metered.say(&receiver.url(), "aws=3 decision flush aws=1 flush decision");
        assert!(
            said.contains(&format!("{line}0 recorded, 0 delivered, 0 rejected, 0 pending; nothing sent yet")),
            "{said}"
        );
        assert!(
            said.contains(&format!("{line}2 recorded, 2 delivered, 0 rejected, 0 pending; answered 200")),
            "{said}"
        );
        metered.say(&receiver.url(), "aws=5");
        let asked = metered.say(&receiver.url(), "status");
        assert!(asked.contains(&format!("{line}1 reports wait; answered 200, ")), "{asked}");
        assert_eq!(
            asked.contains("\nnothing else goes out, because of METERED_TELEMETRY_LEVEL: none"),
            level == "none"
        );
        assert!(!asked.contains("secret"), "{asked}");
    }
}

/// CQ-10: inspect mode shows each report as it would be sent, says that it is required, and sends nothing; at level `none`, too.
#[test]
fn inspect_mode_shows_it_as_required() {
    for level in ["none", "all"] {
        let (receiver, stats) = (Receiver::start(), Receiver::start());
        let metered = Metered::new()
            .with("METERED_TELEMETRY_LEVEL", level)
            .with("METERED_STATS", stats.url())
            .with("METERED_INSPECT", "1");
        metered.say(&receiver.url(), "work aws.buckets=3 flush aws=4");
        assert!(receiver.requests().is_empty() && stats.requests().is_empty() && !metered.state().exists());
        let text = std::fs::read_to_string(metered.folder().join("metered-telemetry.txt")).unwrap();
        let head = format!("\n# sink usage, required: sent at every level\nPOST {}\n", receiver.url());
        assert_eq!(text.matches(&head).count(), 2, "{text}");
        assert!(text.contains(r#""resource_count":3,"tables":[{"table_name":"aws_s3_buckets","resource_count":3}]}"#));
        assert!(text.contains("\nauthorization: …\n") && !text.contains("usage-secret"), "{text}");
        assert!(text.contains("Work Started"), "what the level would send is there as well");
    }
}

/// CQ-10: the catalogue has the event with its fields, the level `required`, and its address; the schema of what other sinks send has it not.
#[test]
fn the_catalogue_says_that_it_is_required() {
    let page = Metered::new().say("https://licensing.example.org/usage?key=secret", "catalogue");
    for row in [
        "| `Usage Report` | usage report | anonymous | required | what plugins are used for, where that has to be reported; at every level | – | – | – |",
        "| `Usage Report` | usage report | `plugin_kind` | label | anonymous |",
        "| `Usage Report` | usage report | `plugin_name` | label | anonymous |",
        "| `Usage Report` | usage report | `resource_count` | unsigned | anonymous |",
        "| `Usage Report` | usage report | `tables` | list of {resource_count: unsigned, table_name: label} | anonymous |",
        "| `Usage Report` | https://licensing.example.org/usage?… |",
        "A *usage report* is **required**: it is sent at every level, at `none` too, and cannot be turned off.",
    ] {
        assert!(page.contains(row), "{row}\n{page}");
    }
    assert!(!page.contains("secret"));
    assert!(!Metered::new().say("https://licensing.example.org/usage", "schema").contains("Usage Report"));
}

/// CQ-10: what was sent is in the log, as it was sent.
#[test]
fn the_log_has_what_was_sent() {
    let (metered, receiver) = (Metered::new().with("METERED_TELEMETRY_LEVEL", "none"), Receiver::start());
    assert_eq!(metered.say(&receiver.url(), "log"), "nothing was sent\n\n");
    metered.say(&receiver.url(), "aws=3 flush");
    let log = metered.say(&receiver.url(), "log");
    let body = String::from_utf8(receiver.requests().remove(0).bytes).unwrap();
    assert!(
        log.contains(&format!("usage: POST {}\n{body}\n", receiver.url())) && log.contains("answered 200"),
        "{log}"
    );
}
