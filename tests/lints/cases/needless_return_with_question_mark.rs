//! Needless return with question mark.

#[tracked]
pub fn leave(number: u8) -> Result<u8, String> {
    if number == 3 {
        return Err("three".to_owned())?;
    }
    Ok(number)
}

#[tracked]
pub fn leave_unit(number: u8) -> Result<(), String> {
    if number == 3 {
        return Err("three".to_owned())?;
    }
    println!("{number}");
    Ok(())
}

#[tracked]
pub async fn leave_later(number: u8) -> Result<u8, String> {
    std::future::ready(()).await;
    if number == 3 {
        return Err("three".to_owned())?;
    }
    Ok(number)
}

fn main() {}
