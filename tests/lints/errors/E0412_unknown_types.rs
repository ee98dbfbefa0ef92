// says: E0425
//! E0412 unknown types.

#[tracked]
fn plain(value: Unknown) -> Unknown {
    value
}

#[tracked]
fn fallible(number: u8) -> Result<Unknown, String> {
    let other: Other = 3;
    Ok(other)
}

#[tracked]
fn unknown_error(number: u8) -> Result<u8, Unknown> {
    Ok(number)
}

#[tracked]
async fn later(number: u8) -> Unknown {
    std::future::ready(number).await
}

#[tracked]
fn unknown_module(number: u8) -> unknown::Result<u8> {
    Ok(number)
}

fn main() {}
