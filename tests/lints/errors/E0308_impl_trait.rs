// says: E0308
//! E0308 impl trait.

#[tracked]
fn plain(number: u8) -> impl std::fmt::Display {
    if number == 3 {
        return "three";
    }
    number
}

#[tracked]
fn fallible(number: u8) -> Result<impl std::fmt::Display, String> {
    if number == 3 {
        return Ok("three");
    }
    Ok(number)
}

#[tracked]
fn computed(number: u8) -> Result<impl std::fmt::Display, String> {
    match number {
        1 => Ok(number.wrapping_add(1)),
        2 => Ok(number.to_string()),
        _ => "3".parse::<u16>().map_err(|_| String::new()),
    }
}

#[tracked]
async fn later(number: u8) -> Result<impl std::fmt::Display, String> {
    if number == 3 {
        return Ok(std::future::ready("three").await);
    }
    Ok(std::future::ready(number).await)
}

fn main() {}
