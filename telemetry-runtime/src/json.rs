//! JSON, written, and read back only where we have written it.
//!
//! Not `serde_json`, though it is the better known: it makes every integer comparable with its own `Value`, and with that a crate that
//! merely has it below itself may no longer write `assert_eq!(&bytes[..], &[])`. A program must build with telemetry as it does without.

use std::fmt::{Display, Write as _};
use std::time::SystemTime;

use crate::value::{Id, rfc3339};

/// Writes one value.
#[derive(Debug)]
pub(crate) struct Writer<'a>(&'a mut String);

impl<'a> Writer<'a> {
    pub(crate) fn new(to: &'a mut String) -> Self {
        Self(to)
    }

    pub(crate) fn null(self) {
        self.0.push_str("null");
    }

    /// Whatever prints as JSON has it: booleans and integers.
    pub(crate) fn plain(self, value: impl Display) {
        // Writing to a string does not fail.
        let _ = write!(self.0, "{value}");
    }

    pub(crate) fn bool(self, value: bool) {
        self.0.push_str(if value { "true" } else { "false" });
    }

    /// An integer.
    pub(crate) fn uint(self, value: u64) {
        push_uint(self.0, value);
    }

    /// A number, or `null` for what is none. With an exponent where it would be long without: 330 digits at most.
    pub(crate) fn float(self, value: f64) {
        let is_long = value != 0.0 && !(1e-6..1e21).contains(&value.abs());
        match value.is_finite() {
            true if is_long => self.plain(format_args!("{value:e}")),
            true => self.plain(value),
            false => self.null(),
        }
    }

    /// A text, as it prints.
    pub(crate) fn text(self, value: impl Display) {
        self.0.push('"');
        let _ = write!(Escaping(self.0), "{value}");
        self.0.push('"');
    }

    /// The same of one that is there in one piece.
    pub(crate) fn str(self, value: &str) {
        self.0.push('"');
        escape(value, self.0);
        self.0.push('"');
    }

    /// The same of an id.
    pub(crate) fn id(self, id: Id) {
        self.ascii(&id_text(id));
    }

    /// The same of a time, in RFC 3339 in UTC with microseconds.
    pub(crate) fn time(self, time: SystemTime) {
        match Second::default().text_of(time) {
            Some(text) => self.ascii(&text),
            None => self.text(rfc3339(time)),
        }
    }

    /// A text in which nothing has to be escaped.
    pub(crate) fn ascii(self, text: &[u8]) {
        self.0.push('"');
        self.0.push_str(std::str::from_utf8(text).unwrap_or_default());
        self.0.push('"');
    }

    pub(crate) fn list<T>(self, items: impl IntoIterator<Item = T>, mut item: impl FnMut(T, Writer<'_>)) {
        self.0.push('[');
        for (at, value) in items.into_iter().enumerate() {
            if at > 0 {
                self.0.push(',');
            }
            item(value, Writer(self.0));
        }
        self.0.push(']');
    }

    pub(crate) fn object(self, members: impl FnOnce(&mut Members<'_>)) {
        self.0.push('{');
        members(&mut Members { to: self.0, are_any: false });
        self.0.push('}');
    }
}

/// Writes the members of an object.
#[derive(Debug)]
pub(crate) struct Members<'a> {
    to: &'a mut String,
    are_any: bool,
}

impl Members<'_> {
    pub(crate) fn member(&mut self, name: &str) -> Writer<'_> {
        if std::mem::replace(&mut self.are_any, true) {
            self.to.push(',');
        }
        Writer(self.to).str(name);
        self.to.push(':');
        Writer(self.to)
    }

    /// What stands there as JSON has it: a name with its colon, or more, up to the value that is to follow.
    #[inline]
    pub(crate) fn known(&mut self, text: &str) -> Writer<'_> {
        if std::mem::replace(&mut self.are_any, true) {
            self.to.push(',');
        }
        self.to.push_str(text);
        Writer(self.to)
    }

    /// Members that were written elsewhere.
    pub(crate) fn members(&mut self, members: &Rendered) {
        if !members.0.is_empty() {
            if std::mem::replace(&mut self.are_any, true) {
                self.to.push(',');
            }
            self.to.push_str(&members.0);
        }
    }
}

/// Members of an object, written once for many objects.
#[derive(Debug, Default)]
pub(crate) struct Rendered(String);

impl Rendered {
    pub(crate) fn new(members: impl FnOnce(&mut Members<'_>)) -> Self {
        let mut text = String::new();
        members(&mut Members { to: &mut text, are_any: false });
        Self(text)
    }
}

/// The second that the year 10000 begins with, which has no place in RFC 3339.
const YEAR_10000: u64 = 253_402_300_800;

/// A second as text, with room for the part of it.
#[derive(Debug)]
pub(crate) struct Second {
    number: u64,
    text: [u8; 27],
}

impl Default for Second {
    fn default() -> Self {
        Self { number: 0, text: *b"1970-01-01T00:00:00.000000Z" }
    }
}

impl Second {
    /// A time as RFC 3339 has it, in UTC with microseconds; most often it is in the same second as the last one. `None` for one before 1970 or
    /// after 9999.
    pub(crate) fn text_of(&mut self, time: SystemTime) -> Option<[u8; 27]> {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).ok().filter(|since| since.as_secs() < YEAR_10000)?;
        if self.number != since.as_secs() {
            *self = Self::of(since.as_secs());
        }
        let mut text = self.text;
        let mut micros = since.subsec_micros();
        for digit in text[20..26].iter_mut().rev() {
            *digit = b'0' + (micros % 10) as u8;
            micros /= 10;
        }
        Some(text)
    }

    fn of(number: u64) -> Self {
        // Howard Hinnant's `civil_from_days`, for days since 1970.
        let (day, second) = (number / 86_400 + 719_468, number % 86_400);
        let (era, day_of_era) = (day / 146_097, day % 146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let part = (5 * day_of_year + 2) / 153;
        let (day, month) = (day_of_year - (153 * part + 2) / 5 + 1, if part < 10 { part + 3 } else { part - 9 });
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        let parts = [
            (0..4, year),
            (5..7, month),
            (8..10, day),
            (11..13, second / 3600),
            (14..16, second / 60 % 60),
            (17..19, second % 60),
        ];
        let mut text = Self::default().text;
        for (place, mut number) in parts {
            for digit in text[place].iter_mut().rev() {
                *digit = b'0' + (number % 10) as u8;
                number /= 10;
            }
        }
        Self { number, text }
    }
}

/// An id as text.
pub(crate) fn id_text(id: Id) -> [u8; 36] {
    let mut text = [b'-'; 36];
    let places = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
    for (at, byte) in places.into_iter().zip(id.0.to_be_bytes()) {
        [text[at], text[at + 1]] = hex(byte);
    }
    text
}

/// A number as text, in 16 hexadecimal digits.
pub(crate) fn hex_text(number: u64) -> [u8; 16] {
    let mut text = [0; 16];
    for (digits, byte) in text.as_chunks_mut().0.iter_mut().zip(number.to_be_bytes()) {
        *digits = hex(byte);
    }
    text
}

/// The two hexadecimal digits of a byte.
const fn hex(byte: u8) -> [u8; 2] {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    [DIGITS[(byte >> 4) as usize], DIGITS[(byte & 0xF) as usize]]
}

#[allow(clippy::cast_possible_truncation, reason = "a digit")]
fn push_uint(to: &mut String, mut value: u64) {
    if value < 10 {
        return to.push(char::from(b'0' + value as u8));
    }
    // As many digits as the largest has.
    let mut text = [0; 20];
    let mut first = text.len();
    for (at, digit) in text.iter_mut().enumerate().rev() {
        *digit = b'0' + (value % 10) as u8;
        (value, first) = (value / 10, at);
        if value == 0 {
            break;
        }
    }
    to.push_str(text.get(first..).and_then(|digits| std::str::from_utf8(digits).ok()).unwrap_or_default());
}

/// Text on its way into a JSON string (RFC 8259, section 7).
struct Escaping<'a>(&'a mut String);

impl std::fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        escape(text, self.0);
        Ok(())
    }
}

fn escape(text: &str, to: &mut String) {
    let mut rest = text;
    while let Some(at) = special(rest.as_bytes()) {
        to.push_str(&rest[..at]);
        // What was found is one byte long.
        match rest.as_bytes()[at] {
            byte @ (b'"' | b'\\') => to.extend(['\\', char::from(byte)]),
            byte => drop(write!(to, "\\u{byte:04x}")),
        }
        rest = &rest[at + 1..];
    }
    to.push_str(rest);
}

/// Where the first byte is that cannot stand in a string as it is: a control character, a quotation mark, a backslash.
fn special(text: &[u8]) -> Option<usize> {
    const LOWEST: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHEST: u64 = u64::from_ne_bytes([0x80; 8]);
    // Its highest bit says of the first byte below `than`, and perhaps of some behind that, that they are.
    let below = |word: u64, than: u8| word.wrapping_sub(LOWEST * u64::from(than)) & !word & HIGHEST;
    let (words, _) = text.as_chunks();
    let is_special = |word: &[u8; 8]| {
        let word = u64::from_ne_bytes(*word);
        let equal = |to: u8| below(word ^ (LOWEST * u64::from(to)), 1);
        below(word, b' ') | equal(b'"') | equal(b'\\') != 0
    };
    let sound = words.iter().position(is_special).unwrap_or(words.len()) * 8;
    let rest = text.get(sound..).unwrap_or_default();
    Some(sound + rest.iter().position(|byte| *byte < b' ' || matches!(byte, b'"' | b'\\'))?)
}

/// The text that stands behind `before`, and what follows it; `None` where it does not stand so.
pub(crate) fn text_behind<'a>(line: &'a str, before: &str) -> Option<(String, &'a str)> {
    let rest = line.strip_prefix(before)?.strip_prefix('"')?;
    let mut text = String::new();
    let mut characters = rest.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((text, rest.get(at + 1..)?)),
            '\\' => match characters.next()? {
                (_, escaped @ ('"' | '\\')) => text.push(escaped),
                (at, 'u') => {
                    let digits = rest.get(at + 1..at + 5)?;
                    text.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
                    characters.nth(3)?;
                }
                _ => return None,
            },
            plain => text.push(plain),
        }
    }
    None
}

/// A value that was read: what a body of whoever's format says.
#[cfg(all(feature = "record", feature = "page"))]
#[derive(Debug, PartialEq)]
pub(crate) enum Parsed<'a> {
    Object(Vec<(String, Parsed<'a>)>),
    List(Vec<Parsed<'a>>),
    Text(String),
    /// A number, or one of `true`, `false` and `null`, as it stands there.
    Plain(&'a str),
}

#[cfg(all(feature = "record", feature = "page"))]
impl<'a> Parsed<'a> {
    /// What is nested deeper than this is not read.
    const DEPTH: u32 = 32;

    /// Reads a text that is one value. Strict where that tells JSON from what is none, and no further.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let mut rest = text;
        let value = Self::next(&mut rest, Self::DEPTH)?;
        rest.trim_ascii_start().is_empty().then_some(value)
    }

    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(crate) fn number(&self) -> Option<u64> {
        if let Self::Plain(number) = self { number.parse().ok() } else { None }
    }

    /// What is in a list or an object.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Self> {
        let (list, object): (&[Self], &[(String, Self)]) = match self {
            Self::List(list) => (list, &[]),
            Self::Object(object) => (&[], object),
            Self::Text(_) | Self::Plain(_) => (&[], &[]),
        };
        list.iter().chain(object.iter().map(|(_, value)| value))
    }

    fn next(rest: &mut &'a str, depth: u32) -> Option<Self> {
        *rest = rest.trim_ascii_start();
        let depth = depth.checked_sub(1)?;
        match rest.as_bytes().first()? {
            b'{' => {
                let mut members = Vec::new();
                Self::until(rest, '}', |rest| {
                    *rest = rest.trim_ascii_start();
                    let name = Self::string(rest)?;
                    *rest = rest.trim_ascii_start().strip_prefix(':')?;
                    members.push((name, Self::next(rest, depth)?));
                    Some(())
                })?;
                Some(Self::Object(members))
            }
            b'[' => {
                let mut items = Vec::new();
                Self::until(rest, ']', |rest| {
                    items.push(Self::next(rest, depth)?);
                    Some(())
                })?;
                Some(Self::List(items))
            }
            b'"' => Self::string(rest).map(Self::Text),
            _ => {
                let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
                let (plain, behind) = rest.split_at(rest.bytes().take_while(is_plain).count());
                *rest = behind;
                (!plain.is_empty()).then_some(Self::Plain(plain))
            }
        }
    }

    /// Reads one after another, with commas between them, up to the end.
    fn until(rest: &mut &'a str, end: char, mut one: impl FnMut(&mut &'a str) -> Option<()>) -> Option<()> {
        *rest = rest.get(1..)?.trim_ascii_start();
        if let Some(behind) = rest.strip_prefix(end) {
            *rest = behind;
            return Some(());
        }
        loop {
            one(rest)?;
            *rest = rest.trim_ascii_start();
            if let Some(behind) = rest.strip_prefix(',') {
                *rest = behind;
            } else {
                *rest = rest.strip_prefix(end)?;
                return Some(());
            }
        }
    }

    fn string(rest: &mut &'a str) -> Option<String> {
        let inner = rest.strip_prefix('"')?;
        let mut text = String::new();
        let mut letters = inner.char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => {
                    *rest = inner.get(at + 1..)?;
                    return Some(text);
                }
                '\\' => match letters.next()?.1 {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    'b' | 'f' => text.push(' '),
                    'u' => {
                        let code = u32::from_str_radix(inner.get(at + 2..at + 6)?, 16).ok()?;
                        // Of a pair, each half.
                        text.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                        letters.nth(3)?;
                    }
                    escaped => text.push(escaped),
                },
                letter => text.push(letter),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(write: impl FnOnce(Writer<'_>)) -> serde_json::Value {
        let mut text = String::new();
        write(Writer::new(&mut text));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    proptest! {
        #[test]
        fn texts_come_back_as_they_went(text in any::<String>()) {
            prop_assert_eq!(written(|to| to.text(&text)), serde_json::Value::from(text));
        }

        #[test]
        fn what_has_to_be_escaped_is_found_wherever_it_stands(text in prop::collection::vec(prop_oneof![3 => Just(b'x'), 1 => any::<u8>()], 0..40)) {
            let is_special = |byte: &u8| *byte < b' ' || matches!(byte, b'"' | b'\\');
            prop_assert_eq!(special(&text), text.iter().position(is_special));
        }

        #[test]
        fn floats_come_back_as_they_went(bits in any::<u64>()) {
            let float = f64::from_bits(bits);
            let mut text = String::new();
            Writer::new(&mut text).float(float);
            prop_assert_eq!(text.parse().ok(), Some(float).filter(|float| float.is_finite()));
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok() && text.len() <= 25, "{}", text);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_by_hand_is_what_prints(id in any::<u128>(), number in any::<u64>(), nanos in 0..260_000_000_000_000_000_000_u128) {
            let nanos = std::time::Duration::from_nanos_u128(nanos);
            let time = SystemTime::UNIX_EPOCH + nanos;
            prop_assert_eq!(written(|to| to.id(Id(id))), Id(id).to_string());
            prop_assert_eq!(written(|to| to.uint(number)), number);
            prop_assert_eq!(written(|to| to.ascii(&hex_text(number))), format!("{number:016x}"));
            prop_assert_eq!(written(|to| to.time(time)), rfc3339(time).to_string());
        }
    }

    #[test]
    fn numbers_of_every_length_are_written() {
        for number in
            std::iter::successors(Some(1_u64), |number| number.checked_mul(10)).flat_map(|ten| [ten - 1, ten, u64::MAX])
        {
            assert_eq!(written(|to| to.uint(number)), number);
        }
    }

    #[cfg(all(feature = "record", feature = "page"))]
    proptest! {
        #[test]
        fn what_was_written_is_read(text in any::<String>(), number in any::<u64>()) {
            let mut body = String::from(" ");
            Writer::new(&mut body).object(|to| {
                to.member(&text).list([&text], |text, to| to.text(text));
                to.member("number").plain(number);
                to.member("none").object(|_| {});
            });
            let read = Parsed::read(&body).unwrap();
            let texts: Vec<_> = read.member(&text).unwrap().items().map(Parsed::text).collect();
            if text != "number" && text != "none" {
                prop_assert_eq!(texts, [Some(text.as_str())]);
                prop_assert_eq!(read.member("number").and_then(Parsed::number), Some(number));
            }
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "[\\[\\]{}\",:\\\\u0-9a-f né]{0,60}") {
            drop(Parsed::read(&text));
        }
    }

    #[cfg(all(feature = "record", feature = "page"))]
    #[test]
    fn what_is_no_json_is_not_read() {
        for text in ["", "{", "[1", "[1,]x", "{\"a\"}", "\"a", "\"\\u12", "1 2", &"[".repeat(10_000)] {
            assert_eq!(Parsed::read(text), None, "{text}");
        }
        assert!(Parsed::read("{\"a\" : [ true , -1.5e3 , null ] }").is_some());
    }

    #[test]
    fn objects_and_lists_nest() {
        let found = written(|to| {
            to.object(|members| {
                members.member("empty").object(|_| {});
                members.member("list").list([1_u64, 2, u64::MAX], |item, to| to.plain(item));
                members.member("none").null();
                members.member("yes").plain(true);
            });
        });
        assert_eq!(found, serde_json::json!({"empty": {}, "list": [1, 2, u64::MAX], "none": null, "yes": true}));
    }
}
