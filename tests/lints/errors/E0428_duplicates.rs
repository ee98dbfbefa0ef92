// says: E0428 E0415 E0416 E0403
//! E0428 duplicates.

#[tracked]
fn plain(number: u8, number: u8) -> u8 {
    number
}

#[tracked]
fn plain(number: u8) -> Result<u8, String> {
    let (one, one) = (1, 2);
    Ok(one)
}

#[tracked]
fn generic<T, T>(value: T) -> Result<u8, String> {
    "1".parse().map_err(|_| String::new())
}

fn main() {}
