// says: dropping_references dropping_copy_types forgetting_references forgetting_copy_types
//! Dropping references.

#[tracked]
pub fn plain(text: &str) {
    drop(text);
    drop(3);
}

#[tracked]
pub fn fallible(text: &str) -> Result<u8, String> {
    std::mem::forget(text);
    if text.is_empty() {
        drop(&text);
        return Ok(3);
    }
    std::mem::forget(3);
    Ok(4)
}

#[tracked]
pub fn in_ok(text: &str) -> Result<(), String> {
    Ok(drop(text))
}

#[tracked]
pub async fn later(text: &str) -> Result<(), String> {
    std::future::ready(()).await;
    drop(text);
    Ok(drop(3))
}

fn main() {}
