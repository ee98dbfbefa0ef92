//! Redundant closure call.

#[tracked]
pub fn plain() -> u8 {
    (|| 3)()
}

#[tracked]
pub fn fallible(text: &str) -> Result<u8, String> {
    if text.is_empty() {
        return (|| Ok(1))();
    }
    (|| text.parse().map_err(|_| String::new()))()
}

#[tracked]
pub fn in_ok(text: &str) -> Result<usize, String> {
    Ok((|| text.len())())
}

fn main() {}
