use telemetry_runtime::tracked;

#[tracked(sample = "often")]
fn sync() {}

#[tracked(sample = -0.5)]
fn fetch() {}

fn main() {}
