// says: clippy::use_self clippy::return_self_not_must_use clippy::must_use_candidate
//! Use self.

pub struct Store(u8);

impl Store {
    #[tracked]
    pub fn plain(number: u8) -> Store {
        Store(number)
    }

    #[tracked]
    pub fn fallible(number: u8) -> Result<Store, String> {
        if number == 0 {
            return Err(String::new());
        }
        if number == 1 {
            return Ok(Store(1));
        }
        Ok(Store(number))
    }

    #[tracked]
    pub async fn later(self) -> Result<Store, String> {
        Ok(std::future::ready(Store(self.0)).await)
    }

    #[tracked]
    pub fn with(self, number: u8) -> Self {
        Self(self.0 + number)
    }
}

fn main() {}
