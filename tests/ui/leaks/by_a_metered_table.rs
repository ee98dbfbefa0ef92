//! CQ-08: … nor as the name of a table whose usage is metered.
use telemetry_runtime::UsageMeter;

fn count(meter: UsageMeter, table: &'static str) {
    meter.add_to(table, 1);
}

fn main() {}
