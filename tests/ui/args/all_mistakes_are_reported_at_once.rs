use telemetry_runtime::tracked;

#[tracked(event = 1, emit = twice, fields(Rows = 1), finish = "")]
fn sync() -> u8 {
    nothing_is_said_about_the_function()
}

fn nothing_is_said_about_the_function() -> u8 {
    sync()
}

fn main() {}
