//! Needless question mark.

#[tracked]
pub fn fallible(text: &str) -> Result<u8, std::num::ParseIntError> {
    Ok(text.parse()?)
}

#[tracked]
pub fn returns(text: &str) -> Result<u8, std::num::ParseIntError> {
    if text.is_empty() {
        return Ok(text.trim().parse()?);
    }
    Ok(1)
}

#[tracked]
pub fn option(text: &str) -> Option<char> {
    Some(text.chars().next()?)
}

#[tracked]
pub fn block(text: &str) -> Result<u8, std::num::ParseIntError> {
    println!("{text}");
    match text {
        "a" => Ok(text.parse()?),
        _ => {
            let trimmed = text.trim();
            Ok(trimmed.parse()?)
        }
    }
}

async fn step(text: &str) -> Result<u8, std::num::ParseIntError> {
    std::future::ready(()).await;
    text.parse()
}

#[tracked]
pub async fn later(text: &str) -> Result<u8, std::num::ParseIntError> {
    Ok(step(text).await?)
}

fn main() {}
