// says: clippy::redundant_locals clippy::needless_late_init clippy::redundant_pattern
//! Redundant locals.

#[tracked]
pub fn plain(number: u8) -> u8 {
    let number = number;
    let other;
    other = number + 1;
    other
}

#[tracked]
pub fn fallible(number: u8) -> Result<u8, String> {
    let number = number;
    let other;
    if number == 3 {
        other = 4;
    } else {
        other = 5;
    }
    if let one @ _ = other {
        println!("{one}");
    }
    Ok(other)
}

fn main() {}
