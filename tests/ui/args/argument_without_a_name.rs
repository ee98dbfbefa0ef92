use telemetry_runtime::tracked;

#[tracked("Sync Started")]
fn sync() {}

fn main() {}
