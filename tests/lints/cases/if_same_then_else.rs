// says: clippy::if_same_then_else clippy::branches_sharing_code
//! If same then else.

#[tracked]
pub fn plain(number: u8) -> u8 {
    if number == 1 {
        number + 3
    } else {
        number + 3
    }
}

#[tracked]
pub fn fallible(number: u8, text: &str) -> Result<u8, String> {
    if number == 1 {
        text.parse().map_err(|_| String::new())
    } else {
        text.parse().map_err(|_| String::new())
    }
}

#[tracked]
pub fn oks(number: u8) -> Result<u8, String> {
    if number == 1 {
        Ok(number)
    } else if number == 3 {
        Ok(number)
    } else {
        Ok(number + 1)
    }
}

#[tracked]
pub fn shared(number: u8) -> Result<u8, String> {
    if number == 1 {
        println!("shared");
        println!("one");
        Ok(3)
    } else {
        println!("shared");
        println!("two");
        Ok(3)
    }
}

#[tracked]
pub async fn later(number: u8) -> Result<u8, String> {
    if number == 1 {
        std::future::ready(Ok(number)).await
    } else {
        std::future::ready(Ok(number)).await
    }
}

fn main() {}
