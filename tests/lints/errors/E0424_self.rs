// says: E0424
//! E0424 self.

struct Store(u8);

impl Store {
    #[tracked]
    fn plain() -> u8 {
        self.0
    }

    #[tracked]
    fn fallible(number: u8) -> Result<u8, String> {
        if number == 3 {
            return Ok(self.0);
        }
        self.fallible()
    }

    #[tracked]
    async fn later() -> Result<u8, String> {
        self.0.await
    }
}

fn main() {}
