//! Coercions fail.

#[tracked]
fn plain(list: &[u8; 3]) -> &[u16] {
    list
}

#[tracked]
fn fallible(list: &[u8; 3]) -> Result<&[u16], String> {
    if list.is_empty() {
        return Ok(list);
    }
    Ok(list)
}

#[tracked]
fn functions(number: u8) -> Result<fn(u8) -> u8, String> {
    match number {
        1 => Ok(|other: u8| other + number),
        2 => Ok(|other: u16| other),
        _ => Ok(u16::is_power_of_two),
    }
}

#[tracked]
fn mutable(text: &str) -> Result<&mut str, String> {
    Ok(text)
}

fn main() {}
