//! The pages in a browser, where there is one.

use std::net::TcpListener;

use serde_json::Value;
use telemetry_receiver::Receiver;

use crate::chromium;
use crate::program::Pages;

/// Loads a page, and says what became of it. Neither the page nor what is on it has anything to complain about, or asks for anything.
fn load(browser: &str, url: &str) -> String {
    let profile = tempfile::tempdir().unwrap();
    let log = profile.path().join("net.json");
    let log_to = format!("--log-net-log={}", log.display());
    let budget = "--virtual-time-budget=3000";
    let output = chromium::run(browser, profile.path(), &[&log_to, budget, "--dump-dom", url]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let complaints: Vec<_> = said.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert_eq!(complaints, [] as [&str; 0]);
    // What the browser does for itself has nobody who began it.
    let asked = std::fs::read_to_string(log).unwrap();
    let begun = asked.lines().filter_map(|line| serde_json::from_str::<Value>(line.trim_end_matches(',')).ok());
    for request in begun.filter(|event| event["params"]["initiator"].as_str().is_some_and(|by| by != "not an origin")) {
        assert_eq!(request["params"]["url"], url);
    }
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[allow(clippy::print_stderr, reason = "what is not tested is to be said")]
fn the_pages_load_and_ask_for_nothing() {
    let Some(browser) = chromium::name() else {
        return eprintln!("skipped: this test needs `chromium`");
    };
    // Whoever is asked by a picture that should not be one.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let trap = format!("http://{}/x", listener.local_addr().unwrap());
    let receiver = Receiver::builder().page().start().unwrap();
    let pages = Pages::new();
    pages.say(&format!("{}/v1/events", receiver.url()), "run ok fail hot hostile panic flush hostile");
    let ledger = pages.state().join("spool-1/ledger");
    let hostile =
        format!("<img src={trap}><script src={trap}></script><link rel=stylesheet href={trap}><iframe src={trap}>\n");
    std::fs::write(&ledger, std::fs::read_to_string(&ledger).unwrap() + &hostile).unwrap();
    let (path, _) = pages.page("");
    let dom = load(browser, &format!("file://{}", path.display()));
    assert!(dom.contains("<title>Telemetry of pages</title>") && dom.contains(&trap));
    assert!(!dom.contains("<img") && !dom.contains("<iframe"));
    let dom = load(browser, &receiver.page_url().unwrap());
    assert!(dom.contains("<title>Telemetry received</title>") && dom.contains("Keep up to date"), "{dom}");
    assert!(dom.contains("(as of "), "it has been brought up to date: {dom}");
    assert!(listener.accept().is_err(), "somebody asked");
}
