//! How events lie on disk: records that can be found again after a torn write, and read by another version of the program.
//!
//! ```text
//! record  = magic (2) · length of the payload (4) · CRC-32 of length and payload (4) · payload
//! payload = tag (1) · …                      numbers little-endian, texts as length (2) and UTF-8
//!   1 run      invocation (16) · app · version · os · arch · install id or 0 (16) · its kind (1) · environment (1)
//!              · parent invocation or 0 (16) · first invocation or 0 (16) · of a build for development (1) · fields
//!   2 event    invocation (16) · id (16) · time, ns since 1970 (8) · call or 0 (8) · parent or 0 (8)
//!              · number of who is signed in, or 0 (4) · name · kind (1)
//!              · start: name of the finish event that is to follow, or empty
//!              | finish: outcome (1), whether the start was an event (1), duration, ns, or all ones (8)
//!              | finish with an error: as finish, and what the error says
//!              | loss: reason (1), events (8)
//!              | panic: file, or empty · line (4) · column (4) · trace, as `trace` has it
//!              | panic with a text: as panic, and what it says
//!              | usage error: reason (1)
//!              | snapshot: whether it is of metrics (1) · since, ns since 1970, or all ones (8)
//!              | usage report: nothing
//!              | error report: as panic · whether it has a text (1) · what the error says, if so
//!              | aggregate: calls (8) · errors (8) · panics (8) · cancelled (8) · duration, ns (8) · since (8)
//!                · buckets (1) · (bound, ns (8) · calls (8))*
//!              · fields · nothing, or thinning: rate or 0 (8) · limit or 0 (4) · its time (1) · suppressed (8)
//!   3 ack      offset (8) · sink                every event before the offset needs nothing more from this sink
//!   4 settled  offset (8)                       no sink owes anything before the offset, which is this record's own
//!   5 begun    whether an event said so, in another segment (1) · as a start event
//!                                               a call is open, and no event here says so
//!   6 moved    invocation (16) · call (8)       the call ends in another segment
//!   7 pause    sink · failures (4) · until, ns since 1970 (8)
//!   8 catch-up at, ns since 1970 (8)
//!   9 identity invocation (16) · number (4) · source (1) · user or empty · team or empty · groups (1) · (kind · id)*
//!  10 excluded invocation (16)                 nothing of this run is to be sent
//! fields  = count (1) · (name · value)*
//! ```
//!
//! An event names its invocation itself, so that a damaged run record costs the run's facts and not its events. Pauses and
//! catch-ups lie in a file of their own.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::num::NonZeroU64;
use std::time::{Duration, SystemTime};

use crate::aggregate::Aggregate;
use crate::callsite::{self, Callsite};
use crate::event::{CallId, ErrorReport, ErrorText, Event, EventKind, Misuse, NamedValue, Outcome, Panic, Place, Run};
use crate::fork::PerProcess;
use crate::identity::{Environment, Identity, IdentitySource, InstallIdKind};
use crate::level::Kinds;
use crate::limits;
use crate::loss::Loss;
use crate::thinning::{Limit, Per, Thinning};
use crate::trace::Trace;
use crate::value::{Id, IdentifierKind, MAX_NESTING, Raw, Value, floor_char_boundary, nanos, since_epoch};

const MAGIC: [u8; 2] = [0xA7, 0x1E];
/// Magic, length, CRC.
const HEADER: usize = 10;
/// A settled record, whole: small and of one size, so that it can be looked for at the end of a file.
pub(crate) const SETTLED_BYTES: usize = HEADER + 1 + 8;

const RUN: u8 = 1;
const EVENT: u8 = 2;
const ACK: u8 = 3;
const SETTLED: u8 = 4;
const BEGUN: u8 = 5;
const MOVED: u8 = 6;
const PAUSE: u8 = 7;
const CATCH_UP: u8 = 8;
const IDENTITY: u8 = 9;
const EXCLUDED: u8 = 10;

/// What a record says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Record {
    Run(Run),
    /// An event, and where it is the start of a call, the name of the finish that is to follow.
    Event(Event, Option<Cow<'static, str>>),
    /// A call that is open without an event here that says so.
    Begun(Begun),
    /// A call whose outcome is in another segment.
    Moved {
        invocation: Id,
        call: CallId,
    },
    Ack {
        sink: String,
        offset: u64,
    },
    Settled {
        offset: u64,
    },
    /// A sink is not to be asked before a time, after so many failures in a row.
    Pause {
        sink: String,
        failures: u32,
        until: SystemTime,
    },
    /// A run waited at its end for what had been left for a day.
    CatchUp {
        at: SystemTime,
    },
    /// Who a number of a run stands for.
    Identity {
        invocation: Id,
        number: u32,
        identity: Identity,
    },
    /// A run was found to be of somebody whose use is not collected.
    Excluded {
        invocation: Id,
    },
}

/// What is said of an open call besides by its start event.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Begun {
    /// The call's start, which is not for sinks.
    pub(crate) start: Event,
    /// The name of the finish that is to follow.
    pub(crate) finish: Option<Cow<'static, str>>,
    /// Whether an event said so, in another segment.
    pub(crate) was_event: bool,
}

/// What lies at the beginning of some bytes.
#[derive(Debug, PartialEq)]
pub(crate) enum Found {
    /// A whole record, and how many bytes it takes.
    Record(Box<Record>, usize),
    /// The beginning of what may be a record; the rest is not there (yet).
    Partial,
    /// So many bytes that are no record.
    Damaged(usize),
}

/// The facts of an event that are not its name or its fields.
#[derive(Clone, Debug)]
pub(crate) struct EventHead<'a> {
    pub(crate) id: Id,
    pub(crate) invocation: Id,
    /// Nanoseconds since 1970, as [`since_epoch`] makes them.
    pub(crate) time: u64,
    pub(crate) call: Option<CallId>,
    pub(crate) parent: Option<CallId>,
    /// The number of who is signed in.
    pub(crate) signed_in: u32,
    pub(crate) thinning: Thinning,
    pub(crate) what: What<'a>,
}

/// What an event is written as.
#[derive(Clone, Debug)]
pub(crate) enum What<'a> {
    /// A start, and the name of the finish that is to follow, if one is.
    Start(Option<&'a str>),
    /// The same, for nobody to be sent, and whether an event says so elsewhere.
    Begun(Option<&'a str>, bool),
    /// How a call ended.
    Finish(Finish<'a>),
    /// Anything.
    Kind(&'a EventKind),
}

/// As [`EventKind::Finish`] has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finish<'a> {
    pub(crate) outcome: Outcome,
    /// In nanoseconds.
    pub(crate) duration: Option<u64>,
    pub(crate) error: Option<&'a str>,
    pub(crate) started: bool,
}

/// A call's fields, as its events have them: each is written once, for both.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    /// Each one's name and what is easily seen of it, and where it ends.
    ends: Vec<(&'static str, Look, usize)>,
    bytes: Vec<u8>,
    /// Of each name a bit, by which most of those that are not there are told without a look at those that are.
    names: u64,
}

/// What is easily seen of a name: its length, its first and its last byte. Most names differ in that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look(u32);

impl Look {
    #[inline]
    fn of(name: &str) -> Self {
        let byte = |byte: Option<&u8>| u32::from(byte.copied().unwrap_or_default());
        #[allow(clippy::cast_possible_truncation, reason = "some bits will do")]
        let length = name.len() as u32;
        Self(byte(name.as_bytes().first()) | byte(name.as_bytes().last()) << 8 | length << 16)
    }

    /// One bit of 64. The upper six of a product depend on all of both numbers.
    const fn bit(self) -> u64 {
        1 << (self.0.wrapping_mul(0x9E37_79B1) >> (u32::BITS - u64::BITS.ilog2()))
    }
}

impl Fields {
    pub(crate) fn clear(&mut self) {
        self.ends.clear();
        self.bytes.clear();
        self.names = 0;
    }

    /// Which field has this name, which looks so.
    fn place(&self, name: &str, look: Look) -> Option<usize> {
        if self.names & look.bit() == 0 {
            return None;
        }
        self.ends.iter().position(|(other, other_look, _)| *other_look == look && *other == name)
    }

    /// Where a field begins and ends.
    fn range(&self, place: usize) -> std::ops::Range<usize> {
        let end = |place: usize| self.ends.get(place).map_or(self.bytes.len(), |(.., end)| *end);
        place.checked_sub(1).map_or(0, end)..end(place)
    }

    /// The value of a field.
    pub(crate) fn get(&self, name: &str) -> Option<Value> {
        let field = self.bytes.get(self.range(self.place(name, Look::of(name))?))?;
        let mut from = Reader(field);
        // The name is known, and to make a text of it takes memory.
        let length = from.array().map(u16::from_le_bytes)?;
        from.take(usize::from(length))?;
        from.value(0).map(Value)
    }

    /// Sets a field: one that is there changes its value, and of others there are [`limits::FIELDS`] at most.
    pub(crate) fn set(&mut self, name: &'static str, value: &Value) {
        let look = Look::of(name);
        match self.place(name, look) {
            Some(place) => self.change(place, name, value),
            None if self.ends.len() < limits::FIELDS => {
                write_text(&mut self.bytes, name);
                write_value(&mut self.bytes, &value.0, 0);
                self.ends.push((name, look, self.bytes.len()));
                self.names |= look.bit();
            }
            None => {}
        }
    }

    fn change(&mut self, place: usize, name: &str, value: &Value) {
        let (range, whole) = (self.range(place), self.bytes.len());
        write_text(&mut self.bytes, name);
        write_value(&mut self.bytes, &value.0, 0);
        let (old, new) = (range.len(), self.bytes.len() - whole);
        // It was put behind all, and takes the old one's place; that one goes behind all, and away.
        self.bytes[range.start..].rotate_right(new);
        self.bytes[range.start + new..].rotate_left(old);
        self.bytes.truncate(whole + new - old);
        for (.., end) in self.ends.iter_mut().skip(place) {
            *end = *end + new - old;
        }
    }

    fn write(&self, to: &mut Vec<u8>) {
        const { assert!(limits::FIELDS <= u8::MAX as usize) };
        #[allow(clippy::cast_possible_truncation, reason = "there are FIELDS at most")]
        to.push(self.ends.len() as u8);
        to.extend_from_slice(&self.bytes);
    }
}

/// Makes an event's record of a call in `to`, in place of what is there; on `false` it was too large. Its checksum is still to be made:
/// [`seal`].
pub(crate) fn write_call(to: &mut Vec<u8>, head: &EventHead<'_>, name: &str, fields: Option<&Fields>) -> bool {
    to.clear();
    write_unsealed(to, head, name, |to| match fields {
        Some(fields) => fields.write(to),
        None => to.push(0),
    })
}

/// Makes the checksum of a whole record.
pub(crate) fn seal(record: &mut [u8]) {
    if record.len() < HEADER {
        return;
    }
    // Right before the payload for now: one pass over both costs less than one over each.
    record.copy_within(2..6, 6);
    let sum = crc32fast::hash(&record[6..]).to_le_bytes();
    record[6..HEADER].copy_from_slice(&sum);
}

/// Appends an event's record to `to`; on `false` it was too large, and nothing was appended.
pub(crate) fn write_event<'a>(
    to: &mut Vec<u8>,
    head: &EventHead<'_>,
    name: &str,
    fields: impl ExactSizeIterator<Item = (&'a str, &'a Value)>,
) -> bool {
    let start = to.len();
    let fits = write_unsealed(to, head, name, |to| write_fields(to, fields));
    if fits {
        seal(&mut to[start..]);
    }
    fits
}

/// As [`write_event`], without a checksum.
#[inline]
fn write_unsealed(to: &mut Vec<u8>, head: &EventHead<'_>, name: &str, fields: impl FnOnce(&mut Vec<u8>)) -> bool {
    let start = to.len();
    match head.what {
        What::Begun(_, was_event) => {
            to.extend_from_slice(&[0; HEADER]);
            to.extend_from_slice(&[BEGUN, u8::from(was_event)]);
            to.extend_from_slice(&head_bytes(head));
        }
        What::Start(_) | What::Finish(_) | What::Kind(_) => {
            // In one piece, which costs one look whether there is room.
            let mut bytes = [0; HEADER + 1 + HEAD];
            bytes[HEADER] = EVENT;
            bytes[HEADER + 1..].copy_from_slice(&head_bytes(head));
            to.extend_from_slice(&bytes);
        }
    }
    write_text(to, name);
    match head.what {
        What::Start(finish) | What::Begun(finish, _) => write_start(to, finish),
        What::Finish(finish) => write_finish(to, &finish),
        What::Kind(kind) => write_kind(to, kind),
    }
    fields(to);
    if head.thinning != Thinning::NONE {
        write_thinning(to, &head.thinning);
    }
    close_record(to, start)
}

fn write_finish(to: &mut Vec<u8>, finish: &Finish<'_>) {
    let code = if finish.error.is_some() { FINISH_WITH_ERROR } else { FINISH };
    let mut bytes = [code, outcome_code(finish.outcome), u8::from(finish.started), 0, 0, 0, 0, 0, 0, 0, 0];
    let duration = finish.duration.map_or(u64::MAX, |duration| duration.min(u64::MAX - 1));
    bytes[3..].copy_from_slice(&duration.to_le_bytes());
    to.extend_from_slice(&bytes);
    if let Some(text) = finish.error {
        write_text(to, text);
    }
}

#[inline(never)]
fn write_kind(to: &mut Vec<u8>, kind: &EventKind) {
    match kind {
        EventKind::Start => write_start(to, None),
        EventKind::Finish { outcome, duration, error, started } => {
            let error = error.as_ref().map(ErrorText::as_str);
            let duration = duration.map(nanos);
            write_finish(to, &Finish { outcome: *outcome, duration, error, started: *started });
        }
        EventKind::Loss { reason, events } => {
            to.extend_from_slice(&[LOSS, *reason as u8]);
            write_u64(to, *events);
        }
        EventKind::Panic(panic) => {
            to.push(if panic.text.is_some() { PANIC_WITH_TEXT } else { PANIC });
            write_place(to, panic.place.as_ref());
            panic.trace.write(to);
            if let Some(ErrorText(text)) = &panic.text {
                write_text(to, text);
            }
        }
        EventKind::UsageError { reason } => to.extend_from_slice(&[USAGE_ERROR, *reason as u8]),
        EventKind::Aggregate(aggregate) => write_aggregate(to, aggregate),
        EventKind::Snapshot { since, is_metrics } => {
            to.extend_from_slice(&[SNAPSHOT, u8::from(*is_metrics)]);
            write_u64(to, since.map_or(u64::MAX, |since| since_epoch(since).min(u64::MAX - 1)));
        }
        EventKind::UsageReport => to.push(USAGE_REPORT),
        EventKind::ErrorReport(report) => write_error_report(to, report),
    }
}

/// Invocation, id, time, call, parent and number of who is signed in.
const HEAD: usize = 16 + 16 + 8 + 8 + 8 + 4;

/// What every event has.
#[inline]
fn head_bytes(head: &EventHead<'_>) -> [u8; HEAD] {
    let call = |call: Option<CallId>| call.map_or(0, |call| call.0.get()).to_le_bytes();
    let mut bytes = [0; HEAD];
    bytes[..16].copy_from_slice(&head.invocation.0.to_be_bytes());
    bytes[16..32].copy_from_slice(&head.id.0.to_be_bytes());
    bytes[32..40].copy_from_slice(&head.time.to_le_bytes());
    bytes[40..48].copy_from_slice(&call(head.call));
    bytes[48..56].copy_from_slice(&call(head.parent));
    bytes[56..].copy_from_slice(&head.signed_in.to_le_bytes());
    bytes
}

const START: u8 = 0;
const FINISH: u8 = 1;
const LOSS: u8 = 2;
const PANIC: u8 = 3;
const FINISH_WITH_ERROR: u8 = 4;
const USAGE_ERROR: u8 = 5;
const PANIC_WITH_TEXT: u8 = 6;
const AGGREGATE: u8 = 7;
const SNAPSHOT: u8 = 8;
const USAGE_REPORT: u8 = 9;
const ERROR_REPORT: u8 = 10;

fn write_start(to: &mut Vec<u8>, finish: Option<&str>) {
    to.push(START);
    write_text(to, finish.unwrap_or_default());
}

fn write_aggregate(to: &mut Vec<u8>, aggregate: &Aggregate) {
    let Aggregate { calls, errors, panics, cancelled, duration, histogram, since } = aggregate;
    to.push(AGGREGATE);
    for number in [*calls, *errors, *panics, *cancelled, nanos(*duration), since_epoch(*since)] {
        write_u64(to, number);
    }
    #[allow(clippy::cast_possible_truncation, reason = "there are no more bounds than halves of powers of two")]
    to.push(histogram.len() as u8);
    for (bound, calls) in histogram {
        write_u64(to, *bound);
        write_u64(to, *calls);
    }
}

fn write_error_report(to: &mut Vec<u8>, report: &ErrorReport) {
    to.push(ERROR_REPORT);
    write_place(to, report.place.as_ref());
    report.trace.write(to);
    to.push(u8::from(report.text.is_some()));
    if let Some(ErrorText(text)) = &report.text {
        write_text(to, text);
    }
}

fn write_place(to: &mut Vec<u8>, place: Option<&Place>) {
    let (file, line, column) = place.map_or(("", 0, 0), |place| (&*place.file, place.line, place.column));
    write_text(to, file);
    to.extend_from_slice(&line.to_le_bytes());
    to.extend_from_slice(&column.to_le_bytes());
}

fn write_thinning(to: &mut Vec<u8>, Thinning { sample_rate, limit, suppressed }: &Thinning) {
    to.extend_from_slice(&sample_rate.unwrap_or(0.0).to_le_bytes());
    to.extend_from_slice(&limit.map_or(0, |limit| limit.calls).to_le_bytes());
    to.push(limit.map_or(0, |limit| place(&Per::ALL, &limit.per)));
    write_u64(to, *suppressed);
}

pub(crate) fn write_run(to: &mut Vec<u8>, run: &Run) -> bool {
    write_record(to, |to| write_run_payload(to, run))
}

/// How many bytes a run's record has.
pub(crate) fn run_bytes(run: &Run) -> usize {
    let mut payload = Vec::new();
    write_run_payload(&mut payload, run);
    HEADER + payload.len()
}

fn write_run_payload(to: &mut Vec<u8>, run: &Run) {
    to.push(RUN);
    write_id(to, run.invocation);
    for text in [&run.app, &run.version, &run.os, &run.arch] {
        write_text(to, text);
    }
    write_id(to, run.install_id.unwrap_or(Id(0)));
    to.push(place(&InstallIdKind::ALL, &run.install_id_kind));
    to.push(run.environment.map_or(u8::MAX, |environment| place(&Environment::ALL, &environment)));
    write_id(to, run.parent.unwrap_or(Id(0)));
    write_id(to, run.trace.unwrap_or(Id(0)));
    to.push(u8::from(run.is_development));
    write_fields(to, run.facts.iter().map(|(name, value)| (name.as_ref(), value)));
}

/// Has the checksum find out what the processor can do for it, which takes some ten microseconds on a virtual machine.
pub(crate) fn prepare() {
    checksum(&[], &[]);
}

pub(crate) fn write_ack(to: &mut Vec<u8>, sink: &str, offset: u64) -> bool {
    write_record(to, |to| {
        to.push(ACK);
        write_u64(to, offset);
        write_text(to, sink);
    })
}

pub(crate) fn write_settled(to: &mut Vec<u8>, offset: u64) -> bool {
    write_record(to, |to| {
        to.push(SETTLED);
        write_u64(to, offset);
    })
}

pub(crate) fn write_moved(to: &mut Vec<u8>, invocation: Id, call: CallId) -> bool {
    write_record(to, |to| {
        to.push(MOVED);
        write_id(to, invocation);
        write_call_id(to, Some(call));
    })
}

pub(crate) fn write_pause(to: &mut Vec<u8>, sink: &str, failures: u32, until: SystemTime) -> bool {
    write_record(to, |to| {
        to.push(PAUSE);
        write_text(to, sink);
        to.extend_from_slice(&failures.to_le_bytes());
        write_time(to, until);
    })
}

pub(crate) fn write_catch_up(to: &mut Vec<u8>, at: SystemTime) -> bool {
    write_record(to, |to| {
        to.push(CATCH_UP);
        write_time(to, at);
    })
}

pub(crate) fn write_identity(to: &mut Vec<u8>, invocation: Id, number: u32, identity: &Identity) -> bool {
    write_record(to, |to| {
        to.push(IDENTITY);
        write_id(to, invocation);
        to.extend_from_slice(&number.to_le_bytes());
        to.push(place(&IdentitySource::ALL, &identity.source));
        write_text(to, identity.user.as_deref().unwrap_or_default());
        write_text(to, identity.team.as_deref().unwrap_or_default());
        #[allow(clippy::cast_possible_truncation, reason = "an identity has a few groups at most")]
        to.push(identity.groups.len() as u8);
        for (kind, id) in &identity.groups {
            write_text(to, kind);
            write_text(to, id);
        }
    })
}

pub(crate) fn write_excluded(to: &mut Vec<u8>, invocation: Id) -> bool {
    write_record(to, |to| {
        to.push(EXCLUDED);
        write_id(to, invocation);
    })
}

/// Where a value stands in the list of all.
fn place<T: PartialEq>(all: &[T], value: &T) -> u8 {
    all.iter().position(|one| one == value).and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
}

fn write_record(to: &mut Vec<u8>, payload: impl FnOnce(&mut Vec<u8>)) -> bool {
    let start = to.len();
    to.extend_from_slice(&[0; HEADER]);
    payload(to);
    let fits = close_record(to, start);
    if fits {
        seal(&mut to[start..]);
    }
    fits
}

/// Says what begins there, in place of zeros; if it is too large, it is taken away.
#[inline]
fn close_record(to: &mut Vec<u8>, start: usize) -> bool {
    let length = to.len() - start - HEADER;
    if length > limits::RECORD_BYTES {
        to.truncate(start);
        return false;
    }
    #[allow(clippy::cast_possible_truncation, reason = "bounded by RECORD_BYTES, just above")]
    let length = (length as u32).to_le_bytes();
    let [tag, behind] = MAGIC;
    to[start..start + 6].copy_from_slice(&[tag, behind, length[0], length[1], length[2], length[3]]);
    true
}

/// Which kind of event a record is, as it was written; `None` if it is none.
pub(crate) fn kind_of(record: &[u8]) -> Option<Kinds> {
    let payload = record.get(HEADER..).filter(|payload| payload.first() == Some(&EVENT))?;
    let name = payload.get(1 + HEAD..1 + HEAD + 2)?;
    let name = usize::from(u16::from_le_bytes(name.try_into().ok()?));
    Some(match *payload.get(1 + HEAD + 2 + name)? {
        START => Kinds::STARTS,
        FINISH | FINISH_WITH_ERROR => Kinds::FINISHES,
        LOSS => Kinds::LOSSES,
        PANIC | PANIC_WITH_TEXT | ERROR_REPORT => Kinds::ERRORS,
        USAGE_ERROR => Kinds::USAGE_ERRORS,
        AGGREGATE => Kinds::AGGREGATES,
        SNAPSHOT => Kinds::SNAPSHOTS,
        USAGE_REPORT => Kinds::REQUIRED,
        _ => return None,
    })
}

/// Reads what lies at the beginning of `bytes`, which must not be empty.
pub(crate) fn read(bytes: &[u8]) -> Found {
    if !bytes.starts_with(&MAGIC[..bytes.len().min(MAGIC.len())]) {
        return Found::Damaged(next_magic(bytes));
    }
    let (Some(length), Some(crc)) = (u32_at(bytes, 2), u32_at(bytes, 6)) else {
        return Found::Partial;
    };
    let end = HEADER + length as usize;
    if end > HEADER + limits::RECORD_BYTES {
        return Found::Damaged(next_magic(bytes));
    }
    let Some(payload) = bytes.get(HEADER..end) else {
        return Found::Partial;
    };
    if checksum(&bytes[2..6], payload) != crc {
        return Found::Damaged(next_magic(bytes));
    }
    // A sound checksum over a payload that makes no sense was written by nothing that we know. It is stepped over whole.
    read_payload(payload).map_or(Found::Damaged(end), |record| Found::Record(Box::new(record), end))
}

/// An event's record, whole and sound, not looked into yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawEvent<'a> {
    payload: &'a [u8],
    /// How many bytes the record takes.
    pub(crate) length: usize,
    pub(crate) kind: Kinds,
}

impl RawEvent<'_> {
    /// What it says; `None` if that makes no sense.
    pub(crate) fn read(self) -> Option<Event> {
        let mut from = Reader(self.payload.get(1..)?);
        let (event, _) = from.event()?;
        from.0.is_empty().then_some(event)
    }
}

/// The event that lies whole at the beginning; `None` where something else does, or what is damaged.
pub(crate) fn raw_event(bytes: &[u8]) -> Option<RawEvent<'_>> {
    let length = HEADER + u32_at(bytes, 2).filter(|_| bytes.starts_with(&MAGIC))? as usize;
    let record = bytes.get(..length)?;
    let kind = kind_of(record)?;
    let payload = &record[HEADER..];
    (Some(checksum(&record[2..6], payload)) == u32_at(record, 6)).then_some(RawEvent { payload, length, kind })
}

/// Whether a whole record follows on what looks like the beginning of one.
pub(crate) fn has_record_behind(bytes: &[u8]) -> bool {
    let mut rest = &bytes[next_magic(bytes)..];
    while !rest.is_empty() {
        match read(rest) {
            Found::Record(..) => return true,
            Found::Partial | Found::Damaged(_) => rest = &rest[next_magic(rest)..],
        }
    }
    false
}

/// How far it is to the next place where a record may begin; `bytes` must not be empty.
pub(crate) fn next_magic(bytes: &[u8]) -> usize {
    let rest = &bytes[1..];
    let at = rest.windows(2).position(|pair| pair == MAGIC);
    at.or_else(|| rest.ends_with(&MAGIC[..1]).then(|| rest.len() - 1)).unwrap_or(rest.len()) + 1
}

/// Has every record say the right checksum.
#[cfg(fuzzing)]
pub(crate) fn mend(bytes: &mut [u8]) {
    let mut at = 0;
    while at < bytes.len() {
        at += next_magic_or_here(&bytes[at..]);
        let Some(record) = bytes.get_mut(at..).filter(|record| record.len() >= HEADER) else { return };
        let length = u32_at(record, 2).map_or(0, |length| length as usize);
        if let Some(payload) = record.get(HEADER..HEADER + length) {
            let sum = checksum(&record[2..6], payload);
            record[6..HEADER].copy_from_slice(&sum.to_le_bytes());
            at += HEADER + length;
        } else {
            at += 1;
        }
    }
}

#[cfg(fuzzing)]
fn next_magic_or_here(bytes: &[u8]) -> usize {
    if bytes.starts_with(&MAGIC) { 0 } else { next_magic(bytes) }
}

fn checksum(length: &[u8], payload: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(length);
    crc.update(payload);
    crc.finalize()
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn read_payload(payload: &[u8]) -> Option<Record> {
    let mut from = Reader(payload);
    let record = match from.byte()? {
        RUN => Record::Run(Run {
            invocation: from.id()?,
            app: from.text()?,
            version: from.text()?,
            os: from.text()?,
            arch: from.text()?,
            install_id: from.some_id()?,
            install_id_kind: InstallIdKind::ALL.get(usize::from(from.byte()?)).copied()?,
            environment: match from.byte()? {
                u8::MAX => None,
                at => Some(Environment::ALL.get(usize::from(at)).copied()?),
            },
            parent: from.some_id()?,
            trace: from.some_id()?,
            is_development: from.byte()? != 0,
            facts: from.fields()?,
        }),
        EVENT => {
            let (event, finish) = from.event()?;
            Record::Event(event, name_of(finish)?)
        }
        BEGUN => {
            let was_event = from.byte()? != 0;
            let (start, finish) = from.event()?;
            Record::Begun(Begun { start, finish: name_of(finish)?, was_event })
        }
        MOVED => Record::Moved { invocation: from.id()?, call: from.call()?? },
        ACK => Record::Ack { offset: from.u64()?, sink: from.text()?.into_owned() },
        SETTLED => Record::Settled { offset: from.u64()? },
        PAUSE => Record::Pause {
            sink: from.text()?.into_owned(),
            failures: from.array().map(u32::from_le_bytes)?,
            until: from.time()?,
        },
        CATCH_UP => Record::CatchUp { at: from.time()? },
        IDENTITY => Record::Identity {
            invocation: from.id()?,
            number: from.array().map(u32::from_le_bytes)?,
            identity: from.identity()?,
        },
        EXCLUDED => Record::Excluded { invocation: from.id()? },
        _ => return None,
    };
    from.0.is_empty().then_some(record)
}

fn outcome_code(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Ok => 0,
        Outcome::Error => 1,
        Outcome::Panicked => 2,
        Outcome::Cancelled => 3,
        Outcome::Abandoned => 4,
    }
}

fn outcome_of(code: u8) -> Option<Outcome> {
    [Outcome::Ok, Outcome::Error, Outcome::Panicked, Outcome::Cancelled, Outcome::Abandoned]
        .get(usize::from(code))
        .copied()
}

fn loss_of(code: u8) -> Option<Loss> {
    Loss::EACH.into_iter().find(|loss| *loss as u8 == code)
}

fn misuse_of(code: u8) -> Option<Misuse> {
    Misuse::ALL.into_iter().find(|misuse| *misuse as u8 == code)
}

fn write_id(to: &mut Vec<u8>, id: Id) {
    to.extend_from_slice(&id.0.to_be_bytes());
}

fn write_u64(to: &mut Vec<u8>, number: u64) {
    to.extend_from_slice(&number.to_le_bytes());
}

fn write_time(to: &mut Vec<u8>, time: SystemTime) {
    write_u64(to, since_epoch(time));
}

fn write_call_id(to: &mut Vec<u8>, call: Option<CallId>) {
    write_u64(to, call.map_or(0, |call| call.0.get()));
}

/// A text of up to 65,535 bytes; texts here are names and words out of a program's source.
fn write_text(to: &mut Vec<u8>, text: &str) {
    let Ok(length) = u16::try_from(text.len()) else {
        return write_text(to, &text[..floor_char_boundary(text, usize::from(u16::MAX))]);
    };
    to.extend_from_slice(&length.to_le_bytes());
    to.extend_from_slice(text.as_bytes());
}

fn write_fields<'a>(to: &mut Vec<u8>, fields: impl ExactSizeIterator<Item = (&'a str, &'a Value)>) {
    const { assert!(limits::FIELDS <= u8::MAX as usize) };
    let count = fields.len().min(limits::FIELDS);
    #[allow(clippy::cast_possible_truncation, reason = "bounded by FIELDS, just above")]
    to.push(count as u8);
    for (name, value) in fields.take(count) {
        write_text(to, name);
        write_value(to, &value.0, 0);
    }
}

/// Writes a value that lies so deep in others.
fn write_value(to: &mut Vec<u8>, value: &Raw, depth: usize) {
    match value {
        Raw::Absent => to.push(0),
        Raw::Bool(value) => to.extend_from_slice(&[1, u8::from(*value)]),
        Raw::Int(value) => write_number(to, 2, value.to_le_bytes()),
        Raw::UInt(value) => write_number(to, 3, value.to_le_bytes()),
        Raw::Float(value) => write_number(to, 4, value.to_le_bytes()),
        Raw::Duration(value) => write_number(to, 5, nanos(*value).to_le_bytes()),
        Raw::Time(value) => write_number(to, 6, since_epoch(*value).to_le_bytes()),
        Raw::Id(value) => {
            to.push(7);
            write_id(to, *value);
        }
        Raw::Text(value) => {
            to.push(8);
            write_text(to, value);
        }
        Raw::List(values) => {
            #[allow(
                clippy::cast_possible_truncation,
                reason = "a list field is made of at most MAX_LIST (64) elements"
            )]
            to.extend_from_slice(&[9, values.len() as u8]);
            for value in values {
                write_nested(to, value, depth);
            }
        }
        Raw::Identifier(kind, name) => {
            to.extend_from_slice(&[10, *kind as u8]);
            write_text(to, name);
        }
        Raw::Map(members) => {
            #[allow(clippy::cast_possible_truncation, reason = "a struct has at most MAX_MEMBERS (64) members")]
            to.extend_from_slice(&[11, members.len() as u8]);
            for (name, value) in members {
                write_text(to, name);
                write_nested(to, value, depth);
            }
        }
    }
}

/// A value inside another. Where a program's own implementations say one thing of their depth and do another, what lies too deep to be
/// read back is absent.
fn write_nested(to: &mut Vec<u8>, value: &Raw, depth: usize) {
    if depth < MAX_NESTING || !matches!(value, Raw::List(_) | Raw::Map(_)) {
        write_value(to, value, depth + 1);
    } else {
        to.push(0);
    }
}

fn write_number(to: &mut Vec<u8>, tag: u8, number: [u8; 8]) {
    let mut bytes = [tag; 9];
    bytes[1..].copy_from_slice(&number);
    to.extend_from_slice(&bytes);
}

/// The names that this program's events and fields have: those need no place of their own for each event.
static NAMES: PerProcess<HashMap<&'static [u8], &'static str, BuildHasherDefault<NameHasher>>> = PerProcess::new();

fn known_name(name: &[u8]) -> Option<Cow<'static, str>> {
    let names = || {
        let of_calls = callsite::callsites().iter().flat_map(Callsite::names);
        let names = of_calls.chain(callsite::additions().iter().map(|addition| addition.name));
        names.map(|name| (name.as_bytes(), name)).collect()
    };
    match NAMES.get_or_init(names).and_then(|names| names.get(name)) {
        Some(known) => Some(Cow::Borrowed(known)),
        None => owned(name),
    }
}

/// Names are few, and the program's own: whoever makes them alike makes themselves slow.
#[derive(Default)]
struct NameHasher(u64);

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut add = |word: u64| self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517C_C1B7_2722_0A95);
        let (words, rest) = bytes.as_chunks();
        for word in words {
            add(u64::from_le_bytes(*word));
        }
        match bytes.last_chunk() {
            // Some of it twice.
            Some(last) if !rest.is_empty() => add(u64::from_le_bytes(*last)),
            _ => rest.iter().for_each(|byte| add(u64::from(*byte))),
        }
    }

    fn write_usize(&mut self, length: usize) {
        self.0 ^= length as u64;
    }

    fn finish(&self) -> u64 {
        // The table looks at the highest bits and at the lowest.
        self.0 ^ (self.0 >> 32)
    }
}

fn owned(text: &[u8]) -> Option<Cow<'static, str>> {
    std::str::from_utf8(text).ok().map(|text| Cow::Owned(text.to_owned()))
}

/// A name that may be missing.
#[allow(clippy::option_option, reason = "the outer one is whether it can be read at all")]
fn name_of(name: Option<&[u8]>) -> Option<Option<Cow<'static, str>>> {
    match name {
        Some(name) => known_name(name).map(Some),
        None => Some(None),
    }
}

/// The rest of a payload. Every method is `None` where the bytes do not hold what is asked for.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn id(&mut self) -> Option<Id> {
        self.array().map(|bytes| Id(u128::from_be_bytes(bytes)))
    }

    /// An id, or that there is none.
    #[allow(clippy::option_option, reason = "the outer one is whether it can be read at all")]
    fn some_id(&mut self) -> Option<Option<Id>> {
        self.id().map(|id| (id.0 != 0).then_some(id))
    }

    fn identity(&mut self) -> Option<Identity> {
        let source = IdentitySource::ALL.get(usize::from(self.byte()?)).copied()?;
        let (user, team) = (self.text()?.into_owned(), self.text()?.into_owned());
        let [user, team] = [user, team].map(|text| (!text.is_empty()).then_some(text));
        let count = self.byte()?;
        let groups = (0..count).map(|_| Some((self.text()?.into_owned(), self.text()?.into_owned())));
        Some(Identity { user, team, source, groups: groups.collect::<Option<_>>()? })
    }

    fn time(&mut self) -> Option<SystemTime> {
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_nanos(self.u64()?))
    }

    /// A call, or that there is none.
    #[allow(clippy::option_option, reason = "the outer one is whether it can be read at all")]
    fn call(&mut self) -> Option<Option<CallId>> {
        self.u64().map(|id| NonZeroU64::new(id).map(CallId))
    }

    /// An event, and where it is a start, the name of the finish that is to follow.
    fn event(&mut self) -> Option<(Event, Option<&'a [u8]>)> {
        let invocation = self.id()?;
        let id = self.id()?;
        let time = self.time()?;
        let call = self.call()?;
        let parent = self.call()?;
        let signed_in = self.array().map(u32::from_le_bytes)?;
        let name = self.name()?;
        let mut finish = None;
        let kind = match self.byte()? {
            START => {
                finish = self.bytes().map(|name| (!name.is_empty()).then_some(name))?;
                EventKind::Start
            }
            kind @ (FINISH | FINISH_WITH_ERROR) => EventKind::Finish {
                outcome: outcome_of(self.byte()?)?,
                started: self.byte()? != 0,
                duration: Some(self.u64()?).filter(|ns| *ns != u64::MAX).map(Duration::from_nanos),
                error: if kind == FINISH { None } else { Some(ErrorText(self.text()?.into_owned())) },
            },
            PANIC => EventKind::Panic(Box::new(self.panic()?)),
            PANIC_WITH_TEXT => {
                let panic = self.panic()?;
                EventKind::Panic(Box::new(Panic { text: Some(ErrorText(self.text()?.into_owned())), ..panic }))
            }
            LOSS => EventKind::Loss { reason: loss_of(self.byte()?)?, events: self.u64()? },
            USAGE_ERROR => EventKind::UsageError { reason: misuse_of(self.byte()?)? },
            AGGREGATE => EventKind::Aggregate(Box::new(self.aggregate()?)),
            SNAPSHOT => EventKind::Snapshot {
                is_metrics: self.byte()? != 0,
                since: match self.u64()? {
                    u64::MAX => None,
                    ns => Some(SystemTime::UNIX_EPOCH.checked_add(Duration::from_nanos(ns))?),
                },
            },
            USAGE_REPORT => EventKind::UsageReport,
            ERROR_REPORT => EventKind::ErrorReport(Box::new(self.error_report()?)),
            _ => return None,
        };
        let fields = self.fields()?;
        let thinning = if self.0.is_empty() { Thinning::NONE } else { self.thinning()? };
        let identity = None;
        Some((Event { id, invocation, time, name, kind, call, parent, fields, thinning, signed_in, identity }, finish))
    }

    fn aggregate(&mut self) -> Option<Aggregate> {
        Some(Aggregate {
            calls: self.u64()?,
            errors: self.u64()?,
            panics: self.u64()?,
            cancelled: self.u64()?,
            duration: Duration::from_nanos(self.u64()?),
            since: self.time()?,
            histogram: {
                let count = self.byte()?;
                (0..count).map(|_| Some((self.u64()?, self.u64()?))).collect::<Option<_>>()?
            },
        })
    }

    fn thinning(&mut self) -> Option<Thinning> {
        let rate = self.array().map(f64::from_le_bytes)?;
        let calls = self.array().map(u32::from_le_bytes)?;
        let per = Per::ALL.get(usize::from(self.byte()?)).copied()?;
        Some(Thinning {
            sample_rate: (rate > 0.0).then_some(rate),
            limit: (calls > 0).then_some(Limit { calls, per }),
            suppressed: self.u64()?,
        })
    }

    fn panic(&mut self) -> Option<Panic> {
        Some(Panic { place: self.place()?, trace: Trace::read(&mut self.0)?, ..Panic::default() })
    }

    fn error_report(&mut self) -> Option<ErrorReport> {
        let (place, trace) = (self.place()?, Trace::read(&mut self.0)?);
        let text = if self.byte()? == 0 { None } else { Some(ErrorText(self.text()?.into_owned())) };
        Some(ErrorReport { place, text, trace, ..ErrorReport::default() })
    }

    /// A place, or that there is none.
    #[allow(clippy::option_option, reason = "the outer one is whether it can be read at all")]
    fn place(&mut self) -> Option<Option<Place>> {
        let file = self.text()?;
        let line = self.array().map(u32::from_le_bytes)?;
        let column = self.array().map(u32::from_le_bytes)?;
        Some((!file.is_empty()).then_some(Place { file, line, column }))
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.array().map(u16::from_le_bytes)?;
        self.take(usize::from(length))
    }

    fn text(&mut self) -> Option<Cow<'static, str>> {
        owned(self.bytes()?)
    }

    /// The name of an event or a field.
    fn name(&mut self) -> Option<Cow<'static, str>> {
        known_name(self.bytes()?)
    }

    fn fields(&mut self) -> Option<Vec<NamedValue>> {
        let count = self.byte()?;
        // No more than there are, if what is said of it is wrong.
        let mut fields = Vec::with_capacity(usize::from(count).min(limits::FIELDS));
        for _ in 0..count {
            fields.push((self.name()?, Value(self.value(0)?)));
        }
        Some(fields)
    }

    /// A value that lies so deep in others.
    fn value(&mut self, depth: usize) -> Option<Raw> {
        Some(match self.byte()? {
            0 => Raw::Absent,
            1 => Raw::Bool(self.byte()? != 0),
            2 => Raw::Int(self.array().map(i64::from_le_bytes)?),
            3 => Raw::UInt(self.u64()?),
            4 => Raw::Float(self.array().map(f64::from_le_bytes)?),
            5 => Raw::Duration(Duration::from_nanos(self.u64()?)),
            6 => Raw::Time(self.time()?),
            7 => Raw::Id(self.id()?),
            8 => Raw::Text(self.text()?),
            // A file that nests them without end is not ours.
            9 if depth <= MAX_NESTING => {
                let count = self.byte()?;
                Raw::List((0..count).map(|_| self.value(depth + 1)).collect::<Option<_>>()?)
            }
            10 => {
                let kind = IdentifierKind::of_code(self.byte()?)?;
                Raw::Identifier(kind, self.text()?.into_owned())
            }
            11 if depth <= MAX_NESTING => {
                let count = self.byte()?;
                Raw::Map((0..count).map(|_| Some((self.text()?, self.value(depth + 1)?))).collect::<Option<_>>()?)
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::trace::tests::trace;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        let nested = leaf().prop_recursive(4, 24, 4, |inner| {
            let members = prop::collection::vec(("[a-z]{1,8}".prop_map(Cow::Owned), inner.clone()), 0..4);
            prop_oneof![prop::collection::vec(inner, 0..4).prop_map(Raw::List), members.prop_map(Raw::Map)]
        });
        nested.prop_map(Value)
    }

    fn leaf() -> impl Strategy<Value = Raw> {
        prop_oneof![
            Just(Raw::Absent),
            any::<bool>().prop_map(Raw::Bool),
            any::<i64>().prop_map(Raw::Int),
            any::<u64>().prop_map(Raw::UInt),
            any::<i32>().prop_map(|n| Raw::Float(f64::from(n) / 8.0)),
            any::<u64>().prop_map(|ns| Raw::Duration(Duration::from_nanos(ns))),
            any::<u128>().prop_map(|bits| Raw::Id(Id(bits))),
            "[a-zé]{0,12}".prop_map(|text| Raw::Text(text.into())),
            (0_u8..4, "[a-zé]{0,12}")
                .prop_map(|(code, name)| Raw::Identifier(IdentifierKind::of_code(code).unwrap(), name)),
        ]
    }

    fn thinning() -> impl Strategy<Value = Thinning> {
        let limit = (1_u32.., prop::sample::select(Per::ALL.to_vec())).prop_map(|(calls, per)| Limit { calls, per });
        let rate = prop::option::of((1_u32..=1000).prop_map(|thousandths| f64::from(thousandths) / 1000.0));
        (rate, prop::option::of(limit), any::<u64>()).prop_map(|(sample_rate, limit, suppressed)| Thinning {
            sample_rate,
            limit,
            suppressed,
        })
    }

    pub(crate) fn event() -> impl Strategy<Value = Event> {
        let kind = prop_oneof![
            Just(EventKind::Start),
            (0_u8..5, prop::option::of(0..u64::MAX), prop::option::of("[ -~é]{0,40}"), any::<bool>()).prop_map(
                |(code, ns, error, started)| EventKind::Finish {
                    outcome: outcome_of(code).unwrap(),
                    duration: ns.map(Duration::from_nanos),
                    error: error.map(ErrorText),
                    started,
                },
            ),
            ("[a-z/.]{1,20}", any::<u32>(), any::<u32>(), prop::option::of("[ -~é]{0,40}"), trace()).prop_map(
                |(file, line, column, text, trace)| {
                    let place = Some(Place { file: file.into(), line, column });
                    EventKind::Panic(Box::new(Panic { place, text: text.map(ErrorText), trace, ..Panic::default() }))
                },
            ),
            (0_u8..10, any::<u64>())
                .prop_map(|(code, events)| EventKind::Loss { reason: loss_of(code).unwrap(), events }),
            prop::sample::select(Misuse::ALL.to_vec()).prop_map(|reason| EventKind::UsageError { reason }),
            (any::<[u64; 6]>(), prop::collection::vec(any::<(u64, u64)>(), 0..118)).prop_map(
                |([calls, errors, panics, cancelled, nanos, since], histogram)| {
                    EventKind::Aggregate(Box::new(Aggregate {
                        calls,
                        errors,
                        panics,
                        cancelled,
                        duration: Duration::from_nanos(nanos),
                        histogram,
                        since: SystemTime::UNIX_EPOCH + Duration::from_nanos(since),
                    }))
                }
            ),
            (prop::option::of(0..u64::MAX), any::<bool>()).prop_map(|(since, is_metrics)| {
                let since = since.map(|ns| SystemTime::UNIX_EPOCH + Duration::from_nanos(ns));
                EventKind::Snapshot { since, is_metrics }
            }),
            Just(EventKind::UsageReport),
            ("[a-z/.]{0,20}", any::<u32>(), any::<u32>(), prop::option::of("[ -~é]{0,40}"), trace()).prop_map(
                |(file, line, column, text, trace)| {
                    let place = (!file.is_empty()).then_some(Place { file: file.into(), line, column });
                    let text = text.map(ErrorText);
                    EventKind::ErrorReport(Box::new(ErrorReport { place, text, trace, ..ErrorReport::default() }))
                },
            ),
        ];
        let fields = prop::collection::vec(("[a-z]{1,8}".prop_map(Cow::Owned), value()), 0..6);
        let said = (any::<u32>(), fields, thinning());
        (any::<u128>(), any::<u64>(), "[ -~]{0,30}", kind, any::<u64>(), any::<u64>(), said).prop_map(
            |(id, time, name, kind, call, parent, (signed_in, fields, thinning))| Event {
                id: Id(id),
                invocation: Id(!id),
                time: SystemTime::UNIX_EPOCH + Duration::from_nanos(time),
                name: Cow::Owned(name),
                kind,
                call: NonZeroU64::new(call).map(CallId),
                parent: NonZeroU64::new(parent).map(CallId),
                fields,
                thinning,
                signed_in,
                identity: None,
            },
        )
    }

    fn head_of(event: &Event) -> EventHead<'_> {
        EventHead {
            id: event.id,
            invocation: event.invocation,
            time: since_epoch(event.time),
            call: event.call,
            parent: event.parent,
            signed_in: event.signed_in,
            thinning: event.thinning,
            what: What::Kind(&event.kind),
        }
    }

    pub(crate) fn encoded(event: &Event) -> Vec<u8> {
        let mut bytes = Vec::new();
        let head = head_of(event);
        let fields = event.fields.iter().map(|(name, value)| (name.as_ref(), value));
        assert!(write_event(&mut bytes, &head, &event.name, fields));
        bytes
    }

    proptest! {
        #[test]
        fn a_kind_is_known_without_reading_the_whole(event in event()) {
            let record = encoded(&event);
            let kind = event.kind.kind();
            prop_assert_eq!(kind_of(&record), Some(kind));
            let raw = raw_event(&record).unwrap();
            prop_assert_eq!((raw.kind, raw.length), (kind, record.len()));
            prop_assert_eq!(raw.read(), Some(event));
            for cut in 0..record.len() {
                prop_assert!(raw_event(&record[..cut]).is_none());
                let mut damaged = record.clone();
                damaged[cut] ^= 1;
                prop_assert!(raw_event(&damaged).is_none());
            }
        }

        #[test]
        fn events_come_back_as_they_went(event in event()) {
            let bytes = encoded(&event);
            prop_assert_eq!(read(&bytes), Found::Record(Box::new(Record::Event(event, None)), bytes.len()));
        }
    }

    /// Names whose bits are the same, and such of one bit and another.
    const NAMES: [&str; 6] = ["a", "b", "items", "rows_of_it", "smeti", "a_name"];

    proptest! {
        #[test]
        fn a_call_has_the_last_value_of_each_of_its_fields(sets in prop::collection::vec((0..NAMES.len(), value()), 0..20)) {
            let (mut fields, mut expected) = (Fields::default(), Vec::<NamedValue>::new());
            for turn in 0..2 {
                for (name, value) in sets.iter().skip(turn).map(|(name, value)| (NAMES[*name], value)) {
                    fields.set(name, value);
                    match expected.iter_mut().find(|(known, _)| known == name) {
                        Some((_, known)) => known.clone_from(value),
                        None => expected.push((name.into(), value.clone())),
                    }
                }
                for name in NAMES {
                    let known = expected.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
                    prop_assert_eq!(fields.get(name), known);
                }
                let kind = Kinds::FINISHES;
                let finish = Finish { outcome: Outcome::Ok, duration: Some(7), error: Some("why"), started: true };
                let event = Event { fields: std::mem::take(&mut expected), ..tree("Tree") };
                let head = EventHead { what: What::Finish(finish), ..head_of(&event) };
                let mut record = vec![1, 2, 3];
                prop_assert!(write_call(&mut record, &head, &event.name, Some(&fields)));
                prop_assert!(matches!(read(&record), Found::Damaged(_)), "not sealed");
                prop_assert_eq!(kind_of(&record), Some(kind));
                seal(&mut record);
                let error = Some(ErrorText("why".into()));
                let kind = EventKind::Finish { outcome: Outcome::Ok, duration: Some(Duration::from_nanos(7)), error, started: true };
                let length = record.len();
                prop_assert_eq!(read(&record), Found::Record(Box::new(Record::Event(Event { kind, ..event }, None)), length));
                fields.clear();
            }
        }
    }

    #[test]
    fn a_call_has_so_many_fields() {
        let mut fields = Fields::default();
        for number in 0..limits::FIELDS + 5 {
            fields.set(String::leak(format!("field_{number}")), &Value(Raw::UInt(number as u64)));
        }
        fields.set("field_3", &Value(Raw::Bool(true)));
        assert_eq!(fields.ends.len(), limits::FIELDS);
        assert_eq!(fields.get("field_3"), Some(Value(Raw::Bool(true))));
        assert_eq!(fields.get("field_63"), Some(Value(Raw::UInt(63))));
        assert_eq!(fields.get("field_64"), None);
    }

    /// What lies too deep is absent, and costs nothing but itself; what no writer of ours wrote is refused.
    #[test]
    fn values_lie_in_one_another_only_so_deep() {
        let nested = |lists: usize| (0..lists).fold(Raw::Bool(true), |inner, _| Raw::List(vec![inner]));
        let field = |raw| vec![(Cow::Borrowed("deep"), Value(raw))];
        let mut event = tree("Deep");
        event.fields = field(nested(MAX_NESTING + 1));
        let bytes = encoded(&event);
        assert_eq!(read(&bytes), Found::Record(Box::new(Record::Event(event.clone(), None)), bytes.len()));
        event.fields = field(nested(MAX_NESTING + 20));
        let bytes = encoded(&event);
        let Found::Record(record, _) = read(&bytes) else { panic!("no record") };
        let Record::Event(found, _) = *record else { panic!("no event") };
        event.fields = field((0..=MAX_NESTING).fold(Raw::Absent, |inner, _| Raw::List(vec![inner])));
        assert_eq!(found, event);
        let mut without_end = [9, 1].repeat(10_000);
        without_end.push(0);
        assert_eq!(Reader(&without_end).value(0), None);
    }

    fn tree(name: &'static str) -> Event {
        Event {
            id: Id(1),
            invocation: Id(2),
            time: SystemTime::UNIX_EPOCH,
            name: name.into(),
            kind: EventKind::Start,
            call: None,
            parent: None,
            fields: Vec::new(),
            thinning: Thinning::NONE,
            signed_in: 0,
            identity: None,
        }
    }

    #[test]
    fn the_other_records_come_back_too() {
        let run = Run {
            invocation: Id(7),
            app: "quickstart".into(),
            version: "0.1.0".into(),
            os: "linux".into(),
            arch: "x86_64".into(),
            facts: vec![("channel".into(), Value(Raw::Text("stable".into())))],
            install_id: Some(Id(8)),
            install_id_kind: InstallIdKind::Inherited,
            environment: Some(Environment::Server),
            parent: Some(Id(9)),
            trace: Some(Id(10)),
            is_development: true,
        };
        for bare in [
            Run {
                install_id: None,
                install_id_kind: InstallIdKind::None,
                environment: None,
                parent: None,
                trace: None,
                is_development: false,
                ..run.clone()
            },
            Run { facts: Vec::new(), ..run.clone() },
        ] {
            let mut bytes = Vec::new();
            assert!(write_run(&mut bytes, &bare));
            assert_eq!(read(&bytes), Found::Record(Box::new(Record::Run(bare)), bytes.len()));
        }
        let mut bytes = Vec::new();
        assert!(write_run(&mut bytes, &run));
        assert_eq!(read(&bytes), Found::Record(Box::new(Record::Run(run)), bytes.len()));
        bytes.clear();
        assert!(write_ack(&mut bytes, "json", 99));
        let ack = Record::Ack { sink: "json".into(), offset: 99 };
        assert_eq!(read(&bytes), Found::Record(Box::new(ack), bytes.len()));
        bytes.clear();
        assert!(write_settled(&mut bytes, 5));
        assert_eq!(bytes.len(), SETTLED_BYTES);
        assert_eq!(read(&bytes), Found::Record(Box::new(Record::Settled { offset: 5 }), SETTLED_BYTES));
        bytes.clear();
        let call = CallId(NonZeroU64::MAX);
        assert!(write_moved(&mut bytes, Id(7), call));
        assert_eq!(read(&bytes), Found::Record(Box::new(Record::Moved { invocation: Id(7), call }), bytes.len()));
        bytes.clear();
        let time = SystemTime::UNIX_EPOCH + Duration::from_nanos(1_795_000_000_123_456_789);
        assert!(write_pause(&mut bytes, "json", 3, time));
        let pause = Record::Pause { sink: "json".into(), failures: 3, until: time };
        assert_eq!(read(&bytes), Found::Record(Box::new(pause), bytes.len()));
        bytes.clear();
        assert!(write_catch_up(&mut bytes, time));
        assert_eq!(read(&bytes), Found::Record(Box::new(Record::CatchUp { at: time }), bytes.len()));
        bytes.clear();
        assert!(write_excluded(&mut bytes, Id(7)));
        assert_eq!(read(&bytes), Found::Record(Box::new(Record::Excluded { invocation: Id(7) }), bytes.len()));
        for identity in [
            Identity::user("alice").team("acme").source(IdentitySource::ApiKey).group("project", "p").group("org", "o"),
            Identity::service_account("acme"),
            Identity::user("x".repeat(256)),
        ] {
            bytes.clear();
            assert!(write_identity(&mut bytes, Id(7), 3, &identity));
            let record = Record::Identity { invocation: Id(7), number: 3, identity };
            assert_eq!(read(&bytes), Found::Record(Box::new(record), bytes.len()));
        }
    }

    #[test]
    fn a_start_says_which_finish_is_to_follow() {
        let finish = Some("Sync Finished");
        for (what, silent) in [
            (What::Start(finish), None),
            (What::Begun(finish, false), Some(false)),
            (What::Begun(finish, true), Some(true)),
        ] {
            let head = EventHead {
                id: Id(2),
                invocation: Id(1),
                time: 0,
                call: Some(CallId(NonZeroU64::MIN)),
                parent: None,
                signed_in: 0,
                thinning: Thinning::NONE,
                what,
            };
            let mut bytes = Vec::new();
            assert!(write_event(&mut bytes, &head, "Sync Started", std::iter::empty()));
            let Found::Record(record, _) = read(&bytes) else { panic!("no record") };
            match *record {
                Record::Event(event, finish) if silent.is_none() => {
                    assert_eq!((event.id, finish.unwrap().as_ref()), (Id(2), "Sync Finished"));
                }
                Record::Begun(Begun { start, finish, was_event }) if silent == Some(was_event) => {
                    assert_eq!((start.id, finish.unwrap().as_ref()), (Id(2), "Sync Finished"));
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn an_event_that_no_receiver_takes_is_refused_whole() {
        let head = EventHead {
            id: Id(0),
            invocation: Id(0),
            time: 0,
            call: None,
            parent: None,
            signed_in: 0,
            thinning: Thinning::NONE,
            what: What::Start(None),
        };
        let mut bytes = vec![1, 2, 3];
        let long = "x".repeat(limits::RECORD_BYTES);
        assert!(!write_event(&mut bytes, &head, &long, std::iter::empty()));
        assert_eq!(bytes, [1, 2, 3]);
    }
}
