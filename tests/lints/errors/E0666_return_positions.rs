// says: E0562
//! E0666 return positions.

#[tracked]
fn plain() -> u8 {
    let number: impl Sized = 3;
    3
}

#[tracked]
fn fallible() -> Result<u8, String> {
    let closure = |value: impl Sized| 3;
    Ok(closure(3))
}

fn main() {}
