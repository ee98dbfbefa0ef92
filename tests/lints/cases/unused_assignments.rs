//! Unused assignments.

#[tracked]
pub fn plain(number: u8) -> u8 {
    let mut sum = 0;
    sum = number;
    sum = 3;
    sum
}

#[tracked]
pub fn fallible(text: &str) -> Result<u8, std::num::ParseIntError> {
    let mut number = 3;
    number = text.parse()?;
    number = 3;
    Ok(1)
}

#[tracked]
pub async fn later(mut number: u8) -> Result<u8, String> {
    number = std::future::ready(3).await;
    number = 4;
    Err(String::new())
}

fn main() {}
