use telemetry_runtime::tracked;

#[tracked(fields(dryRun = true))]
fn sync() {}

fn main() {}
