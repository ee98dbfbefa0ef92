// says: unused_macros unused_macro_rules
//! Unused macros.

#[tracked]
pub fn plain() -> u8 {
    macro_rules! never {
        () => {};
    }
    3
}

#[tracked]
pub fn fallible(text: &str) -> Result<u8, std::num::ParseIntError> {
    macro_rules! sometimes {
        () => {
            text.parse()
        };
        (never) => {};
    }
    println!("{text}");
    sometimes!()
}

fn main() {}
