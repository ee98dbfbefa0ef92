//! A batch of our plain JSON, taken apart: pure, and total over whatever bytes come.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::catalogue::Catalogues;
use crate::limits::{DETAIL_BYTES, EVENT_BYTES, WORD_BYTES};

/// What became of one event of a batch.
#[derive(Debug)]
pub(crate) enum Taken {
    Event(Box<Event>),
    Quarantined(Quarantined),
}

/// An event, and of its members those that reports are made of.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) id: Uuid,
    /// When it happened, by this machine's clock, in milliseconds since 1970.
    pub(crate) at: i64,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) app: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) install_id: Option<String>,
    pub(crate) invocation_id: Option<String>,
    pub(crate) outcome: Option<String>,
    pub(crate) is_error: Option<bool>,
    pub(crate) duration_ns: Option<i64>,
    /// Of a loss and a usage error.
    pub(crate) reason: Option<String>,
    /// How many events a loss tells of.
    pub(crate) lost: Option<i64>,
    /// As it came.
    pub(crate) body: String,
}

/// What is not stored as an event, with the reason.
#[derive(Debug)]
pub(crate) struct Quarantined {
    /// The same for the same body, so that a second delivery is not kept twice.
    pub(crate) key: [u8; 16],
    pub(crate) reason: Reason,
    pub(crate) detail: String,
    pub(crate) install_id: Option<String>,
    /// As it came; `None` where it is too large to be kept.
    pub(crate) body: Option<String>,
}

/// Why something is kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    /// It is larger than an event may be.
    TooLarge,
    /// It lacks what each event has, or has it in another form.
    NotAnEvent,
    /// No catalogue has such an event.
    UnknownEvent,
    /// The catalogue has the event, but not so.
    Invalid,
}

impl Reason {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::NotAnEvent => "not_an_event",
            Self::UnknownEvent => "unknown_event",
            Self::Invalid => "invalid",
        }
    }
}

/// A member that nobody knows is no reason to lose the rest, but it is not stored either: it is refused, and the sender counts it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    sent_at: String,
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
}

/// A batch whose events are not looked at yet.
pub(crate) struct Batch<'a> {
    /// As they came.
    pub(crate) events: Vec<&'a RawValue>,
    /// How far this machine's clock is ahead of the sender's, in milliseconds.
    skew: i64,
}

impl<'a> Batch<'a> {
    /// Reads a batch.
    ///
    /// # Errors
    ///
    /// Where it is none: what was expected.
    pub(crate) fn read(body: &'a [u8], received: SystemTime) -> Result<Self, String> {
        let expected = |why: serde_json::Error| format!("expected {{\"sent_at\": …, \"events\": […]}}: {why}");
        let batch: Wire<'_> = serde_json::from_slice(body).map_err(expected)?;
        let sent = millis(&batch.sent_at).ok_or("expected `sent_at` as RFC 3339 has times")?;
        Ok(Self { events: batch.events, skew: since_1970(received).saturating_sub(sent) })
    }

    /// Looks at its events, one after another.
    pub(crate) fn take(&self, catalogues: Option<&Catalogues>) -> impl Iterator<Item = Taken> {
        self.events.iter().map(move |event| take(event.get(), catalogues, self.skew))
    }
}

/// The install id of a request for deletion, as ids are written.
///
/// # Errors
///
/// Where it is no such request: what was expected.
pub(crate) fn deletion(body: &[u8]) -> Result<String, String> {
    #[derive(Deserialize)]
    struct Wire<'a> {
        install_id: &'a str,
    }
    let wire: Option<Wire<'_>> = serde_json::from_slice(body).ok();
    let id = wire.and_then(|wire| Uuid::try_parse(wire.install_id).ok());
    id.map(|id| id.to_string()).ok_or_else(|| "expected {\"install_id\": \"…\"}, a UUID".into())
}

/// Milliseconds since 1970; a clock before that is at 1970.
pub(crate) fn since_1970(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis().try_into().unwrap_or(i64::MAX))
}

fn millis(text: &str) -> Option<i64> {
    humantime::parse_rfc3339(text).ok().map(since_1970)
}

fn take(body: &str, catalogues: Option<&Catalogues>, skew: i64) -> Taken {
    let quarantined = |reason, detail: &str, install_id, body: Option<&str>, whole: &str| {
        let mut key = [0; 16];
        key.iter_mut().zip(Sha256::digest(whole)).for_each(|(to, from)| *to = from);
        let body = body.map(ToOwned::to_owned);
        Taken::Quarantined(Quarantined { key, reason, detail: cut(detail, DETAIL_BYTES), install_id, body })
    };
    let value: Value = match serde_json::from_str(body) {
        Ok(value) => value,
        // JSON that is nested too deeply is left alone.
        Err(_) => return quarantined(Reason::NotAnEvent, "cannot be read", None, None, body),
    };
    let install_id = value["install_id"].as_str().map(|id| cut(&id.to_lowercase(), WORD_BYTES));
    if body.len() > EVENT_BYTES {
        return quarantined(Reason::TooLarge, &format!("over {EVENT_BYTES} bytes"), install_id, None, body);
    }
    let (event, kind) = (value["event"].as_str().unwrap_or_default(), value["kind"].as_str().unwrap_or_default());
    if let Some(catalogues) = catalogues
        && value.is_object()
        && !event.is_empty()
        && !kind.is_empty()
    {
        if !catalogues.has(event, kind) {
            return quarantined(Reason::UnknownEvent, &format!("`{event}` ({kind})"), install_id, Some(body), body);
        }
        if let Err(why) = catalogues.check(event, kind, &value) {
            return quarantined(Reason::Invalid, &why, install_id, Some(body), body);
        }
    }
    match columns(&value, skew, body) {
        Ok(event) => Taken::Event(Box::new(event)),
        Err(why) => quarantined(Reason::NotAnEvent, &why, install_id, Some(body), body),
    }
}

/// What every event has, whatever its catalogue says.
fn columns(value: &Value, skew: i64, body: &str) -> Result<Event, String> {
    if !value.is_object() {
        return Err("expected an object".into());
    }
    let word = |name: &str| match &value[name] {
        Value::Null => Ok(None),
        Value::String(word) if word.len() <= WORD_BYTES => Ok(Some(word.clone())),
        _ => Err(format!("`{name}`: expected a text of at most {WORD_BYTES} bytes")),
    };
    let needed = |name: &str| word(name)?.ok_or_else(|| format!("`{name}` is missing"));
    let number = |name: &str| match &value[name] {
        Value::Null => Ok(None),
        number => number
            .as_i64()
            .filter(|number| *number >= 0)
            .map(Some)
            .ok_or_else(|| format!("`{name}`: expected a number, not below 0")),
    };
    let id = Uuid::try_parse(&needed("id")?).map_err(|_| "`id`: expected a UUID")?;
    let time = millis(&needed("time")?).ok_or("`time`: expected a time as RFC 3339 has it")?;
    let kind = needed("kind")?;
    let outcome = word("outcome")?;
    let is_error = match &value["is_error"] {
        Value::Null => None,
        is_error => Some(is_error.as_bool().ok_or("`is_error`: expected true or false")?),
    };
    let finish = outcome.is_some() && is_error.is_some();
    let lost = if kind == "loss" { number("events")? } else { None };
    let is_aggregate = kind == "aggregate";
    match kind.as_str() {
        "start" | "panic" | "usage_error" | "error" | "snapshot" => {}
        "aggregate" if number("calls")?.is_some() && number("errors")?.is_some() => {}
        "aggregate" => return Err("`calls` or `errors` is missing".into()),
        "finish" if finish => {}
        "finish" => return Err("`outcome` or `is_error` is missing".into()),
        "loss" if lost.is_some() => {}
        "loss" => return Err("`events` is missing".into()),
        _ => return Err("`kind`: is none of the words".into()),
    }
    Ok(Event {
        id,
        at: time.saturating_add(skew),
        name: needed("event")?,
        app: word("app")?,
        version: word("version")?,
        install_id: word("install_id")?.map(|id| id.to_lowercase()),
        invocation_id: word("invocation_id")?,
        outcome,
        is_error,
        // That of many calls together is none of theirs.
        duration_ns: number("duration_ns")?.filter(|_| !is_aggregate),
        reason: word("reason")?,
        lost,
        kind,
        body: body.to_owned(),
    })
}

/// A text without control characters, of at most so many bytes.
pub(crate) fn cut(text: &str, bytes: usize) -> String {
    let mut cut = String::new();
    for character in text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }) {
        if cut.len() + character.len_utf8() > bytes {
            break;
        }
        cut.push(character);
    }
    cut
}
