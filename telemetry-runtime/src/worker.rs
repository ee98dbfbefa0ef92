//! The one background thread: it alone reads the spool and touches the network.
//!
//! It sleeps until an event is recorded, waits for the batch window to close, and then, sink by sink, sends what is new in this
//! process's own segment. Each sink has a position of its own, so a dead one holds no other back. Segments that dead processes
//! left are taken one at a time, sent, and emptied. Where events are queued, it puts them onto the disk every few milliseconds.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crate::busy;
use crate::clock;
use crate::codec::{self, What};
use crate::deliver::{Sent, Way};
use crate::engine::{Control, Engine, Periodic, Plan, Queued};
use crate::event::{Event, EventKind};
use crate::format::{Entry, Stream, Track, Verdict};
use crate::frames::{self, Frame};
use crate::latch::Doing;
use crate::level::{Kinds, Level};
use crate::limits;
use crate::loss::{Loss, SinkBooks};
use crate::mailbox::Inbox;
use crate::os;
use crate::pauses::{Pause, Pauses};
use crate::reader::{Chunk, Reader};
use crate::sink::Sink;
use crate::spool::{self, Part, Segment};
use crate::stack;
use crate::tape::Recorder;
use crate::totals;
use crate::trace::Trace;
use crate::transit::InTransit;
use crate::transport::Http;

/// How often a process that lives long looks for what dead ones left.
const ADOPT_EVERY: Duration = Duration::from_secs(60);

/// Starts a worker on a thread of its own. Where no thread can be had, events are spooled all the same, and go with a later run.
pub(crate) fn start(plan: &'static Plan, engine: &'static Engine, inbox: Inbox<Control>) {
    let thread = std::thread::Builder::new().name("telemetry".into());
    let in_transit = InTransit::begin();
    let run = move || {
        drop(in_transit);
        codec::prepare();
        engine.prepare();
        Worker::new(plan, engine, inbox).run();
    };
    drop(os::without_signals(|| thread.spawn(run)));
}

struct Worker {
    engine: &'static Engine,
    inbox: Inbox<Control>,
    kinds: Kinds,
    window: Duration,
    lanes: Vec<Lane>,
    pauses: Pauses,
    /// What this process writes, once it has written something.
    own: Option<Reader>,
    /// Segments that this process wrote to before it moved on.
    left: Vec<(Part, Reader)>,
    /// What could not be written.
    memory: Reader,
    /// When it was last tried to write again.
    rewritten: Instant,
    /// When dead processes' segments were looked for.
    adopted: Instant,
    /// … and whether there were more of them.
    is_adopting: bool,
    /// When the last round began: who had a pause then was not asked, though it may be over by now.
    began: Instant,
    /// A pause has ended that was waited for.
    is_retrying: bool,
    /// In the last round, nothing remained that a sink is owed.
    is_done: bool,
    /// What is done from time to time.
    periodic: Vec<Periodic>,
    /// Who waits for everything to be tried, and until when.
    flushes: Vec<(Instant, Doing)>,
    /// The slot that this process wrote to in the last round, and how far.
    written: (u16, u64),
}

/// One sink, and how it goes with it.
struct Lane {
    sink: &'static Sink,
    tracks: Vec<Rail>,
    streams: Vec<Course>,
    way: Way,
    books: &'static SinkBooks,
    /// What was to be put onto the disk before a request and could not be.
    unwritten: Vec<Queued>,
}

/// One of a sink's tracks.
struct Rail {
    track: &'static Track,
    /// Whether the level lets these events be sent: what an earlier run left at another level waits.
    is_allowed: bool,
}

/// How it goes on one of a sink's streams. An address that is wrong, or that takes nothing, holds no other back.
struct Course {
    name: &'static str,
    /// After a failure.
    pause: Pause,
    /// For so long, the receiver wants nothing of this stream, though nothing failed.
    held: Pause,
    /// A request failed in this round; another would only fail as well.
    failed: bool,
    /// … or in one before, since somebody began to wait.
    tried: bool,
    /// Single events that were refused since the last batch that was accepted.
    refusals: u32,
}

impl Course {
    const fn new(name: &'static str) -> Self {
        let (pause, held) = (Pause::NONE, Pause::NONE);
        Self { name, pause, held, failed: false, tried: false, refusals: 0 }
    }

    /// What its pause after a failure is remembered under.
    fn pause_key<'a>(&self, sink: &'a Sink) -> Cow<'a, str> {
        if self.name.is_empty() { sink.name().into() } else { format!("{}, {}", sink.name(), self.name).into() }
    }

    /// What the pause is remembered under that the receiver asked for.
    fn held_key(&self, sink: &Sink) -> String {
        format!("{}: {}", sink.name(), self.name)
    }

    /// When the pauses end, or have ended, that were not over then.
    fn ends_of_pauses(&self, then: Instant) -> impl Iterator<Item = Instant> {
        [&self.pause, &self.held].into_iter().filter_map(move |pause| pause.ends_after(then))
    }
}

impl Rail {
    fn of(sink: &Sink, track: &'static Track, level: Level) -> Self {
        let kinds = level.kinds();
        // Numbers of what is not sent go where something is.
        let allowed = if kinds.intersects(sink.kinds) { kinds | Kinds::LOSSES } else { Kinds::NONE };
        // Of what is required, no level decides.
        Self { track, is_allowed: (allowed | Kinds::REQUIRED).intersects(track.kinds) }
    }
}

/// What the worker was woken for.
enum Turn {
    Send,
    Stop,
}

impl Worker {
    fn new(plan: &'static Plan, engine: &'static Engine, inbox: Inbox<Control>) -> Self {
        let lane = |((sink, tracks), books): ((&'static Sink, &'static Vec<Track>), _)| {
            let way = Way::new(engine.folder(), plan.inspect.as_ref(), plan.bodies.as_deref());
            let mut streams: Vec<Course> = Vec::new();
            for track in tracks {
                if streams.iter().all(|stream| stream.name != track.stream.name) {
                    streams.push(Course::new(track.stream.name));
                }
            }
            let tracks = tracks.iter().map(|track| Rail::of(sink, track, plan.level)).collect();
            Lane { sink, tracks, streams, way, books, unwritten: Vec::new() }
        };
        Self {
            engine,
            inbox,
            kinds: plan.level.kinds(),
            window: plan.batch_window,
            lanes: plan.sinks.iter().zip(&plan.tracks).zip(&engine.sink_books).map(lane).collect(),
            pauses: Pauses::new(engine.folder()),
            own: None,
            left: Vec::new(),
            memory: Reader::of_memory(),
            rewritten: clock::tick(),
            adopted: clock::tick(),
            is_adopting: false,
            began: clock::tick(),
            is_retrying: false,
            is_done: true,
            periodic: Vec::new(),
            flushes: Vec::new(),
            written: (0, 0),
        }
    }

    fn run(mut self) {
        busy::claim_thread();
        if self.kinds.contains(Kinds::ERRORS) {
            stack::prepare();
        }
        for lane in &mut self.lanes {
            for stream in &mut lane.streams {
                stream.pause = self.pauses.of(&stream.pause_key(lane.sink));
                stream.held = self.pauses.of(&stream.held_key(lane.sink));
            }
        }
        // A run that is over before an answer comes would only send what its sender sends again.
        if !self.engine.is_helped() {
            self.adopt();
        }
        while let Turn::Send = self.wait() {
            self.round();
            self.answer_flushes();
        }
    }

    /// Sleeps until there is something to do.
    fn wait(&mut self) -> Turn {
        let attempt = self.next_attempt();
        let mut until = if self.is_adopting { Some(clock::tick()) } else { attempt };
        let mut is_recording = false;
        loop {
            if self.is_batch_full() {
                return Turn::Send;
            }
            let save = if is_recording && self.engine.is_queued() {
                clock::tick().checked_add(limits::SAVE_WINDOW)
            } else {
                None
            };
            self.run_periodic();
            let periodic = self.periodic.iter().map(|periodic| periodic.next);
            let wakes = until.into_iter().chain(save).chain(periodic).min();
            match self.inbox.receive(wakes.map(|wakes| wakes.saturating_duration_since(clock::tick()))) {
                // What a dead process left in the slot that this one took has waited long enough.
                Some(Control::Wake) if self.own.is_none() && self.has_inherited() => return Turn::Send,
                Some(Control::Wake) => {
                    is_recording = true;
                    // A window that never closes waits for a flush.
                    if let Some(closes) = clock::tick().checked_add(self.window) {
                        until = Some(until.map_or(closes, |until| until.min(closes)));
                    }
                }
                Some(Control::Flush(until, trying)) => {
                    self.streams().for_each(|stream| stream.tried = false);
                    self.flushes.push((until, trying));
                    return Turn::Send;
                }
                Some(Control::Save(saving)) => {
                    self.save();
                    self.engine.spool.look_again();
                    self.rewrite();
                    drop(saving);
                }
                Some(Control::LookAhead) => self.engine.spool.look_ahead(),
                Some(Control::Every(periodic)) => self.begin_periodic(periodic),
                None if until.is_none_or(|until| clock::tick() < until) => self.save(),
                None => {
                    self.is_retrying = attempt.is_some_and(|attempt| clock::tick() >= attempt);
                    return Turn::Send;
                }
                Some(Control::Stop) => return Turn::Stop,
            }
        }
    }

    /// Of what required usage has done from time to time, what is due first stays: it has the next one begin.
    fn begin_periodic(&mut self, periodic: Periodic) {
        match self.periodic.first_mut().filter(|_| self.engine.is_required()) {
            Some(first) if first.next <= periodic.next => {}
            Some(first) => *first = periodic,
            None => self.periodic.push(periodic),
        }
    }

    /// Does what is due. What was missed, because the machine slept or the network took long, is done once.
    fn run_periodic(&mut self) {
        let (engine, now) = (self.engine, clock::tick());
        self.periodic.retain_mut(|periodic| {
            if periodic.next > now {
                return true;
            }
            let Some(next) = now.checked_add(periodic.interval.max(limits::SHORTEST_INTERVAL)) else { return false };
            periodic.next = next;
            // What panics is not done again.
            catch_unwind(AssertUnwindSafe(|| (periodic.run)(engine))).unwrap_or(false)
        });
    }

    fn has_inherited(&self) -> bool {
        !self.engine.is_helped() && self.engine.spool.current().is_some_and(|segment| segment.is_inherited())
    }

    fn streams(&mut self) -> impl Iterator<Item = &mut Course> {
        self.lanes.iter_mut().flat_map(|lane| &mut lane.streams)
    }

    /// When a sink may be asked again that is owed something.
    fn next_attempt(&self) -> Option<Instant> {
        let ends = self.lanes.iter().flat_map(|lane| &lane.streams);
        let ends = ends.flat_map(|stream| stream.ends_of_pauses(self.began));
        if self.is_done { None } else { ends.min() }
    }

    /// Whoever waits is told, unless a pause ends while they do and the sink was not tried for them yet.
    fn answer_flushes(&mut self) {
        let streams = self.lanes.iter().flat_map(|lane| &lane.streams);
        let untried = streams.filter(|stream| !stream.tried).flat_map(|stream| stream.ends_of_pauses(self.began));
        let next = if self.is_done { None } else { untried.min() };
        self.flushes.retain(|(until, _)| next.is_some_and(|next| next < *until));
    }

    /// Whether so much was recorded since the last round that it is not waited for the window to close: the spool would be full by then.
    fn is_batch_full(&self) -> bool {
        let Some(segment) = self.engine.spool.current() else { return false };
        let (slot, bytes) = self.written;
        let before = if slot == segment.slot() { bytes } else { 0 };
        segment.bytes().saturating_sub(before) > limits::BATCH_BYTES && self.lanes.iter().any(Lane::may_send)
    }

    /// Puts what is queued onto the disk, or into memory.
    fn save(&mut self) {
        let Self { engine, memory, .. } = self;
        engine.save(None, |queued| remember(engine, memory, queued));
    }

    /// Has what waits in memory written, if that can be done again.
    fn rewrite(&mut self) {
        if self.memory.in_memory() == 0 {
            return;
        }
        if self.rewritten.elapsed() > limits::UNWRITABLE_PAUSE {
            self.rewritten = clock::tick();
            self.engine.spool.look_again();
        }
        let spool = &self.engine.spool;
        if spool.folder().is_some() {
            self.memory.move_memory(|record| spool.append(spool.part(), record).is_ok());
        }
        self.engine.set_remembering(self.memory.in_memory() > 0);
    }

    /// Sends what can be sent: what is there now, not what comes meanwhile, so that a round has an end.
    fn round(&mut self) {
        self.began = clock::tick();
        let retries = std::mem::take(&mut self.is_retrying);
        self.streams().for_each(|stream| stream.failed = false);
        self.engine.begin_batch();
        if self.engine.looks_purged() {
            return self.discard();
        }
        self.engine.set_away(true);
        self.save();
        self.rewrite();
        self.engine.tell_losses();
        self.is_done = true;
        self.deliver_memory();
        self.deliver_own();
        self.deliver_left();
        if !self.flushes.is_empty() || retries || self.is_adopting || self.adopted.elapsed() > ADOPT_EVERY {
            self.adopt();
        }
        if !self.is_done {
            self.make_room();
        }
        // Who delivered, here or in another process, has made room.
        if self.engine.spool.is_crowded() {
            self.engine.spool.look_ahead();
        }
        if self.engine.tell_losses() {
            self.deliver_own();
            self.deliver_left();
        }
        let Self { engine, memory, lanes, .. } = self;
        let unwritten = lanes.iter_mut().flat_map(|lane| lane.unwritten.drain(..));
        unwritten.for_each(|queued| remember(engine, memory, queued));
        self.written = self.engine.spool.current().map_or((0, 0), |segment| (segment.slot(), segment.bytes()));
        self.engine.set_away(false);
        if self.engine.is_purged() {
            self.discard();
        }
    }

    /// The user has had everything deleted: gives up what is here.
    fn discard(&mut self) {
        self.own = None;
        self.left.clear();
        self.engine.spool.discard();
        self.engine.save(None, drop);
        self.memory = Reader::of_memory();
        self.engine.set_remembering(false);
        self.is_done = true;
        self.is_adopting = false;
    }

    fn deliver_memory(&mut self) {
        let Self { engine, lanes, memory, pauses, .. } = self;
        self.is_done &= deliver(engine, lanes, pauses, memory);
    }

    /// Sends what this process writes, and moves to another segment when this one has grown.
    fn deliver_own(&mut self) {
        if self.own.is_none() {
            let segment = self.engine.spool.current();
            self.own = segment.and_then(|segment| Reader::of_writer(segment, self.engine.invocation()).ok());
            let oldest = self.own.as_mut().and_then(|own| own.oldest(&allowed_tracks(&self.lanes)));
            self.engine.consider_catch_up(oldest);
        }
        // Before it is read, which may take long.
        if self.own.as_ref().is_some_and(|own| own.end() > limits::SEGMENT_LEAVE_BYTES)
            && self.engine.spool.has_room()
            && let Some(part) = self.engine.spool.rotate()
        {
            self.left.extend(self.own.take().map(|reader| (part, reader)));
        }
        let Self { engine, lanes, pauses, own: Some(own), .. } = self else { return };
        self.is_done &= deliver(engine, lanes, pauses, own);
    }

    /// Sends and empties what this process has moved on from.
    fn deliver_left(&mut self) {
        for (part, mut reader) in std::mem::take(&mut self.left) {
            if !self.is_finished_with(part, &mut reader) {
                self.is_done = false;
                self.left.push((part, reader));
            }
        }
    }

    fn is_finished_with(&mut self, part: Part, reader: &mut Reader) -> bool {
        if !carry_over(self.engine, part) {
            return false;
        }
        // Nothing new is meant for this part. What is still queued for it has to be in it: whoever finds it, after our death,
        // would have calls be abandoned that have ended.
        self.save();
        let Self { engine, lanes, pauses, .. } = self;
        if !deliver(engine, lanes, pauses, reader) {
            return false;
        }
        engine.spool.forget(part);
        // Noted before reading: whatever the last writer has appended is then read.
        reader.note_whether_written_to();
        let is_whole = deliver(engine, lanes, pauses, reader) && !reader.is_written_to();
        is_whole && reader.segment_of_ours_alone().is_some_and(|segment| segment.clear().is_ok())
    }

    /// Sends and empties what dead processes left. Whoever has something to say is heard between two segments.
    fn adopt(&mut self) {
        self.adopted = clock::tick();
        self.is_adopting = false;
        let Some(folder) = self.engine.folder() else { return };
        // Whoever waits for all has all looked at.
        let most = if self.flushes.is_empty() { limits::SOME_SLOTS } else { limits::SLOTS.into() };
        let (mut segments, are_more) = Segment::some_left_behind(folder, most);
        if !self.lanes.iter().any(Lane::may_send) {
            self.is_done &= !are_more && segments.next().is_none();
            return;
        }
        for segment in segments {
            if self.flushes.is_empty() && !self.inbox.is_empty() {
                self.is_adopting = true;
                return;
            }
            let Ok(mut reader) = Reader::of_dead(segment) else {
                continue;
            };
            self.engine.consider_catch_up(reader.oldest(&allowed_tracks(&self.lanes)));
            let Self { engine, lanes, pauses, .. } = self;
            let done = deliver(engine, lanes, pauses, &mut reader);
            self.is_done &= done;
            // What is lost is said before that which shows it is gone.
            self.engine.tell_losses();
            if let Some(segment) = reader.segment_of_ours_alone().filter(|_| done) {
                // One that cannot be emptied is found settled, or sent again and refused by its ids. Where some were left, others may be.
                self.is_adopting |= segment.clear().is_ok() && are_more;
            }
            if !self.lanes.iter().any(Lane::may_send) {
                return;
            }
        }
    }

    /// Where the spool has no room and nothing goes, the oldest segments make some for what this process records, if it does. What has to
    /// be reported stays.
    fn make_room(&mut self) {
        if self.engine.is_required() || self.engine.spool.current().is_none() {
            return;
        }
        let Some(folder) = self.engine.folder() else { return };
        let too_many = || (spool::bytes_of_all(folder) + limits::SEGMENT_STEP_BYTES).checked_sub(limits::SPOOL_BYTES);
        if too_many().is_none() {
            return;
        }
        let Self { engine, lanes, left, .. } = self;
        for segment in Segment::left_behind(folder) {
            if let Ok(mut reader) = Reader::of_dead(segment) {
                evict(engine, lanes, &mut reader);
            }
            if too_many().is_none() {
                break;
            }
        }
        if too_many().is_some() && !left.is_empty() {
            let (part, mut reader) = left.remove(0);
            engine.spool.forget(part);
            evict(engine, lanes, &mut reader);
        }
    }
}

/// Has something that could not be written wait in memory, as long as there is room.
fn remember(engine: &Engine, memory: &mut Reader, (_, record): Queued) {
    if memory.in_memory() < limits::QUEUE_EVENTS {
        memory.push(record);
        engine.set_remembering(true);
    } else {
        engine.lose_queued(&record, Loss::QueueFull);
    }
}

/// Has the calls that began in a part that was left end where this process writes now: they may be open for days, and the part is
/// to be emptied. Says whether that went well.
///
/// Each call is locked while it moves, so at any moment the disk says of each open call, in at least one segment, that it is
/// open; and where it is said in two, the outcome has the same id.
fn carry_over(engine: &Engine, from: Part) -> bool {
    // No call is recorded there.
    if engine.is_required() {
        return true;
    }
    let to = engine.spool.part();
    let mut all = true;
    frames::for_each(|frame| {
        // What is on its way there is waited for.
        all &= frame.writing != Some(from);
        let Frame { open: Some(open), fields, .. } = frame else { return };
        if open.part != from || !matches!(open.recorder, Recorder::Engine(_)) {
            return;
        }
        if let Some(finish) = open.finish_name() {
            let head = open.head(open.start, open.began.wall, What::Begun(Some(finish), open.start_is_event));
            let (mut begun, mut moved) = (Vec::new(), Vec::new());
            let fits = codec::write_call(&mut begun, &head, finish, Some(fields))
                || codec::write_call(&mut begun, &head, finish, None);
            codec::seal(&mut begun);
            codec::write_moved(&mut moved, engine.invocation(), open.id);
            if fits
                && (engine.spool.append_to_books(to, &begun).is_err()
                    || engine.spool.append_to_books(from, &moved).is_err())
            {
                all = false;
                return;
            }
        }
        open.part = to;
    });
    all
}

/// Sends a source's events to every sink, a batch to each in turn; says whether none is owed anything.
fn deliver(engine: &Engine, lanes: &mut [Lane], pauses: &Pauses, reader: &mut Reader) -> bool {
    let end = reader.end();
    let mut done;
    loop {
        done = true;
        let mut moved = false;
        for lane in &mut *lanes {
            for track in 0..lane.tracks.len() {
                // What is read and encoded is so little that events may wait for that in the queue.
                engine.set_away(false);
                let step = lane.deliver_next(track, engine, pauses, reader, end);
                lane.leave(engine);
                match step {
                    Step::Done => {}
                    Step::Moved => moved = true,
                    Step::Stuck => done = false,
                }
            }
        }
        if !moved {
            break;
        }
    }
    let slowest = lanes.iter().flat_map(|lane| &lane.tracks).map(|rail| reader.position(&rail.track.key)).min();
    if let Some(slowest) = slowest.filter(|_| done) {
        note_totals(engine, lanes, reader);
        // What cannot be settled is read again, and found delivered.
        drop(reader.settle(slowest));
    }
    done
}

/// The tracks on which events may go at this level.
fn allowed_tracks(lanes: &[Lane]) -> Vec<(&'static str, Kinds)> {
    let rails = lanes.iter().flat_map(|lane| &lane.tracks).filter(|rail| rail.is_allowed);
    rails.map(|rail| (rail.track.key.as_str(), rail.track.kinds)).collect()
}

fn tracks(lanes: &[Lane]) -> impl Iterator<Item = &'static Track> {
    lanes.iter().flat_map(|lane| &lane.tracks).map(|rail| rail.track)
}

/// Notes for good what a segment tells of that every sink is done with: it is about to be emptied, by us or by whoever takes its slot.
fn note_totals(engine: &Engine, lanes: &[Lane], reader: &mut Reader) {
    if let (Some(folder), Some((slot, tallied))) = (engine.folder(), reader.tallied())
        && let Some((life, tally)) = tallied.when_done(tracks(lanes))
    {
        // What cannot be noted is missing in what the user is told of all runs, and nowhere else.
        drop(totals::note_life(folder, slot, life, tally));
    }
}

/// The same of a segment that is given up, and of which some sinks have had more than others.
fn note_totals_as_they_are(engine: &Engine, lanes: &[Lane], reader: &Reader) {
    if let (Some(folder), Some((slot, bytes))) = (engine.folder(), reader.contents()) {
        let tracks: Vec<_> = tracks(lanes).cloned().collect();
        drop(totals::note(folder, slot, &bytes, &tracks));
    }
}

/// Gives up what a source still owes, and empties it.
///
/// What it tells of losses is told from where this process writes now, by the same ids: who has heard it knows that. What is given up is
/// booked once it is gone: a process that ends in between leaves it to the next run, and has not said that it is lost.
fn evict(engine: &Engine, lanes: &mut [Lane], reader: &mut Reader) {
    let mut carried = Vec::new();
    let mut owed = Vec::new();
    for lane in &*lanes {
        let (mut own, mut earlier) = (0, 0);
        for rail in &lane.tracks {
            let track = rail.track;
            let mut at = reader.position(&track.key);
            while let Ok(chunk) = reader.chunk_of(track.kinds, at, usize::MAX, limits::READ_BYTES)
                && chunk.next > at
            {
                let counted = count(engine, chunk.events.iter());
                (own, earlier) = (own + counted.0, earlier + counted.1);
                let losses = chunk.events.iter().filter(|event| matches!(event.kind, EventKind::Loss { .. }));
                for event in losses {
                    if !carried.contains(&event.id) {
                        carried.push(event.id);
                        engine.tell_again(event);
                    }
                }
                at = chunk.next;
            }
        }
        owed.push((own, earlier));
    }
    note_totals_as_they_are(engine, lanes, reader);
    drop(reader.segment().map(Segment::clear));
    for (lane, (own, earlier)) in lanes.iter_mut().zip(owed) {
        engine.books.lose(Loss::Evicted, own + earlier);
        lane.books.give_up(own);
    }
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
    fn may_send(&self) -> bool {
        self.streams.iter().any(|stream| !stream.failed && stream.pause.is_over())
    }

    /// Goes where it may take long: what is recorded from now on goes onto the disk by itself, and what is queued is put there.
    fn leave(&mut self, engine: &Engine) {
        if !engine.is_away() {
            engine.set_away(true);
            engine.save(None, |queued| {
                self.unwritten.push(queued);
                engine.set_remembering(true);
            });
        }
    }

    /// How it goes on a stream.
    fn course(&mut self, stream: &Stream) -> Option<&mut Course> {
        self.streams.iter_mut().find(|course| course.name == stream.name)
    }

    /// Whether something may be sent on a stream, now and by this process.
    fn claim(&mut self, stream: &Stream, pauses: &Pauses) -> bool {
        let sink = self.sink;
        let Some(course) = self.course(stream) else { return false };
        let may_be = !course.failed && course.pause.is_over() && course.held.is_over();
        may_be && course.pause.claim(pauses, &course.pause_key(sink))
    }

    /// Changes how it goes on a stream.
    fn turn(&mut self, stream: &Stream, change: impl FnOnce(&mut Course, &str)) {
        let sink = self.sink;
        if let Some(course) = self.course(stream) {
            let key = course.pause_key(sink);
            change(course, &key);
        }
    }

    /// Sends a source's next events on one track before `end`.
    fn deliver_next(&mut self, rail: usize, engine: &Engine, pauses: &Pauses, reader: &mut Reader, end: u64) -> Step {
        let Rail { track, is_allowed } = self.tracks[rail];
        let at = reader.position(&track.key);
        if at >= end {
            return Step::Done;
        }
        let limits = track.stream.limits;
        let bytes = (limits.bytes / limits::READ_PART).min(limits::LARGEST_READ_BYTES);
        let Ok(mut chunk) = reader.chunk_of(track.kinds, at, limits.events.max(1), bytes) else {
            return Step::Stuck;
        };
        // To read a chunk takes a millisecond or two, and to encode it as much.
        self.leave(engine);
        engine.set_away(false);
        engine.books.lose(Loss::Damaged, chunk.damaged);
        if chunk.next == at {
            return Step::Done;
        }
        let is_excluded = |event: &Event| engine.excludes(event.invocation) || reader.is_excluded(event.invocation);
        // By themselves, so that they are settled, and counted once, also where what comes with them has to wait.
        match chunk.events.iter().position(is_excluded) {
            Some(0) => {
                let count = chunk.events.iter().take_while(|event| is_excluded(event)).count();
                self.give_up(engine, Loss::Excluded, chunk.events.iter().take(count));
                reader.acknowledge(&track.key, chunk.ends[count - 1]);
                return Step::Moved;
            }
            Some(first) => chunk.cut(first),
            None => {}
        }
        if chunk.events.is_empty() {
            reader.skip(&track.key, chunk.next);
            return Step::Moved;
        }
        let sent = if is_allowed && self.claim(&track.stream, pauses) {
            self.send_chunk(track, engine, pauses, reader, &mut chunk)
        } else {
            0
        };
        let settled = if sent > 0 { sent } else { self.expire(engine, &chunk) };
        match settled {
            0 => return Step::Stuck,
            all if all == chunk.events.len() => reader.acknowledge(&track.key, chunk.next),
            some => reader.acknowledge(&track.key, chunk.ends[some - 1]),
        }
        Step::Moved
    }

    /// Gives up what cannot go and has waited for too long; says how many of the events, from the first, that are.
    fn expire(&mut self, engine: &Engine, chunk: &Chunk) -> usize {
        let now = clock::now();
        let is_too_old = |event: &&Event| {
            let age = now.duration_since(event.time).unwrap_or_default();
            age > limits::AGE && age < limits::IMPLAUSIBLE_AGE
        };
        let count = chunk.events.iter().take_while(is_too_old).count();
        self.give_up(engine, Loss::Expired, chunk.events.iter().take(count));
        count
    }

    fn give_up<'a>(&mut self, engine: &Engine, reason: Loss, events: impl Iterator<Item = &'a Event>) {
        let (own, earlier) = count(engine, events);
        engine.books.lose(reason, own + earlier);
        self.books.give_up(own);
    }

    /// How many of the events, from the first, need nothing more.
    fn send_chunk(
        &mut self,
        track: &Track,
        engine: &Engine,
        pauses: &Pauses,
        reader: &Reader,
        chunk: &mut Chunk,
    ) -> usize {
        if chunk.events.iter_mut().any(|event| event.kind.trace_mut().is_some_and(|(trace, _)| !trace.is_empty())) {
            self.leave(engine);
            name_frames(&mut chunk.events);
        }
        let is_own = |event: &Event| event.invocation == engine.invocation();
        for event in chunk.events.iter_mut().filter(|event| event.signed_in != 0) {
            let own = if is_own(event) { engine.identity(event.signed_in) } else { None };
            event.identity = own.or_else(|| reader.identity(event).cloned());
        }
        // What is of this run has no record to be read where nothing can be written.
        let own = chunk.events.iter().any(is_own).then(|| engine.run());
        let run = |event: &Event| if is_own(event) { own } else { reader.run(event.invocation) };
        let entries: Vec<_> =
            chunk.events.iter().map(|event| Entry::new(event, run(event).map(AsRef::as_ref))).collect();
        self.send(&track.stream, engine, pauses, &entries)
    }

    /// Sends a batch. What panics below is a failure like others, of this sink alone.
    fn ask(&mut self, stream: &Stream, entries: &[Entry<'_>]) -> Sent {
        let Self { sink, way, .. } = self;
        catch_unwind(AssertUnwindSafe(|| sink.send(way, stream, entries))).unwrap_or_else(|_| {
            way.http = Http::default();
            Sent::later("no answer: the sink panicked".into())
        })
    }

    fn send(&mut self, stream: &Stream, engine: &Engine, pauses: &Pauses, entries: &[Entry<'_>]) -> usize {
        if engine.looks_purged() {
            return 0;
        }
        let (own, earlier) = count(engine, entries.iter().map(|entry| entry.event));
        self.leave(engine);
        let Sent { verdict, said, is_answered, pauses: asked, .. } = self.ask(stream, entries);
        let was_asked = said.is_some();
        if let Some(said) = said {
            self.books.note(said);
        }
        let is_held = self.hold(asked, stream, pauses);
        let refusals = self.course(stream).map_or(0, |course| course.refusals);
        match verdict {
            // There was nothing in it that the receiver is to have.
            Verdict::Accepted if !was_asked => {
                self.books.pass(own);
                entries.len()
            }
            Verdict::Accepted => {
                self.succeed(stream, pauses);
                self.books.accept(own, earlier);
                entries.len()
            }
            Verdict::Partly { rejected, .. } => {
                self.succeed(stream, pauses);
                let rejected_own = rejected.min(own);
                let rejected = rejected_own + (rejected - rejected_own).min(earlier);
                engine.books.lose(Loss::Rejected, rejected);
                self.books.reject(rejected_own);
                self.books.accept(own - rejected_own, earlier - (rejected - rejected_own));
                entries.len()
            }
            Verdict::Split if entries.len() > 1 => {
                let (first, second) = entries.split_at(entries.len() / 2);
                let sent = self.send(stream, engine, pauses, first);
                if sent < first.len() { sent } else { sent + self.send(stream, engine, pauses, second) }
            }
            Verdict::Split if refusals < limits::REFUSALS => {
                self.turn(stream, |course, _| course.refusals += 1);
                self.refuse(engine, own, earlier);
                entries.len()
            }
            Verdict::Refused => {
                self.refuse(engine, own, earlier);
                entries.len()
            }
            Verdict::Later(_) if is_held => {
                self.turn(stream, |course, _| course.tried = true);
                0
            }
            Verdict::Later(after) => {
                self.turn(stream, |course, key| {
                    course.pause.failed(after, pauses, key);
                    (course.failed, course.tried) = (true, true);
                });
                // Where nobody answers, nobody does on another stream, and would be waited for once more.
                if !is_answered && self.sink.has_one_address() {
                    self.streams.iter_mut().for_each(|course| (course.failed, course.tried) = (true, true));
                }
                0
            }
            Verdict::Closed | Verdict::Split => {
                self.turn(stream, |course, key| course.pause.close(pauses, key));
                0
            }
        }
    }

    /// Heeds what the receiver said of how long it wants nothing; says whether that concerns this stream.
    fn hold(&mut self, asked: Vec<(Option<&'static str>, Duration)>, stream: &Stream, pauses: &Pauses) -> bool {
        let mut is_held = false;
        // No time at all says nothing: what failed is tried again after a pause of ours.
        for (held, time) in asked.into_iter().filter(|(_, time)| !time.is_zero()) {
            is_held |= held.is_none_or(|held| held == stream.name);
            let Self { sink, streams, .. } = self;
            for course in streams.iter_mut().filter(|course| held.is_none_or(|held| held == course.name)) {
                let key = course.held_key(sink);
                course.held.hold(time, pauses, &key);
            }
        }
        is_held
    }

    fn succeed(&mut self, stream: &Stream, pauses: &Pauses) {
        self.turn(stream, |course, key| {
            course.pause.succeeded(pauses, key);
            course.refusals = 0;
        });
    }

    fn refuse(&mut self, engine: &Engine, own: u64, earlier: u64) {
        engine.books.lose(Loss::Rejected, own + earlier);
        self.books.reject(own);
    }
}

/// Finds out what the frames of panics and error reports are called: of all at once, since what takes long is to read the debug information.
fn name_frames(events: &mut [Event]) {
    let (traces, frames): (Vec<&Trace>, Vec<_>) =
        events.iter_mut().filter_map(|event| event.kind.trace_mut()).filter(|(trace, _)| !trace.is_empty()).unzip();
    if traces.is_empty() {
        return;
    }
    // Debug information is read that nobody has looked at before.
    let named = catch_unwind(AssertUnwindSafe(|| stack::symbolise(&traces)));
    let named = named.unwrap_or_else(|_| traces.iter().map(|trace| trace.nameless()).collect());
    for (frames, named) in frames.into_iter().zip(named) {
        *frames = named;
    }
}

/// How many of the events are of this run, and how many of earlier ones. What tells of losses is none of either.
fn count<'a>(engine: &Engine, events: impl Iterator<Item = &'a Event>) -> (u64, u64) {
    let counted = events.filter(|event| !matches!(event.kind, EventKind::Loss { .. }));
    counted.fold(
        (0, 0),
        |(own, earlier), event| {
            if event.invocation == engine.invocation() { (own + 1, earlier) } else { (own, earlier + 1) }
        },
    )
}
