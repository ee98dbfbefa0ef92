use telemetry_runtime::tracked;

use std::path::Path;

#[tracked(fields(folder = folder))]
fn sync(folder: &Path) -> bool {
    folder.exists()
}

fn main() {}
