//! E0412 unknown type returned.

#[tracked]
fn fallible(number: u8) -> Unknown {
    if number == 3 {
        return Ok(3);
    }
    Ok(number)
}

struct Store;

impl Store {
    #[tracked]
    fn get(&self) -> Self::Unknown {
        3
    }

    #[tracked]
    fn generic(&self) -> Option<T> {
        None
    }
}

fn main() {}
