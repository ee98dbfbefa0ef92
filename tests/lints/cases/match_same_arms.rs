//! Match same arms.

#[tracked]
pub fn plain(number: u8) -> u8 {
    match number {
        1 => 3,
        2 => 4,
        3 => 3,
        _ => 5,
    }
}

#[tracked]
pub fn fallible(number: u8) -> Result<u8, String> {
    match number {
        1 => Ok(3),
        2 => Ok(number),
        3 => Ok(3),
        4 => "1".parse().map_err(|_| String::new()),
        5 => "1".parse().map_err(|_| String::new()),
        6 => Err(String::new()),
        7 => Err(String::new()),
        _ => Ok(number),
    }
}

#[tracked]
pub fn returned(number: u8) -> Result<u8, String> {
    let other = match number {
        1 => return Ok(number.wrapping_add(1)),
        2 => number,
        3 => return Ok(number.wrapping_add(1)),
        _ => return "1".parse().map_err(|_| String::new()),
    };
    Ok(other)
}

#[tracked]
pub async fn later(number: u8) -> Result<u8, String> {
    match number {
        1 => Ok(std::future::ready(number).await),
        2 => Ok(3),
        3 => Ok(std::future::ready(number).await),
        4 => std::future::ready(Ok(number)).await,
        5 => std::future::ready(Ok(number)).await,
        _ => Ok(1),
    }
}

fn main() {}
