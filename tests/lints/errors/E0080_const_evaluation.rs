// says: E0080
//! E0080 const evaluation.

#[tracked]
fn plain() -> u8 {
    const NUMBER: u8 = 3 - 4;
    NUMBER
}

#[tracked]
fn fallible(number: u8) -> Result<u8, String> {
    const { assert!(1 == 2) };
    const LIST: [u8; 2] = [1, 2];
    const THIRD: u8 = LIST[2];
    Ok(number + THIRD)
}

#[tracked]
fn in_ok() -> Result<u8, String> {
    Ok(const { 1_u8 - 2 })
}

#[tracked]
async fn later() -> Result<u8, String> {
    const NUMBER: u8 = [1][3];
    std::future::ready(Ok(NUMBER)).await
}

fn main() {}
