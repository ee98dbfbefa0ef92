// says: clippy::single_match clippy::single_match_else
//! Single match.

#[tracked]
pub fn plain(number: Option<u8>) {
    match number {
        Some(number) => println!("{number}"),
        _ => {}
    }
}

#[tracked]
pub fn fallible(number: Option<u8>) -> Result<u8, String> {
    match number {
        Some(number) => println!("{number}"),
        _ => (),
    }
    match number {
        Some(number) => Ok(number),
        _ => {
            println!("none");
            Err(String::new())
        }
    }
}

#[tracked]
pub async fn later(number: Option<u8>) -> Result<u8, String> {
    match std::future::ready(number).await {
        Some(number) => return Ok(number),
        _ => {}
    }
    Ok(3)
}

fn main() {}
