// says: clippy::question_mark_used clippy::try_err
//! Question mark used.

#[tracked]
pub fn plain(number: Option<u8>) -> Option<u8> {
    let number = number?;
    number.checked_add(1)
}

#[tracked]
pub fn fallible(text: &str) -> Result<u8, std::num::ParseIntError> {
    let number: u8 = text.parse()?;
    if number == 3 {
        return Ok(text.trim().parse::<u8>()? + 1);
    }
    Ok(text.parse::<u8>()?)
}

#[tracked]
pub fn tries_errors(number: u8) -> Result<u8, String> {
    if number == 3 {
        Err("three")?;
    }
    match number {
        4 => Err("four")?,
        5 => Ok(Err("five")?),
        _ => Ok(number),
    }
}

#[tracked]
pub async fn later(text: &str) -> Result<u8, std::num::ParseIntError> {
    let number = std::future::ready(text.parse::<u8>()).await?;
    Ok(std::future::ready(text.parse::<u8>()).await? + number)
}

fn main() {}
