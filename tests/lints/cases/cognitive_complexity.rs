//! Cognitive complexity, at the limit of six and over it.

#[tracked]
pub fn plain_1(number: u8) -> u8 {
    if number == 1 {
        println!("1");
    }
    number
}

#[tracked]
pub fn plain_2(number: u8) -> u8 {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    number
}

#[tracked]
pub fn plain_3(number: u8) -> u8 {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    number
}

#[tracked]
pub fn plain_4(number: u8) -> u8 {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    number
}

#[tracked]
pub fn plain_5(number: u8) -> u8 {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    if number == 5 {
        println!("5");
    }
    number
}

#[tracked]
pub fn plain_6(number: u8) -> u8 {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    if number == 5 {
        println!("5");
    }
    if number == 6 {
        println!("6");
    }
    number
}

#[tracked]
pub fn plain_unit_1(number: u8) {
    if number == 1 {
        println!("1");
    }
}

#[tracked]
pub fn plain_unit_2(number: u8) {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
}

#[tracked]
pub fn plain_unit_3(number: u8) {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
}

#[tracked]
pub fn plain_unit_4(number: u8) {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
}

#[tracked]
pub fn plain_unit_5(number: u8) {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    if number == 5 {
        println!("5");
    }
}

#[tracked]
pub fn plain_unit_6(number: u8) {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    if number == 5 {
        println!("5");
    }
    if number == 6 {
        println!("6");
    }
}

#[tracked]
pub fn fallible_1(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    "1".parse().map_err(|_| String::new())
}

#[tracked]
pub fn fallible_2(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    "1".parse().map_err(|_| String::new())
}

#[tracked]
pub fn fallible_3(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    "1".parse().map_err(|_| String::new())
}

#[tracked]
pub fn fallible_4(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    "1".parse().map_err(|_| String::new())
}

#[tracked]
pub fn fallible_5(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    if number == 5 {
        println!("5");
    }
    "1".parse().map_err(|_| String::new())
}

#[tracked]
pub fn fallible_6(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    if number == 5 {
        println!("5");
    }
    if number == 6 {
        println!("6");
    }
    "1".parse().map_err(|_| String::new())
}

#[tracked]
pub fn fallible_ok_1(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    Ok(number)
}

#[tracked]
pub fn fallible_ok_2(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    Ok(number)
}

#[tracked]
pub fn fallible_ok_3(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    Ok(number)
}

#[tracked]
pub fn fallible_ok_4(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    Ok(number)
}

#[tracked]
pub fn fallible_ok_5(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    if number == 5 {
        println!("5");
    }
    Ok(number)
}

#[tracked]
pub fn fallible_ok_6(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    if number == 5 {
        println!("5");
    }
    if number == 6 {
        println!("6");
    }
    Ok(number)
}

#[tracked]
pub fn fallible_match_1(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    match number {
        1 => Ok(1),
        _ => "3".parse().map_err(|_| String::new()),
    }
}

#[tracked]
pub fn fallible_match_2(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    match number {
        1 => Ok(1),
        _ => "3".parse().map_err(|_| String::new()),
    }
}

#[tracked]
pub fn fallible_match_3(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    match number {
        1 => Ok(1),
        _ => "3".parse().map_err(|_| String::new()),
    }
}

#[tracked]
pub fn fallible_match_4(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    match number {
        1 => Ok(1),
        _ => "3".parse().map_err(|_| String::new()),
    }
}

#[tracked]
pub fn fallible_match_5(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    if number == 5 {
        println!("5");
    }
    match number {
        1 => Ok(1),
        _ => "3".parse().map_err(|_| String::new()),
    }
}

#[tracked]
pub fn fallible_match_6(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    if number == 5 {
        println!("5");
    }
    if number == 6 {
        println!("6");
    }
    match number {
        1 => Ok(1),
        _ => "3".parse().map_err(|_| String::new()),
    }
}

#[tracked]
pub async fn later_1(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    std::future::ready(Ok(number)).await
}

#[tracked]
pub async fn later_2(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    std::future::ready(Ok(number)).await
}

#[tracked]
pub async fn later_3(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    std::future::ready(Ok(number)).await
}

#[tracked]
pub async fn later_4(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    std::future::ready(Ok(number)).await
}

#[tracked]
pub async fn later_5(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    if number == 5 {
        println!("5");
    }
    std::future::ready(Ok(number)).await
}

#[tracked]
pub async fn later_6(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    if number == 5 {
        println!("5");
    }
    if number == 6 {
        println!("6");
    }
    std::future::ready(Ok(number)).await
}

#[tracked]
pub async fn later_waits_1(number: u8) -> u8 {
    if number == 1 {
        println!("1");
    }
    std::future::ready(()).await;
    std::future::ready(()).await;
    std::future::ready(number).await
}

#[tracked]
pub async fn later_waits_2(number: u8) -> u8 {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    std::future::ready(()).await;
    std::future::ready(()).await;
    std::future::ready(number).await
}

#[tracked]
pub async fn later_waits_3(number: u8) -> u8 {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    std::future::ready(()).await;
    std::future::ready(()).await;
    std::future::ready(number).await
}

#[tracked]
pub async fn later_waits_4(number: u8) -> u8 {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    std::future::ready(()).await;
    std::future::ready(()).await;
    std::future::ready(number).await
}

#[tracked]
pub async fn later_waits_5(number: u8) -> u8 {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    if number == 5 {
        println!("5");
    }
    std::future::ready(()).await;
    std::future::ready(()).await;
    std::future::ready(number).await
}

#[tracked]
pub async fn later_waits_6(number: u8) -> u8 {
    if number == 1 {
        println!("1");
    }
    if number == 2 {
        println!("2");
    }
    if number == 3 {
        println!("3");
    }
    if number == 4 {
        println!("4");
    }
    if number == 5 {
        println!("5");
    }
    if number == 6 {
        println!("6");
    }
    std::future::ready(()).await;
    std::future::ready(()).await;
    std::future::ready(number).await
}

fn main() {}
