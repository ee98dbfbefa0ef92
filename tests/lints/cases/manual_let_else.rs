//! Manual let else.

// Where this one is asked for, clippy does not look for question marks that could be.
#![allow(clippy::question_mark_used)]

#[tracked]
pub fn plain(number: Option<u8>) -> u8 {
    let number = match number {
        Some(number) => number,
        None => return 3,
    };
    number + 1
}

#[tracked]
pub fn fallible(number: Option<u8>) -> Result<u8, String> {
    let number = match number {
        Some(number) => number,
        None => return Ok(1),
    };
    let other = if let Some(number) = number.checked_add(1) {
        number
    } else {
        return "3".parse().map_err(|_| String::new());
    };
    Ok(number + other)
}

#[tracked]
pub async fn later(number: Option<u8>) -> Result<u8, String> {
    let number = match std::future::ready(number).await {
        Some(number) => number,
        None => return Err(String::new()),
    };
    Ok(number + 1)
}

fn main() {}
