//! Missing const for fn.

#[tracked]
pub fn plain(number: u8) -> u8 {
    number
}

#[tracked]
pub fn fallible(number: u8) -> Result<u8, ()> {
    if number == 0 { Err(()) } else { Ok(number) }
}

pub struct Store(u8);

impl Store {
    #[tracked]
    pub fn get(&self) -> u8 {
        self.0
    }
}

fn main() {}
