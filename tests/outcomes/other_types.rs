//! Functions that do not return a `Result`, or not under that name.

use std::fmt;
use std::io;
use std::ops::ControlFlow;
use std::process::{ExitCode, Termination};
use std::sync::{LockResult, Mutex, MutexGuard};
use std::task::Poll;

use telemetry_runtime::{Outcome, tracked};

use crate::{assert_all, block_on, outcome, outcomes, pause};

#[tracked]
fn nothing(panics: bool) {
    assert!(!panics, "as told");
}

#[tracked]
fn option(value: Option<u8>) -> Option<u8> {
    Some(value? + 1)
}

#[tracked]
fn exit_code(code: u8) -> ExitCode {
    if code == 0 {
        return ExitCode::SUCCESS;
    }
    ExitCode::from(code)
}

#[tracked]
fn poll(value: Poll<Result<u8, String>>) -> Poll<Result<u8, String>> {
    if value.is_pending() {
        return Poll::Pending;
    }
    value.map_ok(|value| value + 1)
}

#[tracked]
fn poll_with_question(value: Poll<Result<u8, String>>) -> Poll<Result<u8, String>> {
    let value = value?;
    value.map(Ok)
}

struct Report {
    failed: bool,
}

#[tracked]
fn report(failed: bool) -> Report {
    Report { failed }
}

#[tracked(error = |report: &Report| report.failed)]
fn judged(failed: bool) -> Report {
    if failed {
        return report(true);
    }
    Report { failed }
}

#[tracked(error = is_negative)]
async fn judged_later(number: i32) -> i32 {
    pause().await;
    if number == 0 {
        return -1;
    }
    number
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "what `error` names takes a reference, whatever the type")]
fn is_negative(number: &i32) -> bool {
    *number < 0
}

/// An error that counts as a success.
#[tracked(error = |result| matches!(result, Err(code) if *code != 404))]
fn lenient(result: Result<u8, u16>) -> Result<u8, u16> {
    if let Ok(1) = result {
        return Ok(1);
    }
    result
}

#[test]
fn types_that_carry_no_error() {
    assert_all([
        ("nothing", Outcome::Ok, outcome(|| nothing(false))),
        ("nothing, panicking", Outcome::Panicked, outcome(|| nothing(true))),
        ("Some", Outcome::Ok, outcome(|| option(Some(1)))),
        ("None", Outcome::Ok, outcome(|| option(None))),
        ("a struct", Outcome::Ok, outcome(|| report(true))),
    ]);
}

#[test]
fn types_that_carry_one() {
    assert_all([
        ("success", Outcome::Ok, outcome(|| exit_code(0))),
        ("failure", Outcome::Error, outcome(|| exit_code(3))),
        ("pending", Outcome::Ok, outcome(|| poll(Poll::Pending))),
        ("ready, ok", Outcome::Ok, outcome(|| poll(Poll::Ready(Ok(1))))),
        ("ready, error", Outcome::Error, outcome(|| poll(Poll::Ready(Err(String::new()))))),
        ("ready, ok, with ?", Outcome::Ok, outcome(|| poll_with_question(Poll::Ready(Ok(1))))),
        ("ready, error, with ?", Outcome::Error, outcome(|| poll_with_question(Poll::Ready(Err(String::new()))))),
    ]);
}

#[test]
fn values_that_the_author_judges() {
    assert_all([
        ("closure, no error", Outcome::Ok, outcome(|| judged(false))),
        ("path, no error", Outcome::Ok, outcome(|| block_on(judged_later(1)))),
        ("path, error", Outcome::Error, outcome(|| block_on(judged_later(-1)))),
        ("path, returned error", Outcome::Error, outcome(|| block_on(judged_later(0)))),
        ("a result, ok", Outcome::Ok, outcome(|| lenient(Ok(1)))),
        ("a result, an error that is none", Outcome::Ok, outcome(|| lenient(Err(404)))),
        ("a result, an error", Outcome::Error, outcome(|| lenient(Err(500)))),
    ]);
    assert_eq!(outcomes(|| judged(true)), [Outcome::Ok, Outcome::Error], "`report` is asked nothing");
}

/// The same as the types that carry an error, under names that do not say so.
mod aliases {
    use super::*;

    type Code = ExitCode;
    type Step = Poll<Option<Result<u8, String>>>;
    type Answer<T, E = String> = Result<T, E>;
    type Flipped<E, T> = Result<T, E>;

    #[tracked]
    fn code(code: u8) -> Code {
        if code == 0 { Code::SUCCESS } else { code.into() }
    }

    #[tracked]
    fn step(step: u8) -> Step {
        match step {
            0 => Poll::Pending,
            1 => Poll::Ready(None),
            2 => Poll::Ready(Some(Ok(1))),
            _ => Poll::Ready(Some(Err("three".to_owned()))),
        }
    }

    #[tracked]
    fn step_with_question(step: u8) -> Step {
        match self::step(step)? {
            Poll::Ready(Some(number)) => Poll::Ready(Some(Ok(number))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }

    #[tracked]
    fn answer(succeeds: bool) -> Answer<u8> {
        Ok(succeeds.then_some(1).ok_or("no")?)
    }

    #[tracked]
    fn flipped(succeeds: bool) -> Flipped<u8, String> {
        if succeeds { Ok(String::new()) } else { Err(1) }
    }

    trait Reads {
        type Output;
        fn read(&self, succeeds: bool) -> Self::Output;
    }

    struct Reader;

    impl Reads for Reader {
        type Output = Result<u8, u8>;

        #[tracked]
        fn read(&self, succeeds: bool) -> Self::Output {
            succeeds.then_some(1).ok_or(2)
        }
    }

    trait Makes: Sized {
        fn make(succeeds: bool) -> Self;
    }

    impl Makes for Result<u8, String> {
        #[tracked]
        fn make(succeeds: bool) -> Self {
            if succeeds { Ok(1) } else { Err("no".to_owned()) }
        }
    }

    macro_rules! result_of {
        ($ty:ty) => { Result<$ty, String> };
    }

    #[tracked]
    fn by_macro(succeeds: bool) -> result_of!(u8) {
        if !succeeds {
            return Err("no".to_owned());
        }
        Ok(1)
    }

    #[tracked]
    fn exit_code_alias_with_result(code: u8) -> Result<Code, String> {
        if code > 9 { Err("large".to_owned()) } else { Ok(code.into()) }
    }

    #[test]
    fn they_carry_an_error() {
        let outcome_of_step = |number| outcomes(|| step_with_question(number))[1];
        assert_all([
            ("code 0", Outcome::Ok, outcome(|| code(0))),
            ("code 1", Outcome::Error, outcome(|| code(1))),
            ("pending", Outcome::Ok, outcome(|| step(0))),
            ("ready, nothing", Outcome::Ok, outcome(|| step(1))),
            ("ready, ok", Outcome::Ok, outcome(|| step(2))),
            ("ready, error", Outcome::Error, outcome(|| step(3))),
            ("pending, with ?", Outcome::Ok, outcome_of_step(0)),
            ("ready, nothing, with ?", Outcome::Ok, outcome_of_step(1)),
            ("ready, ok, with ?", Outcome::Ok, outcome_of_step(2)),
            ("ready, error, with ?", Outcome::Error, outcome_of_step(3)),
            ("alias, ok", Outcome::Ok, outcome(|| answer(true))),
            ("alias, error", Outcome::Error, outcome(|| answer(false))),
            ("flipped, ok", Outcome::Ok, outcome(|| flipped(true))),
            ("flipped, error", Outcome::Error, outcome(|| flipped(false))),
            ("associated, ok", Outcome::Ok, outcome(|| Reader.read(true))),
            ("associated, error", Outcome::Error, outcome(|| Reader.read(false))),
            ("macro, ok", Outcome::Ok, outcome(|| by_macro(true))),
            ("macro, error", Outcome::Error, outcome(|| by_macro(false))),
            ("result of a code, ok", Outcome::Ok, outcome(|| exit_code_alias_with_result(1))),
            ("result of a code, error", Outcome::Error, outcome(|| exit_code_alias_with_result(10))),
        ]);
    }

    #[test]
    fn self_may_be_a_result() {
        assert_all([
            ("ok", Outcome::Ok, outcome(|| Result::make(true))),
            ("error", Outcome::Error, outcome(|| Result::make(false))),
        ]);
    }
}

/// Results of the standard library, which have one parameter or none.
mod results_of_std {
    use super::*;

    #[tracked]
    fn input(succeeds: bool) -> io::Result<()> {
        if succeeds { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    struct Shown(bool);

    impl fmt::Display for Shown {
        #[tracked]
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            if self.0 { write!(f, "yes") } else { Err(fmt::Error) }
        }
    }

    #[tracked]
    fn lock(mutex: &Mutex<u8>) -> LockResult<MutexGuard<'_, u8>> {
        mutex.lock()
    }

    #[tracked]
    fn thread(panics: bool) -> std::thread::Result<()> {
        std::thread::spawn(move || assert!(!panics, "as told")).join()
    }

    #[test]
    fn they_carry_an_error() {
        use fmt::Write as _;

        let show = |succeeds| outcome(|| write!(String::new(), "{}", Shown(succeeds)));
        let poisoned = Mutex::new(1);
        drop(std::panic::catch_unwind(|| {
            let _locked = poisoned.lock();
            panic!("with the lock held");
        }));
        assert_all([
            ("io, ok", Outcome::Ok, outcome(|| input(true))),
            ("io, error", Outcome::Error, outcome(|| input(false))),
            ("fmt, ok", Outcome::Ok, show(true)),
            ("fmt, error", Outcome::Error, show(false)),
            ("lock, ok", Outcome::Ok, outcome(|| lock(&Mutex::new(1)).is_ok())),
            ("lock, error", Outcome::Error, outcome(|| lock(&poisoned).is_ok())),
            ("thread, ok", Outcome::Ok, outcome(|| thread(false))),
            ("thread, error", Outcome::Error, outcome(|| thread(true))),
        ]);
    }
}

/// What only looks like an error carries none.
mod no_results {
    use super::*;

    struct TestResult {
        passed: bool,
    }

    enum MatchResult {
        Found(usize),
        Missing,
    }

    #[tracked]
    fn test(passed: bool) -> TestResult {
        if passed {
            return TestResult { passed };
        }
        TestResult { passed }
    }

    #[tracked]
    fn find(text: &str) -> MatchResult {
        text.find('x').map_or(MatchResult::Missing, MatchResult::Found)
    }

    #[tracked]
    fn find_later(text: Option<&str>) -> MatchResult {
        let Some(text) = text else { return MatchResult::Missing };
        match text.find('x') {
            Some(position) => MatchResult::Found(position),
            None => MatchResult::Missing,
        }
    }

    #[tracked]
    fn option_of_a_result(number: Option<u8>) -> Option<Result<u8, u8>> {
        Some(number?.checked_sub(1).ok_or(2))
    }

    #[tracked]
    fn reference(result: &Result<u8, u8>) -> &Result<u8, u8> {
        result
    }

    #[tracked]
    fn pair(succeeds: bool) -> (Result<u8, u8>, u8) {
        (succeeds.then_some(1).ok_or(2), 3)
    }

    #[tracked]
    fn flow(breaks: bool) -> ControlFlow<u8, u8> {
        if breaks {
            ControlFlow::Break(1)?;
        }
        ControlFlow::Continue(2)
    }

    #[tracked]
    fn termination() -> impl Termination {
        ExitCode::FAILURE
    }

    #[tracked]
    fn generic<T>(value: T) -> T {
        value
    }

    #[tracked]
    fn list(fails: bool) -> Vec<Result<u8, u8>> {
        vec![if fails { Err(1) } else { Ok(2) }]
    }

    #[tracked]
    fn returns_a_closure() -> impl Fn() -> Result<u8, u8> {
        || Err(1)
    }

    #[test]
    fn they_carry_no_error() {
        assert!(test(true).passed);
        assert!(matches!(find("x"), MatchResult::Found(0)));
        assert_all(
            [
                ("a struct that is called a result, returned", outcome(|| test(true))),
                ("a struct that is called a result, in the tail", outcome(|| test(false))),
                ("an enum that is called a result, found", outcome(|| find("x"))),
                ("an enum that is called a result, missing", outcome(|| find(""))),
                ("an enum that is called a result, as a path", outcome(|| find_later(None))),
                ("an enum that is called a result, as a call", outcome(|| find_later(Some("x")))),
                ("an option, ok", outcome(|| option_of_a_result(Some(1)))),
                ("an option, error", outcome(|| option_of_a_result(Some(0)))),
                ("an option, none", outcome(|| option_of_a_result(None))),
                ("a reference", outcome(|| reference(&Err(1)).is_ok())),
                ("a tuple", outcome(|| pair(false))),
                ("control flow, continues", outcome(|| flow(false))),
                ("control flow, breaks", outcome(|| flow(true))),
                ("a termination", outcome(|| termination().report())),
                ("a generic value", outcome(|| generic(Err::<u8, u8>(1)))),
                ("a list", outcome(|| list(true))),
                ("a closure", outcome(|| returns_a_closure()())),
            ]
            .map(|(case, found)| (case, Outcome::Ok, found)),
        );
    }
}

/// Attributes that meet: each has its own call.
#[test]
fn attributes_that_are_stacked_or_nested() {
    #[tracked]
    #[tracked]
    fn twice(succeeds: bool) -> Result<u8, String> {
        if !succeeds {
            return Err("no".to_owned());
        }
        Ok(1)
    }

    #[tracked]
    fn outer(succeeds: bool) -> Option<u8> {
        #[tracked]
        fn inner(succeeds: bool) -> Result<u8, String> {
            twice(succeeds).map(|number| number + 1)
        }
        inner(succeeds).ok()
    }

    assert_eq!(outcomes(|| twice(true)), [Outcome::Ok; 2]);
    assert_eq!(outcomes(|| twice(false)), [Outcome::Error; 2]);
    assert_eq!(outcomes(|| outer(true)), [Outcome::Ok; 4]);
    assert_eq!(outcomes(|| outer(false)), [Outcome::Error, Outcome::Error, Outcome::Error, Outcome::Ok]);
}
