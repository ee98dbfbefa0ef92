use telemetry_runtime::tracked;

const NAME: &str = "Sync";

#[tracked(event = NAME)]
fn sync() {}

fn main() {}
