use telemetry_runtime::tracked;

#[tracked(emit = "start")]
fn sync() {}

fn main() {}
