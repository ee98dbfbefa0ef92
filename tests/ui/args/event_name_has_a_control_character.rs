use telemetry_runtime::tracked;

#[tracked(event = "Sync\tStarted")]
fn sync() {}

fn main() {}
