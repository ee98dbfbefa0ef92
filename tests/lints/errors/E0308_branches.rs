// says: E0308
//! E0308 branches.

#[tracked]
fn plain(number: u8) -> u8 {
    if number == 3 { number } else { "text" }
}

#[tracked]
fn fallible(number: u8) -> Result<u8, String> {
    if number == 3 {
        Ok(number)
    } else if number == 4 {
        "1".parse::<u8>()
    } else {
        number
    }
}

#[tracked]
fn arms(number: u8) -> Result<u8, String> {
    match number {
        1 => Ok("one"),
        2 => "2".parse::<u8>(),
        3 => Some(number),
        4 => {
            println!("4");
            number.to_string()
        }
        5 => {
            println!("5");
        }
        6 => Err(6),
        _ => unsafe { std::ptr::read(&number) },
    }
}

#[tracked]
async fn later(number: u8) -> Result<u8, String> {
    match std::future::ready(number).await {
        1 => std::future::ready(number).await,
        _ => Ok("text"),
    }
}

fn main() {}
