// says: clippy::no_effect clippy::unnecessary_operation path_statements
//! No effect.

#[tracked]
pub fn plain(number: u8) {
    3;
    number;
    [number, 3][0];
}

#[tracked]
pub fn fallible(number: u8) -> Result<u8, String> {
    number + 1;
    number;
    [number, wait()][0];
    if number == 3 {
        3;
        return Ok(number);
    }
    Ok(number)
}

#[tracked]
pub async fn later(number: u8) -> Result<u8, String> {
    number;
    std::future::ready(number).await;
    3;
    Ok(number)
}

fn wait() -> u8 {
    println!("wait");
    3
}

fn main() {}
