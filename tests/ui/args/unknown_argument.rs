use telemetry_runtime::tracked;

#[tracked(colour = "red")]
fn sync() {}

fn main() {}
