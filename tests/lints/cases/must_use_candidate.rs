//! Must use candidate.

#[tracked]
pub fn sum(one: u8, two: u8) -> u8 {
    one + two
}

#[tracked]
pub fn text(number: u8) -> String {
    number.to_string()
}

#[tracked]
pub fn checked(one: u8, two: u8) -> Option<u8> {
    one.checked_add(two)
}

pub struct Wrapped(Vec<u8>);

impl Wrapped {
    #[tracked]
    pub fn length(&self) -> usize {
        self.0.len()
    }
}

fn main() {}
