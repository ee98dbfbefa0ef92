// says: clippy::if_not_else clippy::redundant_else
//! If not else.

#[tracked]
pub fn plain(number: u8) -> u8 {
    if number != 3 { 1 } else { 2 }
}

#[tracked]
pub fn fallible(flag: bool) -> Result<u8, String> {
    if flag {
        return Ok(1);
    } else {
        println!("flag");
    }
    if !flag { Ok(1) } else { "1".parse().map_err(|_| String::new()) }
}

#[tracked]
pub fn again(flags: &[bool]) -> Result<u8, String> {
    for flag in flags {
        if *flag {
            return "1".parse().map_err(|_| String::new());
        } else {
            println!("flag");
        }
    }
    Ok(3)
}

#[tracked]
pub async fn later(flag: bool) -> Result<u8, String> {
    if !std::future::ready(flag).await { Ok(1) } else { Ok(2) }
}

fn main() {}
