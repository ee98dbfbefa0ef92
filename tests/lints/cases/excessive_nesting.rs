//! Excessive nesting.

#[tracked]
pub fn plain(number: u8) -> u8 {
    if number > 1 {
        if number > 2 {
            if number > 3 {
                println!("deep");
            }
        }
    }
    number
}

#[tracked]
pub fn fallible(number: u8) -> Result<u8, String> {
    match number {
        1 => {
            if number > 2 {
                if number > 3 {
                    return Ok(1);
                }
            }
            Ok(3)
        }
        _ => {
            if number > 2 {
                return "1".parse().map_err(|_| String::new());
            }
            Err(String::new())
        }
    }
}

fn main() {}
