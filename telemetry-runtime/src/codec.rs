//! How events lie on disk: records that can be found again after a torn write, and read by another version of the program.
//!
//! ```text
//! record  = magic (2) · length of the payload (4) · CRC-32 of length and payload (4) · payload
//! payload = tag (1) · …                      numbers little-endian, texts as length (2) and UTF-8
//!   1 run      invocation (16) · app · version · os · arch · fields
//!   2 event    invocation (16) · id (16) · time, ns since 1970 (8) · call (8) · parent or 0 (8) · name · kind (1)
//!              [· outcome (1) · duration, ns (8)] · fields
//!   3 ack      offset (8) · sink                every event before the offset needs nothing more from this sink
//!   4 settled  offset (8)                       no sink owes anything before the offset, which is this record's own
//! fields  = count (1) · (name · value)*
//! ```
//!
//! An event names its invocation itself, so that a damaged run record costs the run's facts and not its events.

use std::borrow::Cow;
use std::num::NonZeroU64;
use std::time::{Duration, SystemTime};

use crate::event::{CallId, Event, EventKind, NamedValue, Outcome, Run};
use crate::limits;
use crate::value::{Id, Raw, Value, nanos};

const MAGIC: [u8; 2] = [0xA7, 0x1E];
/// Magic, length, CRC.
const HEADER: usize = 10;
/// A settled record, whole: small and of one size, so that it can be looked for at the end of a file.
pub(crate) const SETTLED_BYTES: usize = HEADER + 1 + 8;

const RUN: u8 = 1;
const EVENT: u8 = 2;
const ACK: u8 = 3;
const SETTLED: u8 = 4;

/// What a record says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Record {
    Run(Run),
    Event(Event),
    Ack { sink: String, offset: u64 },
    Settled { offset: u64 },
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
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventHead {
    pub(crate) id: Id,
    pub(crate) invocation: Id,
    pub(crate) time: SystemTime,
    pub(crate) call: CallId,
    pub(crate) parent: Option<CallId>,
    pub(crate) kind: EventKind,
}

/// Appends an event's record to `to`; on `false` it was too large, and nothing was appended.
pub(crate) fn write_event<'a>(
    to: &mut Vec<u8>,
    head: &EventHead,
    name: &str,
    fields: impl ExactSizeIterator<Item = (&'a str, &'a Value)>,
) -> bool {
    write_record(to, |to| {
        to.push(EVENT);
        write_id(to, head.invocation);
        write_id(to, head.id);
        write_u64(to, since_epoch(head.time));
        write_u64(to, head.call.0.get());
        write_u64(to, head.parent.map_or(0, |parent| parent.0.get()));
        write_text(to, name);
        match head.kind {
            EventKind::Start => to.push(0),
            EventKind::Finish { outcome, duration } => {
                to.push(1);
                to.push(outcome_code(outcome));
                write_u64(to, nanos(duration));
            }
        }
        write_fields(to, fields);
    })
}

pub(crate) fn write_run(to: &mut Vec<u8>, run: &Run) -> bool {
    write_record(to, |to| {
        to.push(RUN);
        write_id(to, run.invocation);
        for text in [&run.app, &run.version, &run.os, &run.arch] {
            write_text(to, text);
        }
        write_fields(to, run.facts.iter().map(|(name, value)| (name.as_ref(), value)));
    })
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

fn write_record(to: &mut Vec<u8>, payload: impl FnOnce(&mut Vec<u8>)) -> bool {
    let start = to.len();
    to.extend_from_slice(&MAGIC);
    to.extend_from_slice(&[0; HEADER - MAGIC.len()]);
    payload(to);
    let length = to.len() - start - HEADER;
    if length > limits::RECORD_BYTES {
        to.truncate(start);
        return false;
    }
    #[allow(clippy::cast_possible_truncation, reason = "bounded by RECORD_BYTES, just above")]
    let length = (length as u32).to_le_bytes();
    to[start + 2..start + 6].copy_from_slice(&length);
    let crc = checksum(&length, &to[start + HEADER..]);
    to[start + 6..start + HEADER].copy_from_slice(&crc.to_le_bytes());
    true
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
            facts: from.fields()?,
        }),
        EVENT => {
            let invocation = from.id()?;
            let id = from.id()?;
            let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_nanos(from.u64()?))?;
            let call = CallId(NonZeroU64::new(from.u64()?)?);
            let parent = NonZeroU64::new(from.u64()?).map(CallId);
            let name = from.text()?;
            let kind = match from.byte()? {
                0 => EventKind::Start,
                1 => EventKind::Finish {
                    outcome: outcome_of(from.byte()?)?,
                    duration: Duration::from_nanos(from.u64()?),
                },
                _ => return None,
            };
            Record::Event(Event { id, invocation, time, name, kind, call, parent, fields: from.fields()? })
        }
        ACK => Record::Ack { offset: from.u64()?, sink: from.text()?.into_owned() },
        SETTLED => Record::Settled { offset: from.u64()? },
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
    }
}

fn outcome_of(code: u8) -> Option<Outcome> {
    [Outcome::Ok, Outcome::Error, Outcome::Panicked, Outcome::Cancelled].get(usize::from(code)).copied()
}

/// Nanoseconds since 1970; a clock before that, or after 2554, says the nearest that fits.
fn since_epoch(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, nanos)
}

fn write_id(to: &mut Vec<u8>, id: Id) {
    to.extend_from_slice(&id.0.to_be_bytes());
}

fn write_u64(to: &mut Vec<u8>, number: u64) {
    to.extend_from_slice(&number.to_le_bytes());
}

/// A text of up to 65,535 bytes; texts here are names and words out of a program's source.
fn write_text(to: &mut Vec<u8>, text: &str) {
    let cut = (0..=text.len().min(usize::from(u16::MAX))).rev().find(|at| text.is_char_boundary(*at));
    let text = &text[..cut.unwrap_or(0)];
    #[allow(clippy::cast_possible_truncation, reason = "cut to u16::MAX, just above")]
    to.extend_from_slice(&(text.len() as u16).to_le_bytes());
    to.extend_from_slice(text.as_bytes());
}

fn write_fields<'a>(to: &mut Vec<u8>, fields: impl ExactSizeIterator<Item = (&'a str, &'a Value)>) {
    const { assert!(limits::FIELDS <= u8::MAX as usize) };
    let count = fields.len().min(limits::FIELDS);
    #[allow(clippy::cast_possible_truncation, reason = "bounded by FIELDS, just above")]
    to.push(count as u8);
    for (name, value) in fields.take(count) {
        write_text(to, name);
        write_value(to, &value.0);
    }
}

fn write_value(to: &mut Vec<u8>, value: &Raw) {
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
                write_value(to, value);
            }
        }
    }
}

fn write_number(to: &mut Vec<u8>, tag: u8, number: [u8; 8]) {
    to.push(tag);
    to.extend_from_slice(&number);
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

    fn text(&mut self) -> Option<Cow<'static, str>> {
        let length = self.array().map(u16::from_le_bytes)?;
        let text = std::str::from_utf8(self.take(usize::from(length))?).ok()?;
        Some(Cow::Owned(text.to_owned()))
    }

    fn fields(&mut self) -> Option<Vec<NamedValue>> {
        let count = self.byte()?;
        (0..count).map(|_| Some((self.text()?, Value(self.value(false)?)))).collect()
    }

    fn value(&mut self, in_list: bool) -> Option<Raw> {
        Some(match self.byte()? {
            0 => Raw::Absent,
            1 => Raw::Bool(self.byte()? != 0),
            2 => Raw::Int(self.array().map(i64::from_le_bytes)?),
            3 => Raw::UInt(self.u64()?),
            4 => Raw::Float(self.array().map(f64::from_le_bytes)?),
            5 => Raw::Duration(Duration::from_nanos(self.u64()?)),
            6 => Raw::Time(SystemTime::UNIX_EPOCH.checked_add(Duration::from_nanos(self.u64()?))?),
            7 => Raw::Id(self.id()?),
            8 => Raw::Text(self.text()?),
            // There are no lists of lists; a file that nests them without end is not ours.
            9 if !in_list => {
                let count = self.byte()?;
                Raw::List((0..count).map(|_| self.value(true)).collect::<Option<_>>()?)
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![leaf(), prop::collection::vec(leaf(), 0..4).prop_map(Raw::List)].prop_map(Value)
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
        ]
    }

    pub(crate) fn event() -> impl Strategy<Value = Event> {
        let kind = prop_oneof![
            Just(EventKind::Start),
            (0_u8..4, any::<u64>()).prop_map(|(code, ns)| EventKind::Finish {
                outcome: outcome_of(code).unwrap(),
                duration: Duration::from_nanos(ns),
            }),
        ];
        let fields = prop::collection::vec(("[a-z]{1,8}".prop_map(Cow::Owned), value()), 0..6);
        (any::<u128>(), any::<u64>(), "[ -~]{0,30}", kind, 1..=u64::MAX, any::<u64>(), fields).prop_map(
            |(id, time, name, kind, call, parent, fields)| Event {
                id: Id(id),
                invocation: Id(!id),
                time: SystemTime::UNIX_EPOCH + Duration::from_nanos(time),
                name: Cow::Owned(name),
                kind,
                call: CallId(NonZeroU64::new(call).unwrap()),
                parent: NonZeroU64::new(parent).map(CallId),
                fields,
            },
        )
    }

    pub(crate) fn encoded(event: &Event) -> Vec<u8> {
        let mut bytes = Vec::new();
        let head = EventHead {
            id: event.id,
            invocation: event.invocation,
            time: event.time,
            call: event.call,
            parent: event.parent,
            kind: event.kind,
        };
        let fields = event.fields.iter().map(|(name, value)| (name.as_ref(), value));
        assert!(write_event(&mut bytes, &head, &event.name, fields));
        bytes
    }

    proptest! {
        #[test]
        fn events_come_back_as_they_went(event in event()) {
            let bytes = encoded(&event);
            prop_assert_eq!(read(&bytes), Found::Record(Box::new(Record::Event(event)), bytes.len()));
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
        };
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
    }

    #[test]
    fn an_event_that_no_receiver_takes_is_refused_whole() {
        let head = EventHead {
            id: Id(0),
            invocation: Id(0),
            time: SystemTime::UNIX_EPOCH,
            call: CallId(NonZeroU64::MIN),
            parent: None,
            kind: EventKind::Start,
        };
        let mut bytes = vec![1, 2, 3];
        let long = "x".repeat(limits::RECORD_BYTES);
        assert!(!write_event(&mut bytes, &head, &long, std::iter::empty()));
        assert_eq!(bytes, [1, 2, 3]);
    }
}
