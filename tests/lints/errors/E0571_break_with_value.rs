// says: E0571
//! E0571 break with value.

#[tracked]
fn plain(number: u8) -> Option<u8> {
    for other in 0..number {
        break other;
    }
    None
}

#[tracked]
fn fallible(number: u8) -> Result<u8, String> {
    while number == 3 {
        break Ok(3);
    }
    Ok(number)
}

fn main() {}
