// says: E0425
//! E0425 own names of ours.

#[tracked]
fn ours() {
    drop(__telemetry_call);
    drop(__telemetry_value);
    drop(CALLSITE);
}

fn main() {}
