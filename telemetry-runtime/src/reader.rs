//! Where the worker reads events from, and how far each sink has got there.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use crate::codec::{self, Begun, EventHead, Found, Record, SETTLED_BYTES, What};
use crate::event::{CallId, Event, EventKind, Outcome, Run, outcome_id};
use crate::identity::Identity;
use crate::level::Kinds;
use crate::limits;
use crate::spool::Segment;
use crate::thinning::Thinning;
use crate::totals::Tallied;
use crate::value::{Id, since_epoch};

/// Records behind one another, on disk or in memory.
#[derive(Debug)]
pub(crate) enum Source {
    Segment(Arc<Segment>),
    /// What could not be written: records from the queue, the first of them at the offset `base`.
    Memory {
        records: VecDeque<Box<[u8]>>,
        base: u64,
    },
}

impl Source {
    /// Reads into a place that may have been used before.
    fn read_at(&self, offset: u64, count: usize, mut bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        match self {
            Self::Segment(segment) => {
                // Where there is little memory, it is the program's.
                bytes.try_reserve_exact(count.saturating_sub(bytes.len())).map_err(|_| io::ErrorKind::OutOfMemory)?;
                bytes.resize(count, 0);
                let filled = segment.read_at(offset, &mut bytes)?;
                bytes.truncate(filled);
                Ok(bytes)
            }
            Self::Memory { records, base } => {
                let mut at = *base;
                bytes.clear();
                for record in records {
                    if at >= offset && bytes.len() < count {
                        bytes.extend_from_slice(record);
                    }
                    at += record.len() as u64;
                }
                Ok(bytes)
            }
        }
    }
}

/// A source, the runs that it tells of, and each sink's position in it.
#[derive(Debug)]
pub(crate) struct Reader {
    source: Source,
    runs: HashMap<Id, Arc<Run>>,
    /// Who the numbers of runs stand for.
    identities: HashMap<(Id, u32), Arc<Identity>>,
    /// Runs of which nothing is to be sent.
    excluded: HashSet<Id>,
    positions: HashMap<String, u64>,
    /// Up to here, damage was counted.
    seen: u64,
    /// The end of the settled record, if it was the last thing said.
    settled: u64,
    /// What was read, from the beginning on: nothing is read twice for those who take none of it.
    known: Vec<Span>,
    /// What is known of all that was read.
    tallied: Tallied,
    /// Where bytes are read into.
    buffer: Vec<u8>,
    /// Somebody may be in the middle of appending.
    is_written_to: bool,
    /// While the segment is read for the first time.
    calls: Option<Calls>,
    /// Of the events that lay there when it was opened: where each ends, when it was recorded, and its kind.
    times: Vec<(u64, SystemTime, Kinds)>,
}

/// A part of a source that was read.
#[derive(Debug)]
struct Span {
    begin: u64,
    end: u64,
    /// The kinds of events that lie there.
    kinds: Kinds,
}

/// Which calls a segment tells of, by run and call.
#[derive(Debug, Default)]
struct Calls {
    /// Those that began here and are to end with a finish event: their start, that event's name, and whether an event says that they
    /// began.
    begun: HashMap<(Id, CallId), (Event, Cow<'static, str>, bool)>,
    /// Those that ended here, or that end elsewhere.
    ended: HashSet<(Id, CallId)>,
    /// When each run was last heard of.
    seen: HashMap<Id, SystemTime>,
    /// Where each event's record ends, when it was recorded, and its kind.
    times: Vec<(u64, SystemTime, Kinds)>,
}

impl Calls {
    fn begin(&mut self, start: &Event, finish: Option<Cow<'static, str>>, was_event: bool) {
        if let (Some(call), Some(finish)) = (start.call, finish) {
            self.begun.insert((start.invocation, call), (start.clone(), finish, was_event));
        }
    }

    fn note(&mut self, event: &Event, finish: Option<Cow<'static, str>>) {
        let seen = self.seen.entry(event.invocation).or_insert(event.time);
        *seen = event.time.max(*seen);
        match (&event.kind, event.call) {
            (EventKind::Start, _) => self.begin(event, finish, true),
            (EventKind::Finish { .. }, Some(call)) => drop(self.ended.insert((event.invocation, call))),
            (
                EventKind::Finish { .. }
                | EventKind::Loss { .. }
                | EventKind::Panic(_)
                | EventKind::UsageError { .. }
                | EventKind::Aggregate(_)
                | EventKind::Snapshot { .. }
                | EventKind::UsageReport
                | EventKind::ErrorReport(_),
                _,
            ) => {}
        }
    }
}

/// Most events take this much, or more.
const EVENT_BYTES: usize = 112;

/// Some events, and where the next ones begin.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) events: Vec<Event>,
    /// Where each event's record ends.
    pub(crate) ends: Vec<u64>,
    pub(crate) next: u64,
    /// Places that held no record, met here for the first time.
    pub(crate) damaged: u64,
}

impl Chunk {
    /// Leaves all but the first `count` events, of which there is one at least, to the next chunk.
    pub(crate) fn cut(&mut self, count: usize) {
        self.events.truncate(count);
        self.ends.truncate(count);
        self.next = self.ends.last().copied().unwrap_or(self.next);
    }
}

impl Reader {
    /// The segment that this process writes to, as the run `own`.
    pub(crate) fn of_writer(segment: Arc<Segment>, own: Id) -> io::Result<Self> {
        if segment.is_inherited() {
            return Self::open(segment, Some(own));
        }
        // There is nothing in it of anybody else: no call that was left open, no position, nothing that is old.
        Ok(Self { is_written_to: true, ..Self::of(Source::Segment(segment)) })
    }

    /// A segment that nobody writes to any more.
    pub(crate) fn of_dead(segment: Segment) -> io::Result<Self> {
        Self::open(Arc::new(segment), None)
    }

    /// Reads a segment from its beginning for what was said of runs and positions in it, and records in it what became of the
    /// calls of other runs than `own` that were left open: they were abandoned.
    fn open(segment: Arc<Segment>, own: Option<Id>) -> io::Result<Self> {
        // Not what is appended meanwhile, which may be more than can be read.
        let end = segment.bytes();
        let mut reader = Self {
            seen: u64::MAX,
            is_written_to: own.is_some(),
            calls: Some(Calls::default()),
            ..Self::of(Source::Segment(segment))
        };
        let mut at = 0;
        while at < end {
            let chunk = reader.chunk(at, usize::MAX)?;
            if chunk.next == at {
                break;
            }
            at = chunk.next;
        }
        reader.seen = 0;
        if let Some(calls) = reader.calls.take() {
            reader.times.clone_from(&calls.times);
            reader.abandon(calls, own);
        }
        Ok(reader)
    }

    fn abandon(&self, calls: Calls, own: Option<Id>) {
        let Source::Segment(segment) = &self.source else { return };
        let Calls { begun, ended, seen, .. } = calls;
        for ((invocation, call), (start, finish, started)) in begun {
            if Some(invocation) == own || ended.contains(&(invocation, call)) || self.excluded.contains(&invocation) {
                continue;
            }
            let kind = EventKind::Finish { outcome: Outcome::Abandoned, duration: None, error: None, started };
            let head = EventHead {
                id: outcome_id(start.id),
                invocation,
                // The last that was heard of the process.
                time: since_epoch(seen.get(&invocation).copied().unwrap_or(start.time).max(start.time)),
                call: Some(call),
                parent: start.parent,
                signed_in: start.signed_in,
                // What its start has said is not said again.
                thinning: Thinning { suppressed: 0, ..start.thinning },
                what: What::Kind(&kind),
            };
            let mut record = Vec::new();
            let fields = start.fields.iter().map(|(name, value)| (name.as_ref(), value));
            // What cannot be written now is left to the next who looks.
            if codec::write_event(&mut record, &head, &finish, fields) {
                let _ = segment.append(&record);
            }
        }
    }

    /// When the oldest event was recorded that is owed on one of these tracks (key and kinds), of those that lay there when the segment was
    /// opened. Known once.
    pub(crate) fn oldest(&mut self, tracks: &[(&str, Kinds)]) -> Option<SystemTime> {
        let times = std::mem::take(&mut self.times);
        let is_owed =
            |end: u64, kind| tracks.iter().any(|(key, kinds)| kinds.contains(kind) && self.position(key) < end);
        times.into_iter().filter(|(end, _, kind)| is_owed(*end, *kind)).map(|(_, time, _)| time).min()
    }

    /// What this run could not write.
    pub(crate) fn of_memory() -> Self {
        Self::of(Source::Memory { records: VecDeque::new(), base: 0 })
    }

    fn of(source: Source) -> Self {
        Self {
            source,
            runs: HashMap::new(),
            identities: HashMap::new(),
            excluded: HashSet::new(),
            positions: HashMap::new(),
            seen: 0,
            settled: 0,
            known: Vec::new(),
            tallied: Tallied::default(),
            buffer: Vec::new(),
            is_written_to: false,
            calls: None,
            times: Vec::new(),
        }
    }

    /// How far the source reaches now.
    pub(crate) fn end(&self) -> u64 {
        match &self.source {
            Source::Segment(segment) => segment.bytes(),
            Source::Memory { records, base } => base + records.iter().map(|record| record.len() as u64).sum::<u64>(),
        }
    }

    /// Nobody writes to the segment any more, if nobody else holds it: then even what looks like a beginning is an end.
    pub(crate) fn note_whether_written_to(&mut self) {
        self.is_written_to = self.is_written_to && self.segment_of_ours_alone().is_none();
    }

    pub(crate) const fn is_written_to(&self) -> bool {
        self.is_written_to
    }

    /// The facts of an event's run, unless its record was damaged.
    pub(crate) fn run(&self, invocation: Id) -> Option<&Arc<Run>> {
        self.runs.get(&invocation)
    }

    /// Who was signed in when an event was recorded. Where that is not known, nobody.
    pub(crate) fn identity(&self, event: &Event) -> Option<&Arc<Identity>> {
        self.identities.get(&(event.invocation, event.signed_in))
    }

    /// Whether nothing of a run is to be sent.
    pub(crate) fn is_excluded(&self, invocation: Id) -> bool {
        self.excluded.contains(&invocation)
    }

    pub(crate) fn position(&self, sink: &str) -> u64 {
        // Of what waited in memory, the first may have been moved onto the disk.
        let begin = if let Source::Memory { base, .. } = &self.source { *base } else { 0 };
        self.positions.get(sink).copied().unwrap_or(0).max(begin)
    }

    /// Takes a record that could not be written.
    pub(crate) fn push(&mut self, record: Box<[u8]>) {
        if let Source::Memory { records, .. } = &mut self.source {
            records.push_back(record);
        }
    }

    /// What is known of all that was read of a segment, and its slot.
    pub(crate) fn tallied(&mut self) -> Option<(u16, &mut Tallied)> {
        let slot = self.segment()?.slot();
        Some((slot, &mut self.tallied))
    }

    /// The segment's slot and all that is in it.
    pub(crate) fn contents(&self) -> Option<(u16, Vec<u8>)> {
        let slot = self.segment()?.slot();
        Some((slot, self.source.read_at(0, usize::try_from(self.end()).ok()?, Vec::new()).ok()?))
    }

    /// The segment; `None` for memory.
    pub(crate) fn segment(&self) -> Option<&Segment> {
        match &self.source {
            Source::Segment(segment) => Some(segment),
            Source::Memory { .. } => None,
        }
    }

    /// The segment, if nobody else holds it: then nobody writes to it any more.
    pub(crate) fn segment_of_ours_alone(&self) -> Option<&Segment> {
        match &self.source {
            Source::Segment(segment) if Arc::strong_count(segment) == 1 => Some(segment),
            Source::Segment(_) | Source::Memory { .. } => None,
        }
    }

    /// Moves what waits in memory elsewhere, from the first record on, until it is not taken.
    pub(crate) fn move_memory(&mut self, mut to: impl FnMut(&[u8]) -> bool) {
        if let Source::Memory { records, base } = &mut self.source {
            // What a sink has had already would come twice.
            if self.positions.values().any(|position| position > base) {
                return;
            }
            while let Some(record) = records.front()
                && to(record)
            {
                *base += record.len() as u64;
                records.pop_front();
            }
        }
    }

    /// How many records wait in memory.
    pub(crate) fn in_memory(&self) -> usize {
        match &self.source {
            Source::Memory { records, .. } => records.len(),
            Source::Segment(_) => 0,
        }
    }

    /// The events from `at` on: up to `most`, or a read's bytes. A chunk whose `next` is `at` is the end.
    pub(crate) fn chunk(&mut self, at: u64, most: usize) -> io::Result<Chunk> {
        self.chunk_of(Kinds::EVERY, at, most, limits::READ_BYTES)
    }

    /// The same with none but events of these kinds, out of so many bytes, or a read's bytes if that is more.
    pub(crate) fn chunk_of(&mut self, kinds: Kinds, at: u64, most: usize, most_bytes: usize) -> io::Result<Chunk> {
        let known = self.behind_known(kinds, at);
        if known > at {
            return Ok(Chunk { events: Vec::new(), ends: Vec::new(), next: known, damaged: 0 });
        }
        let most_bytes = most_bytes.max(limits::READ_BYTES);
        let is_there = usize::try_from(self.end().saturating_sub(at)).unwrap_or(usize::MAX);
        let bytes = self.source.read_at(at, most_bytes.min(is_there), std::mem::take(&mut self.buffer))?;
        let most_likely = (bytes.len() / EVENT_BYTES).min(most);
        let (events, ends) = (Vec::with_capacity(most_likely), Vec::with_capacity(most_likely));
        let mut chunk = Chunk { events, ends, next: at, damaged: 0 };
        let mut rest = bytes.as_slice();
        let mut sound = true;
        while !rest.is_empty() && chunk.events.len() < most {
            if let Some(length) = self.take_event(rest, kinds, &mut chunk) {
                sound = true;
                rest = &rest[length..];
                continue;
            }
            let step = match codec::read(rest) {
                Found::Record(record, length) => {
                    sound = true;
                    let end = chunk.next + length as u64;
                    let event = if let Record::Event(event, _) = &*record { Some(event) } else { None };
                    let kind = event.map_or(Kinds::NONE, |event| event.kind.kind());
                    if self.know(chunk.next, end, kind) && event.is_some() {
                        self.tallied.count(kind, event);
                    }
                    self.take(*record, end, kinds, &mut chunk);
                    length
                }
                // The rest of it is in the next chunk.
                Found::Partial if bytes.len() >= most_bytes && chunk.next > at => break,
                // Being written right now, or torn: whatever follows it tells.
                Found::Partial if self.is_written_to && !codec::has_record_behind(rest) => break,
                Found::Partial => self.damage(codec::next_magic(rest), &mut sound, &mut chunk),
                Found::Damaged(length) => self.damage(length, &mut sound, &mut chunk),
            };
            rest = &rest[step..];
            chunk.next += step as u64;
        }
        if self.seen != u64::MAX {
            self.seen = self.seen.max(chunk.next);
        }
        self.buffer = bytes;
        Ok(chunk)
    }

    /// How far nothing lies behind a place that is of these kinds, as far as was read.
    fn behind_known(&self, kinds: Kinds, at: u64) -> u64 {
        let from = self.known.partition_point(|span| span.end <= at);
        let others = self.known.iter().skip(from).take_while(|span| !span.kinds.intersects(kinds));
        others.last().map_or(at, |span| span.end)
    }

    /// Notes what lies in a part of the source; says whether that is read for the first time.
    fn know(&mut self, begin: u64, end: u64, kinds: Kinds) -> bool {
        let known = self.known.last().map_or(0, |span| span.end);
        if begin != known {
            return false;
        }
        match self.known.last_mut().filter(|span| end - span.begin <= limits::READ_BYTES as u64) {
            Some(span) => (span.end, span.kinds) = (end, span.kinds | kinds),
            None => self.known.push(Span { begin, end, kinds }),
        }
        true
    }

    /// Takes the event at the beginning of `rest`, where one is that needs no closer look; says how many bytes it takes.
    fn take_event(&mut self, rest: &[u8], kinds: Kinds, chunk: &mut Chunk) -> Option<usize> {
        // What it says of calls, and of losses, is said by all of it.
        let raw = codec::raw_event(rest).filter(|raw| self.calls.is_none() && raw.kind != Kinds::LOSSES)?;
        let is_wanted = kinds.contains(raw.kind);
        let event = if is_wanted || self.tallied.is_empty() { Some(raw.read()?) } else { None };
        let end = chunk.next + raw.length as u64;
        if self.know(chunk.next, end, raw.kind) {
            self.tallied.count(raw.kind, event.as_ref());
        }
        if let Some(event) = event.filter(|_| is_wanted) {
            chunk.events.push(event);
            chunk.ends.push(end);
        }
        chunk.next = end;
        Some(raw.length)
    }

    /// Counts a place that holds no record, once.
    fn damage(&mut self, length: usize, sound: &mut bool, chunk: &mut Chunk) -> usize {
        // Whoever comes there first counts it, so nobody passes it by.
        self.know(chunk.next, chunk.next + length as u64, Kinds::EVERY);
        chunk.damaged += u64::from(*sound && chunk.next >= self.seen);
        *sound = false;
        length
    }

    fn take(&mut self, record: Record, end: u64, kinds: Kinds, chunk: &mut Chunk) {
        match record {
            Record::Event(event, finish) => {
                if let Some(calls) = &mut self.calls {
                    calls.note(&event, finish);
                    calls.times.push((end, event.time, event.kind.kind()));
                }
                if kinds.contains(event.kind.kind()) {
                    chunk.events.push(event);
                    chunk.ends.push(end);
                }
            }
            Record::Begun(Begun { start, finish, was_event }) => {
                if let Some(calls) = &mut self.calls {
                    calls.begin(&start, finish, was_event);
                }
            }
            Record::Moved { invocation, call } => {
                if let Some(calls) = &mut self.calls {
                    calls.ended.insert((invocation, call));
                }
            }
            Record::Run(run) => drop(self.runs.insert(run.invocation, Arc::new(run))),
            Record::Identity { invocation, number, identity } => {
                self.identities.insert((invocation, number), Arc::new(identity));
            }
            Record::Excluded { invocation } => drop(self.excluded.insert(invocation)),
            // One that tells of what comes behind it was written by nobody.
            Record::Ack { sink, offset } if offset <= end => {
                let position = self.positions.entry(sink).or_default();
                *position = offset.max(*position);
            }
            // One that landed elsewhere than it says was overtaken by an event, and says nothing.
            Record::Settled { offset } if end.checked_sub(SETTLED_BYTES as u64) == Some(offset) => self.settled = end,
            Record::Ack { .. } | Record::Settled { .. } | Record::Pause { .. } | Record::CatchUp { .. } => {}
        }
    }

    /// Moves a sink on, in memory only: there was nothing for it.
    pub(crate) fn skip(&mut self, sink: &str, to: u64) {
        if let Some(position) = self.positions.get_mut(sink) {
            *position = to;
        } else {
            self.positions.insert(sink.to_owned(), to);
        }
    }

    /// Moves a sink on, and says so in the source, so that no later run sends the same again.
    pub(crate) fn acknowledge(&mut self, sink: &str, to: u64) {
        self.skip(sink, to);
        if let Source::Segment(segment) = &self.source {
            let mut record = Vec::new();
            if codec::write_ack(&mut record, sink, to) {
                // One that cannot be written costs a second delivery, which the receiver sees by the id.
                let _ = segment.append(&record);
            }
        }
    }

    /// Once every sink has got to `to`: says so in the segment, so that the next process that takes it may empty it. In memory,
    /// what was delivered goes at once.
    pub(crate) fn settle(&mut self, to: u64) -> io::Result<()> {
        // Behind what was delivered lies what was said about it.
        let mut end = to;
        loop {
            let chunk = self.chunk(end, 1)?;
            if !chunk.events.is_empty() {
                return Ok(());
            }
            if chunk.next == end {
                break;
            }
            end = chunk.next;
        }
        match &mut self.source {
            Source::Segment(segment) => {
                let mut record = Vec::new();
                // Where an event is recorded meanwhile, this lands behind it: not at the offset it names, so it says nothing.
                if end > self.settled && codec::write_settled(&mut record, end) {
                    let _ = segment.append(&record);
                }
            }
            Source::Memory { records, base } => {
                while *base < to
                    && let Some(record) = records.pop_front()
                {
                    *base += record.len() as u64;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;
    use crate::codec::tests::{encoded, event};
    use crate::spool::Spool;

    /// The events that are found in a dead process's segment, and how many places were damaged.
    fn found_in(bytes: &[u8]) -> (Vec<Event>, u64) {
        let home = tempfile::tempdir().unwrap();
        let mut reader = Reader::of_dead(segment_with(home.path(), bytes)).unwrap();
        let (mut events, mut damaged, mut at) = (Vec::new(), 0, 0);
        loop {
            let chunk = reader.chunk(at, 3).unwrap();
            events.extend(chunk.events);
            damaged += chunk.damaged;
            if chunk.next == at {
                assert_eq!(at, bytes.len() as u64, "a dead process's segment is read to its end");
                return (events, damaged);
            }
            at = chunk.next;
        }
    }

    fn segment_with(home: &Path, bytes: &[u8]) -> Segment {
        let spool = Spool::new(home, Vec::new());
        spool.append(0, bytes).unwrap();
        drop(spool);
        Segment::left_behind(&home.join("spool-1")).next().unwrap()
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(any::<u8>(), 1..400)) {
            found_in(&bytes);
        }

        #[test]
        fn a_flipped_bit_costs_one_event(events in prop::collection::vec(event(), 3), at in any::<prop::sample::Index>(), bit in 0..8) {
            let records: Vec<_> = events.iter().map(encoded).collect();
            let mut bytes = records.concat();
            let at = at.index(bytes.len());
            bytes[at] ^= 1_u8 << bit;
            let mut begin = 0;
            let hit = records.iter().position(|record| { begin += record.len(); at < begin }).unwrap();
            let (found, damaged) = found_in(&bytes);
            for (index, event) in events.iter().enumerate() {
                prop_assert_eq!(index != hit, found.contains(event));
            }
            prop_assert_eq!(damaged, 1);
        }

        #[test]
        fn a_cut_costs_what_was_cut(events in prop::collection::vec(event(), 2), cut in any::<prop::sample::Index>()) {
            let first = encoded(&events[0]).len();
            let bytes: Vec<u8> = events.iter().flat_map(encoded).collect();
            let cut = cut.index(bytes.len() - 1) + 1;
            let (found, damaged) = found_in(&bytes[..cut]);
            prop_assert_eq!(found.len(), usize::from(cut >= first));
            prop_assert_eq!(damaged, u64::from(cut != first));
        }

        /// The same while its writer lives: what is torn in the middle is stepped over, what may still be written is waited for.
        #[test]
        fn a_living_writers_torn_record_does_not_hide_the_next(events in prop::collection::vec(event(), 2), cut in any::<prop::sample::Index>()) {
            let home = tempfile::tempdir().unwrap();
            let spool = Spool::new(home.path(), Vec::new());
            let torn = encoded(&events[0]);
            let torn = &torn[..=cut.index(torn.len() - 1)];
            spool.append(0, torn).unwrap();
            let mut reader = Reader::of_writer(spool.current().unwrap(), Id(0)).unwrap();
            let waiting = reader.chunk(0, 9).unwrap();
            prop_assert_eq!((waiting.next, waiting.damaged, waiting.events.len()), (0, 0, 0));
            spool.append(0, &encoded(&events[1])).unwrap();
            let chunk = reader.chunk(0, 9).unwrap();
            prop_assert_eq!(chunk.events, &events[1..]);
            prop_assert_eq!(chunk.damaged, 1);
        }
    }
}
