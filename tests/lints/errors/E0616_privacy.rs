// says: E0616 E0624 E0603
//! E0616 privacy.

mod inner {
    pub struct Store {
        number: u8,
    }

    impl Store {
        fn get(&self) -> Result<u8, String> {
            Ok(self.number)
        }

        async fn later(&self) -> Result<u8, String> {
            Ok(self.number)
        }
    }

    fn hidden() -> Result<u8, String> {
        Ok(1)
    }

    struct Hidden(u8);
}

#[tracked]
fn plain(store: &inner::Store) -> u8 {
    store.number
}

#[tracked]
fn fallible(store: &inner::Store) -> Result<u8, String> {
    if store.number == 3 {
        return store.get();
    }
    if store.get()? == 3 {
        return Ok(store.number);
    }
    inner::hidden()
}

#[tracked]
fn in_ok(store: &inner::Store) -> Result<u8, String> {
    let hidden = inner::Hidden(3);
    Ok(store.get()?)
}

#[tracked]
async fn later(store: &inner::Store) -> Result<u8, String> {
    store.later().await
}

fn main() {}
