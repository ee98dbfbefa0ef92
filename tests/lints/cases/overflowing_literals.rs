// says: overflowing_literals unused_comparisons clippy::absurd_extreme_comparisons clippy::eq_op clippy::identity_op clippy::erasing_op clippy::float_cmp
//! Overflowing literals.

#[tracked]
#[allow(overflowing_literals)]
pub fn plain(number: u8) -> bool {
    let big: u8 = 300;
    number >= 0 && number == number && big > 3
}

#[tracked]
#[warn(overflowing_literals)]
pub fn fallible(number: u8) -> Result<u8, String> {
    if number < 0 {
        return Ok(300);
    }
    println!("{}", number * 0);
    Ok(number + 0)
}

#[tracked]
pub fn floats(number: f32) -> Result<bool, String> {
    Ok(number == 0.3)
}

fn main() {}
