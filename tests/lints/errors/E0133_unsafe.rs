// says: E0133
//! E0133 unsafe.

unsafe fn number() -> Result<u8, String> {
    Ok(3)
}

#[tracked]
fn plain() -> u8 {
    number().unwrap_or_default()
}

#[tracked]
fn fallible(from: *const u8) -> Result<u8, String> {
    if from.is_null() {
        return number();
    }
    let one = number()?;
    if one == 3 {
        return Ok(*from);
    }
    number()
}

#[tracked]
fn in_ok() -> Result<u8, String> {
    Ok(number()?)
}

#[tracked]
async fn later(from: *const u8) -> Result<u8, String> {
    std::future::ready(number()).await
}

fn main() {}
