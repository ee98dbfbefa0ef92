//! Result unit err.

#[tracked]
pub fn fallible(number: u8) -> Result<u8, ()> {
    if number == 0 { Err(()) } else { Ok(number) }
}

#[tracked]
pub async fn later(number: u8) -> Result<u8, ()> {
    std::future::ready(Ok(number)).await
}

pub struct Store;

impl Store {
    #[tracked]
    pub fn get(&self, text: &str) -> Result<u8, ()> {
        text.parse().map_err(|_| ())
    }
}

fn main() {}
