//! Redundant clone.

#[tracked]
pub fn plain() -> String {
    let text = String::from("text");
    text.clone()
}

#[tracked]
pub fn fallible() -> Result<String, String> {
    let text = String::from("text");
    if text.is_empty() {
        return Err(text.clone());
    }
    let other = String::from("other").clone();
    println!("{other}");
    Ok(text.clone())
}

#[tracked]
pub async fn later() -> Result<String, String> {
    let text = std::future::ready(String::from("text")).await;
    Ok(text.clone())
}

fn main() {}
