//! Async trait send.

#[async_trait::async_trait]
trait Fetch {
    async fn fetch(&self, text: &str) -> Result<u8, String>;
}

struct Store;

#[async_trait::async_trait]
impl Fetch for Store {
    #[tracked]
    async fn fetch(&self, text: &str) -> Result<u8, String> {
        let held = std::rc::Rc::new(3);
        std::future::ready(()).await;
        Ok(*held)
    }
}

fn main() {}
