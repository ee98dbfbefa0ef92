use telemetry_runtime::tracked;

#[tracked(event = "Sync" emit = both)]
fn sync() {}

fn main() {}
