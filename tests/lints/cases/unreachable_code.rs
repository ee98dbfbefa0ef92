//! Unreachable code.

#[tracked]
pub fn plain(number: u8) -> u8 {
    return number;
    println!("never");
}

#[tracked]
pub fn fallible(number: u8) -> Result<u8, String> {
    if number == 1 {
        return Ok(1);
        println!("never");
    }
    if number == 2 {
        return Err(String::new());
        Ok(1)
    } else {
        panic!("no");
        Ok(2)
    }
}

#[tracked]
pub fn after_return(number: u8) -> Result<u8, String> {
    return Ok(number);
    Ok(1)
}

#[tracked]
pub fn after_exit(number: u8) -> Result<u8, String> {
    std::process::exit(1);
    Ok(number)
}

#[tracked]
pub fn after_exit_computed(text: &str) -> Result<u8, std::num::ParseIntError> {
    std::process::exit(1);
    text.parse()
}

#[tracked]
pub fn after_loop() -> Result<u8, String> {
    loop {
        println!("again");
    }
    Ok(1)
}

#[tracked]
pub fn operands() -> Result<u8, String> {
    Ok(std::process::exit(3))
}

#[tracked]
pub fn operands_of_return(number: u8) -> Result<u8, String> {
    if number == 0 {
        return Ok(panic!("no"));
    }
    return return Ok(number);
}

#[tracked]
pub fn in_the_middle(text: &str) -> Result<u8, std::num::ParseIntError> {
    let number: u8 = { return text.parse() };
    Ok(number)
}

#[tracked]
pub async fn later(number: u8) -> Result<u8, String> {
    std::future::ready(()).await;
    return Ok(number);
    std::future::ready(Ok(1)).await
}

#[tracked]
pub async fn later_awaits() -> u8 {
    panic!("no");
    std::future::ready(1).await
}

fn main() {}
