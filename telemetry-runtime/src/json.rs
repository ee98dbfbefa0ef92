//! JSON, written, and read back only where we have written it.
//!
//! Not `serde_json`, though it is the better known: it makes every integer comparable with its own `Value`, and with that a crate that
//! merely has it below itself may no longer write `assert_eq!(&bytes[..], &[])`. A program must build with telemetry as it does without.

use std::fmt::{Display, Write as _};

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
        Writer(self.to).text(name);
        self.to.push(':');
        Writer(self.to)
    }
}

/// Text on its way into a JSON string (RFC 8259, section 7).
struct Escaping<'a>(&'a mut String);

impl std::fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(|character: char| character < ' ' || matches!(character, '"' | '\\')) {
            self.0.push_str(&rest[..at]);
            // What was found is one byte long.
            match rest.as_bytes()[at] {
                byte @ (b'"' | b'\\') => self.0.extend(['\\', char::from(byte)]),
                byte => write!(self.0, "\\u{byte:04x}")?,
            }
            rest = &rest[at + 1..];
        }
        self.0.push_str(rest);
        Ok(())
    }
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
        fn floats_come_back_as_they_went(bits in any::<u64>()) {
            let float = f64::from_bits(bits);
            let mut text = String::new();
            Writer::new(&mut text).float(float);
            prop_assert_eq!(text.parse().ok(), Some(float).filter(|float| float.is_finite()));
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok() && text.len() <= 25, "{}", text);
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
