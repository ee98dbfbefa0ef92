// says: clippy::redundant_async_block clippy::manual_async_fn
//! Redundant async block.

async fn step() -> Result<u8, String> {
    std::future::ready(Ok(1)).await
}

#[tracked]
pub fn plain() -> impl std::future::Future<Output = Result<u8, String>> {
    async { step().await }
}

#[tracked]
pub fn boxed() -> std::pin::Pin<Box<dyn std::future::Future<Output = Result<u8, String>>>> {
    Box::pin(async { step().await })
}

#[tracked]
pub fn with_more(number: u8) -> impl std::future::Future<Output = Result<u8, String>> {
    async move {
        if number == 3 {
            return Ok(1);
        }
        step().await
    }
}

#[tracked]
pub async fn inner() -> Result<u8, String> {
    let nested = async { step().await };
    nested.await
}

#[tracked]
pub fn of_a_local(number: u8) -> impl std::future::Future<Output = u8> {
    let future = std::future::ready(number);
    async move { future.await }
}

#[tracked]
pub fn of_a_local_fallible(number: u8) -> Result<impl std::future::Future<Output = u8>, String> {
    let future = std::future::ready(number);
    if number == 3 {
        return Err(String::new());
    }
    Ok(async { future.await })
}

fn main() {}
