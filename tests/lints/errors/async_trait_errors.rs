//! Async trait errors.

fn fallible() -> Result<u8, String> {
    Ok(1)
}

#[async_trait::async_trait]
trait Fetch {
    #[tracked]
    async fn fetch(&self, text: &str) -> Result<u8, String> {
        let number: String = 3;
        fallible().await
    }
}

struct Store;

#[async_trait::async_trait]
impl Fetch for Store {
    #[tracked]
    async fn fetch(&self, text: &str) -> Result<u8, String> {
        if text.is_empty() {
            return Ok("a");
        }
        let number = text.parse::<u8>()?;
        std::future::ready(number).await
    }
}

fn main() {}
