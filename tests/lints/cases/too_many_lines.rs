//! Too many lines.

#[tracked]
pub fn exactly_enough(number: u8) -> Result<u8, String> {
    let one = number;
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    Ok(one)
}

#[tracked]
pub fn one_too_many(number: u8) -> Result<u8, String> {
    let one = number;
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    Ok(one)
}

#[tracked]
pub fn plain_exactly_enough(number: u8) -> u8 {
    let one = number;
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    one
}

#[tracked]
pub fn plain_one_too_many(number: u8) -> u8 {
    let one = number;
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    one
}

#[tracked]
pub async fn later_one_too_many(number: u8) -> Result<u8, String> {
    let one = std::future::ready(number).await;
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    println!("{one}");
    std::future::ready(Ok(one)).await
}

fn main() {}
