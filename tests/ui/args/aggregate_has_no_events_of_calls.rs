use telemetry_runtime::tracked;

#[tracked(aggregate, emit = both, finish = "Done", fields(items = 1), identifiable, error_text)]
fn sync() -> Result<(), String> {
    Ok(())
}

fn main() {}
