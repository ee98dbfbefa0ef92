//! Who is signed in.

use std::fs;

use serde_json::{Value, json};

use crate::machine::{Machine, said, the, values};

/// What an event says of whose it is.
fn whose(event: &Value) -> (&str, bool) {
    let user = event["user_id"].as_str().unwrap_or_default();
    let has_install_id = event.get("install_id").is_some();
    assert!(user.is_empty() || !has_install_id, "CW-34: {event}");
    assert_eq!(event["install_id_kind"] == "lasting", has_install_id, "{event}");
    (user, has_install_id)
}

/// CQ-15, CQ-16, CW-16, CW-34, TI-09: events of before a sign-in stay as they were, those of after it carry who it is, and no install id.
#[test]
fn people_sign_in_and_out() {
    let machine = Machine::new();
    machine.run("work login=alice@acme work across=bob work logout work flush");
    let events = machine.accepted();
    let people: Vec<_> = events.iter().map(whose).collect();
    let anonymous = ("", true);
    let alice = ("alice", false);
    let bob = ("bob", false);
    // The start of the call within which bob signed in is alice's.
    assert_eq!(people, [anonymous, anonymous, alice, alice, alice, bob, bob, bob, anonymous, anonymous]);
    let of_alice = &events[2];
    assert_eq!((&of_alice["team_id"], &of_alice["identity_source"]), (&json!("acme"), &json!("api_key")));
    assert_eq!(of_alice["groups"], json!({"project": "p1"}));
    assert_eq!(events[6].get("team_id"), None);
    assert_eq!(events[0].get("groups"), None);
    assert_eq!(events[0].get("identity_source"), None);
}

/// CQ-02, CQ-14: who is signed in is said of the events whose author has asked for it, and of no others; and an event that is about who it was is not
/// recorded while that is nobody.
#[test]
fn only_what_is_identifiable_says_who_it_was() {
    let machine = Machine::new();
    machine.run("anonymous named login=alice@acme anonymous named logout anonymous named flush");
    let events = machine.accepted();
    let people: Vec<_> = events.iter().map(|event| (event["event"].as_str().unwrap(), whose(event))).collect();
    let (here, nobody, alice) = (("", true), ("", false), ("alice", false));
    let expected = [
        ("Anonymous Started", here),
        ("Anonymous Finished", here),
        ("Anonymous Started", nobody),
        ("Anonymous Finished", nobody),
        ("Named Started", alice),
        ("Named Finished", alice),
        ("Anonymous Started", here),
        ("Anonymous Finished", here),
    ];
    assert_eq!(people, expected);
    for event in &events[2..4] {
        assert!(event.get("team_id").is_none() && event.get("groups").is_none(), "{event}");
    }
}

/// CQ-17: beside pairs there are single events, and one that tells of a sign-in says already who it was.
#[test]
fn to_sign_in_is_an_event_of_its_own() {
    let machine = Machine::new();
    machine.run("signin signin=alice@acme sync flush");
    let events = machine.accepted();
    let told: Vec<_> = events.iter().map(|event| (event["event"].as_str().unwrap(), whose(event).0)).collect();
    assert_eq!(told, [("Login", "alice"), ("Sync Started", "alice"), ("Sync Finished", "alice")]);
}

/// CW-18, TI-18: lists of what took part; and a tenant, as long as somebody is signed in.
#[test]
fn lists_and_tenants_are_fields() {
    let machine = Machine::new();
    machine.run("sync login=alice sync flush");
    let events = machine.accepted();
    let fields: Vec<_> = events.iter().filter_map(|event| event.get("fields")).collect();
    let lists = json!({"sources": ["postgres", "mysql"], "destinations": ["s3"]});
    let with_tenant = json!({"project": "p-17", "sources": ["postgres", "mysql"], "destinations": ["s3"]});
    assert_eq!(fields, [&lists, &with_tenant]);
}

/// CW-17: who is signed in from the start; and in a cloud, the team stands in for the user.
#[test]
fn who_is_signed_in_may_be_known_from_the_start() {
    for (cloud, user, source, environment) in
        [(false, "alice", "api_key", "cli"), (true, "", "service_account", "cloud")]
    {
        let machine = Machine::new();
        let mut person = machine.person("work flush");
        person.env("PERSON_SIGNED_IN", "alice@acme").env("PERSON_ENVIRONMENT_FROM", "CQ_CLOUD");
        if cloud {
            // CW-35: that it is there is what counts.
            person.env("CQ_CLOUD", "");
        }
        said(&mut person);
        let events = machine.accepted();
        assert_eq!((the(&events, "user_id"), the(&events, "team_id")), (user, "acme"));
        assert_eq!((the(&events, "identity_source"), the(&events, "environment")), (source, environment));
        assert_eq!((the(&events, "install_id"), the(&events, "install_id_kind")), ("", "none"));
        assert_eq!(machine.sent().contains("alice"), !cloud);
    }
}

#[test]
fn a_server_says_that_it_is_one() {
    let machine = Machine::new();
    said(machine.person("work flush").env("PERSON_SERVER", "1"));
    assert_eq!(the(&machine.accepted(), "environment"), "server");
    let other = Machine::new();
    other.run("work flush");
    assert_eq!(the(&other.accepted(), "environment"), "", "who says nothing is nothing");
}

/// Whoever was signed in when an event was recorded is who it is of, whoever delivers it.
#[test]
fn who_it_was_outlives_the_process() {
    let machine = Machine::new();
    assert!(!machine.person("work login=alice work abort").output().unwrap().status.success());
    machine.run("login=bob work flush");
    let mut people: Vec<_> = machine.accepted().iter().map(|event| whose(event).0.to_owned()).collect();
    people.sort();
    assert_eq!(people, ["", "", "alice", "alice", "bob", "bob"]);
}

/// A call that is left open is of whoever it was when it began.
#[test]
fn an_abandoned_call_is_of_who_began_it() {
    let machine = Machine::new();
    machine.person("login=alice crash").output().unwrap();
    machine.run("login=bob flush");
    let events = machine.accepted();
    assert_eq!(values(&events, "event"), ["Crash Started", "Crash Finished"]);
    assert_eq!((events[1]["outcome"].as_str(), the(&events, "user_id")), (Some("abandoned"), "alice"));
    assert_eq!(the(&events, "install_id_kind"), "none");
}

/// Where it is not known any more who it was, it is nobody: no other, and no install id either.
#[test]
fn a_damaged_record_makes_nobody() {
    let machine = Machine::new();
    machine.person("work login=alice work abort").output().unwrap();
    let segment = machine.state().join("spool-1/segment-00");
    let mut bytes = fs::read(&segment).unwrap();
    let at = bytes.windows(5).position(|window| window == b"alice").unwrap();
    bytes[at] = b'b';
    fs::write(&segment, bytes).unwrap();
    machine.run("flush");
    let events = machine.accepted();
    let mut people: Vec<_> = events.iter().filter(|event| event["kind"] != "loss").map(whose).collect();
    people.sort_unstable();
    assert_eq!(people, [("", false), ("", false), ("", true), ("", true)]);
}

/// A run that goes on in another segment says there as well who it is of.
#[test]
fn every_segment_says_who_it_is_of() {
    let machine = Machine::new();
    let mut person = machine.person("login=alice long abort");
    person.env("PERSON_WINDOW", "5");
    person.output().unwrap();
    machine.run("flush");
    let events = machine.accepted();
    assert!(events.len() > 100, "{}", events.len());
    let people = events.iter().filter(|event| event["kind"] != "loss").map(whose);
    assert_eq!(people.filter(|whose| *whose != ("alice", false)).count(), 0);
}

/// Two runs that were given one id, as a caller does that tries again, are of whoever each was of.
#[test]
fn an_id_that_was_given_twice_mixes_nobody_up() {
    let machine = Machine::new();
    let run = |words: &str| {
        let mut person = machine.person(words);
        person.env("PERSON_INVOCATION", "01927d3e-0a5b-4c1d-8e2f-001122334455").output().unwrap();
    };
    run("login=alice work abort");
    run("login=bob work flush");
    let events = machine.accepted();
    assert_eq!(values(&events, "user_id"), ["alice", "alice", "bob", "bob"]);
}

/// Where nothing can be written, it is known as well.
#[test]
fn who_it_was_needs_no_disk() {
    let machine = Machine::new();
    let mut person = std::process::Command::new(env!("CARGO_BIN_EXE_person"));
    person
        .arg(machine.receiver.url())
        .arg("/dev/null/state")
        .args(["work", "login=alice", "work", "flush"])
        .env_clear();
    said(&mut person);
    assert_eq!(values(&machine.accepted(), "user_id"), ["", "", "alice", "alice"]);
}

/// CW-20: of a team whose use is not collected, nothing is.
#[test]
fn an_excluded_team_collects_nothing() {
    let machine = Machine::new();
    let mut person = machine.person("work flush env status");
    let said = said(person.env("PERSON_SIGNED_IN", "alice@internal"));
    assert!(said.starts_with("v1:none:-:-:-:-\ntelemetry level: none\n"), "{said}");
    assert!(said.ends_with("  identity                  excluded by the program\n"), "{said}");
    assert_eq!((machine.files().len(), machine.receiver.requests().len()), (0, 0));
}

/// CW-20: where that turns out while the program runs, what was not sent yet is not sent, and the books say so.
#[test]
fn who_turns_out_to_be_excluded_takes_back_what_was_not_sent() {
    let machine = Machine::new();
    let said = machine.run("work work login=alice@internal work flush env status logout work flush");
    assert_eq!(machine.receiver.requests().len(), 0, "{said}");
    assert!(said.starts_with("v1:none:-:-:-:-\n"), "{said}");
    assert!(
        said.contains("telemetry level: none\n")
            && said.contains("identity                  excluded by the program since"),
        "{said}"
    );
    let books = "events: 4 recorded, 0 delivered, 0 rejected, 0 pending; 4 lost: excluded\n";
    assert!(said.ends_with(books), "{said}");
    machine.run("work flush");
    assert_eq!(machine.accepted().len(), 2, "of the next run, and of no other");
}

/// The same for a process that dies before it could take anything back.
#[test]
fn what_was_taken_back_stays_so_in_the_next_run() {
    let machine = Machine::new();
    machine.person("work across=alice@internal abort").output().unwrap();
    machine.run("work flush");
    let events = machine.accepted();
    let names = values(&events, "event");
    assert_eq!(names.iter().filter(|name| name.starts_with("Work")).count(), 2, "{names:?}");
    assert_eq!(names.iter().filter(|name| name.starts_with("Across")).count(), 0, "{names:?}");
    let losses: Vec<_> = events.iter().filter(|event| event["kind"] == "loss").collect();
    assert!(losses.iter().all(|loss| loss["reason"] == "excluded"), "{losses:?}");
}

/// Somebody whom nobody can name is somebody: no install id stands in for them.
#[test]
fn an_identity_without_a_name_is_not_nobody() {
    let machine = Machine::new();
    machine.run("login= work flush");
    let events = machine.accepted();
    let groups: Vec<_> = events.iter().map(|event| event["groups"].clone()).collect();
    assert_eq!(groups, [json!({"project": "p1"}), json!({"project": "p1"})]);
    assert_eq!((the(&events, "user_id"), the(&events, "install_id")), ("", ""));
}
