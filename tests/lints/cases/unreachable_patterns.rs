//! Unreachable patterns.

#[tracked]
pub fn plain(number: u8) -> u8 {
    match number {
        0 => 1,
        _ => 2,
        3 => 4,
    }
}

#[tracked]
pub fn fallible(number: u8) -> Result<u8, String> {
    match number {
        0 => Ok(1),
        0 => Ok(2),
        _ => Err(String::new()),
        _ => "1".parse().map_err(|_| String::new()),
    }
}

#[tracked]
pub async fn later(number: Option<u8>) -> Result<u8, String> {
    match std::future::ready(number).await {
        Some(number) => return Ok(number),
        None => Err(String::new()),
        Some(_) => Ok(2),
    }
}

fn main() {}
