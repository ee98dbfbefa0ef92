// says: E0053 E0050 E0186 E0407
//! E0053 trait methods.

trait Named {
    fn name(&self, number: u8) -> Result<u8, String>;
    fn other(&self) -> Option<u8>;
    fn third(&self) -> Option<u8>;
}

struct Store;

impl Named for Store {
    #[tracked]
    fn name(&self, number: u16) -> Result<u8, String> {
        Ok(3)
    }

    #[tracked]
    fn other(&self, number: u8) -> Option<u8> {
        None
    }

    #[tracked]
    fn third() -> Option<u8> {
        None
    }

    #[tracked]
    fn fourth(&self) -> Result<u8, String> {
        "1".parse().map_err(|_| String::new())
    }
}

fn main() {}
