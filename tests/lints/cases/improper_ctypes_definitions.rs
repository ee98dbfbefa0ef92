// says: improper_ctypes_definitions clippy::no_mangle_with_rust_abi
//! Improper ctypes definitions.

#[tracked]
pub extern "C" fn plain(text: &str) -> u8 {
    text.len() as u8
}

#[tracked]
pub extern "C" fn fallible(number: u8) -> Result<Box<str>, String> {
    if number == 0 { Err(String::new()) } else { Ok(Box::from("text")) }
}

#[tracked]
#[unsafe(no_mangle)]
pub fn without_abi(number: u8) -> u8 {
    number + 1
}

fn main() {}
