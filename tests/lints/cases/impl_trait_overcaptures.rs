//! Impl trait overcaptures.

#[tracked]
pub fn plain(text: &str) -> impl Iterator<Item = u8> {
    println!("{text}");
    std::iter::once(3)
}

#[tracked]
pub fn fallible(text: &str) -> Result<impl Iterator<Item = u8>, String> {
    if text.is_empty() {
        return Err(String::new());
    }
    Ok(std::iter::once(3))
}

fn main() {}
