//! Await holding invalid type.

struct NotHeld(u8);

#[tracked]
pub async fn plain() -> u8 {
    let held = NotHeld(1);
    std::future::ready(()).await;
    held.0
}

#[tracked]
pub async fn fallible() -> Result<u8, String> {
    let held = NotHeld(1);
    let one = std::future::ready(Ok::<u8, String>(1)).await?;
    Ok(one + held.0)
}

fn main() {}
