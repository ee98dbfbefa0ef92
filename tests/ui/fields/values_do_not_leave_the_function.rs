use telemetry_runtime::tracked;

#[tracked(fields(rows = text.parse::<u64>()?, more = return Ok(())))]
fn sync(text: &str) -> Result<(), std::num::ParseIntError> {
    text.parse::<u64>().map(drop)
}

fn main() {}
