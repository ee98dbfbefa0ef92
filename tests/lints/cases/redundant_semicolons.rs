// says: redundant_semicolons clippy::unnecessary_semicolon
//! Redundant semicolons.

#[tracked]
pub fn plain(number: u8) -> u8 {
    println!("{number}");;
    if number == 3 {
        println!("3");
    };
    number
}

#[tracked]
pub fn fallible(number: u8) -> Result<u8, String> {
    ;
    match number {
        1 => println!("1"),
        _ => println!("2"),
    };
    if number == 3 {
        return Ok(number);;
    }
    Ok(number)
}

fn main() {}
