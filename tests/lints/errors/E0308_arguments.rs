// says: E0308
//! E0308 arguments.

fn takes(text: &str, number: u8) -> Result<u8, String> {
    text.parse().map(|parsed: u8| parsed + number).map_err(|_| String::new())
}

#[tracked]
fn plain(number: u8) {
    takes(number, "3").ok();
}

#[tracked]
fn fallible(number: u8) -> Result<u8, String> {
    if number == 1 {
        return takes(1, number);
    }
    let first = takes("1", 3.5)?;
    if first == 3 {
        return Ok(takes("1", "2")?);
    }
    takes("2", first as u16)
}

#[tracked]
async fn later(number: u8) -> Result<u8, String> {
    std::future::ready(takes(number, 3)).await?;
    std::future::ready(takes("a", "b")).await
}

fn main() {}
