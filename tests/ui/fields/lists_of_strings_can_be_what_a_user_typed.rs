use telemetry_runtime::tracked;

#[tracked(fields(tables = tables))]
fn sync(tables: Vec<String>) {
    drop(tables);
}

fn main() {}
