use telemetry_runtime::tracked;

#[tracked(event, finish =, error)]
fn sync() {}

fn main() {}
