//! The one background thread: it alone reads the spool and touches the network.
//!
//! It sleeps until an event is recorded, waits for the batch window to close, and then, sink by sink, sends what is new in this
//! process's own segment. Each sink has a position of its own, so a dead one holds no other back. Segments that dead processes
//! left are taken one at a time, sent, and emptied.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{RecvTimeoutError, Sender};

use crate::clock;
use crate::engine::{Control, Engine, Inbox};
use crate::format::json::Told;
use crate::level::Kinds;
use crate::limits;
use crate::loss::{Loss, SinkBooks};
use crate::reader::{Chunk, Reader, Source};
use crate::retry::{Pause, Verdict};
use crate::sink::Sink;
use crate::spool::Segment;

/// How often a process that lives long looks for what dead ones left.
const ADOPT_EVERY: Duration = Duration::from_secs(60);

pub(crate) struct Worker {
    engine: &'static Engine,
    inbox: Inbox,
    /// What may be collected may be sent; what an earlier run left at another level waits.
    kinds: Kinds,
    window: Duration,
    lanes: Vec<Lane>,
    /// What this process writes, once it has written something.
    own: Option<Reader>,
    /// Segments that this process wrote to before it moved on.
    left: Vec<Reader>,
    /// What could not be written.
    memory: Reader,
    adopted: Instant,
}

/// One sink, and how it goes with it.
struct Lane {
    sink: Sink,
    books: &'static SinkBooks,
    pause: Pause,
    /// A request failed in this round; another would only fail as well.
    failed: bool,
}

/// What the worker was woken for.
enum Turn {
    Send,
    Flush(Sender<()>),
    Stop,
}

impl Worker {
    pub(crate) fn new(engine: &'static Engine, inbox: Inbox, sinks: Vec<Sink>, kinds: Kinds, window: Duration) -> Self {
        let lanes = sinks.into_iter().zip(&engine.sink_books);
        Self {
            engine,
            inbox,
            kinds,
            window,
            lanes: lanes.map(|(sink, books)| Lane { sink, books, pause: Pause::default(), failed: false }).collect(),
            own: None,
            left: Vec::new(),
            memory: Reader::of_run(Source::memory(), Arc::clone(&engine.run)),
            adopted: clock::tick(),
        }
    }

    pub(crate) fn run(mut self) {
        self.adopt(false);
        loop {
            match self.wait() {
                Turn::Send => self.round(false),
                Turn::Flush(done) => {
                    self.round(true);
                    // Whoever asked may have stopped waiting.
                    let _ = done.send(());
                }
                Turn::Stop => return,
            }
        }
    }

    /// Sleeps until there is something to do.
    fn wait(&self) -> Turn {
        let mut until = self.lanes.iter().filter_map(|lane| lane.pause.left()).min().map(|left| clock::tick() + left);
        loop {
            let told = match until {
                Some(until) => self.inbox.control.recv_deadline(until),
                None => self.inbox.control.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match told {
                Ok(Control::Wake) => {
                    let closes = clock::tick() + self.window;
                    until = Some(until.map_or(closes, |until| until.min(closes)));
                }
                Ok(Control::Flush(done)) => return Turn::Flush(done),
                Err(RecvTimeoutError::Timeout) => return Turn::Send,
                Ok(Control::Stop) | Err(RecvTimeoutError::Disconnected) => return Turn::Stop,
            }
        }
    }

    /// Sends what can be sent.
    fn round(&mut self, flushing: bool) {
        let retrying = self.lanes.iter().any(|lane| lane.pause.is_due());
        for lane in &mut self.lanes {
            lane.failed = false;
        }
        self.engine.begin_batch();
        for record in self.inbox.queue.try_iter() {
            if self.memory.in_memory() < limits::QUEUE_EVENTS {
                self.memory.push(record);
            } else {
                self.engine.books.lose(Loss::QueueFull, 1);
            }
        }
        deliver(self.engine, &mut self.lanes, &mut self.memory, flushing);
        self.own(flushing);
        self.left.retain_mut(|reader| {
            // Asked before reading: whatever was appended by the last writer is then read.
            let alone = reader.segment_of_ours_alone().is_some();
            let done = deliver(self.engine, &mut self.lanes, reader, flushing);
            !(alone && done && reader.segment_of_ours_alone().is_some_and(|segment| segment.clear().is_ok()))
        });
        if flushing || retrying || self.adopted.elapsed() > ADOPT_EVERY {
            self.adopt(flushing);
        }
    }

    /// Sends what this process wrote; moves to another segment when this one has grown and nothing of it is owed.
    fn own(&mut self, flushing: bool) {
        if self.own.is_none() {
            let segment = self.engine.spool.current();
            self.own = segment.and_then(|segment| Reader::open(Source::Segment(segment)).ok());
        }
        let Some(own) = &mut self.own else {
            return;
        };
        let done = deliver(self.engine, &mut self.lanes, own, flushing);
        let grown = self.engine.spool.current().is_some_and(|segment| segment.bytes() > limits::SEGMENT_KEEP_BYTES);
        if done && grown && self.engine.spool.rotate().is_some() {
            self.left.extend(self.own.take());
        }
    }

    /// Sends and empties what dead processes left.
    fn adopt(&mut self, flushing: bool) {
        self.adopted = clock::tick();
        for segment in self.engine.folder().into_iter().flat_map(Segment::left_behind) {
            if !self.kinds.contains(Kinds::STATS) || !self.lanes.iter().any(|lane| lane.may_send(flushing)) {
                return;
            }
            let Ok(mut reader) = Reader::open(Source::Segment(Arc::new(segment))) else {
                continue;
            };
            let done = deliver(self.engine, &mut self.lanes, &mut reader, flushing);
            if let Some(segment) = reader.segment_of_ours_alone().filter(|_| done) {
                // One that cannot be emptied is found settled, or sent again and refused by its ids.
                drop(segment.clear());
            }
        }
    }
}

/// Sends a source's events to every sink; says whether none is owed anything.
fn deliver(engine: &Engine, lanes: &mut [Lane], reader: &mut Reader, flushing: bool) -> bool {
    let mut done = true;
    let mut slowest = u64::MAX;
    for lane in lanes {
        done &= lane.deliver(engine, reader, flushing);
        slowest = slowest.min(reader.position(lane.sink.name()));
    }
    if done {
        reader.settle(slowest);
    }
    done
}

impl Lane {
    fn may_send(&self, flushing: bool) -> bool {
        !self.failed && self.pause.is_over(flushing)
    }

    /// Sends a source's events from this sink's position to its end; says whether it got there.
    fn deliver(&mut self, engine: &Engine, reader: &mut Reader, flushing: bool) -> bool {
        loop {
            let at = reader.position(self.sink.name());
            let Ok(chunk) = reader.chunk(at, limits::BATCH_EVENTS) else {
                return false;
            };
            engine.books.lose(Loss::Damaged, chunk.damaged);
            if chunk.next == at {
                return true;
            }
            if chunk.events.is_empty() {
                reader.skip(self.sink.name(), chunk.next);
                continue;
            }
            if !self.may_send(flushing) {
                return false;
            }
            let sent = self.send_chunk(engine, reader, &chunk);
            if sent == chunk.events.len() {
                reader.acknowledge(self.sink.name(), chunk.next);
            } else {
                if let Some(last) = sent.checked_sub(1) {
                    reader.acknowledge(self.sink.name(), chunk.ends[last]);
                }
                return false;
            }
        }
    }

    /// How many of the events, from the first, need nothing more.
    fn send_chunk(&mut self, engine: &Engine, reader: &Reader, chunk: &Chunk) -> usize {
        let told: Vec<_> = chunk.events.iter().map(|event| (event, reader.run(event.invocation))).collect();
        self.send(engine, &told)
    }

    fn send(&mut self, engine: &Engine, events: &[Told<'_>]) -> usize {
        let own = events.iter().filter(|(event, _)| event.invocation == engine.run.invocation).count();
        match self.sink.send(events) {
            Verdict::Accepted => {
                self.pause.succeeded();
                self.books.accept(own as u64, (events.len() - own) as u64);
                events.len()
            }
            Verdict::Split if events.len() > 1 => {
                let (first, second) = events.split_at(events.len() / 2);
                let sent = self.send(engine, first);
                if sent < first.len() { sent } else { sent + self.send(engine, second) }
            }
            Verdict::Split => {
                self.books.reject(own as u64);
                1
            }
            Verdict::Later(after) => {
                self.pause.failed(after);
                self.failed = true;
                0
            }
            Verdict::Closed => {
                self.pause.close();
                0
            }
        }
    }
}
