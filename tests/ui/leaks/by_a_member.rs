//! What is no field is no member of one, at any depth, and nobody else names members.

use std::path::PathBuf;
use telemetry_runtime::{Field, Snapshot, Value, ValueRef};

#[derive(Field)]
struct Inside {
    name: Option<String>,
    path: PathBuf,
}

#[derive(Snapshot)]
struct Outside<'a> {
    text: &'a str,
    bytes: Vec<u8>,
    rows: u32,
}

fn sync(text: &'static str) {
    let _: Value = ValueRef::Map(vec![(text, ValueRef::Absent)]).into();
}

fn main() {}
