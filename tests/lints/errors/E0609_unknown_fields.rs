// says: E0609 E0560
//! E0609 unknown fields.

struct Store {
    number: u8,
}

#[tracked]
fn plain(store: &Store) -> u8 {
    store.unknown
}

#[tracked]
fn fallible(store: &Store) -> Result<u8, String> {
    if store.number == 1 {
        return Ok(store.unknown);
    }
    let other = Store { unknown: 3 };
    Ok(store.unknown + 1)
}

#[tracked]
fn made() -> Result<Store, String> {
    Ok(Store { unknown: 3, number: 3 })
}

#[tracked]
async fn later(store: &Store) -> Result<u8, String> {
    store.unknown.await
}

fn main() {}
