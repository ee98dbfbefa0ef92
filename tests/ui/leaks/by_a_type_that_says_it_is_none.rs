//! A type that is written is a field's too.

use telemetry_runtime::{record, tracked};

#[tracked(fields(path: String = path.to_owned(), rows: u64 = path, other: Undescribed = Undescribed))]
fn sync(path: &str) {
    record!(path: &str = path);
    record!(rows: u64 = path);
}

struct Undescribed;

impl telemetry_runtime::Field for Undescribed {
    fn to_value(&self) -> telemetry_runtime::Value {
        telemetry_runtime::Field::to_value(&1_u8)
    }
}

fn main() {}
