//! The sender's address is nowhere, or a salted hash.

use std::fs;

use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::common::{Program, ask, batch, finish, run};

/// CL-13.
#[test]
fn no_row_file_or_line_has_the_sender_s_address() {
    let home = TempDir::new().unwrap();
    let (store, tables) = (home.path().join("store.db"), home.path().join("tables.txt"));
    for args in [&["--ip", "none"][..], &[], &["--ip", "hash"]] {
        // By IPv6, so that the address differs from everything that a file may hold for another reason.
        let args = [&["--listen", "[::1]:0", "--tables", tables.to_str().unwrap()], args].concat();
        let program = Program::storing(&store, &args);
        assert_eq!(program.post("/v1/events", &batch(&[finish("ok", 1), json!({"args": args.len()})])).status, 200);
        assert_eq!(program.post("/v1/events", &json!(1)).status, 400);
        let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
        let request = agent.post(format!("{}/v1/events", program.url)).header("content-type", "application/json");
        let request = request.header("x-forwarded-for", "203.0.113.77").header("forwarded", "for=203.0.113.77");
        request.send(batch(&[finish("ok", 2)]).to_string()).unwrap();
        let look = |when: &str| {
            for file in fs::read_dir(home.path()).unwrap() {
                let path = file.unwrap().path();
                let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                for address in ["::1", "203.0.113.77", "0:0:0:0:0:0:0:1"] {
                    assert!(!text.contains(address), "{when}: {} has {address}", path.display());
                }
            }
        };
        look("while it runs");
        assert_eq!(program.stop(), "", "it says nothing");
        look("after its end");
    }
    let output = run(&["report", "--store", store.to_str().unwrap()]);
    assert!(!String::from_utf8(output.stdout).unwrap().contains("::1"));
    let senders = ask(&store, "SELECT sender FROM events ORDER BY seq");
    assert_eq!(senders[..4], ["null"; 4]);
}

/// CL-08.
#[test]
fn a_hash_is_of_the_address_and_a_salt_that_is_another_at_each_start() {
    let home = TempDir::new().unwrap();
    let store = home.path().join("store.db");
    for salt in [&[][..], &[], &["--ip-salt", "salt and pepper"], &["--ip-salt", "salt and pepper"]] {
        let program = Program::storing(&store, &[&["--ip", "hash"], salt].concat());
        for _ in 0..2 {
            assert_eq!(program.post("/v1/events", &batch(&[finish("ok", 1)])).status, 200);
        }
        program.stop();
    }
    let senders = ask(&store, "SELECT sender FROM events ORDER BY seq");
    let [a, a2, b, b2, c, c2, d, d2] = senders.try_into().unwrap();
    assert_eq!((&a, &b, &c, &c, &d), (&a2, &b2, &c2, &d, &d2));
    assert!(a != b && b != c && a != c);
    let plain = format!("{:x}", Sha256::digest([127, 0, 0, 1]));
    for hash in [a, b, c] {
        assert!(hash.len() == 32 && !plain.starts_with(&hash), "{hash}");
    }
}
