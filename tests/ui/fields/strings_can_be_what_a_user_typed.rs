use telemetry_runtime::tracked;

#[tracked(fields(name = name))]
fn sync(name: String) {
    drop(name);
}

fn main() {}
