// says: E0282
//! E0282 annotations.

#[tracked]
fn plain() -> usize {
    let list = Vec::new();
    list.len()
}

#[tracked]
fn parse(text: &str) -> Result<u8, std::num::ParseIntError> {
    let number = text.parse()?;
    Ok(3)
}

#[tracked]
fn collect(text: &str) -> Result<usize, String> {
    let found = text.chars().collect();
    Ok(3)
}

#[tracked]
fn none() -> Result<u8, String> {
    let nothing = None;
    Ok(3)
}

#[tracked]
async fn later(text: &str) -> Result<u8, std::num::ParseIntError> {
    let number = std::future::ready(text.parse()).await?;
    Ok(3)
}

fn main() {}
