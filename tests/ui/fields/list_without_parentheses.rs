use telemetry_runtime::tracked;

#[tracked(fields = 1)]
fn sync() {}

fn main() {}
