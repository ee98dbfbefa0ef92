//! A program's telemetry in the program's tests.
//!
//! | To see | take |
//! |---|---|
//! | what tracked functions record | [`capture`]: no start, no files, no network, safe in parallel |
//! | that it is what you mean | `AssertEvents`, whose failures show all that was recorded |
//! | that the program sends it | `FakeReceiver`: on loopback, answers as it is told |
//! | that no test sends anything elsewhere | `loopback_only`, and `LOOPBACK_ONLY` for programs that tests start |
//!
//! All but the capture is in the feature `testing`, which belongs under `[dev-dependencies]`. A build that has it all the same sends what it
//! would send without it.
//!
//! The guide is `docs/testing.md`.

use std::marker::PhantomData;
use std::sync::Arc;

use crate::event::Event;
use crate::recording::Tape;

#[cfg(feature = "testing")]
mod assertions;
#[cfg(feature = "testing")]
mod receiver;
#[cfg(feature = "testing")]
mod secrets;

#[cfg(feature = "testing")]
pub use self::assertions::{AssertEvents, Expected, Recorded};
#[cfg(feature = "testing")]
pub use self::receiver::{Answer, FakeReceiver, Request};

/// The variable that has a program send nothing beyond loopback: to be set for programs that tests start, to anything but nothing, `0` and
/// `false`.
///
/// A run whose sinks, or whose proxy, are elsewhere is held as a development build is: it collects and sends nothing, required usage neither, and
/// says on standard error why. The variable is heeded in every build, with or without the feature `testing`.
///
/// ```no_run
/// use std::process::Command;
/// use telemetry_runtime::testing;
///
/// let mut program = Command::new("target/debug/demo");
/// program.env(testing::LOOPBACK_ONLY, "1");
/// ```
///
/// In `.cargo/config.toml`, it guards all that `cargo test` and `cargo run` start:
///
/// ```toml
/// [env]
/// TELEMETRY_LOOPBACK_ONLY = "1"
/// ```
#[cfg(feature = "testing")]
pub const LOOPBACK_ONLY: &str = crate::env::LOOPBACK_ONLY;

/// From now on, a start of telemetry in this process panics if it would send beyond loopback, and names the endpoint.
///
/// For all tests of the process: there is no way back. Where nothing would be sent (a build for tests holds itself back, as long as it does not say
/// [`Development::Send`](crate::Development::Send), and so does a level of `none`), nothing panics. Programs that tests start are guarded by [`LOOPBACK_ONLY`].
///
/// ```should_panic
/// use telemetry_runtime::{Development, Telemetry, app, sink, testing};
///
/// testing::loopback_only();
/// let _telemetry = Telemetry::builder(app!())
///     .sink(sink::Json::new("https://telemetry.example.org/v1/events"))
///     .development(Development::Send)
///     .start();
/// # #[cfg(not(feature = "record"))] panic!("nothing is sent in such a build");
/// ```
#[cfg(feature = "testing")]
pub fn loopback_only() {
    crate::recording::ask_for_loopback_only();
}

/// Runs `body` and returns what it returned, with the events that tracked calls recorded meanwhile.
///
/// Captured are the calls that this thread begins, and the calls within those, wherever their futures are polled. Other threads,
/// and so other tests, are not seen, and nothing of what is captured goes anywhere else.
///
/// ```
/// use telemetry_runtime::{record, testing, tracked};
///
/// #[tracked]
/// fn count_rows(table: &str) -> usize {
///     let rows = table.lines().count();
///     record!(rows = rows);
///     rows
/// }
///
/// let (rows, events) = testing::capture(|| count_rows("a\nb\n"));
/// assert_eq!(rows, 2);
/// let names: Vec<_> = events.iter().map(|event| event.name.as_ref()).collect();
/// assert_eq!(names, ["Count Rows Started", "Count Rows Finished"]);
/// assert_eq!(events[1].field("rows").map(ToString::to_string), Some("2".into()));
/// ```
///
/// The future of an async function has to be run inside: a call begins when its future is first polled. In an async test, hold
/// [`Capture::attach`] instead.
///
/// Of functions with `sample` or `limit`, every call is captured. Calls of functions with `aggregate` are counted where they end, on this
/// thread or in a captured call, and told by one event a function, behind all others.
///
/// In a build without the feature `record`, there are no events.
///
/// # Panics
///
/// Only where `body` does; [`Capture`] keeps the events then.
pub fn capture<T>(body: impl FnOnce() -> T) -> (T, Vec<Event>) {
    let capture = Capture::new();
    let returned = {
        let _attached = capture.attach();
        body()
    };
    (returned, capture.events())
}

/// A capture that several threads, or a body that panics, record to.
///
/// ```
/// use telemetry_runtime::{testing::Capture, tracked};
///
/// #[tracked]
/// fn work() {}
///
/// let capture = Capture::new();
/// let thread = std::thread::spawn({
///     let capture = capture.clone();
///     move || {
///         let _attached = capture.attach();
///         work();
///     }
/// });
/// thread.join().unwrap();
/// assert_eq!(capture.events().len(), 2);
/// ```
#[derive(Clone, Debug)]
pub struct Capture(Arc<Tape>);

impl Capture {
    /// A capture that nothing is attached to yet.
    #[must_use]
    #[allow(
        clippy::new_without_default,
        reason = "it opens the gate for the whole process, which a default should not"
    )]
    pub fn new() -> Self {
        Self(Arc::new(Tape::new()))
    }

    /// Until the guard is dropped, calls that begin on this thread are captured.
    #[must_use = "calls are captured until this is dropped"]
    pub fn attach(&self) -> Attached {
        Attached { outer: Tape::attach(Some(Arc::clone(&self.0))), of_this_thread: PhantomData }
    }

    /// What was recorded so far.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.0.events()
    }
}

/// While it lives, calls that begin on this thread are captured.
#[derive(Debug)]
pub struct Attached {
    outer: Option<Arc<Tape>>,
    of_this_thread: PhantomData<*const ()>,
}

impl Drop for Attached {
    fn drop(&mut self) {
        drop(Tape::attach(self.outer.take()));
    }
}
