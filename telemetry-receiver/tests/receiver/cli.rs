//! The command line: one clear error that names value, expectation and origin.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::Stdio;

use tempfile::TempDir;

use crate::common::{Program, program, run};

#[test]
fn a_bad_value_is_named_with_what_was_expected() {
    let home = TempDir::new().unwrap();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("text"), "no database, and no JSON either").unwrap();
    fs::write(path("schema"), r#"{"type": "object"}"#).unwrap();
    rusqlite::Connection::open(path("other")).unwrap().execute_batch("CREATE TABLE a (b); ").unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (args, expected) in [
        (vec!["serve", "--listen", "home"], "'home' for '--listen <ADDRESS>': expected an IP address and a port"),
        (vec!["serve", "--keep", "a while"], "'a while' for '--keep <TIME>': expected a duration"),
        (vec!["serve", "--tables-every", "0s"], "'0s' for '--tables-every <TIME>': expected a duration over 0"),
        (vec!["serve", "--most-bytes", "3 MB"], "'3 MB' for '--most-bytes <SIZE>': expected a size"),
        (vec!["serve", "--most-bytes", "1000"], "a store of 1000 bytes: expected at least 1048576"),
        (vec!["serve", "--ip", "plain"], "'plain' for '--ip <WHAT>'"),
        (vec!["serve", "--ip", "hash", "--ip-salt", ""], "the salt for addresses: expected at least 8 bytes"),
        (vec!["serve", "--listen", &taken], &format!("address {taken}: ")),
        (vec!["serve", "--store", &path("none/store")], &format!("the store {}: ", path("none/store"))),
        (vec!["serve", "--store", &path("text")], &format!("the store {}: file is not a database", path("text"))),
        (
            vec!["serve", "--store", &path("other")],
            &format!("the store {}: is a database, but none of a", path("other")),
        ),
        (vec!["serve", "--catalogue", &path("none")], &format!("the catalogue {}: No such file", path("none"))),
        (
            vec!["serve", "--catalogue", &path("text")],
            &format!("the catalogue {}: expected a catalogue's", path("text")),
        ),
        (vec!["serve", "--catalogue", &path("schema")], "expected a catalogue's JSON Schema, which has its events in"),
        (vec!["serve", "--tables", &path("none/tables")], &format!("the tables file {}: ", path("none/tables"))),
        (vec!["report", "--store", &path("none")], &format!("the store {}: ", path("none"))),
        (vec!["report", "--store", "x", "--since", "then"], "'then' for '--since <TIME>': expected a time such as"),
    ] {
        let output = run(&args);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && output.stdout.is_empty(), "{args:?}");
        assert!(said.contains(expected), "{args:?}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn a_store_is_its_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = TempDir::new().unwrap();
    let store = home.path().join("store.db");
    let program = Program::storing(&store, &[]);
    for file in fs::read_dir(home.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
    program.stop();
    let output = run(&["report", "--store", store.to_str().unwrap()]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "No events.\n");
}

/// Where it is asked for, its address is the second line; it is there, and nothing is written.
#[test]
fn the_page_has_an_address_of_its_own() {
    let mut child = program(&["serve", "--page"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let (url, page) = (lines.next().unwrap(), lines.next().unwrap());
    let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
    let text = agent.get(&page).call().map(|mut answer| answer.body_mut().read_to_string().unwrap());
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(page.starts_with(&format!("{url}/page/")), "{page}");
    assert!(text.unwrap().contains("<h1>Telemetry received</h1>"));
}
