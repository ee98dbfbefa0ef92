use telemetry_runtime::tracked;

#[tracked(fields(rows = count().await))]
async fn sync() {}

async fn count() -> u64 {
    0
}

fn main() {}
