// says: clippy::inline_always clippy::missing_inline_in_public_items
//! Inline always.

#[tracked]
#[inline(always)]
pub fn plain(number: u8) -> u8 {
    number + 1
}

#[tracked]
#[inline(always)]
pub fn fallible(number: u8) -> Result<u8, String> {
    if number == 0 { Err(String::new()) } else { Ok(number) }
}

#[tracked]
pub fn without(number: u8) -> u8 {
    number + 1
}

fn main() {}
