// says: missing_docs clippy::implicit_return
//! An async method of a trait.

pub trait Fetch {
    fn fetch(&self) -> impl std::future::Future<Output = Result<u8, String>> + Send;
}

pub struct Store;

impl Fetch for Store {
    #[tracked]
    async fn fetch(&self) -> Result<u8, String> {
        Ok(1)
    }
}

fn main() {}
