// says: unused_variables clippy::needless_return
//! Inner allow.

#[tracked]
pub fn plain(number: u8, other: u8) -> u8 {
    #![allow(unused_variables)]
    return number;
}

#[tracked]
pub fn fallible(number: u8) -> Result<u8, String> {
    #![allow(clippy::needless_return)]
    let other = 3;
    return Ok(number);
}

fn main() {}
