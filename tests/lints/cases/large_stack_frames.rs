//! Large stack frames.

#[tracked]
pub fn plain(number: u8) -> u8 {
    let held = [number; 600_000];
    held[3]
}

#[tracked]
pub fn fallible(text: &str) -> Result<u8, std::num::ParseIntError> {
    let held = [1_u8; 600_000];
    println!("{}", held.len());
    text.parse()
}

#[tracked]
pub fn not_yet(number: u8) -> Result<u8, String> {
    let held = [number; 1_000];
    Ok(held[3])
}

fn main() {}
