use telemetry_runtime::tracked;

#[tracked(sample = 0)]
fn never() {}

#[tracked(sample = 1.5)]
fn more() {}

#[tracked(sample = 100)]
fn percent() {}

#[tracked(sample = -0.5)]
fn negative() {}

fn main() {}
