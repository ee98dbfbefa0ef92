// says: clippy::needless_borrow clippy::explicit_auto_deref clippy::borrow_deref_ref clippy::clone_on_copy clippy::needless_borrows_for_generic_args
//! Needless borrow.

fn length(text: &str) -> Result<usize, String> {
    text.len().checked_add(1).ok_or_else(String::new)
}

#[tracked]
pub fn plain(text: &str, number: u8) -> usize {
    length(&text).unwrap_or_default() + usize::from(number.clone())
}

#[tracked]
pub fn fallible(text: &String) -> Result<usize, String> {
    if text.is_empty() {
        return length(&text);
    }
    if text == "a" {
        return Ok(length(&**text)?);
    }
    length(&**text)
}

#[tracked]
pub fn in_ok(text: &str, number: u8) -> Result<u8, String> {
    if text.is_empty() {
        return Ok(number.clone());
    }
    let text = &*text;
    println!("{text}");
    Ok(number.clone())
}

#[tracked]
pub fn generic(path: &str) -> Result<Vec<u8>, std::io::Error> {
    std::fs::read(&format!("{path}.txt"))
}

#[tracked]
pub async fn later(text: &str) -> Result<usize, String> {
    std::future::ready(length(&text)).await
}

fn main() {}
