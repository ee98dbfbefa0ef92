// says: clippy::cast_lossless clippy::cast_possible_truncation clippy::cast_sign_loss clippy::as_conversions clippy::cast_precision_loss trivial_numeric_casts clippy::unnecessary_cast
//! Cast lossless.

#[tracked]
pub fn plain(number: u8) -> u32 {
    number as u32
}

#[tracked]
pub fn fallible(number: i64) -> Result<u32, String> {
    if number == 0 {
        return Ok(number as u32);
    }
    println!("{}", number as f32);
    println!("{}", number as i64);
    Ok(number as u32)
}

#[tracked]
pub async fn later(number: u8) -> Result<u64, String> {
    Ok(std::future::ready(number).await as u64)
}

fn main() {}
