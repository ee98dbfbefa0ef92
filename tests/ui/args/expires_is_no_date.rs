use telemetry_runtime::tracked;

#[tracked(expires = "2027-13")]
fn sync() {}

#[tracked(expires = "next year")]
fn tables() {}

#[tracked(expires = 2027)]
fn columns() {}

fn main() {}
