use telemetry_runtime::tracked;

#[tracked(event = "")]
fn sync() {}

fn main() {}
