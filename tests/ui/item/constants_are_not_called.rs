use telemetry_runtime::tracked;

#[tracked]
const SYNC: u8 = 1;

fn main() {}
