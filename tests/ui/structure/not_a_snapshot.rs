use std::time::Duration;
use telemetry_runtime::{Field, Guard, Schedule};

#[derive(Field)]
struct Sizes {
    rows: u32,
}

fn main() {
    fn give(telemetry: &Guard) {
        telemetry.snapshot(Schedule::every(Duration::from_secs(60)), || [Sizes { rows: 1 }]);
        telemetry.snapshot_now(&"alice");
    }
}
