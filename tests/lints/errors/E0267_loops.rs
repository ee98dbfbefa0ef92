// says: E0268
//! E0267 loops.

#[tracked]
fn plain() {
    break;
}

#[tracked]
fn fallible(number: u8) -> Result<u8, String> {
    if number == 3 {
        continue;
    }
    break;
    Ok(number)
}

fn main() {}
