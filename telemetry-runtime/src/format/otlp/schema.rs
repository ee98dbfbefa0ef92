//! For the tests: messages by the official schema, which is read here and shares nothing with what writes ours.
//!
//! Whatever is not as the schema has it is a panic.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test, what cannot be is a failure")]

use std::collections::HashMap;

use serde_json::{Map, Value};

/// The messages of the schema, by name: their fields by number.
pub(super) struct Schema {
    messages: HashMap<String, HashMap<u64, Field>>,
    enums: Vec<String>,
}

struct Field {
    is_repeated: bool,
    kind: String,
    /// As JSON has it.
    name: String,
}

impl Schema {
    pub(super) fn official() -> Self {
        Self::parse(include_str!("official/opentelemetry.proto"))
    }

    fn parse(text: &str) -> Self {
        let (mut messages, mut enums) = (HashMap::<String, HashMap<u64, Field>>::new(), Vec::new());
        // What is open: a message, an enum, or one of a message's `oneof`s.
        let mut open: Vec<(&str, &str)> = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
            let words: Vec<_> = line.trim_end_matches([';', '{']).split_whitespace().collect();
            match *words.as_slice() {
                [what @ ("message" | "enum" | "oneof"), name] => {
                    match what {
                        "message" => drop(messages.insert(name.to_owned(), HashMap::new())),
                        "enum" => enums.push(name.to_owned()),
                        _ => {}
                    }
                    open.push((what, name));
                }
                ["}"] => drop(open.pop().unwrap()),
                ["reserved", ..] => {}
                [.., number] if open.last().is_some_and(|(what, _)| *what == "enum") => {
                    assert!(number.parse::<u64>().is_ok() || number.starts_with("0x"), "{line}");
                }
                ref field => {
                    let (label, kind, name, number) = match *field {
                        [kind, name, "=", number] => ("", kind, name, number),
                        [label, kind, name, "=", number] => (label, kind, name, number),
                        _ => panic!("{line}"),
                    };
                    let kind = kind.rsplit('.').next().unwrap().to_owned();
                    let field = Field { is_repeated: label == "repeated", kind, name: camel(name) };
                    let (_, message) = open.iter().rev().find(|(what, _)| *what == "message").unwrap();
                    messages.get_mut(*message).unwrap().insert(number.parse().unwrap(), field);
                }
            }
        }
        Self { messages, enums }
    }

    /// What a binary message is in OTLP's JSON.
    pub(super) fn decode(&self, message: &str, mut bytes: &[u8]) -> Value {
        let mut object = Map::new();
        while !bytes.is_empty() {
            let key = varint(&mut bytes);
            let field =
                self.messages[message].get(&(key >> 3)).unwrap_or_else(|| panic!("{message} has no {}", key >> 3));
            let list = || object.get(&field.name).and_then(Value::as_array).cloned().unwrap_or_default();
            let value = match key & 7 {
                0 => self.varint_value(field, varint(&mut bytes)),
                1 => fixed_value(field, take(&mut bytes, 8)),
                2 => {
                    let length = usize::try_from(varint(&mut bytes)).unwrap();
                    let content = take(&mut bytes, length);
                    if field.is_repeated && matches!(&*field.kind, "fixed64" | "double") {
                        let values = content.chunks(8).map(|chunk| fixed_value(field, chunk));
                        assert!(object.insert(field.name.clone(), values.collect()).is_none(), "{} twice", field.name);
                        continue;
                    }
                    self.length_value(field, content)
                }
                other => panic!("{message}.{}: wire type {other}", field.name),
            };
            let value = if field.is_repeated { [list(), vec![value]].concat().into() } else { value };
            let before = object.insert(field.name.clone(), value);
            assert!(field.is_repeated || before.is_none(), "{message}.{} twice", field.name);
        }
        Value::Object(object)
    }

    fn varint_value(&self, field: &Field, value: u64) -> Value {
        match &*field.kind {
            "bool" => (value != 0).into(),
            "int64" => value.cast_signed().to_string().into(),
            "uint32" => value.into(),
            kind if self.enums.iter().any(|name| name == kind) => value.into(),
            kind => panic!("{}: {kind} is no varint", field.name),
        }
    }

    fn length_value(&self, field: &Field, content: &[u8]) -> Value {
        match &*field.kind {
            "string" => std::str::from_utf8(content).unwrap().into(),
            "bytes" => content.iter().fold(String::new(), |digits, byte| format!("{digits}{byte:02x}")).into(),
            message => self.decode(message, content),
        }
    }

    /// What OTLP's JSON is as a binary message.
    pub(super) fn encode(&self, message: &str, value: &Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, value) in value.as_object().unwrap_or_else(|| panic!("{message}: {value}")) {
            let fields = &self.messages[message];
            let (number, field) = fields
                .iter()
                .find(|(_, field)| field.name == *name)
                .unwrap_or_else(|| panic!("{message} has no {name}"));
            let values = if field.is_repeated { value.as_array().unwrap().clone() } else { vec![value.clone()] };
            if field.is_repeated && matches!(&*field.kind, "fixed64" | "double") {
                let packed: Vec<u8> = values.iter().flat_map(|value| fixed_bytes(&field.kind, value)).collect();
                write_length(&mut bytes, *number, &packed);
                continue;
            }
            for value in values {
                match &*field.kind {
                    "string" => write_length(&mut bytes, *number, value.as_str().unwrap().as_bytes()),
                    "bytes" => write_length(&mut bytes, *number, &unhex(value.as_str().unwrap())),
                    "fixed64" | "sfixed64" | "double" => {
                        write_varint(&mut bytes, number << 3 | 1);
                        bytes.extend(fixed_bytes(&field.kind, &value));
                    }
                    "bool" => write_scalar(&mut bytes, *number, value.as_bool().unwrap().into()),
                    "int64" => {
                        let value: i64 = value.as_str().unwrap().parse().unwrap();
                        write_scalar(&mut bytes, *number, value.cast_unsigned());
                    }
                    "uint32" => write_scalar(&mut bytes, *number, value.as_u64().unwrap()),
                    kind if self.enums.iter().any(|name| name == kind) => {
                        write_scalar(&mut bytes, *number, value.as_u64().unwrap());
                    }
                    message => write_length(&mut bytes, *number, &self.encode(message, &value)),
                }
            }
        }
        bytes
    }
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}

fn fixed_value(field: &Field, bytes: &[u8]) -> Value {
    let bytes: [u8; 8] = bytes.try_into().unwrap();
    match &*field.kind {
        "fixed64" => u64::from_le_bytes(bytes).to_string().into(),
        "sfixed64" => i64::from_le_bytes(bytes).to_string().into(),
        "double" => match f64::from_le_bytes(bytes) {
            value if value.is_finite() => serde_json::from_str(&value.to_string()).unwrap(),
            value if value.is_nan() => "NaN".into(),
            value if value > 0.0 => "Infinity".into(),
            _ => "-Infinity".into(),
        },
        kind => panic!("{}: {kind} has no eight bytes", field.name),
    }
}

fn fixed_bytes(kind: &str, value: &Value) -> [u8; 8] {
    match kind {
        "fixed64" => value.as_str().unwrap().parse::<u64>().unwrap().to_le_bytes(),
        "sfixed64" => value.as_str().unwrap().parse::<i64>().unwrap().to_le_bytes(),
        _ => value.as_f64().unwrap().to_le_bytes(),
    }
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn take<'a>(from: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (taken, rest) = from.split_at(length);
    *from = rest;
    taken
}

fn varint(from: &mut &[u8]) -> u64 {
    let length = from.iter().position(|byte| byte & 0x80 == 0).unwrap() + 1;
    assert!(length <= 10);
    take(from, length).iter().rev().fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f))
}

fn write_varint(to: &mut Vec<u8>, value: u64) {
    if value >= 0x80 {
        to.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
        write_varint(to, value >> 7);
    } else {
        to.push(u8::try_from(value).unwrap());
    }
}

fn write_scalar(to: &mut Vec<u8>, number: u64, value: u64) {
    write_varint(to, number << 3);
    write_varint(to, value);
}

fn write_length(to: &mut Vec<u8>, number: u64, content: &[u8]) {
    write_varint(to, number << 3 | 2);
    write_varint(to, content.len() as u64);
    to.extend_from_slice(content);
}
