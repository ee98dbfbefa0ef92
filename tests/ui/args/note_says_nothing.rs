use telemetry_runtime::tracked;

#[tracked(purpose = "", owner = " sync team", identifiable = true, error_text(yes), purpose = "twice")]
fn sync() {}

#[tracked(purpose, owner)]
fn tables() {}

#[tracked(error_text, fields(error = 1))]
fn columns() {}

fn main() {}
