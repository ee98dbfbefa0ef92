// says: E0061 E0057
//! E0061 wrong number of arguments.

fn takes(number: u8, text: &str) -> Result<u8, String> {
    text.parse::<u8>().map(|parsed| parsed + number).map_err(|_| String::new())
}

#[tracked]
fn plain() -> u8 {
    takes(3).unwrap_or_default()
}

#[tracked]
fn fallible(number: u8) -> Result<u8, String> {
    if number == 1 {
        return takes();
    }
    takes(3)?;
    let closure = |number: u8| number;
    if number == 2 {
        return Ok(closure());
    }
    match number {
        3 => Ok(takes("3")?),
        4 => Ok(closure(1, 2)),
        5 => Ok(),
        6 => Ok(1, 2),
        7 => Err(),
        _ => takes(3, "3", 3),
    }
}

#[tracked]
fn returns_nothing() -> Result<u8, String> {
    return Ok();
}

#[tracked]
async fn later() -> Result<u8, String> {
    std::future::ready().await
}

fn main() {}
