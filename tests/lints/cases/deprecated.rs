//! Deprecated.

#[deprecated = "use another"]
pub fn old(number: u8) -> Result<u8, String> {
    if number == 0 { Err(String::new()) } else { Ok(number) }
}

#[deprecated]
#[derive(Default)]
pub struct Old;

#[tracked]
pub fn plain() -> u8 {
    old(1).unwrap_or_default()
}

#[tracked]
pub fn fallible(number: u8) -> Result<u8, String> {
    if number == 3 {
        return old(number);
    }
    let one = old(1)?;
    if one == 3 {
        return Ok(old(3)?);
    }
    old(2)
}

#[tracked]
pub fn in_the_type(number: u8) -> Result<Old, String> {
    if number == 0 {
        return Err(String::new());
    }
    Ok(Old)
}

#[tracked]
pub fn type_alone(_: Old) -> Old {
    Old::default()
}

#[tracked]
pub async fn later(number: u8) -> Result<u8, String> {
    std::future::ready(old(number)).await
}

#[tracked]
#[deprecated]
pub fn tracked_and_old(number: u8) -> Result<u8, String> {
    old(number)
}

fn main() {
    drop(tracked_and_old(1));
}
