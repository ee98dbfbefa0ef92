//! Protobuf's two encodings: the binary one, and JSON as OTLP has it.
//!
//! A message is described once, by what it has its fields written as: each with its number, its name in JSON and its type. What is
//! called is written, zero too; what is absent is not called.
//!
//! In JSON, trace and span ids are in hexadecimal digits, enums are numbers, 64-bit integers are texts, and floats that are no numbers
//! are words.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::json::Members;

/// The fields of one message, on their way into one of the encodings.
#[derive(Debug)]
pub(super) enum Fields<'a, 'b> {
    Protobuf(&'a mut Vec<u8>),
    Json(&'a mut Members<'b>),
}

// Wire types: how the length of a value is known.
const VARINT: u32 = 0;
const FIXED64: u32 = 1;
const LENGTH: u32 = 2;

impl Fields<'_, '_> {
    /// `string`.
    pub(super) fn text(&mut self, number: u32, name: &str, value: &str) {
        match self {
            Self::Protobuf(to) => write_bytes(to, number, value.as_bytes()),
            Self::Json(to) => to.member(name).text(value),
        }
    }

    /// `bytes` of a trace's or a span's id.
    pub(super) fn id(&mut self, number: u32, name: &str, value: &[u8]) {
        match self {
            Self::Protobuf(to) => write_bytes(to, number, value),
            Self::Json(to) => {
                let mut digits = String::new();
                for byte in value {
                    // Writing to a string does not fail.
                    let _ = write!(digits, "{byte:02x}");
                }
                to.member(name).text(digits);
            }
        }
    }

    /// `bool`.
    pub(super) fn bool(&mut self, number: u32, name: &str, value: bool) {
        match self {
            Self::Protobuf(to) => write_varint_field(to, number, value.into()),
            Self::Json(to) => to.member(name).plain(value),
        }
    }

    /// An `enum`.
    pub(super) fn enumeration(&mut self, number: u32, name: &str, value: u8) {
        match self {
            Self::Protobuf(to) => write_varint_field(to, number, value.into()),
            Self::Json(to) => to.member(name).plain(value),
        }
    }

    /// `int64`.
    pub(super) fn int(&mut self, number: u32, name: &str, value: i64) {
        match self {
            Self::Protobuf(to) => write_varint_field(to, number, value.cast_unsigned()),
            Self::Json(to) => to.member(name).text(value),
        }
    }

    /// `fixed64`.
    pub(super) fn fixed(&mut self, number: u32, name: &str, value: u64) {
        match self {
            Self::Protobuf(to) => write_fixed_field(to, number, value.to_le_bytes()),
            Self::Json(to) => to.member(name).text(value),
        }
    }

    /// `sfixed64`.
    pub(super) fn signed_fixed(&mut self, number: u32, name: &str, value: i64) {
        match self {
            Self::Protobuf(to) => write_fixed_field(to, number, value.to_le_bytes()),
            Self::Json(to) => to.member(name).text(value),
        }
    }

    /// `double`.
    pub(super) fn double(&mut self, number: u32, name: &str, value: f64) {
        match self {
            Self::Protobuf(to) => write_fixed_field(to, number, value.to_le_bytes()),
            Self::Json(to) if value.is_finite() => to.member(name).float(value),
            Self::Json(to) => to.member(name).text(not_finite(value)),
        }
    }

    /// `repeated fixed64`, packed.
    pub(super) fn fixed_list(&mut self, number: u32, name: &str, values: &[u64]) {
        match self {
            Self::Protobuf(to) => write_packed(to, number, values.iter().map(|value| value.to_le_bytes())),
            Self::Json(to) => to.member(name).list(values, |value, to| to.text(value)),
        }
    }

    /// `repeated double`, packed.
    pub(super) fn double_list(&mut self, number: u32, name: &str, values: &[f64]) {
        match self {
            Self::Protobuf(to) => write_packed(to, number, values.iter().map(|value| value.to_le_bytes())),
            Self::Json(to) => to.member(name).list(values, |value, to| {
                if value.is_finite() { to.float(*value) } else { to.text(not_finite(*value)) }
            }),
        }
    }

    /// A message within this one.
    pub(super) fn message(&mut self, number: u32, name: &str, write: impl FnOnce(&mut Fields<'_, '_>)) {
        match self {
            Self::Protobuf(to) => write_message(to, number, write),
            Self::Json(to) => to.member(name).object(|members| write(&mut Fields::Json(members))),
        }
    }

    /// As many messages as there are items: none, and there is no such field.
    pub(super) fn messages<T>(
        &mut self,
        number: u32,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(T, &mut Fields<'_, '_>),
    ) {
        match self {
            Self::Protobuf(to) => {
                for item in items {
                    write_message(to, number, |fields| write(item, fields));
                }
            }
            Self::Json(to) => {
                let mut items = items.into_iter().peekable();
                if items.peek().is_some() {
                    let list = to.member(name);
                    list.list(items, |item, to| to.object(|members| write(item, &mut Fields::Json(members))));
                }
            }
        }
    }
}

/// The words of the JSON mapping.
const fn not_finite(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value.is_sign_positive() {
        "Infinity"
    } else {
        "-Infinity"
    }
}

fn write_varint(to: &mut Vec<u8>, mut value: u64) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            to.push(low);
            return;
        }
        to.push(low | 0x80);
    }
}

fn write_key(to: &mut Vec<u8>, number: u32, wire_type: u32) {
    write_varint(to, u64::from(number << 3 | wire_type));
}

fn write_varint_field(to: &mut Vec<u8>, number: u32, value: u64) {
    write_key(to, number, VARINT);
    write_varint(to, value);
}

fn write_fixed_field(to: &mut Vec<u8>, number: u32, bytes: [u8; 8]) {
    write_key(to, number, FIXED64);
    to.extend_from_slice(&bytes);
}

fn write_bytes(to: &mut Vec<u8>, number: u32, bytes: &[u8]) {
    write_key(to, number, LENGTH);
    write_varint(to, bytes.len() as u64);
    to.extend_from_slice(bytes);
}

fn write_packed(to: &mut Vec<u8>, number: u32, values: impl ExactSizeIterator<Item = [u8; 8]>) {
    write_key(to, number, LENGTH);
    write_varint(to, values.len() as u64 * 8);
    to.extend(values.flatten());
}

fn write_message(to: &mut Vec<u8>, number: u32, write: impl FnOnce(&mut Fields<'_, '_>)) {
    write_key(to, number, LENGTH);
    let start = to.len();
    write(&mut Fields::Protobuf(to));
    let mut length = Vec::new();
    write_varint(&mut length, (to.len() - start) as u64);
    // Moves each byte once for each message round it, of which there are six at most.
    to.splice(start..start, length);
}

/// A value of an attribute: `AnyValue`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Any<'a> {
    Text(Cow<'a, str>),
    Bool(bool),
    Int(i64),
    Double(f64),
    List(Vec<Self>),
    Map(Vec<Attribute<'a>>),
    Nothing,
}

impl Any<'_> {
    pub(super) fn write(&self, to: &mut Fields<'_, '_>) {
        match self {
            Self::Text(value) => to.text(1, "stringValue", value),
            Self::Bool(value) => to.bool(2, "boolValue", *value),
            Self::Int(value) => to.int(3, "intValue", *value),
            Self::Double(value) => to.double(4, "doubleValue", *value),
            Self::List(values) => {
                to.message(5, "arrayValue", |to| to.messages(1, "values", values, Any::write));
            }
            Self::Map(members) => {
                to.message(6, "kvlistValue", |to| to.messages(1, "values", members, write_attribute));
            }
            Self::Nothing => {}
        }
    }
}

/// A name and its value: `KeyValue`.
pub(super) type Attribute<'a> = (Cow<'a, str>, Any<'a>);

/// The attributes of something, in whichever field it has them.
pub(super) fn write_attributes(number: u32, attributes: &[Attribute<'_>], to: &mut Fields<'_, '_>) {
    to.messages(number, "attributes", attributes, write_attribute);
}

fn write_attribute((name, value): &Attribute<'_>, to: &mut Fields<'_, '_>) {
    to.text(1, "key", name);
    to.message(2, "value", |to| value.write(to));
}
