//! Where a call is recorded, from its beginning to its end: by the program's engine, or on a test's tape.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::aggregate::{Ending, Tally};
use crate::busy::Busy;
use crate::callsite::Callsite;
use crate::clock;
use crate::codec::{self, Found, Record};
use crate::engine::{self, Engine};
use crate::event::{CallId, Event, EventKind};
use crate::gate;
use crate::loss::Loss;
use crate::spool::Part;
use crate::thinning::Thinning;
use crate::value::Id;

/// Events of a test, in memory. While there is one, the gate is open.
#[derive(Debug)]
pub(crate) struct Tape {
    invocation: Id,
    records: Mutex<Vec<u8>>,
    /// What is only counted, and since when.
    tallies: Mutex<Vec<(&'static Callsite, Box<Tally>)>>,
    began: SystemTime,
}

thread_local! {
    static ATTACHED: RefCell<Option<Arc<Tape>>> = const { RefCell::new(None) };
}

impl Tape {
    pub(crate) fn new() -> Self {
        gate::capture_began();
        Self {
            invocation: clock::invocation_id(),
            records: Mutex::default(),
            tallies: Mutex::default(),
            began: clock::now(),
        }
    }

    /// Has the calls that begin on this thread recorded on a tape, or no longer; returns the one that was before.
    pub(crate) fn attach(tape: Option<Arc<Self>>) -> Option<Arc<Self>> {
        ATTACHED.replace(tape)
    }

    pub(crate) fn of_thread() -> Option<Arc<Self>> {
        ATTACHED.try_with(|attached| attached.try_borrow().ok()?.clone()).ok().flatten()
    }

    fn write(&self, record: &[u8]) -> bool {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(record);
        true
    }

    /// Counts a call of a function that has an aggregate instead of events.
    pub(crate) fn count(&self, callsite: &'static Callsite, ending: Ending, nanos: u64) {
        let mut tallies = self.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        let known = tallies.iter().find(|(other, _)| std::ptr::eq(*other, callsite));
        if let Some((_, tally)) = known {
            return tally.count(ending, nanos);
        }
        let tally = Box::new(Tally::new());
        tally.count(ending, nanos);
        tallies.push((callsite, tally));
    }

    /// What was counted so far, as events of now.
    fn aggregates(&self) -> Vec<Event> {
        let tallies = self.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        let event = |(callsite, tally): &(&'static Callsite, Box<Tally>)| {
            let ((name, _), time) = (callsite.aggregated()?, clock::now());
            Some(Event {
                id: clock::event_id(time),
                invocation: self.invocation,
                time,
                name: name.into(),
                kind: EventKind::Aggregate(Box::new(tally.read(self.began)?)),
                call: None,
                parent: None,
                fields: Vec::new(),
                thinning: Thinning::NONE,
                signed_in: 0,
                identity: None,
            })
        };
        tallies.iter().filter_map(event).collect()
    }

    /// What was recorded, in that order, and then what was only counted.
    pub(crate) fn events(&self) -> Vec<Event> {
        // A global allocator may be tracked, and would write here.
        let _busy = Busy::begin();
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let mut events = Vec::new();
        let mut rest = records.as_slice();
        while !rest.is_empty()
            && let Found::Record(record, length) = codec::read(rest)
        {
            if let Record::Event(event, _) = *record {
                events.push(event);
            }
            rest = &rest[length..];
        }
        drop(records);
        events.extend(self.aggregates());
        events
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        gate::capture_ended();
    }
}

/// What records a call.
#[derive(Clone, Debug)]
pub(crate) enum Recorder {
    Engine(&'static Engine),
    Tape(Arc<Tape>),
}

impl Recorder {
    /// What records a call that has no call round it, if anything does.
    pub(crate) fn of_thread() -> Option<Self> {
        let of_engine = || if gate::stats() { engine::engine().map(Self::Engine) } else { None };
        let tape = if gate::is_capturing() { Tape::of_thread() } else { None };
        tape.map(Self::Tape).or_else(of_engine)
    }

    /// Whether it still takes new calls.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Tape(_)) || gate::stats()
    }

    pub(crate) fn invocation(&self) -> Id {
        match self {
            Self::Engine(engine) => engine.invocation(),
            Self::Tape(tape) => tape.invocation,
        }
    }

    /// The number of who is signed in.
    pub(crate) fn signed_in(&self) -> u32 {
        match self {
            Self::Engine(engine) => engine.signed_in(),
            Self::Tape(_) => 0,
        }
    }

    /// The call of the process that started this one, which calls that have none round them belong to.
    pub(crate) fn outermost(&self) -> Option<CallId> {
        match self {
            Self::Engine(engine) => engine.outermost(),
            Self::Tape(_) => None,
        }
    }

    /// Where what begins now is to be recorded.
    pub(crate) fn part(&self) -> Part {
        match self {
            Self::Engine(engine) => engine.spool.part(),
            Self::Tape(_) => 0,
        }
    }

    /// Keeps what says that a call began, and is no event.
    pub(crate) fn keep(&self, part: Part, record: &[u8]) {
        if let Self::Engine(engine) = self {
            // Without it, one that is abandoned is not told of; it is no event that is lost.
            let _ = engine.keep(part, record);
        }
    }

    /// Records an event; says whether it is kept.
    pub(crate) fn record(&self, part: Part, record: &[u8]) -> bool {
        match self {
            Self::Engine(engine) => engine.record(part, record),
            Self::Tape(tape) => tape.write(record),
        }
    }

    /// Records what cannot wait.
    pub(crate) fn record_now(&self, record: &[u8]) {
        match self {
            Self::Engine(engine) => engine.record_now(record),
            Self::Tape(tape) => drop(tape.write(record)),
        }
    }

    /// Records the outcome of a call whose start was kept.
    pub(crate) fn record_outcome(&self, part: Part, record: &[u8]) {
        match self {
            Self::Engine(engine) => engine.record_outcome(part, record),
            Self::Tape(tape) => drop(tape.write(record)),
        }
    }

    pub(crate) fn lose(&self, loss: Loss) {
        if let Self::Engine(engine) = self {
            engine.lose(loss);
        }
    }
}
