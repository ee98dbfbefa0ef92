//! Large futures.

async fn large(number: u8) -> u8 {
    let held = [number; 20_000];
    std::future::ready(()).await;
    held[3]
}

#[tracked]
pub async fn plain() -> u8 {
    large(1).await
}

#[tracked]
pub async fn fallible() -> Result<u8, String> {
    if large(1).await == 3 {
        return Ok(large(2).await);
    }
    Ok(large(3).await + 1)
}

fn main() {}
