use telemetry_runtime::tracked;

#[tracked(aggregate, sample = 0.5, limit = "1/s")]
fn sync() {}

fn main() {}
