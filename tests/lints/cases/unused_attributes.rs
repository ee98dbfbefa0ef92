// says: unused_attributes clippy::inline_fn_without_body clippy::duplicated_attributes
//! Unused attributes.

#[tracked]
#[inline]
#[inline]
pub fn plain() -> u8 {
    3
}

#[tracked]
#[must_use]
#[must_use]
pub fn text() -> String {
    let number = 3;
    format!("{number}")
}

#[tracked]
#[allow(dead_code)]
#[allow(dead_code)]
pub fn fallible(text: &str) -> Result<u8, String> {
    #[deny(unused_mut)]
    #[deny(unused_mut)]
    let number = text.len();
    Ok(number as u8)
}

pub trait Named {
    #[inline]
    fn name(&self) -> u8;
}

fn main() {}
