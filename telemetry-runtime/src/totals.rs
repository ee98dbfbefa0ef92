//! The books of all runs together: what became of every event that was ever on this disk.
//!
//! Nothing is counted twice and nothing is forgotten by a kill, because nothing is added up as it happens: what a segment holds says
//! of itself how many events were recorded, what was acknowledged, and what was lost. Before a segment is said to be settled, or is
//! emptied, its numbers go into a file beside it, under the slot and the id of its first event: the same life of a slot takes the
//! place of what was said of it before, and another one adds to it.
//!
//! ```text
//! all 120 118 0 0 0 0 0 0 0 0 0 2 0 0
//! 00 01927d3e-0a5b-7c1d-8e2f-001122334455 12 12 0 0 0 0 0 0 0 0 0 0 0 0
//!
//! + 01 01927d3e-1f3a-7b10-9d42-66778899aabb 2 2 0 0 0 0 0 0 0 0 0 0 0 0 .
//! ```
//!
//! What is said is appended, so that it costs as much where there are many slots, and taken together once the file is large. An appended
//! line counts if its end is there: whoever is killed within it, or has no room, has said nothing.

use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use crate::codec::{self, Found, Record};
use crate::event::{Event, EventKind};
use crate::files::{is_no_pipe, is_still_at, open_private};
use crate::format::Track;
use crate::level::Kinds;
use crate::limits;
use crate::loss::Loss;
use crate::os;
use crate::spool;
use crate::value::Id;

/// The file, in the spool's folder.
pub(crate) const FILE: &str = "totals";
/// A file of more bytes than this is none of ours.
const MOST_BYTES: u64 = 256 * 1024;
/// What is appended to one of this size has it be taken together: some five times what all slots take.
const LARGE_BYTES: u64 = 128 * 1024;
/// Whoever has it locked needs microseconds.
const TRIES: u32 = 50;

/// What segments tell of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Events that lie there, or lay.
    events: u64,
    /// Deliveries of them that a sink needs no more of, one way or another.
    settled: u64,
    lost: [u64; Loss::EACH.len()],
}

/// As far as numbers go: files may say what nobody counted.
fn add(to: &mut u64, more: u64) {
    *to = to.saturating_add(more);
}

impl Tally {
    fn add(&mut self, other: &Self) {
        add(&mut self.events, other.events);
        add(&mut self.settled, other.settled);
        self.lost.iter_mut().zip(other.lost).for_each(|(lost, more)| add(lost, more));
    }

    fn write(&self, to: &mut String) {
        let _ = write!(to, " {} {}", self.events, self.settled);
        for lost in self.lost {
            let _ = write!(to, " {lost}");
        }
    }

    /// Numbers that are missing are those of reasons that there were not yet.
    fn read<'a>(mut numbers: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut next = || numbers.next().map(str::parse).transpose().ok();
        let mut tally = Self { events: next()??, settled: next()??, ..Self::default() };
        for lost in &mut tally.lost {
            *lost = next()?.unwrap_or(0);
        }
        Some(tally)
    }
}

/// What is known of a segment's events while they are read, from the first on.
#[derive(Debug, Default)]
pub(crate) struct Tallied {
    /// The first event's id: of no other life of this slot.
    life: Option<Id>,
    events: [u64; Kinds::COUNT],
    lost: [u64; Loss::EACH.len()],
    /// What was noted last.
    noted: Tally,
}

impl Tallied {
    /// Whether there was no event yet.
    pub(crate) const fn is_empty(&self) -> bool {
        self.life.is_none()
    }

    /// Counts an event of this kind; the first one, and one that tells of losses, with what it says.
    pub(crate) fn count(&mut self, kind: Kinds, event: Option<&Event>) {
        self.life = self.life.or(event.map(|event| event.id));
        match event.map(|event| &event.kind) {
            Some(EventKind::Loss { reason, events }) => add(&mut self.lost[*reason as usize], *events),
            _ => self.events[kind.place()] += 1,
        }
    }

    /// What is to be noted of it once every track is done with every event, if that is not what was noted last.
    pub(crate) fn when_done<'a>(&mut self, tracks: impl Iterator<Item = &'a Track>) -> Option<(Id, Tally)> {
        let of = |kinds: Kinds| kinds.each().map(|kind| self.events[kind.place()]).sum::<u64>();
        let tally = Tally {
            events: self.events.iter().sum(),
            settled: tracks.map(|track| of(track.kinds)).sum(),
            lost: self.lost,
        };
        let life = self.life.filter(|_| tally != self.noted)?;
        self.noted = tally;
        Some((life, tally))
    }
}

/// What lies in one segment.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    tally: Tally,
    /// The first event's id: of no other life of this slot.
    life: Option<Id>,
    /// How many events some sink has not had, and how many deliveries that are.
    pub(crate) waiting: u64,
    owed: u64,
}

/// Reads a segment's bytes. Where no track is named, those count that something was acknowledged on there.
pub(crate) fn read(bytes: &[u8], tracks: &[Track]) -> Contents {
    let mut contents = Contents::default();
    let (mut events, mut positions) = (Vec::new(), Vec::<(String, u64)>::new());
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        at += match codec::read(rest) {
            Found::Record(record, length) => {
                match *record {
                    Record::Event(event, _) => {
                        contents.life = contents.life.or(Some(event.id));
                        match event.kind {
                            EventKind::Loss { reason, events } => {
                                add(&mut contents.tally.lost[reason as usize], events);
                            }
                            kind => events.push((kind.kind(), (at + length) as u64)),
                        }
                    }
                    Record::Ack { sink, offset } => match positions.iter_mut().find(|(key, _)| *key == sink) {
                        Some((_, position)) => *position = offset.max(*position),
                        None => positions.push((sink, offset)),
                    },
                    _ => {}
                }
                length
            }
            Found::Damaged(length) => length,
            Found::Partial => codec::next_magic(rest),
        };
    }
    contents.tally.events = events.len() as u64;
    let heard: Vec<Track>;
    let tracks = if tracks.is_empty() {
        heard = positions.iter().map(|(key, _)| Track::heard_of(key)).collect();
        &heard
    } else {
        tracks
    };
    for (kind, end) in events {
        let takers = tracks.iter().filter(|track| track.kinds.contains(kind));
        // One is owed it, whoever that is.
        let is_anybodys = tracks.is_empty();
        let (mut had, mut owed) = (0, u64::from(is_anybodys));
        for track in takers {
            let has = positions.iter().any(|(key, position)| *key == track.key && *position >= end);
            had += u64::from(has);
            owed += u64::from(!has);
        }
        contents.tally.settled += had;
        contents.owed += owed;
        contents.waiting += u64::from(owed > 0);
    }
    contents
}

/// The books: with one sink, `recorded` is all the others together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) recorded: u64,
    pub(crate) delivered: u64,
    pub(crate) rejected: u64,
    pub(crate) pending: u64,
    pub(crate) lost: [u64; Loss::EACH.len()],
}

/// What became of all events that were on this disk since it was last deleted.
pub(crate) fn of_all_runs(folder: &Path, tracks: &[Track]) -> Totals {
    let mut said = read_file(&folder.join(FILE)).unwrap_or_default();
    let (mut all, mut pending) = (Tally::default(), 0);
    for (slot, bytes) in spool::contents(folder) {
        let contents = read(&bytes, tracks);
        said.slots.retain(|(known, life, _)| *known != slot || Some(*life) != contents.life);
        all.add(&contents.tally);
        pending += contents.owed;
    }
    all.add(&said.all);
    said.slots.iter().for_each(|(_, _, tally)| all.add(tally));
    let lost = |loss: Loss| all.lost[loss as usize];
    let unreadable = [
        Loss::QueueFull,
        Loss::SpoolFull,
        Loss::TooLarge,
        Loss::TooManyCalls,
        Loss::TooManyPanics,
        Loss::Damaged,
        Loss::Limited,
    ];
    Totals {
        recorded: unreadable.into_iter().map(lost).fold(all.events, u64::saturating_add),
        // What was refused or given up is settled, too.
        delivered: [Loss::Rejected, Loss::Expired, Loss::Excluded]
            .into_iter()
            .map(lost)
            .fold(all.settled, u64::saturating_sub),
        rejected: lost(Loss::Rejected),
        pending,
        lost: all.lost,
    }
}

#[derive(Debug, Default, PartialEq)]
struct Said {
    /// Lives that are over.
    all: Tally,
    /// The last life of each slot, by its number.
    slots: Vec<(u16, Id, Tally)>,
}

impl Said {
    /// Sets what the last life of a slot is; gives the one before it.
    fn set(&mut self, slot: u16, life: Id, tally: Tally) -> Option<(Id, Tally)> {
        let at = self.slots.partition_point(|(known, ..)| *known < slot);
        if let Some((_, known, before)) = self.slots.get_mut(at).filter(|(known, ..)| *known == slot) {
            return Some((std::mem::replace(known, life), std::mem::replace(before, tally)));
        }
        self.slots.insert(at, (slot, life, tally));
        None
    }

    fn parse(text: &str) -> Option<Self> {
        let mut said = Self::default();
        for line in text.lines() {
            if let Some(line) = line.strip_prefix("all ") {
                said.all = Tally::read(line.split(' '))?;
            } else if let Some(appended) = line.strip_prefix('+') {
                // One that has no end was never said.
                if let Some((slot, life, tally)) =
                    appended.strip_suffix(" .").and_then(|line| Self::parse_slot(line.trim_start()))
                {
                    said.take(slot, life, tally);
                }
            } else if !line.is_empty() {
                let (slot, life, tally) = Self::parse_slot(line)?;
                said.set(slot, life, tally);
            }
        }
        Some(said)
    }

    fn parse_slot(said: &str) -> Option<(u16, Id, Tally)> {
        let mut words = said.split(' ');
        let slot = words.next()?.parse().ok()?;
        let life = Id(uuid::Uuid::parse_str(words.next()?).ok()?.as_u128());
        Some((slot, life, Tally::read(words)?))
    }

    /// Takes in what a slot tells now.
    fn take(&mut self, slot: u16, life: Id, tally: Tally) {
        if let Some((before, over)) = self.set(slot, life, tally)
            && before != life
        {
            self.all.add(&over);
        }
    }

    fn text(&self) -> String {
        let mut text = String::from("all");
        self.all.write(&mut text);
        for (slot, life, tally) in &self.slots {
            let _ = write!(text, "\n{slot:02} {life}");
            tally.write(&mut text);
        }
        text.push('\n');
        text
    }
}

fn read_file(path: &Path) -> Option<Said> {
    if !is_no_pipe(path) {
        return None;
    }
    let mut text = String::new();
    std::fs::File::open(path).ok()?.take(MOST_BYTES).read_to_string(&mut text).ok()?;
    Said::parse(&text)
}

/// Notes what a slot's segment tells now. To be done before it is said to be settled, and before it is emptied.
pub(crate) fn note(folder: &Path, slot: u16, bytes: &[u8], tracks: &[Track]) -> io::Result<()> {
    let Contents { tally, life: Some(life), .. } = read(bytes, tracks) else { return Ok(()) };
    note_life(folder, slot, life, tally)
}

/// The same of a slot whose segment was read.
pub(crate) fn note_life(folder: &Path, slot: u16, life: Id, tally: Tally) -> io::Result<()> {
    let path = folder.join(FILE);
    let lock = folder.join("totals.lock");
    for _ in 0..TRIES {
        let file = open_private(&lock, false)?;
        let _kept = os::KeptFromChildren::new(&file);
        if file.try_lock().is_err() || !is_still_at(&file.metadata()?, &lock) {
            std::thread::sleep(Duration::from_millis(1));
            continue;
        }
        // To append, and not to wait for somebody at the end of a pipe.
        if !is_no_pipe(&path) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let mut said = open_private(&path, true)?;
        let length = said.metadata()?.len();
        if length < LARGE_BYTES {
            let mut text = format!("\n+ {slot:02} {life}");
            tally.write(&mut text);
            text.push_str(" .");
            is_allowed(length + text.len() as u64)?;
            return said.write_all(text.as_bytes());
        }
        drop(said);
        let mut said = read_file(&path).unwrap_or_default();
        said.take(slot, life, tally);
        let text = said.text();
        is_allowed(text.len() as u64)?;
        // Whoever is killed in between has changed nothing.
        let beside = folder.join("totals.new");
        let mut new = open_private(&beside, false)?;
        new.set_len(0)?;
        new.write_all(text.as_bytes())?;
        return std::fs::rename(beside, path);
    }
    Err(io::ErrorKind::WouldBlock.into())
}

/// Whether the system lets a file be so large.
fn is_allowed(bytes: u64) -> io::Result<()> {
    if os::largest_file().is_some_and(|largest| bytes > largest) {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(())
}

const _: () = assert!(limits::SLOTS <= 256);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::tests::{encoded, event};
    use crate::format::{Limits, Stream};
    use proptest::prelude::*;
    use proptest::strategy::ValueTree as _;

    fn segment(events: usize, acknowledged: bool) -> Vec<u8> {
        let mut runner = proptest::test_runner::TestRunner::default();
        let is_counted = |event: &Event| matches!(event.kind, EventKind::Start);
        let events: Vec<_> = std::iter::repeat_with(|| event().new_tree(&mut runner).unwrap().current())
            .filter(is_counted)
            .take(events)
            .collect();
        let mut bytes: Vec<u8> = events.iter().flat_map(encoded).collect();
        if acknowledged {
            let end = bytes.len() as u64;
            codec::write_ack(&mut bytes, "json", end);
        }
        bytes
    }

    fn json() -> Vec<Track> {
        Track::of("json", Kinds::ALL, &[Stream::all(Limits::USUAL)])
    }

    #[test]
    fn a_life_is_counted_once_and_lives_add_up() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path();
        let one = segment(3, false);
        std::fs::write(folder.join("segment-00"), &one).unwrap();
        let pending = |recorded, pending| Totals { recorded, pending, ..Totals::default() };
        assert_eq!(of_all_runs(folder, &json()), pending(3, 3));
        for _ in 0..2 {
            note(folder, 0, &one, &json()).unwrap();
            assert_eq!(of_all_runs(folder, &json()), pending(3, 3));
        }
        let mut delivered = one;
        let end = delivered.len() as u64;
        codec::write_ack(&mut delivered, "json", end);
        note(folder, 0, &delivered, &json()).unwrap();
        std::fs::write(folder.join("segment-00"), b"").unwrap();
        let three = Totals { recorded: 3, delivered: 3, ..Totals::default() };
        assert_eq!(of_all_runs(folder, &json()), three);
        let next = segment(2, true);
        std::fs::write(folder.join("segment-00"), &next).unwrap();
        let five = Totals { recorded: 5, delivered: 5, ..Totals::default() };
        assert_eq!(of_all_runs(folder, &json()), five);
        note(folder, 0, &next, &json()).unwrap();
        assert_eq!(of_all_runs(folder, &json()), five);
    }

    #[test]
    fn what_was_not_said_to_its_end_was_not_said() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path();
        let recorded = || of_all_runs(folder, &json()).recorded;
        note(folder, 0, &segment(3, true), &json()).unwrap();
        let whole = std::fs::read(folder.join(FILE)).unwrap();
        note(folder, 1, &segment(20, true), &json()).unwrap();
        let both = std::fs::read(folder.join(FILE)).unwrap();
        let next = segment(4, true);
        for end in whole.len()..both.len() {
            std::fs::write(folder.join(FILE), &both[..end]).unwrap();
            assert_eq!(recorded(), 3);
            // Whoever comes next is heard.
            note(folder, 2, &next, &json()).unwrap();
            assert_eq!(recorded(), 7);
        }
    }

    #[test]
    fn what_many_lives_say_is_taken_together() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path();
        let lives: Vec<_> = (0..30).map(|_| segment(1, true)).collect();
        let mut largest = 0;
        let rounds = 80;
        for _ in 0..rounds {
            for (slot, life) in (0..).zip(&lives) {
                // Each slot has one life after the other.
                note(folder, slot % 7, life, &json()).unwrap();
                largest = largest.max(folder.join(FILE).metadata().unwrap().len());
            }
        }
        assert!((LARGE_BYTES..LARGE_BYTES + 1024).contains(&largest), "{largest}");
        assert!(folder.join(FILE).metadata().unwrap().len() < LARGE_BYTES, "it was taken together");
        assert_eq!(of_all_runs(folder, &json()).recorded, rounds * 30);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(all|\\+|\\.|[0-9]{2}| |[0-9a-f-]{1,36}|\n){0,40}") {
            drop(Said::parse(&text));
        }
    }
}
