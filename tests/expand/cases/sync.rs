//! Functions that carry no error: a guard, and the body as it was.

use telemetry_runtime::tracked;

#[tracked]
pub fn greet(name: &str) -> usize {
    println!("Hello, {name}");
    name.len()
}

#[tracked(event = "Login", emit = success)]
pub fn log_in() {}

#[tracked]
pub fn items_first() -> u8 {
    const START: u8 = 1;
    START + 1
}
