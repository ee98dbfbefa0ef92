// says: E0381
//! E0381 uninitialized.

#[tracked]
fn plain(flag: bool) -> u8 {
    let number: u8;
    if flag {
        number = 3;
    }
    number
}

#[tracked]
fn fallible(flag: bool) -> Result<u8, String> {
    let number: u8;
    if flag {
        return Ok(number);
    }
    Ok(number)
}

#[tracked]
async fn later(flag: bool) -> Result<u8, String> {
    let number: u8;
    if std::future::ready(flag).await {
        number = 3;
    }
    Ok(number.wrapping_add(1))
}

fn main() {}
