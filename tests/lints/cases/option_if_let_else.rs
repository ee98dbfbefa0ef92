// says: clippy::option_if_let_else clippy::manual_ok_err clippy::manual_map clippy::manual_ok_or
//! Option if let else.

#[tracked]
pub fn plain(number: Option<u8>) -> u8 {
    if let Some(number) = number { number + 1 } else { 3 }
}

#[tracked]
pub fn fallible(number: Option<u8>) -> Result<u8, String> {
    if let Some(number) = number { Ok(number + 1) } else { Ok(3) }
}

#[tracked]
pub fn fallible_match(number: Option<u8>) -> Result<u8, String> {
    match number {
        Some(number) => Ok(number),
        None => Err(String::new()),
    }
}

#[tracked]
pub fn mapped(number: Option<u8>) -> Result<Option<u8>, String> {
    Ok(match number {
        Some(number) => Some(number + 1),
        None => None,
    })
}

#[tracked]
pub fn manual_ok(number: Result<u8, String>) -> Option<u8> {
    match number {
        Ok(number) => Some(number),
        Err(_) => None,
    }
}

#[tracked]
pub fn manual_ok_or(number: Option<u8>) -> Result<u8, &'static str> {
    number.map_or(Err("none"), |number| Ok(number))
}

#[tracked]
pub fn manual_ok_or_method(number: Option<u8>) -> Result<u8, &'static str> {
    number.map_or(Err("none"), Ok)
}

fn main() {}
