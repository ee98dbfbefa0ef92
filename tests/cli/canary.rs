//! C3, Untrivial-ai/agent-orchestrator#2813: no word that was typed is kept or sent, wherever it stands, and whether clap takes it or not.

use std::fs;
use std::path::Path;

use crate::machine::{BUILT, DERIVED, Machine, Run};

const CANARY: &str = "canary-7f3a9c51e2d4";

fn content_under(folder: &Path) -> Vec<u8> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { content_under(&path) } else { fs::read(path).unwrap() }).collect()
}

#[test]
fn nothing_that_was_typed_is_kept_or_sent() {
    let lines = [
        "CANARY",
        "CANARY CANARY --CANARY -- CANARY",
        "-v CANARY",
        "--CANARY",
        "--CANARY=CANARY sync",
        "-CANARY",
        "sync CANARY",
        "sync CANARY --output CANARY -v",
        "sync CANARY --outpu CANARY",
        "sync CANARY --output=CANARY --jobs CANARY",
        "sync CANARY -oCANARY --CANARY",
        "sync -- CANARY --CANARY",
        "sync CANARY CANARY",
        "project CANARY",
        "project list CANARY",
        "p ls -x CANARY",
        "p ls -xCANARY --verbose=CANARY",
        "sync --jobs CANARY CANARY",
        "work CANARY --format CANARY",
        "work CANARY --pair CANARY",
        "work CANARY --count CANARY",
        "work --equals=CANARY \\xffCANARY",
        "strict CANARY",
        "@CANARY",
    ];
    // What was not sent at once is on disk …
    let offline = Machine::new();
    // … and what was sent, in the books.
    let online = Machine::new();
    for line in lines {
        let words = line.replace("CANARY", CANARY);
        for program in [DERIVED, BUILT] {
            let named = |command: &mut std::process::Command| {
                Run::of(command.env("DEMO_OUTPUT", CANARY).env("USER", CANARY));
            };
            named(&mut online.program(program, &words));
            if program == DERIVED {
                named(&mut offline.offline(program, &words));
            }
        }
    }
    let (events, _) = online.heard();
    // Two for each that is understood, and one for each that is not.
    assert!(events.len() > 2 * lines.len(), "{}", events.len());
    let requests = online.receiver.requests();
    let sent: Vec<_> = requests.iter().map(|request| format!("{:?} {}", request.headers, request.body)).collect();
    let sent = sent.concat();
    let kept = [content_under(&offline.state()), content_under(&online.state())].concat();
    let kept = String::from_utf8_lossy(&kept);
    for (place, text) in [("sent", sent.as_str()), ("kept", &kept)] {
        assert!(text.contains("Usage Error") && text.contains("demo external"), "{place}");
        for part in [CANARY, "canary", "7f3a9c51e2d4"] {
            assert!(!text.to_lowercase().contains(part), "{place}");
        }
    }
}
