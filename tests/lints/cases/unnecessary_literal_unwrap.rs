// says: clippy::unnecessary_literal_unwrap clippy::useless_conversion clippy::useless_format
//! Unnecessary literal unwrap.

#[tracked]
pub fn plain(number: u8) -> u8 {
    u8::from(number) + Some(3).unwrap()
}

#[tracked]
pub fn fallible(number: u8) -> Result<u8, String> {
    if number == 3 {
        return Ok(u8::from(number));
    }
    println!("{}", vec![1, 2].len());
    Ok(u8::from(number))
}

#[tracked]
pub fn formatted(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err(format!("text"));
    }
    Ok(format!("text"))
}

#[tracked]
pub fn converted(result: Result<u8, String>) -> Result<u8, String> {
    Ok(result?.into())
}

#[tracked]
pub async fn later(number: u8) -> Result<u8, String> {
    Ok(u8::from(std::future::ready(number).await))
}

fn main() {}
