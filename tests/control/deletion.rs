//! What was collected can be taken back, with a receipt.

use serde_json::json;
use telemetry_tests::{Receiver, Reply};

use crate::program::{Controlled, nobody};

const ID: &str = "0d7c3f5e-5f3a-4c38-9d0e-1c9b1f0a7a11";

fn with_id(controlled: &Controlled) {
    std::fs::create_dir_all(controlled.state()).unwrap();
    std::fs::write(controlled.state().join("install-id"), format!("{ID}\n")).unwrap();
}

/// C6: deletion with a receipt. Nothing is sent but the request for it, not even what waits.
#[test]
fn to_forget_asks_for_deletion_and_nothing_else() {
    let receiver = Receiver::start();
    let deletion = receiver.url().replace("/v1/events", "/v1/delete");
    let controlled = Controlled::new().with("CONTROLLED_DELETION", &deletion);
    controlled.say(&nobody(), "work");
    with_id(&controlled);
    let said = controlled.say(&receiver.url(), "forget");
    let expected =
        format!("\n2 events that waited are deleted\njson agreed to delete what it has of {ID}: answered 200\n");
    assert!(said.ends_with(&expected), "{said}");
    let [request] = receiver.requests().try_into().unwrap();
    assert_eq!((request.path.as_str(), &request.body), ("/v1/delete", &json!({"install_id": ID})));
    assert!(request.headers.contains(&("x-api-key".into(), "header-secret".into())));
    assert_eq!(controlled.tree(), ["settings"]);
    controlled.say(&receiver.url(), "work flush");
    assert_eq!(receiver.requests().len(), 1, "who has everything forgotten has opted out");
}

/// Who cannot be reached is asked again by the next `forget`; what was kept here is gone all the same.
#[test]
fn who_cannot_be_reached_is_asked_again() {
    let receiver = Receiver::scripted([Reply::Status(503), Reply::Status(200)]);
    let mut controlled = Controlled::new().with("CONTROLLED_DELETION", &nobody());
    controlled.say(&nobody(), "work");
    with_id(&controlled);
    let output = controlled.run(&nobody(), "forget");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success(), "{said}");
    assert!(said.contains(&format!("\njson did not agree to delete what it has of {ID}: no answer: ")), "{said}");
    assert_eq!(controlled.tree(), ["settings", "to-delete"]);

    controlled.set("CONTROLLED_DELETION", &receiver.url());
    let output = controlled.run(&receiver.url(), "forget");
    assert!(!output.status.success(), "it answered 503");
    let said = controlled.say(&receiver.url(), "forget");
    assert!(said.contains(&format!("\njson agreed to delete what it has of {ID}: answered 200\n")), "{said}");
    assert_eq!(controlled.tree(), ["settings"]);
    let said = controlled.say(&receiver.url(), "forget");
    assert!(said.contains("\nthere was no install id, so there is nothing to ask a receiver for\n"), "{said}");
    assert_eq!(receiver.requests().len(), 2);
}

/// Where no receiver takes such requests, the user is told so.
#[test]
fn where_nobody_can_be_asked_what_is_kept_goes_all_the_same() {
    let receiver = Receiver::start();
    let controlled = Controlled::new();
    controlled.say(&nobody(), "work");
    with_id(&controlled);
    let said = controlled.say(&receiver.url(), "forget");
    assert!(said.ends_with("\nno receiver can be asked to delete\n"), "{said}");
    assert_eq!((controlled.tree(), receiver.requests().len()), (vec!["settings".to_owned()], 0));
}

/// A receiver that never answers costs the time that was given, and no more than that.
#[test]
fn a_receiver_that_never_answers_is_left_in_time() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let controlled = Controlled::new().with("CONTROLLED_DELETION", &url);
    with_id(&controlled);
    let said = String::from_utf8(controlled.run(&url, "forget").stdout).unwrap();
    assert!(said.contains("did not agree to delete") && said.contains("timeout"), "{said}");
    assert_eq!(controlled.tree(), ["settings", "to-delete"]);
}

/// clave#26: a new id is one thing, and to turn telemetry off another.
#[test]
fn to_reset_deletes_what_waits_and_goes_on() {
    let receiver = Receiver::start();
    let controlled = Controlled::new();
    controlled.say(&nobody(), "work");
    with_id(&controlled);
    let said = controlled.say(&receiver.url(), "reset");
    assert!(said.starts_with("the install id and what waited under it are deleted\n2 events that waited"), "{said}");
    assert!(said.ends_with("\ntelemetry level: all, because of default: all\n"), "{said}");
    assert!(!controlled.state().join("install-id").exists());
    controlled.say(&receiver.url(), "work flush");
    assert_eq!(receiver.accepted().len(), 2);
}
