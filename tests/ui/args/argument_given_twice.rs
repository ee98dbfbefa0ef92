use telemetry_runtime::tracked;

#[tracked(event = "Sync", emit = both, event = "Load")]
fn sync() {}

fn main() {}
