// says: E0599
//! E0599 unknown methods.

struct Own;

#[tracked]
fn plain(number: u8) -> u8 {
    number.unknown()
}

#[tracked]
fn fallible(number: u8) -> Result<u8, String> {
    if number == 1 {
        return number.unknown();
    }
    let one = number.unknown()?;
    Own.clone();
    if one == 3 {
        return Ok(Own.unknown());
    }
    match number {
        1 => Ok(Own::new()),
        2 => Ok(number.unknown()?),
        3 => Own.unknown(),
        _ => number.unknown(3),
    }
}

#[tracked]
async fn later(number: u8) -> Result<u8, String> {
    number.unknown().await?;
    std::future::ready(number).unknown().await
}

fn main() {}
