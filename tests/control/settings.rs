//! What the user chose is remembered, for all profiles or for one, and nothing that happens to the file stops the program.

use telemetry_tests::Receiver;

use crate::program::{Controlled, nobody};

/// HA-23, TI-02, TI-24: off unless asked for, and turned on by a command that lasts.
#[test]
fn who_has_to_opt_in_does_so_once() {
    let controlled = Controlled::new().with("CONTROLLED_OPT_IN", "1");
    let receiver = Receiver::start();
    controlled.say(&receiver.url(), "work flush");
    assert!(!controlled.state().exists());
    let said = controlled.say(&receiver.url(), "enable");
    assert!(said.starts_with("telemetry is turned on\n"), "{said}");
    controlled.say(&receiver.url(), "work flush");
    assert_eq!(receiver.accepted().len(), 2);
}

/// TI-25: a profile's setting is its own.
#[test]
fn a_profile_is_set_for_itself() {
    let mut controlled = Controlled::new().with("CONTROLLED_PROFILE", "dev").with("CONTROLLED_OPT_IN", "1");
    let url = nobody();
    controlled.say(&url, "enable");
    assert_eq!(controlled.settings(), "level.dev = all\n");
    assert!(controlled.say(&url, "decision").contains("\n  settings, profile dev         all\n"));
    controlled.set("CONTROLLED_PROFILE", "prod");
    assert!(controlled.say(&url, "decision").starts_with("telemetry level: none\n"));
    controlled.say(&url, "enable");
    controlled.say(&url, "disable");
    controlled.set("CONTROLLED_PROFILE", "dev");
    assert!(controlled.say(&url, "decision").starts_with("telemetry level: all\n"));
    controlled.set("CONTROLLED_PROFILE", "no profile");
    let said = controlled.say(&url, "decision");
    assert!(said.contains("telemetry profile `no profile` (from Builder::profile): expected"), "{said}");
}

/// supabase/cli#5405: a file that was cut in the middle stops nobody; it may have been a refusal, so it counts as one.
#[test]
fn garbage_counts_as_a_refusal_and_stops_nobody() {
    let receiver = Receiver::start();
    for garbage in [&b"level = all\nlev"[..], b"\xff\xfe\0", b"level = loud\n", b"{\"enabled\": true}"] {
        let mut controlled = Controlled::new();
        std::fs::create_dir(controlled.state()).unwrap();
        std::fs::write(controlled.state().join("settings"), garbage).unwrap();
        assert_eq!(controlled.say(&receiver.url(), "work flush"), "work\nflush\n");
        let said = controlled.say(&receiver.url(), "decision");
        assert!(said.starts_with("telemetry level: none\n"), "{said}");
        assert!(said.contains("\n  settings                      telemetry settings `"), "{said}");
        assert_eq!(controlled.tree(), ["settings"]);
        assert_eq!(std::fs::read(controlled.state().join("settings")).unwrap(), garbage, "it is the user's");
        // Whoever spoke before it is heard.
        controlled.set("CONTROLLED_TELEMETRY_LEVEL", "all");
        assert!(controlled.say(&receiver.url(), "decision").starts_with("telemetry level: all\n"));
        // And who asks for it has it mended.
        controlled.say(&receiver.url(), "disable");
        assert!(controlled.settings().starts_with("level = none\n"));
    }
    assert_eq!(receiver.requests().len(), 0);
}

/// A folder in the place of the file, or of the state folder, is no different.
#[test]
fn what_is_no_file_stops_nobody() {
    let controlled = Controlled::new();
    std::fs::create_dir_all(controlled.state().join("settings")).unwrap();
    assert!(controlled.say(&nobody(), "decision").starts_with("telemetry level: none\n"));
    let controlled = Controlled::new();
    std::fs::write(controlled.state(), "in the way").unwrap();
    assert!(controlled.say(&nobody(), "work decision").contains("telemetry level: all\n"));
    let said = controlled.say(&nobody(), "disable");
    assert!(!said.contains("turned off"), "{said}");
}

/// A person at a terminal is told, once.
#[cfg(target_os = "linux")]
#[test]
fn garbage_warns_a_person() {
    if !telemetry_tests::has_tool("script") {
        return;
    }
    let controlled = Controlled::new();
    std::fs::create_dir(controlled.state()).unwrap();
    std::fs::write(controlled.state().join("settings"), "level = loud\n").unwrap();
    let (stderr, stdout) = controlled.at_terminal(&nobody(), "work");
    let file = controlled.state().join("settings");
    let expected = format!(
        "warning: telemetry settings `level = loud` (from {}, line 1): expected one of none, errors, stats, all; nothing is collected\r\n",
        file.display()
    );
    assert_eq!((stderr.as_str(), stdout.as_str()), (expected.as_str(), "work\n"));
}

/// CL-22: the variable that has the texts of errors recorded.
#[cfg(target_os = "linux")]
#[test]
fn the_texts_of_errors_are_asked_for() {
    let mut controlled = Controlled::new().with("CONTROLLED_DEBUG_TELEMETRY", "1");
    let said = controlled.say(&nobody(), "decision");
    let line = "\nerror texts: recorded, and what panics say, because of CONTROLLED_DEBUG_TELEMETRY=1\n";
    assert!(said.contains(line), "{said}");
    assert!(controlled.say(&nobody(), "status").contains(line));
    for value in ["0", "", "off"] {
        controlled.set("CONTROLLED_DEBUG_TELEMETRY", value);
        assert!(!controlled.say(&nobody(), "decision").contains("error texts"));
    }
    controlled.set("CONTROLLED_DEBUG_TELEMETRY", "much");
    assert!(!controlled.say(&nobody(), "decision").contains("error texts"));
    if !telemetry_tests::has_tool("script") {
        return;
    }
    let (stderr, stdout) = controlled.at_terminal(&nobody(), "work");
    let expected = "warning: CONTROLLED_DEBUG_TELEMETRY is `much`: expected one of true, 1, yes, on, false, 0, no, off; \
                    error texts are not recorded\r\n";
    assert_eq!((stderr.as_str(), stdout.as_str()), (expected, "work\n"));
}

/// Who turns telemetry on where a variable turns it off is told so at once.
#[test]
fn enabling_does_not_hide_what_goes_before_it() {
    let controlled = Controlled::new().with("DO_NOT_TRACK", "1");
    let said = controlled.say(&nobody(), "enable");
    let expected = "telemetry is turned on in the settings, but nothing is collected: something else turns it off\n\
                    telemetry level: none, because of DO_NOT_TRACK: `1`, so none\n";
    assert_eq!(said, expected);
}

/// A refusal that cannot be read now is one all the same: a link into a folder that is not there.
#[cfg(unix)]
#[test]
fn settings_that_cannot_be_looked_at_count_as_a_refusal() {
    use std::os::unix::fs::symlink;
    let receiver = Receiver::start();
    for target in ["elsewhere/settings", "settings"] {
        let controlled = Controlled::new();
        std::fs::create_dir(controlled.state()).unwrap();
        symlink(target, controlled.state().join("settings")).unwrap();
        let said = controlled.say(&receiver.url(), "work flush decision");
        assert!(said.contains("telemetry level: none\n"), "{target}: {said}");
        assert!(controlled.say(&receiver.url(), "status").starts_with("telemetry level: none\n"), "{target}");
    }
    assert_eq!(receiver.requests().len(), 0);
}

/// What could not be understood may have been a refusal, and stays one but for what the user chooses now.
#[test]
fn garbage_stays_a_refusal_of_what_is_not_chosen() {
    for word in ["reset", "enable", "disable"] {
        let mut controlled = Controlled::new().with("CONTROLLED_PROFILE", "dev");
        std::fs::create_dir(controlled.state()).unwrap();
        std::fs::write(controlled.state().join("settings"), "level = none \n").unwrap();
        controlled.say(&nobody(), word);
        controlled.set("CONTROLLED_PROFILE", "prod");
        let said = controlled.say(&nobody(), "decision");
        assert!(said.starts_with("telemetry level: none\n"), "{word}: {said}");
    }
}

/// Pipes in the place of files: nobody waits at their other end, and what can be delivered is.
#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_file_has_nobody_wait() {
    for name in ["pauses", "totals", "totals.lock", "ledger", "ledger.old", "../to-delete"] {
        let controlled = Controlled::new();
        let receiver = Receiver::start();
        controlled.say(&receiver.url(), "work flush");
        let spool = controlled.tree().into_iter().find(|path| path.ends_with("/ledger")).unwrap();
        let pipe = controlled.state().join(spool).with_file_name(name);
        drop(std::fs::remove_file(&pipe));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        controlled.say(&receiver.url(), "work flush");
        assert_eq!(receiver.accepted().len(), 4, "{name}");
        for word in ["status", "log", "forget"] {
            controlled.run(&receiver.url(), word);
        }
    }
}
