// edition: 2024
// says: E0308
//! Chained 2024.

#[tracked]
fn fallible(number: u8) -> Result<u8, String> {
    if let Some(number) = number.checked_add(1)
        && number == "a"
    {
        return Ok("a");
    }
    let closure = async |number: u8| -> String { number };
    let Some(found) = number.checked_add(1) else { number };
    match number {
        1 if found => Ok(number),
        2 => return "a",
        3 => return Ok("a".len()),
        _ => found.wrapping_add(1),
    }
}

#[tracked]
async fn later(number: u8) -> Result<String, String> {
    let closure = async |number: u8| number;
    closure(number).await
}

fn main() {}
