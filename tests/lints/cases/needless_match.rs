//! Needless match.

#[tracked]
pub fn fallible(result: Result<u8, String>) -> Result<u8, String> {
    match result {
        Ok(number) => Ok(number),
        Err(error) => Err(error),
    }
}

#[tracked]
pub fn option(value: Option<u8>) -> Option<u8> {
    match value {
        Some(number) => Some(number),
        None => None,
    }
}

#[tracked]
pub fn conditional(result: Result<u8, String>) -> Result<u8, String> {
    if let Ok(number) = result { Ok(number) } else { result }
}

#[tracked]
pub async fn later(result: Result<u8, String>) -> Result<u8, String> {
    std::future::ready(()).await;
    match result {
        Ok(number) => Ok(number),
        Err(error) => Err(error),
    }
}

#[tracked]
pub fn in_a_let(result: Result<u8, String>) -> Result<u8, String> {
    let same = match result {
        Ok(number) => Ok(number),
        Err(error) => Err(error),
    };
    println!("{same:?}");
    same
}

fn main() {}
