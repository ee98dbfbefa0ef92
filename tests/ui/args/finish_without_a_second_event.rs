use telemetry_runtime::tracked;

#[tracked(emit = success, finish = "Logged In")]
fn log_in() {}

fn main() {}
