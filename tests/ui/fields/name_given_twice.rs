use telemetry_runtime::tracked;

#[tracked(fields(rows = 1_u64, tables = 2_u64, rows = 3_u64))]
fn sync() {}

fn main() {}
