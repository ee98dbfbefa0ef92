use telemetry_runtime::tracked;

#[tracked(aggregate, sample = 0.01, limit = "100/min")]
fn sync() {}

fn main() {}
