use telemetry_runtime::tracked;

#[tracked(fields(dry_run))]
fn sync(dry_run: bool) {
    let _ = dry_run;
}

fn main() {}
