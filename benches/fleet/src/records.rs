//! The events in an OTLP body, as the framework's sink and whoever passes it on write them.

/// An event: its id, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its id: one that comes twice has the same.
    pub id: &'a [u8],
    /// `start`, `finish`, `panic` or `loss`.
    pub kind: &'a str,
    /// How the call ended, of a finish.
    pub outcome: &'a str,
}

/// The attribute `event.id`, up to its text of 36 bytes.
const ID: &[u8] = b"\x0a\x08event.id\x12\x26\x0a\x24";
const KIND: &[u8] = b"\x0a\x0etelemetry.kind\x12";
const OUTCOME: &[u8] = b"\x0a\x11telemetry.outcome\x12";

/// All events in a body in Protobuf.
pub fn of(body: &[u8]) -> impl Iterator<Item = Record<'_>> {
    let mut rest = find(body, ID).map_or(&[][..], |at| &body[at + ID.len()..]);
    std::iter::from_fn(move || {
        let (id, after) = rest.split_at_checked(36)?;
        let next = find(after, ID);
        let own = &after[..next.unwrap_or(after.len())];
        rest = next.map_or(&[][..], |next| &after[next + ID.len()..]);
        Some(Record { id, kind: word(own, KIND), outcome: word(own, OUTCOME) })
    })
}

/// The short text that is the value of an attribute; nothing where the attribute is not there.
fn word<'a>(record: &'a [u8], attribute: &[u8]) -> &'a str {
    let value = find(record, attribute).map_or(&[][..], |at| &record[at + attribute.len()..]);
    // The length of the value, the tag of a text, and the length of that.
    let text = value.get(2).and_then(|length| value.get(3..3 + usize::from(*length)));
    text.and_then(|text| str::from_utf8(text).ok()).unwrap_or_default()
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += within.get(at..)?.iter().position(|byte| *byte == what[0])?;
        if within[at..].starts_with(what) {
            return Some(at);
        }
        at += 1;
    }
}
