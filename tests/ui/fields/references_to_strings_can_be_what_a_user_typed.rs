use telemetry_runtime::tracked;

#[tracked(fields(name = name))]
fn sync(name: &str) -> usize {
    name.len()
}

fn main() {}
