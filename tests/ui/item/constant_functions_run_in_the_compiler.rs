use telemetry_runtime::tracked;

#[tracked]
pub const fn sync() {}

fn main() {}
