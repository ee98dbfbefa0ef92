//! Question mark.

// Where this one is asked for, clippy does not look for question marks that could be.
#![allow(clippy::question_mark_used)]

#[tracked]
pub fn plain(number: Option<u8>) -> Option<u8> {
    if number.is_none() {
        return None;
    }
    let number = match number {
        Some(number) => number,
        None => return None,
    };
    Some(number + 1)
}

#[tracked]
pub fn fallible(number: Result<u8, String>) -> Result<u8, String> {
    if number.is_err() {
        return number;
    }
    let number = match number {
        Ok(number) => number,
        Err(error) => return Err(error),
    };
    Ok(number + 1)
}

#[tracked]
pub fn let_else(number: Option<u8>) -> Option<u8> {
    let Some(number) = number else { return None };
    number.checked_add(1)
}

#[tracked]
pub async fn later(number: Result<u8, String>) -> Result<u8, String> {
    let number = match std::future::ready(number).await {
        Ok(number) => number,
        Err(error) => return Err(error),
    };
    Ok(number + 1)
}

fn main() {}
