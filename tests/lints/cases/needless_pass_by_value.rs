//! Needless pass by value.

#[tracked]
pub fn plain(text: String) -> usize {
    text.len()
}

#[tracked]
pub fn fallible(text: String, list: Vec<u8>) -> Result<u8, std::num::ParseIntError> {
    println!("{}", list.len());
    text.parse()
}

#[tracked]
pub fn fallible_ok(list: Vec<u8>) -> Result<usize, String> {
    Ok(list.len())
}

pub struct Store;

impl Store {
    #[tracked]
    pub fn put(&self, text: String) -> Result<(), String> {
        println!("{text}");
        Ok(())
    }
}

fn main() {}
