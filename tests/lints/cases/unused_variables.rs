//! Unused variables.

#[tracked]
pub fn plain(number: u8, other: u8) -> u8 {
    let unused = 3;
    number
}

#[tracked]
pub fn fallible(number: u8, text: &str) -> Result<u8, String> {
    let unused = text.len();
    match number {
        0 => Err(String::new()),
        number => Ok(1),
    }
}

#[tracked]
pub async fn later(number: u8, other: String) -> Result<u8, String> {
    let (one, two) = std::future::ready((1, 2)).await;
    Ok(one)
}

pub struct Pair {
    /// One.
    pub one: u8,
    /// Two.
    pub two: u8,
}

impl Pair {
    #[tracked]
    pub fn sum(&self, Pair { one, two }: Pair) -> Result<u8, String> {
        for number in 0..3 {}
        if let Some(found) = Some(3) {
            return Ok(one);
        }
        Ok(self.one)
    }
}

fn main() {}
