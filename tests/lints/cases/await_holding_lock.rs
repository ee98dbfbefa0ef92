//! Await holding lock.

#[tracked]
pub async fn plain(lock: &std::sync::Mutex<u8>) -> u8 {
    let held = lock.lock().unwrap();
    std::future::ready(()).await;
    *held
}

#[tracked]
pub async fn fallible(lock: &std::sync::Mutex<u8>) -> Result<u8, String> {
    let held = lock.lock().map_err(|_| String::new())?;
    let one = std::future::ready(Ok::<u8, String>(1)).await?;
    Ok(one + *held)
}

#[tracked]
pub async fn released(lock: &std::sync::Mutex<u8>) -> Result<u8, String> {
    let number = *lock.lock().map_err(|_| String::new())?;
    std::future::ready(Ok(number)).await
}

fn main() {}
