use telemetry_runtime::tracked;

#[tracked(fields(_rows = 1_u64))]
fn sync() {}

fn main() {}
