//! Nothing that the user typed, named or stored leaves the process: a marked text is put everywhere, and looked for in
//! every byte that was sent or kept.

use std::fs;
use std::sync::{Arc, Mutex};

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use crate::machine::{Machine, Run, everything_under};
use crate::receiver::{Answer, Receiver, split};

const CANARY: &str = "CANARY-7f3a9c51e2d4";

/// CL-14, CL-15, CL-16, CL-17, CW-32, HA-17: no argument, no path, no error text, no credential, no log.
#[test]
fn nothing_of_the_user_is_sent_or_kept() {
    // Home, temporary and working folder carry it too: where a program runs is the user's matter.
    let machine = Machine::with_home(CANARY);
    let table = format!("id,{CANARY}\n1,{CANARY}\n2,{CANARY},{CANARY}\n");
    for (path, content) in [
        (format!("{CANARY}/{CANARY}.csv"), table.clone()),
        (format!("{CANARY}/{CANARY}-2.json"), format!(r#"[{{"{CANARY}": "{CANARY}"}}, "{CANARY}"]"#)),
        (format!("broken-{CANARY}/A.csv"), table),
        (format!("broken-{CANARY}/{CANARY}.csv"), format!("{CANARY},{CANARY}\n")),
    ] {
        let path = machine.work().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    // What is kept is looked at while a request waits for its answer: nothing has been acknowledged, so all is still there.
    let kept = Arc::new(Mutex::new(Vec::new()));
    let (home, keep) = (machine.home().to_owned(), Arc::clone(&kept));
    let receiver = Receiver::start(move |_| {
        keep.lock().unwrap().extend(everything_under(&home).into_iter().map(|(_, content)| content));
        Answer::Accept
    });

    let commands = [
        (format!("sync {CANARY} out-{CANARY}"), 0),
        (format!("sync {CANARY} out-{CANARY} --panic-after 1"), 101),
        (format!("sync broken-{CANARY} out-{CANARY}"), 1),
        (format!("sync nowhere-{CANARY} out-{CANARY}"), 1),
        (format!("tables {CANARY}"), 0),
        (format!("init {CANARY}/new"), 0),
        (format!("init {CANARY}/new"), 1),
        (CANARY.to_owned(), 2),
    ];
    for (arguments, code) in &commands {
        let mut command = machine.quickstart(arguments.split_whitespace());
        let run = Run::of(
            command
                .env("QUICKSTART_ENDPOINT", receiver.url())
                .env("API_TOKEN", CANARY)
                .env("USER", CANARY)
                .env("HOSTNAME", CANARY)
                .env(format!("{CANARY}_NAME"), "1"),
        );
        assert_eq!(run.code, Some(*code), "{arguments}: {run:?}");
        let is_error = *code == 1 || *code == 2;
        assert!(!is_error || run.stderr.contains(CANARY), "the error's text should hold it: {run:?}");
    }

    let sent = receiver.stop();
    let bodies = sent.iter().map(|request| {
        let (head, body) = split(request).unwrap();
        assert!(!head.to_ascii_lowercase().contains("content-encoding"), "a packed body would hide it: {head}");
        serde_json::from_slice::<serde_json::Value>(body).unwrap()
    });
    let events: usize = bodies.map(|body| body["events"].as_array().unwrap().len()).sum();
    // start and finish of: sync and two tables, sync and one table, sync and two tables, sync, tables, init, init; and a panic
    assert_eq!(events, 2 * (3 + 2 + 3 + 1 + 1 + 1 + 1) + 1, "everything was sent");

    let kept: Vec<_> = kept
        .lock()
        .unwrap()
        .iter()
        .cloned()
        .chain(everything_under(machine.home()).into_iter().map(|(_, c)| c))
        .collect();
    assert!(kept.iter().any(|content| contains(content, b"Sync Finished")), "what is kept was looked at in time");
    for bytes in sent.iter().chain(&kept) {
        assert_eq!(sightings(bytes), Vec::<String>::new(), "{}", String::from_utf8_lossy(bytes));
    }
}

/// At each level that sends something, and of what the machine and its user are called as well.
#[test]
fn nothing_is_there_at_any_level() {
    for (level, events) in [("errors", 1), ("stats", 4), ("all", 5)] {
        let machine = Machine::with_home(CANARY);
        machine.write([("CANARY-7f3a9c51e2d4/a.csv", "id\n1\n"), ("CANARY-7f3a9c51e2d4/b.csv", "id\n1\n")]);
        let receiver = Receiver::start(|_| Answer::Accept);
        let arguments = format!("sync {CANARY} out-{CANARY} --panic-after 1 --telemetry-level {level}");
        let mut command = machine.quickstart(arguments.split_whitespace());
        let run = Run::of(command.env("QUICKSTART_ENDPOINT", receiver.url()).env("API_TOKEN", CANARY));
        assert_eq!(run.code, Some(101), "{run:?}");
        let sent = receiver.stop();
        let count = |request: &Vec<u8>| {
            let body = serde_json::from_slice::<serde_json::Value>(split(request).unwrap().1).unwrap();
            body["events"].as_array().unwrap().len()
        };
        assert_eq!(sent.iter().map(count).sum::<usize>(), events, "{level}");
        let kept = everything_under(machine.home()).into_iter().map(|(_, content)| content);
        let names = [fs::read_to_string("/etc/hostname").unwrap_or_default(), whoami()];
        for bytes in sent.into_iter().chain(kept) {
            assert_eq!(sightings(&bytes), Vec::<String>::new(), "{level}: {}", String::from_utf8_lossy(&bytes));
            // A name as short as `root` or `main` is a word of the program's as well.
            for name in names.iter().map(|name| name.trim()).filter(|name| name.len() > 5 && *name != "localhost") {
                assert!(
                    !contains(&bytes.to_ascii_lowercase(), name.to_ascii_lowercase().as_bytes()),
                    "{level}: {name}"
                );
                assert_eq!(hashes(name.as_bytes()).find(|(_, hash)| contains(&bytes, hash)), None, "{level}: {name}");
            }
        }
    }
}

fn whoami() -> String {
    let output = std::process::Command::new("id").arg("-un").output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}

/// What a text becomes by the hashes that hide nothing, as bytes, in hex and in base64.
fn hashes(text: &[u8]) -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let digests = [
        ("MD5", Md5::digest(text).to_vec()),
        ("SHA-1", Sha1::digest(text).to_vec()),
        ("SHA-256", Sha256::digest(text).to_vec()),
        ("SHA-512", Sha512::digest(text).to_vec()),
    ];
    digests.into_iter().flat_map(|(name, digest)| {
        let hex = digest.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect();
        [(name, base64(&digest)), (name, hex), (name, digest)]
    })
}

/// The forms in which the canary, or half of it, is in these bytes.
fn sightings(bytes: &[u8]) -> Vec<String> {
    let bytes = bytes.to_ascii_lowercase();
    let mut forms = Vec::new();
    for part in [CANARY, "CANARY", "7f3a9c51e2d4"] {
        forms.push((format!("{part} as it is"), part.as_bytes().to_vec()));
        forms.push((format!("{part} backwards"), part.bytes().rev().collect()));
        forms.push((format!("{part} in UTF-16"), part.bytes().flat_map(|byte| [byte, 0]).collect()));
        forms.push((
            format!("{part} in hex"),
            part.bytes().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect(),
        ));
        forms.push((format!("{part} as numbers"), format!("{:?}", part.as_bytes()).into_bytes()));
        for offset in 0..3 {
            forms.push((format!("{part} in base64 at {offset}"), base64_core(part.as_bytes(), offset)));
        }
    }
    for text in [CANARY.to_owned(), format!("out-{CANARY}"), format!("{CANARY}.csv"), CANARY.to_lowercase()] {
        forms.extend(hashes(text.as_bytes()).map(|(hash, form)| (format!("{text} as {hash}"), form)));
    }
    forms.retain(|(_, form)| contains(&bytes, &form.to_ascii_lowercase()));
    forms.into_iter().map(|(name, _)| name).collect()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The characters that `text` has in any base64 in which `offset` bytes (modulo 3) come before it: those that depend on no
/// neighbour.
fn base64_core(text: &[u8], offset: usize) -> Vec<u8> {
    let padded: Vec<u8> = std::iter::repeat_n(0, offset).chain(text.iter().copied()).collect();
    let whole = base64(&padded);
    whole[(offset * 8).div_ceil(6)..padded.len() * 8 / 6].to_vec()
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect::<Vec<_>>();
    let digit = |bits: &[u8]| (0..6).fold(0, |digit, at| digit << 1 | bits.get(at).copied().unwrap_or_default());
    bits.chunks(6).map(|bits| DIGITS[usize::from(digit(bits))]).collect()
}

/// The search above finds what it is meant to find.
#[test]
fn the_search_sees_the_canary_in_every_form() {
    assert_eq!(sightings(b"{\"event\":\"Sync Finished\",\"fields\":{\"rows\":7}}"), Vec::<String>::new());
    let base64_of = |text: String| base64(text.as_bytes());
    for hidden in [
        CANARY.as_bytes().to_vec(),
        b"out-canary".to_vec(),
        CANARY.bytes().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect(),
        CANARY.bytes().flat_map(|byte| [0, byte]).collect(),
        format!("{:?}", CANARY.as_bytes()).into_bytes(),
        base64_of(CANARY.to_owned()),
        base64_of(format!("x{CANARY}")),
        base64_of(format!("xy{CANARY}.csv")),
        Sha1::digest(CANARY).to_vec(),
        base64(&Md5::digest(format!("out-{CANARY}"))),
        format!("{:x}", Sha256::digest(CANARY.to_lowercase())).into_bytes(),
    ] {
        let surrounded = [b"\x01\x02{".as_slice(), &hidden, b"}\n"].concat();
        assert_ne!(sightings(&surrounded), Vec::<String>::new(), "{hidden:?}");
    }
    assert_eq!(base64(b"Many hands"), b"TWFueSBoYW5kcw");
}
