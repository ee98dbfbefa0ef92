//! Where the worker reads events from, and how far each sink has got there.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::Arc;

use crate::codec::{self, Found, Record};
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
    pub(crate) const fn memory() -> Self {
        Self::Memory { records: VecDeque::new(), base: 0 }
    }

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
    /// The end of the last settled record: what lies before it was said.
    settled: u64,
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
    /// Reads a source from its beginning for what was said of runs and positions in it.
    pub(crate) fn open(source: Source) -> io::Result<Self> {
        let mut reader = Self { source, runs: HashMap::new(), positions: HashMap::new(), seen: u64::MAX, settled: 0 };
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

    /// The source of a run whose record is known, with nothing read yet.
    pub(crate) fn of_run(source: Source, run: Arc<Run>) -> Self {
        let runs = HashMap::from([(run.invocation, run)]);
        Self { source, runs, positions: HashMap::new(), seen: 0, settled: 0 }
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
        let at_end = bytes.len() < limits::BATCH_BYTES;
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
                // Being written right now, or torn by a death: the writer's next record will tell.
                Found::Partial if at_end || chunk.next > at => break,
                // No record is as long as a chunk, so there is none.
                Found::Partial => 1,
                Found::Damaged(length) => {
                    chunk.damaged += u64::from(sound && chunk.next >= self.seen);
                    sound = false;
                    length
                }
            };
            rest = &rest[step..];
            chunk.next += step as u64;
        }
        if self.seen != u64::MAX {
            self.seen = self.seen.max(chunk.next);
        }
        Ok(chunk)
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
            Record::Settled { .. } => self.settled = end,
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

    /// Once every sink has got to `to`: says so in the source, so that the next process that takes it may empty it. In memory,
    /// what was delivered goes at once.
    pub(crate) fn settle(&mut self, to: u64) {
        match &mut self.source {
            Source::Segment(segment) => {
                if to <= self.settled {
                    return;
                }
                let mut record = Vec::new();
                // Where an event was recorded meanwhile, this lands behind it: not at the offset it names, so it says nothing.
                if codec::write_settled(&mut record, to) {
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
    }
}
