use telemetry_runtime::tracked;

#[tracked(event = "Sync Finished")]
fn sync() {}

fn main() {}
