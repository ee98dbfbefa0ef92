// says: clippy::std_instead_of_core clippy::std_instead_of_alloc clippy::alloc_instead_of_core
//! Std instead of core.

extern crate alloc;

#[tracked]
pub fn plain() -> u8 {
    std::cmp::max(1, 2)
}

#[tracked]
pub fn fallible(text: &str) -> Result<u8, std::num::ParseIntError> {
    if text.is_empty() {
        return std::str::FromStr::from_str("1");
    }
    println!("{:?}", std::rc::Rc::new(1));
    alloc::str::FromStr::from_str(text)
}

#[tracked]
pub async fn later() -> Result<u8, alloc::fmt::Error> {
    std::future::ready(Ok(1)).await
}

fn main() {}
