// says: E0506
//! E0506 assigned while borrowed.

#[tracked]
fn plain(mut number: u8) -> u8 {
    let borrowed = &number;
    number = 3;
    *borrowed
}

#[tracked]
fn fallible(mut number: u8) -> Result<u8, String> {
    let borrowed = &number;
    number = 3;
    Ok(*borrowed)
}

#[tracked]
async fn later(mut number: u8) -> Result<u8, String> {
    let borrowed = &number;
    number = std::future::ready(3).await;
    Ok(*borrowed + 1)
}

fn main() {}
