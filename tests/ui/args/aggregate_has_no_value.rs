use telemetry_runtime::tracked;

#[tracked(aggregate = true)]
fn sync() {}

fn main() {}
