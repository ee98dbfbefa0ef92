//! Implicit return.

#[tracked]
pub fn plain() -> u8 {
    3
}

#[tracked]
pub fn fallible(text: &str) -> Result<u8, std::num::ParseIntError> {
    text.parse()
}

#[tracked]
pub fn fallible_ok(number: u8) -> Result<u8, String> {
    Ok(number)
}

#[tracked]
pub fn fallible_computed(number: u8) -> Result<u8, String> {
    Ok(number.wrapping_add(1))
}

#[tracked]
pub fn question(text: &str) -> Result<u8, String> {
    Ok(text.parse::<u8>().map_err(|_| return String::new())?)
}

#[tracked]
pub fn branches(number: u8) -> Result<u8, String> {
    if number == 0 {
        Ok(1)
    } else if number == 1 {
        "1".parse().map_err(|_| return String::new())
    } else {
        match number {
            2 => Ok(number),
            3 => Err(String::new()),
            4 => return Ok(3),
            _ => "1".parse().map_err(|_| return String::new()),
        }
    }
}

#[tracked]
pub fn endless(number: u8) -> Result<u8, String> {
    loop {
        if number == 1 {
            break Ok(3);
        }
        if number == 2 {
            break "1".parse().map_err(|_| return String::new());
        }
    }
}

#[tracked]
pub async fn later(number: u8) -> Result<u8, String> {
    std::future::ready(()).await;
    Ok(number)
}

#[tracked]
pub async fn later_awaited(number: u8) -> Result<u8, String> {
    std::future::ready(Ok(number)).await
}

#[tracked]
pub fn by_macro() -> Result<String, String> {
    Ok(format!("text"))
}

pub struct Store(u8);

impl Store {
    #[tracked]
    pub fn get(&self) -> Option<u8> {
        self.0.checked_add(1)
    }
}

fn main() {}
