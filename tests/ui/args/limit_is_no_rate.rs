use telemetry_runtime::tracked;

#[tracked(limit = "100")]
fn bare() {}

#[tracked(limit = "0/min")]
fn none() {}

#[tracked(limit = "100/week")]
fn other() {}

#[tracked(limit = "+1/s")]
fn signed() {}

#[tracked(limit = 100)]
fn number() {}

fn main() {}
