// says: clippy::semicolon_outside_block clippy::needless_else
//! Semicolon outside block.

fn nothing() {}

#[tracked]
pub fn plain() {
    {
        nothing();
    }
}

#[tracked]
pub fn fallible(number: u8) -> Result<(), String> {
    {
        nothing();
    }
    unsafe {
        unsafe_nothing();
    }
    if number == 1 {
        nothing();
    } else {
    }
    Ok(())
}

unsafe fn unsafe_nothing() {}

fn main() {}
