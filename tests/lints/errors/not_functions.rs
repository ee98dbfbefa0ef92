// says: E0308
//! Not functions.

#[tracked]
extern "C" fn plain(number: u8) -> u8 {
    "a"
}

#[tracked]
unsafe fn pointer(from: *const u8) -> Result<String, String> {
    unsafe { Ok(*from) }
}

#[tracked]
unsafe fn pointer_tail(from: *const u8) -> Result<String, String> {
    unsafe { std::ptr::read(from) }
}

#[tracked]
fn inner_attributes(number: u8) -> Result<String, String> {
    #![allow(unused_variables)]
    number
}

#[tracked]
fn leading_items(number: u8) -> Result<String, String> {
    const NUMBER: u8 = "a";
    fn inner() -> Result<String, String> {
        3
    }
    NUMBER
}

#[tracked]
fn nested(number: u8) -> Result<u8, String> {
    #[tracked]
    fn inner(number: u8) -> Result<u8, String> {
        Ok("a")
    }
    inner("a")
}

fn main() {}
