// says: unused_variables unused_must_use
//! Async trait lints.

fn fallible() -> Result<u8, String> {
    "1".parse().map_err(|_| String::new())
}

#[async_trait::async_trait]
pub trait Fetch {
    #[tracked]
    async fn fetch(&self, text: &str) -> Result<u8, String> {
        let unused = 3;
        fallible();
        return Ok(1);
    }
}

pub struct Store;

#[async_trait::async_trait]
impl Fetch for Store {
    #[tracked]
    async fn fetch(&self, text: &str) -> Result<u8, String> {
        let other = std::future::ready(3).await;
        fallible();
        return fallible();
    }
}

fn main() {}
