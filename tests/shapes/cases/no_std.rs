#![no_std]

extern crate alloc;
extern crate std;

use alloc::string::String;

#[tracked]
fn first(text: &str) -> Result<char, String> {
    let first = text.chars().next().ok_or_else(|| String::from("empty"))?;
    if first == 'x' {
        return Err(first.into());
    }
    Ok(first)
}

fn main() {
    std::println!("{:?} {:?} {:?}", first("a"), first(""), first("x"));
}
