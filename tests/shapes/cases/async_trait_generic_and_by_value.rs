use std::sync::Arc;

use async_trait::async_trait;

#[async_trait(?Send)]
trait Job {
    #[tracked]
    async fn run<T: std::fmt::Debug>(self: Arc<Self>, of: T) -> Result<String, ()>
    where
        Self: Sized,
    {
        tokio::task::yield_now().await;
        Ok(format!("{of:?} {}", Arc::strong_count(&self)))
    }

    async fn stop(self: Box<Self>, mut code: u8) -> u8;
}

struct Simple;

#[async_trait(?Send)]
impl Job for Simple {
    #[tracked]
    async fn stop(self: Box<Self>, mut code: u8) -> u8 {
        code += 1;
        std::future::ready(code).await
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("{:?} {}", Arc::new(Simple).run([1]).await, Box::new(Simple).stop(3).await);
}
