// says: E0063 E0027
//! E0063 missing fields.

struct Store {
    number: u8,
    other: u8,
}

#[tracked]
fn plain() -> Store {
    Store { number: 3 }
}

#[tracked]
fn fallible() -> Result<Store, String> {
    let Store { number } = plain();
    if number == 3 {
        return Ok(Store { other: number });
    }
    Ok(Store { number })
}

fn main() {}
