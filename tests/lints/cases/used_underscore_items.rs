// says: clippy::used_underscore_items
//! Used underscore items.

#[tracked]
pub fn _plain() -> u8 {
    3
}

#[tracked]
pub fn fallible(text: &str) -> Result<u8, std::num::ParseIntError> {
    if _plain() == 3 {
        return Ok(_plain());
    }
    text.parse()
}

fn main() {}
