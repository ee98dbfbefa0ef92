// says: E0616 E0624
//! E0616 privacy only.

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
}

#[tracked]
fn fallible(store: &inner::Store) -> Result<u8, String> {
    if store.number == 3 {
        return store.get();
    }
    if store.get()? == 3 {
        return Ok(store.number);
    }
    store.get()
}

#[tracked]
async fn later(store: &inner::Store) -> Result<u8, String> {
    store.later().await
}

fn main() {}
