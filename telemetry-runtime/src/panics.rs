//! Panics, as error reports: on disk before the program says the first word of them.
//!
//! Of what a program does with hooks itself, some is out of reach: one that it sets later and that does not call the one before has
//! no report, one that prints first prints before the report, and a panic on another thread in the instant in which this one is
//! set has the default hook.
//!
//! The hook keeps addresses and where in the source it was; what they are called is found out by whoever sends them. It takes the
//! panic's message, which is the program's text, only where the user asks for the texts of errors, and calls the hook that was there before. A panic on a thread of ours is
//! nobody's business but ours: it is not told, and not shown; neither is one of an error that prints itself for us.

use std::borrow::Cow;
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::busy::{self, Busy};
use crate::engine;
use crate::event::{ErrorText, EventKind, Panic, Place};
use crate::frames;
use crate::gate;
use crate::limits;
use crate::loss::Loss;
use crate::place;
use crate::trace::Trace;
use crate::value::floor_char_boundary;

/// Has panics reported from now on, before the hook that there is now.
pub(crate) fn watch() {
    // Hooks cannot be changed while this thread panics; a program that starts telemetry then gets no reports.
    if std::thread::panicking() {
        return;
    }
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic: &PanicHookInfo<'_>| {
        if busy::is_our_thread() {
            // What comes next here is the end of the program, for a fault of ours.
            while cfg!(panic = "abort") {
                std::thread::park();
            }
            return;
        }
        if busy::is_hushed() {
            return;
        }
        if gate::errors() {
            report(panic);
        }
        previous(panic);
    }));
}

/// So many were reported in this run.
static REPORTED: AtomicU32 = AtomicU32::new(0);

/// Where this panics, the program ends: so it asks for nothing that could fail but by memory.
fn report(panic: &PanicHookInfo<'_>) {
    // A panic inside of us may hold what recording needs.
    let Some(_busy) = Busy::begin() else { return };
    let Some(engine) = engine::engine() else { return };
    if REPORTED.fetch_add(1, Ordering::Relaxed) >= limits::PANICS {
        return engine.lose(Loss::TooManyPanics);
    }
    let place = panic.location().map(|location| Place {
        file: Cow::Owned(place::reduced(location.file()).into_owned()),
        line: location.line(),
        column: location.column(),
    });
    let text = if gate::error_texts() { text_of(panic) } else { None };
    let kind = EventKind::Panic(Box::new(Panic { place, frames: Vec::new(), text, trace: Trace::capture() }));
    let call = frames::current_recorder().and_then(|(call, _)| call);
    if let Some(record) = engine.own_event("Panic", call, &kind) {
        engine.record_now(&record);
    }
}

/// What a panic says, as far as there is room for it; a payload that is no text says nothing.
fn text_of(panic: &PanicHookInfo<'_>) -> Option<ErrorText> {
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref().map(String::as_str))?;
    let text = text.get(..floor_char_boundary(text, limits::ERROR_TEXT_BYTES)).filter(|text| !text.is_empty())?;
    Some(ErrorText(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Threads that the hook which was there before has heard of.
    static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());

    #[test]
    fn a_panic_of_a_thread_of_ours_is_not_shown() {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            HEARD.lock().unwrap().push(std::thread::current().name().unwrap_or_default().to_owned());
            before(panic);
        }));
        watch();
        let panicking = |name: &str, is_ours: bool| {
            let body = move || {
                if is_ours {
                    busy::claim_thread();
                }
                // Not by `panic!`, which clippy keeps out of a library.
                std::panic::panic_any(());
            };
            std::thread::Builder::new().name(name.into()).spawn(body).unwrap().join().unwrap_err();
        };
        panicking("ours", true);
        panicking("the program's", false);
        let heard = HEARD.lock().unwrap();
        assert!(!heard.contains(&"ours".to_owned()) && heard.contains(&"the program's".to_owned()), "{heard:?}");
    }
}
