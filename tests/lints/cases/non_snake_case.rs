//! Non snake case.

#[tracked]
pub fn PlainFunction(someNumber: u8) -> u8 {
    let otherNumber = someNumber + 1;
    otherNumber + 1
}

#[tracked]
pub fn Fallible<'LifeTime>(text: &'LifeTime str) -> Result<u8, std::num::ParseIntError> {
    let theNumber = text.parse::<u8>()?;
    Ok(theNumber)
}

#[tracked]
pub async fn laterOn(someNumber: u8) -> Result<u8, String> {
    let nextNumber = std::future::ready(someNumber).await;
    Ok(nextNumber)
}

pub struct Store;

impl Store {
    #[tracked]
    pub fn getIt(&self) -> Option<u8> {
        None
    }
}

fn main() {}
