// says: E0728
//! E0728 await.

async fn step() -> Result<u8, String> {
    Ok(1)
}

#[tracked]
fn plain() -> Result<u8, String> {
    step().await
}

#[tracked]
fn in_ok() -> Result<u8, String> {
    let number = step().await?;
    if number == 1 {
        return Ok(step().await?);
    }
    Ok(step().await?)
}

#[tracked]
async fn in_closure() -> Result<u8, String> {
    let closure = || step().await;
    closure()
}

#[tracked]
async fn in_closure_ok() -> Result<u8, String> {
    Ok([1].iter().map(|_| step().await.unwrap_or_default()).sum())
}

fn main() {}
