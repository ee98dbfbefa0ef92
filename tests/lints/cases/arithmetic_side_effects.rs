// says: clippy::arithmetic_side_effects clippy::integer_division clippy::float_arithmetic clippy::integer_division_remainder_used clippy::modulo_arithmetic
//! Arithmetic side effects.

#[tracked]
pub fn plain(number: u32, float: f32) -> u32 {
    println!("{}", float * 2.0);
    number * 3 / 2
}

#[tracked]
pub fn fallible(number: i32) -> Result<i32, String> {
    if number == 0 {
        return Ok(number + 1);
    }
    let mut sum = number % 3;
    sum += number;
    Ok(sum - 1)
}

#[tracked]
pub async fn later(number: u8) -> Result<u8, String> {
    Ok(std::future::ready(number).await + number)
}

#[tracked]
pub fn float(number: f64) -> Result<f64, String> {
    Ok(number / 2.5)
}

fn main() {}
