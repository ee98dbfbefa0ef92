use telemetry_runtime::tracked;

#[tracked(emit = start, finish = "Logged In")]
fn log_in() {}

fn main() {}
