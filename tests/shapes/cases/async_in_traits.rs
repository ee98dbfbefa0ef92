// edition: 2024
use std::future::{Future, ready};

trait Store {
    async fn get(&self, key: &str) -> Result<String, u8>;

    #[tracked]
    async fn get_or(&self, key: &str, other: String) -> String {
        match self.get(key).await {
            Ok(value) => value,
            Err(_) => other,
        }
    }

    #[tracked]
    fn count(&self) -> impl Future<Output = Result<usize, u8>> + Send {
        async { Ok(ready(2).await) }
    }
}

struct Memory(u8);

impl Store for Memory {
    #[tracked]
    async fn get(&self, key: &str) -> Result<String, u8> {
        let key = ready(key).await;
        if key.is_empty() { Err(self.0) } else { Ok(key.to_uppercase()) }
    }
}

fn main() {
    let store = Memory(7);
    let all = async { (store.get("a").await, store.get("").await, store.get_or("", "b".into()).await) };
    println!("{:?} {:?}", futures::executor::block_on(all), futures::executor::block_on(store.count()));
}
