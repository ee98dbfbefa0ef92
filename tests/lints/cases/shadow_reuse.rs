// says: clippy::shadow_reuse clippy::shadow_same clippy::shadow_unrelated
//! Shadow reuse.

#[tracked]
pub fn plain(number: u8) -> u8 {
    let number = number + 1;
    let number = number;
    let other = 3;
    println!("{number}");
    let number = other;
    number
}

#[tracked]
pub fn fallible(text: &str) -> Result<u8, std::num::ParseIntError> {
    let text = text.trim();
    let text = text;
    if let Some(text) = text.strip_prefix("a") {
        return text.parse();
    }
    text.parse()
}

#[tracked]
pub async fn later(number: u8) -> Result<u8, String> {
    let number = std::future::ready(number).await;
    Ok(number)
}

fn main() {}
