// says: E0507
//! E0507 moved out of borrow.

struct Store(String, Vec<String>);

impl Store {
    #[tracked]
    fn plain(&self) -> String {
        self.0
    }

    #[tracked]
    fn fallible(&self) -> Result<String, String> {
        if self.1.is_empty() {
            return Ok(self.0);
        }
        Ok(self.1[0])
    }

    #[tracked]
    fn error(&self) -> Result<u8, String> {
        Err(self.0)
    }

    #[tracked]
    async fn later(&mut self) -> Result<String, String> {
        std::future::ready(self.0).await;
        Ok(self.0)
    }

    #[tracked]
    fn matched(&self) -> Result<String, String> {
        match *self {
            Self(text, _) => Ok(text),
        }
    }
}

fn main() {}
