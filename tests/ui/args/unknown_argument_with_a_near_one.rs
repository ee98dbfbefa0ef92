use telemetry_runtime::tracked;

#[tracked(evnt = "Sync Started")]
fn sync() {}

fn main() {}
