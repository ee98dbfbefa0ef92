//! Where the worker reads events from, and how far each sink has got there.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::Arc;

use crate::codec::{self, Found, Record, SETTLED_BYTES};
use crate::event::{Event, Run};
use crate::limits;
use crate::spool::Segment;
use crate::value::Id;

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
    fn read_at(&self, offset: u64, count: usize) -> io::Result<Vec<u8>> {
        match self {
            Self::Segment(segment) => {
                let mut bytes = vec![0; count];
                let filled = segment.read_at(offset, &mut bytes)?;
                bytes.truncate(filled);
                Ok(bytes)
            }
            Self::Memory { records, base } => {
                let mut at = *base;
                let mut bytes = Vec::new();
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
    positions: HashMap<String, u64>,
    /// Up to here, damage was counted.
    seen: u64,
    /// The end of the settled record, if it was the last thing said.
    settled: u64,
    /// Somebody may be in the middle of appending.
    is_written_to: bool,
}

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

impl Reader {
    /// The segment that this process writes to.
    pub(crate) fn of_writer(segment: Arc<Segment>) -> io::Result<Self> {
        Self::open(segment, true)
    }

    /// A segment that nobody writes to any more.
    pub(crate) fn of_dead(segment: Segment) -> io::Result<Self> {
        Self::open(Arc::new(segment), false)
    }

    /// Reads a segment from its beginning for what was said of runs and positions in it.
    fn open(segment: Arc<Segment>, is_written_to: bool) -> io::Result<Self> {
        let source = Source::Segment(segment);
        let (runs, positions) = (HashMap::new(), HashMap::new());
        let mut reader = Self { source, runs, positions, seen: u64::MAX, settled: 0, is_written_to };
        let mut at = 0;
        loop {
            let chunk = reader.chunk(at, usize::MAX)?;
            if chunk.next == at {
                break;
            }
            at = chunk.next;
        }
        reader.seen = 0;
        Ok(reader)
    }

    /// What this run could not write.
    pub(crate) fn of_memory(run: Arc<Run>) -> Self {
        let source = Source::Memory { records: VecDeque::new(), base: 0 };
        let runs = HashMap::from([(run.invocation, run)]);
        Self { source, runs, positions: HashMap::new(), seen: 0, settled: 0, is_written_to: false }
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

    pub(crate) fn position(&self, sink: &str) -> u64 {
        self.positions.get(sink).copied().unwrap_or(0)
    }

    /// Takes a record that could not be written.
    pub(crate) fn push(&mut self, record: Box<[u8]>) {
        if let Source::Memory { records, .. } = &mut self.source {
            records.push_back(record);
        }
    }

    /// The segment, if nobody else holds it: then nobody writes to it any more.
    pub(crate) fn segment_of_ours_alone(&self) -> Option<&Segment> {
        match &self.source {
            Source::Segment(segment) if Arc::strong_count(segment) == 1 => Some(segment),
            Source::Segment(_) | Source::Memory { .. } => None,
        }
    }

    /// How many records wait in memory.
    pub(crate) fn in_memory(&self) -> usize {
        match &self.source {
            Source::Memory { records, .. } => records.len(),
            Source::Segment(_) => 0,
        }
    }

    /// The events from `at` on: up to `most`, or a batch's bytes. A chunk whose `next` is `at` is the end.
    pub(crate) fn chunk(&mut self, at: u64, most: usize) -> io::Result<Chunk> {
        let bytes = self.source.read_at(at, limits::BATCH_BYTES)?;
        let mut chunk = Chunk { events: Vec::new(), ends: Vec::new(), next: at, damaged: 0 };
        let mut rest = bytes.as_slice();
        let mut sound = true;
        while !rest.is_empty() && chunk.events.len() < most {
            let step = match codec::read(rest) {
                Found::Record(record, length) => {
                    sound = true;
                    self.take(*record, chunk.next + length as u64, &mut chunk);
                    length
                }
                // The rest of it is in the next chunk.
                Found::Partial if bytes.len() >= limits::BATCH_BYTES && chunk.next > at => break,
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
        Ok(chunk)
    }

    /// Counts a place that holds no record, once.
    fn damage(&self, length: usize, sound: &mut bool, chunk: &mut Chunk) -> usize {
        chunk.damaged += u64::from(*sound && chunk.next >= self.seen);
        *sound = false;
        length
    }

    fn take(&mut self, record: Record, end: u64, chunk: &mut Chunk) {
        match record {
            Record::Event(event) => {
                chunk.events.push(event);
                chunk.ends.push(end);
            }
            Record::Run(run) => drop(self.runs.insert(run.invocation, Arc::new(run))),
            Record::Ack { sink, offset } => {
                let position = self.positions.entry(sink).or_default();
                *position = offset.max(*position);
            }
            // One that landed elsewhere than it says was overtaken by an event, and says nothing.
            Record::Settled { offset } if offset + SETTLED_BYTES as u64 == end => self.settled = end,
            Record::Settled { .. } => {}
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
        spool.append(bytes).unwrap();
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
            spool.append(torn).unwrap();
            let mut reader = Reader::of_writer(spool.current().unwrap()).unwrap();
            let waiting = reader.chunk(0, 9).unwrap();
            prop_assert_eq!((waiting.next, waiting.damaged, waiting.events.len()), (0, 0, 0));
            spool.append(&encoded(&events[1])).unwrap();
            let chunk = reader.chunk(0, 9).unwrap();
            prop_assert_eq!(chunk.events, &events[1..]);
            prop_assert_eq!(chunk.damaged, 1);
        }
    }
}
