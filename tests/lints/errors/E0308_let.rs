// says: E0308
//! E0308 let.

#[tracked]
fn plain(number: u8) -> u8 {
    let text: String = number;
    number
}

#[tracked]
fn fallible(number: u8) -> Result<u8, String> {
    let text: &str = number.to_string();
    let (one, two): (u8, u8) = (number, 3, 4);
    if text {
        return Ok(one);
    }
    while two {}
    Ok(one + "two")
}

#[tracked]
async fn later(number: u8) -> Result<u8, String> {
    let text: String = std::future::ready(number).await;
    Ok(text)
}

fn main() {}
