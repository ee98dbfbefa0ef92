// says: E0308
//! E0308 missing value.

#[tracked]
fn plain(number: u8) -> u8 {
    println!("{number}");
}

#[tracked]
fn with_semicolon(number: u8) -> u8 {
    number;
}

#[tracked]
fn nothing() -> u8 {}

#[tracked]
fn fallible_nothing() -> Result<u8, String> {}

#[tracked]
fn fallible(number: u8) -> Result<u8, String> {
    println!("{number}");
}

#[tracked]
fn fallible_with_semicolon(number: u8) -> Result<u8, String> {
    Ok(number);
}

#[tracked]
fn fallible_unit(number: u8) -> Result<(), String> {
    std::fs::write("a", "b").map_err(|_| String::new());
}

#[tracked]
fn in_a_branch(number: u8) -> Result<u8, String> {
    if number == 3 {
        Ok(number);
    } else {
        number.checked_add(3).ok_or_else(String::new)
    }
}

#[tracked]
fn for_loop(number: u8) -> Result<u8, String> {
    for other in 0..number {
        if other == 3 {
            return Ok(other);
        }
    }
}

#[tracked]
async fn later(number: u8) -> Result<u8, String> {
    std::future::ready(Ok::<u8, String>(number)).await;
}

fn main() {}
