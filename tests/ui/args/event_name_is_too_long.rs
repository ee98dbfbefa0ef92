use telemetry_runtime::tracked;

#[tracked(event = "Sync Sync Sync Sync Sync Sync Sync Sync Sync Sync Sync Sync Sync Sync Sync Sync Sync Sync Sync Sync Sync Sync Sync Sync Sync Sync")]
fn sync() {}

fn main() {}
