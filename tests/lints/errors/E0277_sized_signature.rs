//! E0277 sized signature.

#[tracked]
fn argument(text: str) -> usize {
    3
}

#[tracked]
fn fallible(number: u8) -> Result<str, String> {
    Err(String::new())
}

#[tracked]
fn returned(number: u8) -> dyn std::fmt::Display {
    number
}

#[tracked]
fn slice(number: u8) -> [u8] {
    [number]
}

fn main() {}
