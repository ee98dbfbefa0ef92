//! E0195 trait signatures.

trait Named {
    fn name(&self, number: u8) -> Result<u8, String>;
    fn other(&self) -> Option<u8>;
    fn third(&self) -> Option<u8>;
    fn later(&self) -> impl std::future::Future<Output = Result<u8, String>> + Send;
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
    async fn later(&self) -> Result<u8, String> {
        let held = std::rc::Rc::new(3);
        std::future::ready(()).await;
        Ok(*held)
    }
}

fn main() {}
