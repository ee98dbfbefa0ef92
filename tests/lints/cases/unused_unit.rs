// says: clippy::unused_unit clippy::unit_arg clippy::let_unit_value
//! Unused unit.

fn nothing(number: u8) {
    println!("{number}");
}

#[tracked]
pub fn plain() -> () {
    println!("plain");
}

#[tracked]
pub fn at_the_end() {
    println!("plain");
    ()
}

#[tracked]
pub fn fallible(number: u8) -> Result<(), String> {
    let unit = nothing(3);
    if number == 1 {
        return Ok(nothing(1));
    }
    if number == 2 {
        return Ok(unit);
    }
    Ok(nothing(2))
}

#[tracked]
pub fn option() -> Option<()> {
    Some(nothing(2))
}

#[tracked]
pub async fn later(number: u8) -> Result<(), String> {
    if number == 1 {
        return Ok(nothing(1));
    }
    Ok(std::future::ready(()).await)
}

fn main() {}
