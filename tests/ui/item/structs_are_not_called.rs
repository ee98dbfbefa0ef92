use telemetry_runtime::tracked;

#[tracked]
pub struct Sync;

fn main() {}
