// says: clippy::while_immutable_condition clippy::empty_loop
//! While immutable condition.

#[tracked]
pub fn plain(number: u8) {
    while number == 3 {
        println!("again");
    }
}

#[tracked]
pub fn fallible(number: u8) -> Result<u8, String> {
    while number == 3 {
        println!("again");
    }
    if number == 4 {
        loop {}
    }
    Ok(number)
}

fn main() {}
