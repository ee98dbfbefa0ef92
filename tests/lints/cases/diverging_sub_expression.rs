//! Diverging sub expression.

#[tracked]
pub fn plain(number: u8) -> bool {
    number == 1 || panic!("no")
}

#[tracked]
pub fn fallible(number: u8) -> Result<bool, String> {
    if number == 0 {
        return Ok(number == 1 || return Err(String::new()));
    }
    let found = number == 3 && return Ok(true);
    Ok(found || return Err(String::new()))
}

#[tracked]
pub async fn later(number: u8) -> Result<bool, String> {
    std::future::ready(()).await;
    Ok(number == 1 || return Ok(false))
}

fn main() {}
