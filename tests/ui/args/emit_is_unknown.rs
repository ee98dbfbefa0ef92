use telemetry_runtime::tracked;

#[tracked(emit = never)]
fn sync() {}

fn main() {}
