//! Async functions: what is awaited is marked. Functions that end with a future are tracked while it runs.

use std::future::Future;
use std::pin::Pin;

use telemetry_runtime::tracked;

#[tracked]
pub async fn fetch(id: u32) -> Result<u32, String> {
    let first = step(id).await?;
    if first == 3 {
        return Ok(step(first).await?);
    }
    step(first + 1).await
}

#[tracked]
pub async fn wait(id: u32) {
    let inner = async { step(id).await };
    inner.await.ok();
}

#[tracked]
pub fn later(id: u32) -> impl Future<Output = Result<u32, String>> {
    let next = id + 1;
    async move { step(next).await }
}

#[tracked]
pub fn boxed(id: u32) -> Pin<Box<dyn Future<Output = Result<u32, String>>>> {
    Box::pin(async move {
        step(id).await?;
        Ok(id)
    })
}

async fn step(id: u32) -> Result<u32, String> {
    Ok(id)
}
