use std::future::ready;

use async_trait::async_trait;

#[async_trait]
trait Store: Sync {
    async fn get(&self, key: &str) -> anyhow::Result<usize>;

    #[tracked]
    async fn get_twice(&self, key: &str) -> anyhow::Result<usize> {
        let once = self.get(key).await?;
        Ok(once + self.get(key).await?)
    }
}

struct Memory(Vec<String>);

#[async_trait]
impl Store for Memory {
    #[tracked]
    async fn get(&self, key: &str) -> anyhow::Result<usize> {
        let key = ready(key).await;
        self.0.iter().position(|known| known == key).ok_or_else(|| anyhow::anyhow!("no {key}"))
    }
}

fn main() {
    let store: Box<dyn Store> = Box::new(Memory(vec!["a".into(), "b".into()]));
    let all = async { (store.get_twice("b").await, store.get("c").await) };
    println!("{:?}", futures::executor::block_on(all));
}
