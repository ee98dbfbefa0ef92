use telemetry_runtime::tracked;

#[tracked(error = 7)]
fn sync() -> i32 {
    0
}

fn main() {}
