// says: clippy::empty_drop clippy::derivable_impls
//! Empty drop, and what could be derived.

pub struct Nothing;

impl Drop for Nothing {
    #[tracked]
    fn drop(&mut self) {}
}

pub struct Number(u8);

impl Default for Number {
    #[tracked]
    fn default() -> Self {
        Self(0)
    }
}

fn main() {}
