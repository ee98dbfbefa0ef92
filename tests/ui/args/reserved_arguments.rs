use telemetry_runtime::tracked;

#[tracked(identifiable, purpose = "see what is used", sample = 0.01)]
fn sync() {}

fn main() {}
