// says: let_underscore_drop clippy::let_underscore_untyped clippy::let_underscore_must_use clippy::let_underscore_future let_underscore_lock
//! Let underscore untyped.

fn fallible() -> Result<u8, String> {
    "1".parse().map_err(|_| String::new())
}

#[tracked]
pub fn plain(lock: &std::sync::Mutex<u8>) {
    let _ = lock.lock();
    let _ = String::from("text");
    let _ = 3;
}

#[tracked]
pub fn in_result() -> Result<u8, String> {
    let _ = fallible();
    let _ = String::from("text");
    if fallible().is_ok() {
        let _ = fallible();
        return Ok(1);
    }
    Ok(3)
}

#[tracked]
pub async fn later() -> Result<u8, String> {
    let _ = std::future::ready(1);
    let _ = std::future::ready(fallible()).await;
    fallible()
}

fn main() {}
