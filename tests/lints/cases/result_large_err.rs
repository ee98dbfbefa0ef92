//! Result large err.

pub struct Large([u8; 4096]);

#[tracked]
pub fn fallible(number: u8) -> Result<u8, Large> {
    if number == 0 { Err(Large([0; 4096])) } else { Ok(number) }
}

#[tracked]
pub async fn later(number: u8) -> Result<u8, Large> {
    std::future::ready(Ok(number)).await
}

pub struct Store;

impl Store {
    #[tracked]
    pub fn get(&self, text: &str) -> Result<u8, Large> {
        text.parse().map_err(|_| Large([1; 4096]))
    }
}

fn main() {}
