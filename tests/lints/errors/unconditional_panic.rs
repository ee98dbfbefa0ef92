// says: unconditional_panic arithmetic_overflow
//! Unconditional panic.

#[tracked]
fn plain() -> u8 {
    let list = [1, 2];
    list[3]
}

#[tracked]
fn fallible() -> Result<u8, String> {
    let list = [1, 2];
    if list[0] == 1 {
        return Ok(255_u8 + 1);
    }
    let zero = 0;
    println!("{}", 1 / zero);
    Ok(list[2])
}

#[tracked]
async fn later() -> Result<u8, String> {
    let list = [1, 2];
    Ok(list[7] + std::future::ready(1).await)
}

fn main() {}
