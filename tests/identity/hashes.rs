//! Texts as salted hashes.

use std::fs;

use crate::machine::{Machine, said};

/// The hashes that arrived.
fn hashes(machine: &Machine) -> Vec<String> {
    let events = machine.accepted();
    let hashes = events.iter().filter_map(|event| event["fields"]["hashed"].as_str());
    hashes.map(ToOwned::to_owned).collect()
}

/// Equal texts are equal on one machine, over runs, and on no other; and neither text nor salt is sent or kept beside it.
#[test]
fn a_hash_means_something_on_one_machine_only() {
    let (one, other) = (Machine::new(), Machine::new());
    for machine in [&one, &other] {
        machine.run("hash=alice hash=bob flush");
        machine.run("hash=alice flush");
    }
    let [of_one, of_other] = [&one, &other].map(hashes);
    assert_eq!(of_one.len(), 3);
    assert_eq!(of_one[0], of_one[2]);
    assert_ne!(of_one[0], of_one[1]);
    assert!(of_one.iter().all(|hash| hash.len() == 32 && !of_other.contains(hash)), "{of_one:?}");
    assert_eq!(one.files(), ["hash-salt", "install-id", "spool-1"]);
    let salt = fs::read_to_string(one.state().join("hash-salt")).unwrap();
    assert_ne!(salt, fs::read_to_string(one.id_file()).unwrap());
    for kept in ["segment-00", "ledger"] {
        let kept = fs::read(one.state().join("spool-1").join(kept)).unwrap();
        let kept = String::from_utf8_lossy(&kept);
        assert!(!kept.contains("alice") && !kept.contains(salt.trim()));
    }
    assert!(!one.sent().contains("alice") && !one.sent().contains(salt.trim()));
}

/// Without a salt there is no hash; the rest of the event is as it is.
#[test]
fn without_a_salt_a_hash_is_absent() {
    let machine = Machine::new();
    fs::create_dir_all(machine.state().join("hash-salt")).unwrap();
    machine.run("hash=alice flush");
    let events = machine.accepted();
    assert_eq!(events[1]["fields"], serde_json::json!({"length": 5}));
}

/// Where nothing is kept, a salt is of one run, and in no file.
#[test]
fn where_nothing_is_kept_a_salt_is_of_one_run() {
    let machine = Machine::new();
    for _ in 0..2 {
        said(machine.person_anywhere("hash=alice hash=alice flush").env("CI", "1"));
    }
    let hashes = hashes(&machine);
    assert_eq!(hashes.len(), 4);
    assert!(hashes[0] == hashes[1] && hashes[2] == hashes[3] && hashes[0] != hashes[2], "{hashes:?}");
    assert_eq!(machine.files(), ["spool-1"]);
}
