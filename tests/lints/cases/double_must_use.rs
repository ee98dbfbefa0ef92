//! Double must use.

#[tracked]
#[must_use]
pub fn fallible(number: u8) -> Result<u8, String> {
    if number == 0 { Err(String::new()) } else { Ok(number) }
}

pub struct Wrapped(u8);

impl Wrapped {
    #[tracked]
    #[must_use]
    pub fn checked(&self) -> Result<(), String> {
        println!("{}", self.0);
        Ok(())
    }
}

#[tracked]
#[must_use]
pub async fn later() -> Result<u8, String> {
    std::future::ready(Ok(1)).await
}

fn main() {}
