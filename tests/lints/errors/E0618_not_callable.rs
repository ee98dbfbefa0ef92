// says: E0618 E0600 E0614 E0608 E0604 E0606
//! E0618 not callable.

#[tracked]
fn plain(number: u8) -> u8 {
    number()
}

#[tracked]
fn fallible(number: u8, text: &str) -> Result<u8, String> {
    if number == 1 {
        return number(3);
    }
    if number == 2 {
        return Ok(*number);
    }
    if number == 3 {
        return Ok(!text);
    }
    match number {
        4 => Ok(number[3]),
        5 => Ok(text as u8),
        6 => Ok(300_u32 as char),
        _ => number(),
    }
}

#[tracked]
async fn later(number: u8) -> Result<u8, String> {
    number().await
}

fn main() {}
