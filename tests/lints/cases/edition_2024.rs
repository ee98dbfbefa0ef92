// edition: 2024
// says: clippy::needless_return unused_variables clippy::let_and_return unreachable_code clippy::needless_lifetimes E0133
//! Edition 2024.

#[tracked]
pub unsafe fn plain<'a>(text: &'a *const u8) -> &'a u8 {
    let unused = 3;
    return &**text;
}

#[tracked]
pub fn fallible(number: u8) -> Result<u8, String> {
    if let Some(number) = number.checked_add(1)
        && number == 3
    {
        return Ok(number);
        println!("never");
    }
    let found = "1".parse().map_err(|_| String::new());
    found
}

#[tracked]
pub async fn later(number: u8) -> Result<u8, String> {
    let closure = async |number: u8| Ok(number);
    return closure(number).await;
}

fn main() {}
