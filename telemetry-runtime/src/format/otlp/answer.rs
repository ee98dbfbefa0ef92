//! What a receiver says of a request that it took: how much of it it rejected, and why.
//!
//! Both readers are total: whatever does not read as an answer says nothing.

/// So much of a receiver's words is kept.
const WHY_BYTES: usize = 512;

/// `Export…PartialSuccess`. With nothing rejected, the words are a warning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PartialSuccess {
    pub(super) rejected: u64,
    pub(super) why: String,
}

impl PartialSuccess {
    /// What an answer of this content type says; `None` where it says nothing, or cannot be read.
    pub(super) fn read(content_type: Option<&str>, body: &[u8]) -> Option<Self> {
        let content_type = content_type?;
        let media_type = content_type.split_once(';').map_or(content_type, |(media_type, _)| media_type).trim();
        let mut said = if media_type.eq_ignore_ascii_case("application/x-protobuf") {
            of_protobuf(body)
        } else if media_type.eq_ignore_ascii_case("application/json") {
            of_json(std::str::from_utf8(body).ok()?)
        } else {
            None
        }?;
        let end = (0..=WHY_BYTES).rev().find(|end| said.why.is_char_boundary(*end)).unwrap_or_default();
        said.why.truncate(end);
        Some(said)
    }
}

/// `partial_success = 1 { rejected_… = 1; error_message = 2 }`.
fn of_protobuf(body: &[u8]) -> Option<PartialSuccess> {
    let mut said = None;
    each_field(body, |number, value| {
        let (1, Wire::Bytes(message)) = (number, value) else { return Some(()) };
        // A message that comes in parts is what its parts are together.
        let said = said.get_or_insert_with(PartialSuccess::default);
        each_field(message, |number, value| {
            match (number, value) {
                (1, Wire::Varint(rejected)) => {
                    said.rejected = u64::try_from(rejected.cast_signed()).unwrap_or_default();
                }
                (2, Wire::Bytes(why)) => said.why = String::from_utf8_lossy(why).into_owned(),
                _ => {}
            }
            Some(())
        })
    })?;
    said
}

enum Wire<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
    /// Of some length that is known, and of no type that is asked for.
    Other,
}

/// Hands over each field of a message; `None` where it does not read as one.
fn each_field<'a>(mut message: &'a [u8], mut field: impl FnMut(u64, Wire<'a>) -> Option<()>) -> Option<()> {
    while !message.is_empty() {
        let key = varint(&mut message)?;
        let value = match key & 7 {
            0 => Wire::Varint(varint(&mut message)?),
            1 => take(&mut message, 8).map(|_| Wire::Other)?,
            2 => {
                let length = usize::try_from(varint(&mut message)?).ok()?;
                Wire::Bytes(take(&mut message, length)?)
            }
            5 => take(&mut message, 4).map(|_| Wire::Other)?,
            _ => return None,
        };
        field(key >> 3, value)?;
    }
    Some(())
}

fn take<'a>(from: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(taken)
}

fn varint(from: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *take(from, 1)?.first()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// `{"partialSuccess": {"rejected…": "1", "errorMessage": "…"}}`, where integers may be numbers, too.
fn of_json(text: &str) -> Option<PartialSuccess> {
    let mut said = None;
    let mut json = Json(text);
    json.object(|name, json| {
        if name != "partialSuccess" {
            return json.skip();
        }
        if json.word("null") {
            return Some(());
        }
        let mut found = PartialSuccess::default();
        json.object(|name, json| {
            match name.as_str() {
                "rejectedLogRecords" | "rejectedSpans" | "rejectedDataPoints" => {
                    found.rejected = u64::try_from(json.integer()?).unwrap_or_default();
                }
                "errorMessage" if !json.word("null") => found.why = json.text()?,
                "errorMessage" => {}
                _ => json.skip()?,
            }
            Some(())
        })?;
        said = Some(found);
        Some(())
    })?;
    json.skip_space();
    said.filter(|_| json.0.is_empty())
}

/// What is left of a JSON text. Each reader takes one value off its beginning, or gives `None` where there is none.
struct Json<'a>(&'a str);

impl<'a> Json<'a> {
    fn skip_space(&mut self) {
        self.0 = self.0.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    /// Whether this comes next; it is taken then.
    fn word(&mut self, word: &str) -> bool {
        self.skip_space();
        let rest = self.0.strip_prefix(word);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// An object, whose members' values `member` has to take.
    fn object(&mut self, mut member: impl FnMut(String, &mut Self) -> Option<()>) -> Option<()> {
        if !self.word("{") {
            return None;
        }
        if self.word("}") {
            return Some(());
        }
        loop {
            let name = self.text()?;
            if !self.word(":") {
                return None;
            }
            member(name, self)?;
            if self.word("}") {
                return Some(());
            }
            if !self.word(",") {
                return None;
            }
        }
    }

    fn text(&mut self) -> Option<String> {
        if !self.word("\"") {
            return None;
        }
        let mut text = String::new();
        loop {
            let (plain, rest) = self.0.split_at_checked(self.0.find(['"', '\\'])?)?;
            text.push_str(plain);
            self.0 = rest;
            if self.word("\"") {
                return Some(text);
            }
            let escaped = self.0.strip_prefix('\\')?;
            let character = escaped.chars().next()?;
            self.0 = escaped.strip_prefix(character)?;
            text.push(match character {
                '"' | '\\' | '/' => character,
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => self.escaped()?,
                _ => return None,
            });
        }
    }

    /// The character that four digits stand for, or twice four; one that is none is replaced.
    fn escaped(&mut self) -> Option<char> {
        let high = self.digits()?;
        if let 0xd800..0xdc00 = high
            && self.0.starts_with("\\u")
        {
            self.0 = self.0.strip_prefix("\\u")?;
            let low = self.digits()?;
            let is_pair = (0xdc00..0xe000).contains(&low);
            let code = 0x1_0000 + ((high & 0x3ff) << 10) + (low & 0x3ff);
            return Some(char::from_u32(code).filter(|_| is_pair).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        Some(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn digits(&mut self) -> Option<u32> {
        let (digits, rest) = self.0.split_at_checked(4)?;
        self.0 = rest;
        digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
    }

    /// An integer, as a number or as a text.
    fn integer(&mut self) -> Option<i64> {
        self.skip_space();
        if self.0.starts_with('"') { self.text()?.parse().ok() } else { self.scalar()?.parse().ok() }
    }

    /// A number or a word.
    fn scalar(&mut self) -> Option<&'a str> {
        self.skip_space();
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
        let length = self.0.bytes().take_while(|byte| is_part(*byte)).count();
        let (scalar, rest) = self.0.split_at_checked(length).filter(|(scalar, _)| !scalar.is_empty())?;
        self.0 = rest;
        Some(scalar)
    }

    /// Any value at all. What is open is counted and not called for, so that depth costs nothing.
    fn skip(&mut self) -> Option<()> {
        let mut open = 0_u32;
        loop {
            if self.word("{") || self.word("[") {
                open = open.checked_add(1)?;
            } else if self.word("}") || self.word("]") {
                open = open.checked_sub(1)?;
            } else if open > 0 && (self.word(",") || self.word(":")) {
            } else if self.0.starts_with('"') {
                self.text()?;
            } else {
                self.scalar()?;
            }
            if open == 0 {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[allow(clippy::unnecessary_wraps, reason = "it is compared with what may be none")]
    fn said(rejected: u64, why: &str) -> Option<PartialSuccess> {
        Some(PartialSuccess { rejected, why: why.to_owned() })
    }

    /// The bytes are `ExportLogsServiceResponse { partial_success { rejected_log_records: 2, error_message: "no" } }` by its schema.
    #[test]
    fn protobuf_is_read() {
        let read = |body: &[u8]| PartialSuccess::read(Some("application/x-protobuf"), body);
        assert_eq!(read(b"\x0a\x06\x08\x02\x12\x02no"), said(2, "no"));
        assert_eq!(read(b"\x0a\x00"), said(0, ""));
        assert_eq!(read(b""), None);
        // Fields that nobody knows here, of each type.
        let unknown = b"\x18\x01\x21........\x2d....\x32\x01x\x0a\x02\x08\x07";
        assert_eq!(read(unknown), said(7, ""));
        // Less than nothing, as ten bytes.
        assert_eq!(read(b"\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), said(0, ""));
        for broken in [&b"\x0a\x06\x08"[..], b"\x0a\xff\xff\xff\xff\x0f", b"\x0b", b"\x0a\x02\x08", b"{}"] {
            assert_eq!(read(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn json_is_read() {
        let read = |body: &str| PartialSuccess::read(Some("application/json; charset=utf-8"), body.as_bytes());
        let body = r#"{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"no \u00fc \ud83d\ude00 \"x\""}}"#;
        assert_eq!(read(body), said(2, "no ü 😀 \"x\""));
        assert_eq!(
            read(r#" { "x" : [ { } , [ 1e5 ] , null ], "partialSuccess" : { "rejectedSpans" : 3 } } "#),
            said(3, "")
        );
        assert_eq!(
            read(r#"{"partialSuccess":{"errorMessage":"slow down","rejectedDataPoints":0}}"#),
            said(0, "slow down")
        );
        assert_eq!(read(r#"{"partialSuccess":{}}"#), said(0, ""));
        let nothing = [r#"{"partialSuccess":null}"#, "{}", "", "[]", "null", "{", r#"{"partialSuccess":{}"#];
        let broken =
            [r#"{"partialSuccess":{"rejectedSpans":"many"}}"#, r#"{"partialSuccess":[]}"#, "{}x", r#"{"\x":1}"#];
        for body in nothing.into_iter().chain(broken) {
            assert_eq!(read(body), None, "{body}");
        }
        let deep =
            format!(r#"{{"x":{},"partialSuccess":{{"rejectedSpans":1}}}}"#, "[".repeat(60_000) + &"]".repeat(60_000));
        assert_eq!(read(&deep), said(1, ""));
    }

    #[test]
    fn other_content_is_no_answer() {
        for content_type in [None, Some("text/html"), Some("application/jsonl"), Some("")] {
            assert_eq!(PartialSuccess::read(content_type, br#"{"partialSuccess":{"rejectedSpans":1}}"#), None);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            of_protobuf(&body);
            of_json(&String::from_utf8_lossy(&body));
        }

        #[test]
        fn no_parts_of_json_make_it_panic(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "d83d", "\"partialSuccess\"", "\"rejectedSpans\"", "1", "-",
                    "null", " ", "é", "\"errorMessage\"",
                ]),
                0..30,
            ),
        ) {
            of_json(&parts.concat());
        }

        #[test]
        fn what_was_said_is_read(rejected in any::<i64>(), why in any::<String>(), as_text in any::<bool>()) {
            let number = if as_text { serde_json::json!(rejected.to_string()) } else { serde_json::json!(rejected) };
            let body = serde_json::json!({"partialSuccess": {"rejectedDataPoints": number, "errorMessage": why}});
            let rejected = u64::try_from(rejected).unwrap_or_default();
            prop_assert_eq!(of_json(&body.to_string()), Some(PartialSuccess { rejected, why }));
        }

        #[test]
        fn words_are_bounded(why in any::<String>(), times in 0..200_usize) {
            let body = serde_json::json!({"partialSuccess": {"errorMessage": why.repeat(times)}}).to_string();
            let read = PartialSuccess::read(Some("application/json"), body.as_bytes()).unwrap();
            prop_assert!(read.why.len() <= WHY_BYTES && why.repeat(times).starts_with(&read.why));
        }
    }
}
