use telemetry_runtime::tracked;

#[tracked(sample = "often")]
fn sync() {}

fn main() {}
