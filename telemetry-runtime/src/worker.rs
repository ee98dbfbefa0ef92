//! The one background thread: it alone reads the spool and touches the network.
//!
//! It sleeps until an event is recorded, waits for the batch window to close, and then, sink by sink, sends what is new in this
//! process's own segment. Each sink has a position of its own, so a dead one holds no other back. Segments that dead processes
//! left are taken one at a time, sent, and emptied.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{RecvTimeoutError, Sender};

use crate::busy::Busy;
use crate::clock;
use crate::engine::{Control, Engine, Inbox};
use crate::format::json::Told;
use crate::level::Kinds;
use crate::limits;
use crate::loss::{Loss, SinkBooks};
use crate::reader::{Chunk, Reader};
use crate::retry::{Answer, Pause, Verdict};
use crate::sink::Sink;
use crate::spool::Segment;
use crate::transport::Http;

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
    /// When dead processes' segments were looked for.
    adopted: Instant,
    /// … and whether there were more of them.
    is_adopting: bool,
}

/// One sink, and how it goes with it.
struct Lane {
    sink: Sink,
    http: Http,
    books: &'static SinkBooks,
    pause: Pause,
    /// A request failed in this round; another would only fail as well.
    failed: bool,
    /// Single events that were refused since the last batch that was accepted.
    refusals: u32,
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
            lanes: lanes
                .map(|(sink, books)| Lane {
                    sink,
                    http: Http::default(),
                    books,
                    pause: Pause::default(),
                    failed: false,
                    refusals: 0,
                })
                .collect(),
            own: None,
            left: Vec::new(),
            memory: Reader::of_memory(Arc::clone(&engine.run)),
            adopted: clock::tick(),
            is_adopting: false,
        }
    }

    pub(crate) fn run(mut self) {
        // Nothing that is called from this thread is recorded: not by a global allocator, nor by anything else.
        let _busy = Busy::begin();
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
        let now = clock::tick();
        let pauses = self.lanes.iter().filter_map(|lane| lane.pause.left());
        let mut until = pauses.min().and_then(|left| now.checked_add(left));
        if self.is_adopting {
            until = Some(now);
        }
        loop {
            let told = match until {
                Some(until) => self.inbox.control.recv_deadline(until),
                None => self.inbox.control.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match told {
                // What a dead process left in the slot that this one took has waited long enough.
                Ok(Control::Wake) if self.own.is_none() && self.has_inherited() => return Turn::Send,
                Ok(Control::Wake) => {
                    // A window that never closes waits for a flush.
                    if let Some(closes) = clock::tick().checked_add(self.window) {
                        until = Some(until.map_or(closes, |until| until.min(closes)));
                    }
                }
                Ok(Control::Flush(done)) => return Turn::Flush(done),
                Err(RecvTimeoutError::Timeout) => return Turn::Send,
                Ok(Control::Stop) | Err(RecvTimeoutError::Disconnected) => return Turn::Stop,
            }
        }
    }

    fn has_inherited(&self) -> bool {
        self.engine.spool.current().is_some_and(|segment| segment.is_inherited())
    }

    /// Sends what can be sent: what is there now, not what comes meanwhile, so that a round has an end.
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
            // Noted before reading: whatever was appended by the last writer is then read.
            reader.note_whether_written_to();
            let done = deliver(self.engine, &mut self.lanes, reader, flushing) && !reader.is_written_to();
            !(done && reader.segment_of_ours_alone().is_some_and(|segment| segment.clear().is_ok()))
        });
        if flushing || retrying || self.is_adopting || self.adopted.elapsed() > ADOPT_EVERY {
            self.adopt(flushing);
        }
    }

    /// Sends what this process wrote, and moves to another segment when this one has grown.
    fn own(&mut self, flushing: bool) {
        if self.own.is_none() {
            let segment = self.engine.spool.current();
            self.own = segment.and_then(|segment| Reader::of_writer(segment).ok());
        }
        let Some(own) = &mut self.own else {
            return;
        };
        deliver(self.engine, &mut self.lanes, own, flushing);
        let left: u64 = self.left.iter().map(Reader::end).sum();
        let may_leave = own.end() > limits::SEGMENT_LEAVE_BYTES && left < limits::LEFT_BYTES;
        if may_leave && self.engine.spool.rotate().is_some() {
            self.left.extend(self.own.take());
        }
    }

    /// Sends and empties what dead processes left. Whoever has something to say is heard between two segments.
    fn adopt(&mut self, flushing: bool) {
        self.adopted = clock::tick();
        self.is_adopting = false;
        for segment in self.engine.folder().into_iter().flat_map(Segment::left_behind) {
            if !self.kinds.contains(Kinds::STATS) || !self.lanes.iter().any(|lane| lane.may_send(flushing)) {
                return;
            }
            if !flushing && !self.inbox.control.is_empty() {
                self.is_adopting = true;
                return;
            }
            let Ok(mut reader) = Reader::of_dead(segment) else {
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

/// Sends a source's events to every sink, a batch to each in turn; says whether none is owed anything.
fn deliver(engine: &Engine, lanes: &mut [Lane], reader: &mut Reader, flushing: bool) -> bool {
    let end = reader.end();
    let mut done;
    loop {
        done = true;
        let mut moved = false;
        for lane in &mut *lanes {
            match lane.deliver_next(engine, reader, end, flushing) {
                Step::Done => {}
                Step::Moved => moved = true,
                Step::Stuck => done = false,
            }
        }
        if !moved {
            break;
        }
    }
    let slowest = lanes.iter().map(|lane| reader.position(lane.sink.name())).min();
    if let Some(slowest) = slowest.filter(|_| done) {
        // What cannot be settled is read again, and found delivered.
        drop(reader.settle(slowest));
    }
    done
}

/// What became of a sink's next batch.
enum Step {
    /// There is none.
    Done,
    Moved,
    /// It cannot go now.
    Stuck,
}

impl Lane {
    fn may_send(&self, flushing: bool) -> bool {
        !self.failed && self.pause.is_over(flushing)
    }

    /// Sends a source's next events before `end`.
    fn deliver_next(&mut self, engine: &Engine, reader: &mut Reader, end: u64, flushing: bool) -> Step {
        let at = reader.position(self.sink.name());
        if at >= end {
            return Step::Done;
        }
        let Ok(chunk) = reader.chunk(at, limits::BATCH_EVENTS) else {
            return Step::Stuck;
        };
        engine.books.lose(Loss::Damaged, chunk.damaged);
        if chunk.next == at {
            return Step::Done;
        }
        if chunk.events.is_empty() {
            reader.skip(self.sink.name(), chunk.next);
            return Step::Moved;
        }
        if !self.may_send(flushing) {
            return Step::Stuck;
        }
        match self.send_chunk(engine, reader, &chunk) {
            0 => return Step::Stuck,
            sent if sent == chunk.events.len() => reader.acknowledge(self.sink.name(), chunk.next),
            sent => reader.acknowledge(self.sink.name(), chunk.ends[sent - 1]),
        }
        Step::Moved
    }

    /// How many of the events, from the first, need nothing more.
    fn send_chunk(&mut self, engine: &Engine, reader: &Reader, chunk: &Chunk) -> usize {
        let told: Vec<_> = chunk.events.iter().map(|event| (event, reader.run(event.invocation))).collect();
        self.send(engine, &told)
    }

    fn send(&mut self, engine: &Engine, events: &[Told<'_>]) -> usize {
        let own = events.iter().filter(|(event, _)| event.invocation == engine.run.invocation).count();
        let Answer { verdict, said } = self.sink.send(&mut self.http, events);
        self.books.note(said);
        match verdict {
            Verdict::Accepted => {
                self.pause.succeeded();
                self.refusals = 0;
                self.books.accept(own as u64, (events.len() - own) as u64);
                events.len()
            }
            Verdict::Split if events.len() > 1 => {
                let (first, second) = events.split_at(events.len() / 2);
                let sent = self.send(engine, first);
                if sent < first.len() { sent } else { sent + self.send(engine, second) }
            }
            Verdict::Split if self.refusals < limits::REFUSALS => {
                self.refusals += 1;
                self.books.reject(own as u64);
                1
            }
            Verdict::Later(after) => {
                self.pause.failed(after);
                self.failed = true;
                0
            }
            Verdict::Closed | Verdict::Split => {
                self.pause.close();
                0
            }
        }
    }
}
