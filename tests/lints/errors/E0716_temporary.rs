// says: E0716
//! E0716 temporary.

#[tracked]
fn plain() -> usize {
    let text = String::from("a").as_str();
    text.len()
}

#[tracked]
fn fallible() -> Result<usize, String> {
    let text = String::from("a").trim();
    if text.is_empty() {
        return Ok(text.len());
    }
    text.parse().map_err(|_| String::new())
}

#[tracked]
async fn later() -> Result<usize, String> {
    let text = std::future::ready(String::new()).await.as_str();
    Ok(text.len())
}

fn main() {}
