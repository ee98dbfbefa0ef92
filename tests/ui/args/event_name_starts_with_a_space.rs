use telemetry_runtime::tracked;

#[tracked(event = " Sync")]
fn sync() {}

fn main() {}
