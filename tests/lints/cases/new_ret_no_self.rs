// says: clippy::new_ret_no_self clippy::new_without_default clippy::self_named_constructors
//! New ret no self.

pub struct Store(u8);
pub struct Other;
pub struct Third;

impl Store {
    #[tracked]
    pub fn new() -> u8 {
        println!("3");
        3
    }

    #[tracked]
    pub fn store() -> Self {
        println!("3");
        Self(3)
    }
}

impl Other {
    #[tracked]
    pub fn new() -> Self {
        println!("other");
        Self
    }
}

impl Third {
    #[tracked]
    pub fn new(text: &str) -> Result<u8, String> {
        text.parse().map_err(|_| String::new())
    }
}

fn main() {}
