use telemetry_runtime::tracked;

#[tracked]
mod sync {}

fn main() {}
