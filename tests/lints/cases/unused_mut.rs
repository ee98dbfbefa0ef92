//! Unused mut.

#[tracked]
pub fn plain(mut number: u8) -> u8 {
    let mut other = 3;
    number + other
}

#[tracked]
pub fn fallible(mut text: String) -> Result<u8, std::num::ParseIntError> {
    let mut trimmed = text.trim();
    trimmed.parse()
}

#[tracked]
pub async fn later(mut text: String) -> Result<u8, std::num::ParseIntError> {
    let mut trimmed = std::future::ready(text.trim()).await;
    Ok(trimmed.parse()?)
}

#[tracked]
pub fn closure() -> Result<u8, String> {
    let mut closure = |mut number: u8| number + 1;
    Ok(closure(1))
}

fn main() {}
