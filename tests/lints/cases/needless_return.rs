//! Needless return.

#[tracked]
pub fn number() -> u8 {
    return 3;
}

#[tracked]
pub fn fallible(text: &str) -> Result<u8, std::num::ParseIntError> {
    return text.parse();
}

#[tracked]
pub fn fallible_ok(number: u8) -> Result<u8, String> {
    return Ok(number);
}

#[tracked]
pub fn fallible_computed(number: u8) -> Result<u8, String> {
    return Ok(number.wrapping_add(1));
}

#[tracked]
pub fn fallible_question(text: &str) -> Result<u8, std::num::ParseIntError> {
    return Ok(text.parse::<u8>()?);
}

#[tracked]
pub fn fallible_error(number: u8) -> Result<u8, String> {
    println!("{number}");
    return Err(number.to_string());
}

#[tracked]
pub fn branches(number: u8) -> Result<u8, String> {
    if number == 0 {
        return Ok(1);
    } else {
        return Err(String::new());
    }
}

#[tracked]
pub fn arms(text: &str) -> Result<u8, std::num::ParseIntError> {
    match text {
        "a" => return Ok(1),
        "b" => {
            return Ok(2);
        }
        "c" => return text.parse(),
        _ => {
            return text.trim().parse();
        }
    }
}

#[tracked]
pub fn unit() {
    println!("unit");
    return;
}

#[tracked]
pub async fn later(number: u8) -> Result<u8, String> {
    std::future::ready(()).await;
    return Ok(number);
}

#[tracked]
pub async fn later_awaited() -> Result<u8, String> {
    return std::future::ready(Ok(1)).await;
}

pub struct Store(u8);

impl Store {
    #[tracked]
    pub fn get(&self) -> u8 {
        return self.0;
    }

    #[tracked]
    pub fn check(&self) -> Result<(), String> {
        println!("{}", self.0);
        return Ok(());
    }
}

fn main() {}
