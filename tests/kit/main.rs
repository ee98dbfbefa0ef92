//! That a program's author can test the program's telemetry: what captures hold, what failures say, and that nothing leaves the machine.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::must_use_candidate,
    clippy::unnecessary_wraps,
    reason = "in a test, what cannot be is a failure, and tracked functions are as they come"
)]

mod assertions;
mod loopback;
mod receiver;
mod secrets;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    static PLACE: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// What a test that fails says, and that it names a line of the test, not one of the kit.
fn failure<T>(test: impl FnOnce() -> T) -> String {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            PLACE.set(panic.location().map(|place| String::from(place.file()).leak() as &str));
            before(panic);
        }));
    });
    let said = catch_unwind(AssertUnwindSafe(test)).err().unwrap();
    let file = PLACE.take().unwrap();
    assert!(file.contains("kit/") && !file.contains("testing/"), "the failure is said to be in {file}");
    let said =
        said.downcast::<String>().map_or_else(|said| (*said.downcast::<&str>().unwrap()).to_owned(), |said| *said);
    said.trim_end().to_owned()
}
