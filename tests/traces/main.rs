//! Where a program panicked is kept without a name, and named in another run of the same build.
//!
//! The program is a package of its own, since how it panics and what is stripped from it belong to a whole build.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::LazyLock;

use tempfile::TempDir;

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = root.join("target/traces");
    let runtime = root.join("telemetry-runtime/src");
    std::fs::create_dir_all(folder.join("src/stack")).unwrap();
    for file in ["place.rs", "trace.rs", "stack.rs", "stack/symbols.rs"] {
        std::fs::copy(runtime.join(file), folder.join("src").join(file)).unwrap();
    }
    std::fs::write(folder.join("src/main.rs"), include_str!("program.rs")).unwrap();
    let manifest = "[package]\nname = \"crashing\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[lints.rust]\nunexpected_cfgs = \"allow\"\n\n[dependencies]\n\
                    addr2line = { version = \"*\", default-features = false }\nbacktrace = \"*\"\nrustc-demangle = \"*\"\n\
                    object = { version = \"*\", default-features = false, features = [\"elf\", \"read_core\", \"std\"] }\n";
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    // The versions that the workspace has, so that nothing is looked up.
    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();

    let mut rustc = Command::new("rustc");
    rustc.args(["--edition=2024", "--crate-type=cdylib", "-g", "-o", "libcalls_back.so"]).current_dir(&folder);
    assert!(rustc.arg(root.join("tests/traces/calls_back.rs")).status().unwrap().success());
    // One build after another, for they have one place.
    for (name, flags) in [
        ("plain", ""),
        ("other", "--cfg other"),
        ("aborting", "-C panic=abort"),
        ("stripped", "-C strip=symbols"),
        ("without-lines", "-C strip=debuginfo"),
    ] {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["rustc", "--quiet", "--"]).args(flags.split_whitespace()).current_dir(&folder);
        cargo.env_remove("RUSTFLAGS").env("CARGO_TARGET_DIR", folder.join("target"));
        assert!(cargo.status().unwrap().success(), "{name}");
        std::fs::copy(folder.join("target/debug/crashing"), folder.join(name)).unwrap();
    }
    folder
});

struct Trace {
    file: PathBuf,
    _folder: TempDir,
}

/// Has a build panic, and where.
fn panic(build: &str, how: &str, more: &[&str]) -> (Trace, ExitStatus) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace");
    let mut command = Command::new(FOLDER.join(build));
    let status = command.arg(how).arg(&file).args(more).status().unwrap();
    (Trace { file, _folder: folder }, status)
}

/// What a build says of a trace in another run: its modules' bases, and its frames.
fn say(build: &str, trace: &Trace) -> (Vec<String>, Vec<String>) {
    say_with(build, trace, &[])
}

fn say_with(build: &str, trace: &Trace, more: &[&str]) -> (Vec<String>, Vec<String>) {
    let output = Command::new(FOLDER.join(build)).arg("say").arg(&trace.file).args(more).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    for telling in ["/home", "/root", FOLDER.parent().unwrap().to_str().unwrap()] {
        assert!(!said.contains(telling), "{said}");
    }
    let (modules, frames) = said.lines().map(str::to_owned).partition(|line| line.starts_with("module "));
    (modules, frames)
}

/// The functions of the program itself.
fn own(frames: &[String]) -> Vec<&str> {
    let functions = frames.iter().filter_map(|frame| frame.split_once(" at "));
    functions.map(|(function, _)| function).filter(|function| function.starts_with("crashing::")).collect()
}

fn is_nameless(frame: &str) -> bool {
    frame.starts_with("? at ?:0 in ")
}

#[test]
fn another_run_of_the_same_build_names_the_frames() {
    let (trace, _) = panic("plain", "panic", &["2"]);
    let (_, frames) = say("plain", &trace);
    assert_eq!(own(&frames), ["crashing::deep", "crashing::deep", "crashing::deep", "crashing::main"]);
    let line = include_str!("program.rs").lines().position(|line| line.contains("return none.unwrap()")).unwrap() + 1;
    let place = format!("crashing::deep at src/main.rs:{line} in ");
    assert!(frames.iter().any(|frame| frame.starts_with(&place)), "{place} in {frames:#?}");
    // What stands before it is what it called to panic, and nothing of the hook.
    let begin = frames.iter().position(|frame| frame.starts_with("crashing::")).unwrap();
    assert!(frames[..begin].iter().all(|frame| frame.contains(" at library/core/src/option.rs:")), "{frames:#?}");
}

#[test]
fn a_trace_is_the_same_wherever_the_program_was_loaded() {
    let [(one, _), (other, _)] = [(), ()].map(|()| panic("plain", "panic", &["2"]));
    let [(one_modules, one), (other_modules, other)] = [one, other].map(|trace| say("plain", &trace));
    assert_eq!(one, other);
    let is_randomised = std::fs::read_to_string("/proc/sys/kernel/randomize_va_space").unwrap().trim() != "0";
    assert_eq!(one_modules != other_modules, is_randomised, "{one_modules:?}");
}

#[test]
fn another_build_names_nothing_of_the_program() {
    let (trace, _) = panic("plain", "panic", &["2"]);
    let (_, frames) = say("other", &trace);
    let build_id = say("plain", &trace).1.into_iter().find(|frame| frame.starts_with("crashing::")).unwrap();
    let build_id = build_id.rsplit_once(" in ").unwrap().1.split_once('+').unwrap().0.to_owned();
    let of_program: Vec<&String> = frames.iter().filter(|frame| frame.contains(&build_id)).collect();
    assert!(of_program.len() > 3 && of_program.into_iter().all(|frame| is_nameless(frame)), "{frames:#?}");
    assert_eq!(own(&frames), [""; 0]);
}

#[test]
fn a_stripped_program_has_offsets_and_no_wrong_names() {
    let (trace, _) = panic("stripped", "panic", &["2"]);
    let (modules, frames) = say("stripped", &trace);
    let build_id = modules[0].split(' ').nth(1).unwrap();
    assert!(build_id.len() >= 16, "{modules:?}");
    let of_program: Vec<&String> = frames.iter().filter(|frame| frame.contains(build_id)).collect();
    assert!(of_program.len() > 3 && of_program.into_iter().all(|frame| is_nameless(frame)), "{frames:#?}");
}

#[test]
fn a_program_without_debug_information_has_names_and_no_lines() {
    let (trace, _) = panic("without-lines", "panic", &["2"]);
    let (_, frames) = say("without-lines", &trace);
    assert_eq!(own(&frames), ["crashing::deep", "crashing::deep", "crashing::deep", "crashing::main"]);
    assert!(frames.iter().all(|frame| frame.contains(" at ?:0 in ")), "{frames:#?}");
}

#[test]
fn a_program_that_aborts_has_a_trace() {
    use std::os::unix::process::ExitStatusExt;

    for (how, more) in [("panic", &["1"][..]), ("panic-in-thread", &[])] {
        let (trace, status) = panic("aborting", how, more);
        assert_eq!(status.signal(), Some(6), "SIGABRT");
        let (_, frames) = say("aborting", &trace);
        assert_eq!(own(&frames)[..2], ["crashing::deep", "crashing::deep"], "{frames:#?}");
    }
}

#[test]
fn a_thread_has_a_trace() {
    let (trace, _) = panic("plain", "panic-in-thread", &[]);
    let (_, frames) = say("plain", &trace);
    assert_eq!(own(&frames), ["crashing::deep", "crashing::deep", "crashing::in_a_thread"]);
}

#[test]
fn a_shared_library_on_the_way_is_named_while_it_is_loaded() {
    let library = FOLDER.join("libcalls_back.so");
    let library = [library.to_str().unwrap()];
    let (trace, _) = panic("plain", "panic-in-library", &library);
    let (modules, frames) = say_with("plain", &trace, &library);
    assert!(modules.len() >= 2, "{modules:?}");
    let of_library = frames.iter().position(|frame| frame.starts_with("calls_back at tests/traces/calls_back.rs:"));
    let of_library = of_library.unwrap_or_else(|| panic!("{frames:#?}"));
    assert!(frames[of_library - 1].starts_with("crashing::called_back at src/main.rs:"), "{frames:#?}");

    let (_, without) = say("plain", &trace);
    let place = |frame: &str| frame.rsplit_once(" in ").unwrap().1.to_owned();
    assert_eq!(place(&without[of_library]), place(&frames[of_library]));
    assert!(is_nameless(&without[of_library]), "{without:#?}");
    assert_eq!(own(&without), own(&frames));
}

#[test]
fn a_thread_can_panic_while_another_finds_names() {
    let (trace, status) = panic("plain", "panic-while-named", &[]);
    assert!(status.success());
    let (_, frames) = say("plain", &trace);
    assert_eq!(own(&frames)[..4], ["crashing::deep"; 4]);
}

#[test]
fn a_long_stack_has_its_innermost_frames() {
    let (trace, _) = panic("plain", "panic", &["500"]);
    let (_, frames) = say("plain", &trace);
    assert!(
        own(&frames).len() > 40 && own(&frames).iter().all(|function| *function == "crashing::deep"),
        "{frames:#?}"
    );
}
