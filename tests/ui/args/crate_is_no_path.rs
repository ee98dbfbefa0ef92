use telemetry_runtime::tracked;

#[tracked(crate = "telemetry")]
fn sync() {}

fn main() {}
