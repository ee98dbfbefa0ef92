//! What an error says is on the event of every function that declares it, whichever way the error leaves.

use std::fmt;
use std::io;
use std::num::ParseIntError;

use anyhow::Context as _;
use telemetry_runtime::testing::capture;
use telemetry_runtime::{EventKind, tracked};

use crate::block_on;

/// What the error of the one call that `run` makes says.
#[track_caller]
fn said<T>(run: impl FnOnce() -> T) -> Option<String> {
    let (_, events) = capture(run);
    match events.as_slice() {
        [_, finish] => match &finish.kind {
            EventKind::Finish { error, .. } => error.as_ref().map(ToString::to_string),
            kind => panic!("{kind:?}"),
        },
        events => panic!("{events:?}"),
    }
}

#[derive(Debug)]
struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failure: {}", self.0)
    }
}

impl std::error::Error for Failure {}

impl From<ParseIntError> for Failure {
    fn from(error: ParseIntError) -> Self {
        Self(error.to_string())
    }
}

struct Lookup {
    key: u8,
}

impl Lookup {
    fn find(self) -> Result<u8, Failure> {
        if self.key == 0 { Err(Failure("no key".into())) } else { Ok(self.key) }
    }

    #[tracked(error_text)]
    fn method(&self, text: &str) -> Result<u8, Failure> {
        let found = Self { key: self.key }.find()?;
        // The type of what is parsed is known from the other side.
        let number: u8 = text.parse()?;
        if number == 7 {
            return Err(Failure(format!("{number} is bad luck")));
        }
        // What leaves a closure does not leave the function.
        let of_closure = || -> Result<u8, Failure> { Ok("x".parse::<u8>()?) };
        Ok(of_closure().unwrap_or(found) + Self { key: number }.find()?)
    }
}

#[tracked(error_text)]
fn generic<E: fmt::Display, T: Into<Result<u8, E>>>(value: T) -> Result<u8, E> {
    value.into()
}

#[tracked(error_text)]
fn without_display<E>(value: Result<u8, E>) -> Result<u8, E> {
    value?;
    Ok(1)
}

#[tracked(error_text)]
fn boxed(text: &str) -> Result<u8, Box<dyn std::error::Error>> {
    Ok(text.parse::<u8>()?)
}

#[tracked(error_text)]
fn with_context(text: &str) -> anyhow::Result<u8> {
    let number: u8 = text.parse().context("not a number of tables")?;
    Ok(number)
}

#[tracked(error_text)]
fn of_io() -> io::Result<()> {
    Err(io::Error::other("the disk is full"))?;
    Ok(())
}

#[tracked(error_text)]
async fn later(text: &str) -> Result<u8, Failure> {
    let number: u8 = std::future::ready(text).await.parse()?;
    std::future::ready(Lookup { key: number }.find()).await
}

#[tracked(error_text, error = |value: &Result<u8, Failure>| matches!(value, Err(Failure(text)) if text != "fine"))]
fn judged(text: &str) -> Result<u8, Failure> {
    Err(Failure(text.into()))
}

/// TI-12
#[test]
fn every_error_says_what_it_says() {
    let method = |key, text: &'static str| said(|| Lookup { key }.method(text));
    assert_eq!(method(0, "1").as_deref(), Some("failure: no key"));
    assert_eq!(method(1, "x").as_deref(), Some("failure: invalid digit found in string"));
    assert_eq!(method(1, "7").as_deref(), Some("failure: 7 is bad luck"));
    assert_eq!(method(1, "0").as_deref(), Some("failure: no key"));
    assert_eq!(method(1, "1"), None);
    assert_eq!(said(|| generic(Err::<u8, _>("text"))).as_deref(), Some("text"));
    assert_eq!(said(|| without_display(Err(()))), None);
    assert_eq!(said(|| boxed("x")).as_deref(), Some("invalid digit found in string"));
    assert_eq!(said(|| with_context("x")).as_deref(), Some("not a number of tables"));
    assert_eq!(said(of_io).as_deref(), Some("the disk is full"));
    assert_eq!(said(|| block_on(later("x"))).as_deref(), Some("failure: invalid digit found in string"));
    assert_eq!(said(|| block_on(later("0"))).as_deref(), Some("failure: no key"));
    assert_eq!(said(|| block_on(later("3"))), None);
    assert_eq!(said(|| judged("bad")).as_deref(), Some("failure: bad"));
    assert_eq!(said(|| judged("fine")), None);
}

/// … and the function returns what it returned.
#[test]
fn what_is_returned_stays_what_it_was() {
    assert_eq!(Lookup { key: 1 }.method("3").map_err(|error| error.0), Ok(4));
    assert_eq!(Lookup { key: 1 }.method("x").unwrap_err().0, "invalid digit found in string");
    assert!(with_context("x").unwrap_err().root_cause().is::<ParseIntError>());
}
