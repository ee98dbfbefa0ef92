use telemetry_runtime::tracked;

#[tracked(purpose = "", owner = " sync team", identifiable = true, error_text(yes), purpose = "twice")]
fn sync() {}

#[tracked(purpose, owner)]
fn tables() {}

fn main() {}
