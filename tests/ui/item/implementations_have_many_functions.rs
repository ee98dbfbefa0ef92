use telemetry_runtime::tracked;

struct Sync;

#[tracked]
impl Sync {
    fn run() {}
}

fn main() {}
