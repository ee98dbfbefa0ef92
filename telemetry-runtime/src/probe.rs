//! Reading an outcome from a value of any type, without asking anything of the type.
//!
//! What is found first goes first, inherent methods before a trait's and fewer references before more: these know the types that
//! tell, and the traits' defaults stand for all others.
//! The names are odd so that a blanket trait of the program's cannot meet them.

use std::fmt::{self, Write as _};
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::task::Poll;

use crate::busy::Hushed;
use crate::limits;
use crate::value::floor_char_boundary;

/// A returned value, to be asked whether it is an error.
#[derive(Debug)]
pub struct Probe<'a, T: ?Sized>(pub &'a T);

/// The answer of the types that tell.
///
/// One trait for all of them, and none of the types' own methods: where the program's author has made a mistake with the type, so
/// that it is not known, this asks for nothing.
#[diagnostic::on_unimplemented(message = "mismatched types", label = "this is not of the type that is returned")]
pub trait ProbeKnown {
    /// Whether it is an error.
    fn __telemetry_is_error(&self) -> bool;
}

/// The answer for types that do not tell, of which there is one more reference.
pub trait ProbeDefault {
    /// No.
    fn __telemetry_is_error(&self) -> bool {
        false
    }
}

impl<T: ?Sized> ProbeDefault for &Probe<'_, T> {}

impl<T, E> ProbeKnown for Probe<'_, Result<T, E>> {
    /// Whether it is `Err`.
    fn __telemetry_is_error(&self) -> bool {
        self.0.is_err()
    }
}

impl<T, E> ProbeKnown for Probe<'_, Poll<Result<T, E>>> {
    /// Whether it is ready, and `Err`.
    fn __telemetry_is_error(&self) -> bool {
        matches!(self.0, Poll::Ready(Err(_)))
    }
}

impl<T, E> ProbeKnown for Probe<'_, Poll<Option<Result<T, E>>>> {
    /// Whether it is ready, and holds an `Err`.
    fn __telemetry_is_error(&self) -> bool {
        matches!(self.0, Poll::Ready(Some(Err(_))))
    }
}

impl ProbeKnown for Probe<'_, ExitCode> {
    /// Whether it is another code than success.
    fn __telemetry_is_error(&self) -> bool {
        *self.0 != ExitCode::SUCCESS
    }
}

/// What an error says, as far as there is room for it.
#[derive(Debug, Default)]
pub struct Told(String);

impl Told {
    /// What prints itself, by the program's code, which would not have run without us: a panic there is no text, and is not shown.
    pub(crate) fn of(tell: impl FnOnce(&mut Self)) -> Option<String> {
        let mut told = Self::default();
        let _hushed = Hushed::begin();
        std::panic::catch_unwind(AssertUnwindSafe(|| tell(&mut told))).ok()?;
        told.into_text()
    }

    /// The text, unless there is none.
    fn into_text(self) -> Option<String> {
        (!self.0.is_empty()).then_some(self.0)
    }
}

impl fmt::Write for Told {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let fits = floor_char_boundary(text, limits::ERROR_TEXT_BYTES - self.0.len());
        self.0.push_str(&text[..fits]);
        // What is too long need not be written to its end.
        if fits == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}

/// What an error says, of results whose error prints.
pub trait ErrorKnown {
    /// Writes it.
    fn __telemetry_tell_error(&self, to: &mut Told);
}

/// What is said of all others, of which there is one more reference.
pub trait ErrorDefault {
    /// Nothing.
    fn __telemetry_tell_error(&self, _: &mut Told) {}
}

impl<T: ?Sized> ErrorDefault for &Probe<'_, T> {}

impl<T, E: fmt::Display> ErrorKnown for Probe<'_, Result<T, E>> {
    fn __telemetry_tell_error(&self, to: &mut Told) {
        if let Err(error) = self.0 {
            // Cut, if it does not fit.
            let _ = write!(to, "{error}");
        }
    }
}

/// A return type, to be asked whether an exit by `?` is an error.
#[derive(Debug)]
pub struct TypeProbe<T: ?Sized>(PhantomData<fn() -> *const T>);

impl<T: ?Sized> TypeProbe<T> {
    /// The probe of a type.
    #[must_use]
    #[allow(
        clippy::new_without_default,
        reason = "what it says depends on the type, which a default would have to guess"
    )]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> TypeProbe<T> {
    /// A value of the type, in code that never runs: to return it says what the type is.
    #[allow(clippy::unreachable, reason = "in an arm that is never chosen")]
    #[must_use]
    pub fn __telemetry_value(&self) -> T {
        unreachable!("it is only type-checked")
    }
}

/// The answer of the types that tell.
pub trait TypeProbeKnown {
    /// Yes.
    fn __telemetry_is_fallible(&self) -> bool {
        true
    }
}

/// The answer for types that do not tell, of which there is one more reference.
pub trait TypeProbeDefault {
    /// No.
    fn __telemetry_is_fallible(&self) -> bool {
        false
    }
}

impl<T: ?Sized> TypeProbeDefault for &TypeProbe<T> {}

impl<T, E> TypeProbeKnown for TypeProbe<Result<T, E>> {}

impl<T, E> TypeProbeKnown for TypeProbe<Poll<Result<T, E>>> {}

impl<T, E> TypeProbeKnown for TypeProbe<Poll<Option<Result<T, E>>>> {}
