//! What the frames of a panic are called, and by whom.

use crate::crashing::{BUILDS, Frame, Machine, frames, own, panics};

const DEEP_FROM_MAIN: [&str; 4] = ["crashing::deep", "crashing::deep", "crashing::deep", "crashing::main"];

/// The frames that lie in what the innermost one of the program lies in.
fn of_program(frames: &[Frame], named: &[Frame]) -> Vec<Frame> {
    let first = named.iter().find(|frame| !own(std::slice::from_ref(frame)).is_empty()).unwrap();
    frames.iter().filter(|frame| frame.at.0 == first.at.0).cloned().collect()
}

#[test]
fn another_run_of_the_same_build_names_them() {
    let frames = Machine::after("plain", "deep 2").frames("plain");
    assert_eq!(own(&frames), DEEP_FROM_MAIN);
    let line = include_str!("program.rs").lines().position(|line| line.contains("return none.unwrap()")).unwrap() + 1;
    // What stands before it is what it called to panic, and nothing of the hook.
    let begin = frames.iter().position(|frame| !own(std::slice::from_ref(frame)).is_empty()).unwrap();
    assert_eq!(frames[begin].place, Some(("src/main.rs".to_owned(), line as u64)));
    let raises = |frame: &Frame| frame.place.as_ref().is_some_and(|(file, _)| file == "library/core/src/option.rs");
    assert!(frames[..begin].iter().all(raises), "{frames:#?}");
}

#[test]
fn they_are_the_same_wherever_the_program_was_loaded() {
    let [one, other] = [(), ()].map(|()| {
        let machine = Machine::new();
        let loaded = machine.run("plain", "deep 2").stdout;
        (machine.frames("plain"), loaded)
    });
    assert_eq!(one.0, other.0);
    let is_randomised = std::fs::read_to_string("/proc/sys/kernel/randomize_va_space").unwrap().trim() != "0";
    assert_eq!(one.1 != other.1, is_randomised);
}

#[test]
fn another_build_names_nothing_of_the_program() {
    let machine = Machine::after("plain", "deep 2");
    let (same, other) = (machine.frames("plain"), machine.frames("other"));
    let of_program = of_program(&other, &same);
    assert!(of_program.len() > 3 && of_program.iter().all(Frame::is_nameless), "{other:#?}");
    let places = |frames: &[Frame]| frames.iter().map(|frame| frame.at.clone()).collect::<Vec<_>>();
    let named = places(&same);
    // What is called for the program to panic is left out where it is known to be that, and an inlined call has no place of its own.
    assert!(named.iter().all(|place| places(&of_program).contains(place) || place.0 != named[0].0), "{other:#?}");
}

#[test]
fn a_stripped_program_has_places_and_no_wrong_names() {
    let frames = Machine::after("stripped", "deep 2").frames("stripped");
    let build_id = frames[0].at.0.clone();
    assert!(build_id.as_ref().is_some_and(|id| id.len() >= 16), "{frames:#?}");
    let of_program: Vec<_> = frames.iter().filter(|frame| frame.at.0 == build_id).collect();
    assert!(of_program.len() > 3 && of_program.into_iter().all(Frame::is_nameless), "{frames:#?}");
}

#[test]
fn a_program_without_debug_information_has_names_and_no_lines() {
    let frames = Machine::after("without-lines", "deep 2").frames("without-lines");
    assert_eq!(own(&frames), DEEP_FROM_MAIN);
    assert!(frames.iter().all(|frame| frame.place.is_none()), "{frames:#?}");
}

#[test]
fn a_thread_has_its_own() {
    let frames = Machine::after("plain", "in-thread").frames("plain");
    assert_eq!(own(&frames), ["crashing::deep", "crashing::deep", "crashing::in_a_thread"]);
}

#[test]
fn a_program_that_aborts_has_them() {
    use std::os::unix::process::ExitStatusExt;

    for how in ["deep 1", "in-thread"] {
        let machine = Machine::new();
        assert_eq!(machine.run("aborting", how).status.signal(), Some(6), "SIGABRT");
        let frames = machine.frames("aborting");
        assert_eq!(own(&frames)[..2], ["crashing::deep"; 2], "{frames:#?}");
    }
}

#[test]
fn a_shared_library_on_the_way_is_named_while_it_is_loaded() {
    let library = BUILDS.join("libcalls_back.so");
    let library = library.to_str().unwrap();
    let machine = Machine::after("plain", &format!("in-library {library}"));
    let frames = machine.frames_with("plain", library);
    let is_of_library = |frame: &Frame| frame.function.as_deref() == Some("calls_back");
    let at = frames.iter().position(is_of_library).unwrap_or_else(|| panic!("{frames:#?}"));
    assert_eq!(frames[at].place.as_ref().unwrap().0, "tests/traces/calls_back.rs");
    assert_eq!(frames[at - 1].function.as_deref(), Some("crashing::called_back"), "{frames:#?}");

    let without = machine.frames("plain");
    assert_eq!(without[at].at, frames[at].at);
    assert!(frames[at].at.0.is_some() && without[at].is_nameless(), "{without:#?}");
    assert_eq!(own(&without), own(&frames));
}

#[test]
fn a_thread_can_panic_while_another_finds_names() {
    let machine = Machine::after("plain", "often 50");
    let output = machine.run("plain", "while-named");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let told = machine.delivered();
    let panics = panics(&told);
    assert_eq!(panics.len(), 150);
    for panic in panics {
        assert_eq!(own(&frames(panic))[..4], ["crashing::deep"; 4]);
    }
}

#[test]
fn a_long_stack_has_its_innermost() {
    let frames = Machine::after("plain", "deep 500").frames("plain");
    assert!(
        own(&frames).len() > 40 && own(&frames).iter().all(|function| *function == "crashing::deep"),
        "{frames:#?}"
    );
}
