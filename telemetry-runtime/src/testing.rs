//! Seeing what tracked functions record, in tests: no start, no files, no network, safe in parallel.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use crate::clock;
use crate::codec::{self, Found, Record};
use crate::engine::{Engine, engine};
use crate::event::Event;
use crate::gate;
use crate::loss::Loss;

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
pub struct Capture(Arc<Kept>);

#[derive(Debug)]
pub(crate) struct Kept {
    invocation: Uuid,
    records: Mutex<Vec<u8>>,
}

impl Capture {
    /// A capture that nothing is attached to yet.
    #[must_use]
    #[allow(
        clippy::new_without_default,
        reason = "it opens the gate for the whole process, which a default should not"
    )]
    pub fn new() -> Self {
        gate::capture_began();
        Self(Arc::new(Kept { invocation: clock::invocation_id(), records: Mutex::default() }))
    }

    /// Until the guard is dropped, calls that begin on this thread are captured.
    #[must_use = "calls are captured until this is dropped"]
    pub fn attach(&self) -> Attached {
        Attached { outer: ATTACHED.replace(Some(self.clone())), of_this_thread: PhantomData }
    }

    /// What was recorded so far.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        let records = self.0.records.lock().unwrap_or_else(PoisonError::into_inner);
        let mut events = Vec::new();
        let mut rest = records.as_slice();
        while !rest.is_empty()
            && let Found::Record(record, length) = codec::read(rest)
        {
            if let Record::Event(event) = *record {
                events.push(event);
            }
            rest = &rest[length..];
        }
        events
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        gate::capture_ended();
    }
}

/// While it lives, calls that begin on this thread are captured.
#[derive(Debug)]
pub struct Attached {
    outer: Option<Capture>,
    of_this_thread: PhantomData<*const ()>,
}

impl Drop for Attached {
    fn drop(&mut self) {
        ATTACHED.set(self.outer.take());
    }
}

thread_local! {
    static ATTACHED: RefCell<Option<Capture>> = const { RefCell::new(None) };
}

/// Where a call is recorded, from its beginning to its end.
#[derive(Clone, Debug)]
pub(crate) enum Tape {
    /// The program's own engine.
    Engine(&'static Engine),
    /// A test's capture.
    Capture(Capture),
}

impl Tape {
    /// Where a call that has no call round it is recorded.
    pub(crate) fn of_thread() -> Option<Self> {
        let capture = ATTACHED.try_with(|attached| attached.try_borrow().ok()?.clone()).ok().flatten();
        capture.map(Self::Capture).or_else(Self::of_engine)
    }

    fn of_engine() -> Option<Self> {
        if gate::stats() { engine().map(Self::Engine) } else { None }
    }

    /// Whether it still takes new calls.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Capture(_)) || gate::stats()
    }

    pub(crate) fn invocation(&self) -> Uuid {
        match self {
            Self::Engine(engine) => engine.run.invocation,
            Self::Capture(capture) => capture.0.invocation,
        }
    }

    pub(crate) fn record(&self, record: &[u8]) {
        match self {
            Self::Engine(engine) => engine.record(record),
            Self::Capture(capture) => {
                capture.0.records.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(record);
            }
        }
    }

    pub(crate) fn lose(&self, loss: Loss) {
        if let Self::Engine(engine) = self {
            engine.lose(loss);
        }
    }
}
