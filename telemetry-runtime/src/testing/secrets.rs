//! Whether a text that should be nobody's to read is in what would be sent, however it is encoded.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use crate::event::{CallId, Event, EventKind, Run};
use crate::format::{self, Batch, Entry, Format, Request, otlp};
use crate::json::Writer;
use crate::level::Kinds;
use crate::value::Id;

/// So few bytes are found anywhere.
const LEAST: usize = 4;
/// So many bytes are shown on each side of what was found.
const ROUND: usize = 32;

/// A text in each form in which it could be sent.
pub(super) struct Forms {
    secret: String,
    forms: Vec<Form>,
}

struct Form {
    name: &'static str,
    bytes: Vec<u8>,
    /// Large and small letters are told apart.
    is_exact: bool,
}

impl Forms {
    /// # Panics
    ///
    /// Where the text is too short.
    #[track_caller]
    pub(super) fn of(secret: &str) -> Self {
        assert!(secret.len() >= LEAST, "a text of fewer than {LEAST} bytes would be found by chance: {secret:?}");
        let mut escaped = String::new();
        Writer::new(&mut escaped).text(secret);
        let bytes = secret.as_bytes();
        let percent = bytes.iter().fold(String::new(), |mut text, byte| {
            // Writing to a string does not fail.
            let _ = match byte {
                b'-' | b'.' | b'_' | b'~' => write!(text, "{}", char::from(*byte)),
                byte if byte.is_ascii_alphanumeric() => write!(text, "{}", char::from(*byte)),
                byte => write!(text, "%{byte:02X}"),
            };
            text
        });
        let hex = bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let form = |name, text: &str| Form { name, bytes: text.into(), is_exact: false };
        let mut forms = vec![
            form("plainly", secret),
            form("escaped", escaped.get(1..escaped.len() - 1).unwrap_or_default()),
            form("percent-encoded", &percent),
            form("in hexadecimal digits", &hex),
        ];
        for alphabet in [STANDARD, URL_SAFE] {
            let texts = (0..3).map(|before| base64(bytes, before, alphabet));
            forms.extend(texts.map(|text| Form { name: "in Base64", bytes: text.into(), is_exact: true }));
        }
        Self { secret: secret.to_owned(), forms }
    }

    /// What is to be said of bytes that have it in them: where it is, `in_what`, and what stands round it.
    pub(super) fn find(&self, bytes: &[u8], in_what: &str) -> Option<String> {
        let (form, at) = self.forms.iter().find_map(|form| {
            let is = |window: &[u8]| {
                if form.is_exact { window == form.bytes } else { window.eq_ignore_ascii_case(&form.bytes) }
            };
            bytes.windows(form.bytes.len()).position(is).map(|at| (form, at))
        })?;
        let round = at.saturating_sub(ROUND)..(at + form.bytes.len() + ROUND).min(bytes.len());
        let round = String::from_utf8_lossy(bytes.get(round).unwrap_or(bytes)).replace(char::is_control, "·");
        Some(format!("`{}` is in {in_what} ({}): …{round}…", self.secret.escape_debug(), form.name))
    }
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The letters of Base64 that only these bytes decide, where so many others stand before them in their group of three.
fn base64(bytes: &[u8], before: usize, alphabet: &[u8; 64]) -> String {
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let skipped = match before {
        0 => 0,
        1 => 4,
        _ => 2,
    };
    let letters = bits.get(skipped..).unwrap_or_default().chunks_exact(6);
    let letter = |bits: &[u8]| bits.iter().fold(0, |number, bit| number << 1 | bit);
    letters.filter_map(|bits| alphabet.get(usize::from(letter(bits)))).map(|letter| char::from(*letter)).collect()
}

/// The first event that would say it, and what is to be said of that.
pub(super) fn find_in_events<'a>(events: &'a [Event], forms: &Forms) -> Option<(&'a Event, String)> {
    let (formats, run) = (formats(), Run { is_development: true, ..Run::UNKNOWN });
    events.iter().find_map(|event| {
        let alone = [Entry::new(&blank(event), Some(&run))].map(|entry| requests(&formats, entry));
        let said = alone.into_iter().flatten().find_map(|(format, request)| {
            let in_what = format!("`{}`, as the sink `{format}` sends it", event.name);
            let headers = request.headers.iter().map(|(_, value, _)| value.as_bytes());
            std::iter::once(&*request.body).chain(headers).find_map(|bytes| forms.find(bytes, &in_what))
        })?;
        Some((event, said))
    })
}

/// All that are made of an event.
fn requests(formats: &[Box<dyn Format>], entry: Entry<'_>) -> Vec<(&'static str, Request)> {
    let kind = entry.event.kind.kind();
    let request = |format: &dyn Format| {
        let streams = format.streams().into_iter().filter(|stream| stream.kinds.and(kind) != Kinds::NONE);
        let batches = streams.map(|stream| format.request(&Batch::new(&[entry], SystemTime::UNIX_EPOCH, stream.name)));
        batches.flatten().map(|request| (format.name(), request)).collect::<Vec<_>>()
    };
    formats.iter().flat_map(|format| request(format.as_ref())).collect()
}

/// Every format of ours; the first says the most.
fn formats() -> Vec<Box<dyn Format>> {
    let mut in_json = format::Otlp::default();
    in_json.set_encoding(otlp::Encoding::Json);
    let (mut sentry, _) = format::Sentry::new("https://key@localhost/1");
    sentry.sessions = true;
    vec![
        Box::new(format::Json),
        Box::new(format::CloudEvents::new()),
        Box::new(format::Otlp::default()),
        Box::new(in_json),
        Box::new(format::PostHog::new("")),
        Box::new(format::RudderStack::new("")),
        Box::new(format::Segment::new("")),
        Box::new(sentry),
        Box::new(format::Hasura::new("")),
        Box::new(format::Hasura::new("").server()),
        Box::new(format::Hasura::new("").enterprise()),
        Box::new(format::HasuraConsole::new("")),
        Box::new(format::Ticloud::new()),
        Box::new(format::Usage::new()),
    ]
}

/// The same event, without the ids and times in which anything may be found by chance.
fn blank(event: &Event) -> Event {
    let call = |call: Option<CallId>| call.map(|_| CallId(std::num::NonZeroU64::MIN));
    let mut event = Event {
        id: Id(0),
        invocation: Id(0),
        time: SystemTime::UNIX_EPOCH,
        call: call(event.call),
        parent: call(event.parent),
        ..event.clone()
    };
    match &mut event.kind {
        EventKind::Finish { duration, .. } => *duration = duration.map(|_| Duration::ZERO),
        EventKind::Snapshot { since, .. } => *since = since.map(|_| SystemTime::UNIX_EPOCH),
        EventKind::Aggregate(aggregate) => {
            (aggregate.since, aggregate.duration) = (SystemTime::UNIX_EPOCH, Duration::ZERO);
        }
        _ => {}
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_every_form() {
        let forms = Forms::of("hünter\"2/");
        for said in [
            "the hünter\"2/ is",
            "HünTER\"2/",
            r#"{"x":"hünter\"2/"}"#,
            "x=h%C3%BCnter%222%2F",
            "x=h%c3%bcnter%222%2f",
            "68c3bc6e74657222322f",
            // Of `hünter"2/`, and of that behind one byte and behind two.
            "aMO8bnRlciIyLw==",
            "eGjDvG50ZXIiMi8=",
            "eHhow7xudGVyIjIv",
        ] {
            assert!(forms.find(said.as_bytes(), "it").is_some(), "{said}");
        }
        for said in ["", "hunter2", "hünter\"2", "h%C3%BCnter%222", "amO8bnRlciIyLw=="] {
            assert_eq!(forms.find(said.as_bytes(), "it"), None, "{said}");
        }
        let slashes = Forms::of("???>>>~~~");
        assert!(slashes.find(b"Pz8/Pj4+fn5+", "it").is_some() && slashes.find(b"Pz8_Pj4-fn5-", "it").is_some());
    }
}
