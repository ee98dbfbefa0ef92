use telemetry_runtime::tracked;

#[tracked]
fn __() {}

fn main() {}
