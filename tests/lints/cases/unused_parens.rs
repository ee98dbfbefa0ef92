// says: unused_parens unused_braces
//! Unused parens.

#[tracked]
pub fn plain(number: u8) -> u8 {
    if (number == 3) {
        return (4);
    }
    let other = (number + 1);
    (other)
}

#[tracked]
pub fn fallible(number: u8) -> Result<u8, String> {
    if number == 3 {
        return (Ok(4));
    }
    while (number == 9) {}
    let other = { number };
    match (other) {
        5 => return ("5".parse().map_err(|_| String::new())),
        6 => (Ok(1)),
        _ => Ok({ 3 }),
    }
}

#[tracked]
pub fn fallible_tail(number: u8) -> Result<u8, String> {
    println!("{number}");
    (Ok(number))
}

#[tracked]
pub fn fallible_tail_call(text: &str) -> Result<u8, std::num::ParseIntError> {
    (text.parse())
}

#[tracked]
pub fn ok_in_parens(number: u8) -> Result<u8, String> {
    if number == 0 {
        return Ok((1));
    }
    Ok((number + 1))
}

#[tracked]
pub async fn later(number: u8) -> Result<u8, String> {
    let one = (std::future::ready(number)).await;
    let two = (std::future::ready(one).await);
    if (two == 1) {
        return Ok((std::future::ready(1).await));
    }
    (std::future::ready(Ok(two)).await)
}

fn main() {}
